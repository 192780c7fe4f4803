import { describe, expect, it } from "vitest";
import { applyChanges, cellIndex, colorsFit, parseBoard } from "./grid";
import { WireError } from "./wire";

function boardFile(width: number, height: number, seq: bigint, cells: number[]): ArrayBuffer {
  const bytes = new Uint8Array(16 + cells.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x50, 0x4c, 0x43, 0x31]);
  view.setUint16(4, width, true);
  view.setUint16(6, height, true);
  view.setBigUint64(8, seq, true);
  bytes.set(cells, 16);
  return bytes.buffer;
}

describe("parseBoard", () => {
  it("reads size, seq and cells", () => {
    const grid = parseBoard(boardFile(3, 2, 5_000_000_000n, [1, 2, 3, 4, 5, 6]));
    expect(grid).toEqual({
      width: 3,
      height: 2,
      seq: 5_000_000_000,
      cells: Uint8Array.of(1, 2, 3, 4, 5, 6),
    });
  });

  const wrong = new Uint8Array(boardFile(3, 2, 1n, [1, 2, 3, 4, 5, 6]));
  wrong[3] = 0x32;
  it.each([
    ["too short", new ArrayBuffer(15)],
    ["of another kind", wrong.buffer],
    ["without a cell", boardFile(0, 2, 1n, [])],
    ["too wide", boardFile(4097, 1, 1n, new Array(4097).fill(0))],
    ["with a cell missing", boardFile(3, 2, 1n, [1, 2, 3, 4, 5])],
    ["with a cell too many", boardFile(3, 2, 1n, [1, 2, 3, 4, 5, 6, 7])],
    ["with a seq beyond 2^53", boardFile(1, 1, 2n ** 53n, [0])],
  ])("refuses one %s", (_name, buffer) => {
    expect(() => parseBoard(buffer)).toThrow(WireError);
  });
});

describe("a grid", () => {
  it("takes changes and their seq", () => {
    const grid = parseBoard(boardFile(2, 2, 7n, [0, 0, 0, 0]));
    applyChanges(grid, { cells: Uint32Array.of(1, 3), colors: Uint8Array.of(5, 6) }, 9);
    expect([grid.seq, ...grid.cells]).toEqual([9, 0, 5, 0, 6]);
  });

  it("knows whether a palette covers its colors", () => {
    const grid = parseBoard(boardFile(2, 1, 7n, [0, 4]));
    expect([colorsFit(grid, 4), colorsFit(grid, 5)]).toEqual([false, true]);
  });

  it.each([
    [0, 0, 0],
    [2.9, 1.9, 5],
    [3, 0, null],
    [0, 2, null],
    [-0.1, 0, null],
    [Number.NaN, 0, null],
  ])("finds the cell at %d, %d", (x, y, index) => {
    expect(cellIndex({ width: 3, height: 2 }, x, y)).toBe(index);
  });
});
