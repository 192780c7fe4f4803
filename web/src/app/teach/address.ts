/** Where people come in, without what nobody types. */
export function homeAddress(): string {
  const { host, pathname } = new URL(document.baseURI);
  return `${host}${pathname}`.replace(/\/$/, "");
}
