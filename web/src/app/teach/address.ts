/** Where people come in, without what nobody types. */
export function homeAddress(): string {
  return addressOf(document.baseURI);
}

/**
 * The same of the link that students get: the server knows how others reach it, while a teacher's
 * own browser may call it "localhost".
 */
export function addressFor(joinUrl: string | null): string {
  return joinUrl === null ? homeAddress() : addressOf(joinUrl);
}

function addressOf(url: string): string {
  const { host, pathname } = new URL(url, document.baseURI);
  return `${host}${pathname.replace(/(^|\/)c\/.*$/, "")}`.replace(/\/$/, "");
}
