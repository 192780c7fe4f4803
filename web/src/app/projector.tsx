export function Projector(_: { id: string }) {
  return null;
}
