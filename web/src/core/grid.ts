import type { Changes } from "./packed";
import { readSeq, WireError } from "./wire";

/** "PLC1", read as a big-endian number. */
const BOARD_MAGIC = 0x504c_4331;
const BOARD_HEADER_BYTES = 16;
/** The largest side of a canvas; what a client's textures and memory are planned for. */
export const MAX_SIDE_CELLS = 4096;

/** The board: one palette index a cell, row by row from the top, as it was at `seq`. */
export interface Grid {
  readonly width: number;
  readonly height: number;
  seq: number;
  readonly cells: Uint8Array<ArrayBuffer>;
}

/** Reads the board file; the cells stay in `buffer`, without a copy. Throws a WireError. */
export function parseBoard(buffer: ArrayBuffer): Grid {
  if (buffer.byteLength < BOARD_HEADER_BYTES) throw new WireError("a board that ends too early");
  const view = new DataView(buffer);
  if (view.getUint32(0) !== BOARD_MAGIC) throw new WireError("this is not a board");
  const width = view.getUint16(4, true);
  const height = view.getUint16(6, true);
  if (width < 1 || height < 1 || width > MAX_SIDE_CELLS || height > MAX_SIDE_CELLS) {
    throw new WireError(`a board of ${width} × ${height} cells`);
  }
  if (buffer.byteLength !== BOARD_HEADER_BYTES + width * height) {
    throw new WireError("a board whose length does not fit its size");
  }
  const seq = readSeq(view, 8);
  return { width, height, seq, cells: new Uint8Array(buffer, BOARD_HEADER_BYTES) };
}

/** Whether every cell's color is in a palette of `colors` entries. */
export function colorsFit(grid: Grid, colors: number): boolean {
  return colors > 255 || grid.cells.every((color) => color < colors);
}

export function applyChanges(grid: Grid, changes: Changes, seq: number): void {
  const { cells, colors } = changes;
  for (let i = 0; i < cells.length; i++) grid.cells[cells[i]!] = colors[i]!;
  grid.seq = seq;
}

/** The cell's index, or null outside the grid. Takes fractions: it rounds down. */
export function cellIndex(
  grid: { readonly width: number; readonly height: number },
  x: number,
  y: number,
): number | null {
  const column = Math.floor(x);
  const row = Math.floor(y);
  if (!(column >= 0 && row >= 0 && column < grid.width && row < grid.height)) return null;
  return row * grid.width + column;
}
