import { BitReader } from "./bits";
import { WireError } from "./error";

/** The largest Rice parameter: a gap in the largest grid (4096 × 4096 cells) has 24 bits. */
export const MAX_RICE_PARAMETER = 24;
/** The most changes of one message: what a server sends as one catch-up at most. */
export const MAX_CHANGES = 65_536;
/** Cells are numbered in bands of so many rows. */
export const BAND_ROWS = 8;

export interface Changes {
  /** Cell indexes, y × width + x, each once. */
  readonly cells: Uint32Array;
  /** The palette index of each of `cells`. */
  readonly colors: Uint8Array;
}

/** How gaps and colors are written. */
export interface Code {
  /** Bits of a short gap in the code for drawings; null in the code for scattered cells. */
  readonly short: number | null;
  /** The Rice parameter. */
  readonly rice: number;
}

interface Shape {
  readonly width: number;
  readonly height: number;
  readonly colors: number;
}

/** How many bits a packed color takes with a palette of `colors` entries. */
export function colorBits(colors: number): number {
  return Math.max(1, 32 - Math.clz32(colors - 1));
}

/**
 * The index of the cell with this number. Cells are numbered in bands of eight rows, the last of
 * which may be lower; in a band column by column; in a column from the top.
 */
export function cellOfNumber(number: number, width: number, height: number): number {
  const top = Math.trunc(number / (BAND_ROWS * width)) * BAND_ROWS;
  const within = number - top * width;
  const rows = Math.min(BAND_ROWS, height - top);
  const column = Math.trunc(within / rows);
  return (top + within - column * rows) * width + column;
}

// Where changes are put until it is known how many there are; grows to MAX_CHANGES at most.
let scratchCells = new Uint32Array(1_024);
let scratchColors = new Uint8Array(1_024);

function growScratch(): void {
  const cells = new Uint32Array(scratchCells.length * 2);
  const colors = new Uint8Array(scratchColors.length * 2);
  cells.set(scratchCells);
  colors.set(scratchColors);
  scratchCells = cells;
  scratchColors = colors;
}

/** Decodes the changes that fill `bytes` from `start` to the end. */
export function decodeChanges(
  bytes: Uint8Array,
  start: number,
  { short, rice }: Code,
  { width, height, colors: colorCount }: Shape,
): Changes {
  if (rice > MAX_RICE_PARAMETER) throw new WireError("a Rice parameter over 24");
  const reader = new BitReader(bytes, start);
  const perColor = colorBits(colorCount);
  const cellCount = width * height;
  let count = 0;
  let next = 0;
  let color = 0;
  while (!reader.isDone()) {
    if (count === MAX_CHANGES) throw new WireError("more changes than a message may hold");
    // How many one bits a step begins with says what kind it is (docs/protocol.md).
    const kind = short === null ? 3 : reader.readKind();
    let gap = 0;
    if (kind === 3) gap = reader.readUnary(cellCount >>> rice) * 2 ** rice + reader.read(rice);
    else if (kind > 0) gap = reader.read(short!);
    const number = next + gap;
    if (number >= cellCount) throw new WireError("a gap leaves the grid");
    if (kind > 1) {
      color = reader.read(perColor);
      if (color >= colorCount) throw new WireError("a color beyond the palette");
    }
    if (count === scratchCells.length) growScratch();
    scratchCells[count] = cellOfNumber(number, width, height);
    scratchColors[count] = color;
    count += 1;
    next = number + 1;
  }
  return { cells: scratchCells.slice(0, count), colors: scratchColors.slice(0, count) };
}
