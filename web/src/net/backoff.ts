/** The longest first wait: a lone hiccup should not be felt. */
export const FIRST_WAIT_MS = 1_000;
/** Doubling stops here, so that a class is back within half a minute of the server. */
export const MAX_WAIT_MS = 30_000;
/** The least part of a wait that is not left to chance: it keeps retries apart. */
export const FIXED_SHARE = 0.5;

/**
 * How long to wait before the retry after `failures` failures in a row (from 1). The random part
 * spreads a whole class's reconnects after a server's restart.
 */
export function backoffMs(failures: number, random: () => number): number {
  const ceiling = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
  return Math.round(ceiling * (FIXED_SHARE + (1 - FIXED_SHARE) * random()));
}
