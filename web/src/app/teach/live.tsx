export function Live(_: { id: string }) {
  return null;
}
