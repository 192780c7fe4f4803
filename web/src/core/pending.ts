// Optimistic placements: what the placer sees before the server and the feed have spoken.
//
// A placement stays over the board until the board itself tells the truth about its cell: until
// it is refused, or until it is placed *and* the board has reached its seq. So nothing flickers
// between the answer and the feed, nor when an older board is loaded in between.

interface Placement {
  readonly token: number;
  readonly index: number;
  readonly color: number;
  /** Whether it costs nothing: one's own pixel is taken back. */
  readonly isFree: boolean;
  /** Where it is in the journal; null while unanswered. */
  seq: number | null;
}

export interface PendingCell {
  readonly index: number;
  readonly color: number;
}

export interface Pending {
  readonly byToken: Map<number, Placement>;
  /** The placements on each cell, oldest first; never empty. */
  readonly byCell: Map<number, Placement[]>;
}

export function createPending(): Pending {
  return { byToken: new Map(), byCell: new Map() };
}

export function add(
  pending: Pending,
  token: number,
  index: number,
  color: number,
  isFree = false,
): void {
  remove(pending, token);
  const placement: Placement = { token, index, color, isFree, seq: null };
  pending.byToken.set(token, placement);
  const stack = pending.byCell.get(index);
  if (stack) stack.push(placement);
  else pending.byCell.set(index, [placement]);
}

/**
 * The server placed it at `seq`; it goes when the board, now at `boardSeq`, has come as far.
 * Returns its cell, or null for an unknown token.
 */
export function settle(
  pending: Pending,
  token: number,
  seq: number,
  boardSeq: number,
): PendingCell | null {
  const placement = pending.byToken.get(token);
  if (placement === undefined) return null;
  placement.seq = seq;
  advance(pending, boardSeq);
  return placement;
}

/** It was refused, or lost with its connection. Returns its cell, or null for an unknown token. */
export function refuse(pending: Pending, token: number): PendingCell | null {
  return remove(pending, token);
}

/** The board is at `boardSeq`: it shows by itself what was placed up to there. */
export function advance(pending: Pending, boardSeq: number): void {
  for (const placement of pending.byToken.values()) {
    if (placement.seq !== null && placement.seq <= boardSeq) remove(pending, placement.token);
  }
}

/** The color that covers the board at a cell, or null where nothing is pending. */
export function pendingColor(pending: Pending, index: number): number | null {
  const stack = pending.byCell.get(index);
  return stack === undefined ? null : topmost(stack).color;
}

/** What to draw over the board: one color a cell. */
export function pendingCells(pending: Pending): PendingCell[] {
  return Array.from(pending.byCell.values(), topmost);
}

/** How many placements that cost a pixel are on their way and not yet answered. */
export function unanswered(pending: Pending): number {
  let count = 0;
  for (const { seq, isFree } of pending.byToken.values()) if (seq === null && !isFree) count += 1;
  return count;
}

/** The latest one; among those that are all placed, the latest in the journal's order. */
function topmost(stack: readonly Placement[]): Placement {
  const latest = stack[stack.length - 1]!;
  if (stack.some((placement) => placement.seq === null)) return latest;
  return stack.reduce((top, placement) => (placement.seq! > top.seq! ? placement : top), latest);
}

function remove(pending: Pending, token: number): Placement | null {
  const placement = pending.byToken.get(token);
  if (placement === undefined) return null;
  pending.byToken.delete(token);
  const rest = pending.byCell.get(placement.index)!.filter((other) => other !== placement);
  if (rest.length > 0) pending.byCell.set(placement.index, rest);
  else pending.byCell.delete(placement.index);
  return placement;
}
