/** How many letters of a code are read in one breath. */
const GROUP_CHARS = 3;

/** A code in groups: "K7M2PQ" is read as "K7M 2PQ". */
export function formatCode(code: string): string {
  return (code.match(new RegExp(`.{1,${GROUP_CHARS}}`, "g")) ?? []).join(" ");
}
