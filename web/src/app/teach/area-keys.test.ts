import { expect, it } from "vitest";
import { firstArea, stepped } from "./area-keys";

const BOUNDS = { width: 64, height: 32 };
const AREA = { x: 0, y: 30, width: 4, height: 2 };

it("begins in the middle, and fits on the smallest canvas", () => {
  expect(firstArea(BOUNDS)).toEqual({ x: 28, y: 12, width: 8, height: 8 });
  expect(firstArea({ width: 5, height: 16 })).toEqual({ x: 0, y: 5, width: 5, height: 5 });
});

it("moves within the canvas", () => {
  expect(stepped(AREA, [1, 0], false, BOUNDS)).toEqual({ ...AREA, x: 1 });
  expect(stepped(AREA, [-10, 10], false, BOUNDS)).toEqual(AREA);
  expect(stepped(AREA, [100, 0], false, BOUNDS)).toEqual({ ...AREA, x: 60 });
});

it("grows within the canvas, and keeps a cell", () => {
  expect(stepped(AREA, [3, 0], true, BOUNDS)).toEqual({ ...AREA, width: 7 });
  expect(stepped(AREA, [0, 3], true, BOUNDS)).toEqual(AREA);
  expect(stepped(AREA, [-10, -10], true, BOUNDS)).toEqual({ ...AREA, width: 1, height: 1 });
});
