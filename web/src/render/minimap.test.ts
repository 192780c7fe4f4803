import { describe, expect, it } from "vitest";
import { paletteBytes } from "../core/color";
import { placeOf, shrink } from "./minimap";

const PALETTE = paletteBytes([
  { name: "Black", hex: "#000000" },
  { name: "White", hex: "#ffffff" },
]);

function shrunk(
  width: number,
  height: number,
  cells: number[],
  to: { width: number; height: number },
) {
  const image = { ...to, data: new Uint8ClampedArray(to.width * to.height * 4) };
  shrink({ width, height, seq: 1, cells: Uint8Array.from(cells) }, PALETTE, image);
  return Array.from({ length: to.width * to.height }, (_, i) => image.data[i * 4]);
}

describe("the small picture", () => {
  it("takes the mean of the cells under a pixel", () => {
    expect(shrunk(4, 2, [1, 1, 0, 0, 1, 1, 0, 1], { width: 2, height: 1 })).toEqual([255, 64]);
  });

  it("repeats cells where it is larger than the board", () => {
    expect(shrunk(2, 1, [0, 1], { width: 4, height: 2 })).toEqual([0, 0, 255, 255, 0, 0, 255, 255]);
  });

  it("never reads beyond the board", () => {
    const cells = new Array(37 * 23).fill(1);
    expect(new Set(shrunk(37, 23, cells, { width: 10, height: 6 }))).toEqual(new Set([255]));
  });
});

describe("its place", () => {
  it.each([
    [
      { width: 256, height: 256 },
      { x: 20, y: 0, width: 80, height: 80 },
    ],
    [
      { width: 4096, height: 16 },
      { x: 0, y: 39, width: 120, height: 1 },
    ],
    [
      { width: 16, height: 4096 },
      { x: 59, y: 0, width: 1, height: 80 },
    ],
  ])("of a sheet of %j is in the middle", (grid, place) => {
    expect(placeOf(grid, { width: 120, height: 80 })).toEqual(place);
  });
});
