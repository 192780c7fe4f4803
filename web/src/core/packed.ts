import { BitReader, BitWriter } from "./bits";
import { WireError } from "./error";

/** The largest Rice parameter: a gap in the largest grid (4096 × 4096 cells) has 24 bits. */
export const MAX_RICE_PARAMETER = 24;

export interface Changes {
  /** Cell indexes, y × width + x. */
  readonly cells: Uint32Array;
  /** The palette index of each of `cells`. */
  readonly colors: Uint8Array;
}

/** How many bits a packed color takes with a palette of `colors` entries. */
export function colorBits(colors: number): number {
  return Math.max(1, 32 - Math.clz32(colors - 1));
}

/**
 * Decodes `count` changes, which fill `bytes` from `start` to the end, for a grid of `cellCount`
 * cells and a palette of `colorCount` colors.
 */
export function decodeChanges(
  bytes: Uint8Array,
  start: number,
  count: number,
  k: number,
  cellCount: number,
  colorCount: number,
): Changes {
  const perColor = colorBits(colorCount);
  const reader = new BitReader(bytes, start);
  // Before anything is allocated: no more changes than cells, nor than the bytes can hold.
  if (count < 1 || count > cellCount) throw new WireError("a count beyond the grid");
  if (k > MAX_RICE_PARAMETER) throw new WireError("a Rice parameter over 24");
  if (count * (1 + k + perColor) > reader.remainingBits) {
    throw new WireError("a count beyond the message");
  }
  const cells = new Uint32Array(count);
  const colors = new Uint8Array(count);
  let next = 0;
  for (let i = 0; i < count; i++) {
    const maxGap = cellCount - 1 - next;
    if (maxGap < 0) throw new WireError("a gap leaves the grid");
    const quotient = reader.readUnary(maxGap >>> k);
    const gap = quotient * 2 ** k + reader.read(k);
    if (gap > maxGap) throw new WireError("a gap leaves the grid");
    const color = reader.read(perColor);
    if (color >= colorCount) throw new WireError("a color beyond the palette");
    cells[i] = next + gap;
    colors[i] = color;
    next += gap + 1;
  }
  reader.finish();
  return { cells, colors };
}

/** The counterpart of decodeChanges: `cells` sorted, each once. */
export function encodeChanges(changes: Changes, k: number, colorCount: number): number[] {
  const perColor = colorBits(colorCount);
  const writer = new BitWriter();
  let next = 0;
  changes.cells.forEach((cell, i) => {
    const gap = cell - next;
    writer.writeUnary(gap >>> k);
    writer.write(gap, k);
    writer.write(changes.colors[i]!, perColor);
    next = cell + 1;
  });
  return writer.finish();
}
