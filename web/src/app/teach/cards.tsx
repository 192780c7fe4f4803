export function Cards(_: { id: string }) {
  return null;
}
