import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { edges } from "../core/area";
import { snap, toCell } from "../core/camera";
import type { Rgba } from "../core/color";
import { cellRect, hatchRects, overlayQuads } from "./overlay";
import type { View } from "./view";

const GRAY: Rgba = [0.5, 0.5, 0.5, 1];
const DARK: Rgba = [0, 0, 0, 1];
const LIGHT: Rgba = [1, 1, 1, 1];
const SCREEN = { width: 100, height: 80, pixelRatio: 1 };
const GRID = { width: 10, height: 8 };
const PALETTE = [
  { name: "Black", hex: "#000000" },
  { name: "Red", hex: "#ff0000" },
];
const VIEW: View = {
  camera: { x: 5, y: 4, scale: 10 },
  theme: {
    ...{ table: GRAY, dot: GRAY, edge: GRAY, shadow: GRAY, gridLine: GRAY },
    ...{ outlineDark: DARK, outlineLight: LIGHT, hatchDark: DARK, hatchLight: LIGHT },
  },
  ...{ gridLines: true, hover: null, cursor: null, pending: [], pops: [], shakes: [] },
  ...{ closed: { areas: [], edges: [] }, regions: [] },
};
const quadsOf = (more: Partial<View>) =>
  overlayQuads({ ...VIEW, ...more }, VIEW.camera, SCREEN, GRID, PALETTE);

describe("cellRect", () => {
  it("takes the pixels whose middles lie in the cell, side by side without gaps", () => {
    const scales = fc.double({ min: 1, max: 60, noNaN: true });
    const scenes = fc.record({
      scale: scales,
      x: fc.integer({ min: 0, max: 99 }),
      at: fc.nat(3000),
    });
    fc.assert(
      fc.property(scenes, ({ scale, x, at }) => {
        const origin = { x: at - 1500, y: 7 };
        const rect = cellRect(origin, scale, { x, y: 0 });
        const next = cellRect(origin, scale, { x: x + 1, y: 0 });
        // Plus nothing: at the edge one of them may be -0.
        expect(rect.x + rect.width).toBe(next.x + 0);
        const cellUnder = (px: number) => Math.floor((px + 0.5 - origin.x) / scale + 1e-9);
        expect(cellUnder(rect.x)).toBe(x);
        expect(cellUnder(next.x)).toBe(x + 1);
      }),
    );
  });

  it("agrees with the camera about which cell a pixel shows", () => {
    const camera = snap({ x: 3.3, y: 2.1, scale: 7.3 }, SCREEN);
    const corner = toCell(camera, SCREEN, { x: 0, y: 0 });
    const origin = { x: -corner.x * camera.scale, y: -corner.y * camera.scale };
    const rect = cellRect(origin, camera.scale, { x: 4, y: 3 });
    const shown = toCell(camera, SCREEN, { x: rect.x + 0.5, y: rect.y + 0.5 });
    expect([Math.floor(shown.x), Math.floor(shown.y)]).toEqual([4, 3]);
  });

  it("is a pixel at least", () => {
    expect(cellRect({ x: 0, y: 0 }, 0.1, { x: 5, y: 5 })).toMatchObject({ width: 1, height: 1 });
  });
});

describe("what lies over the board", () => {
  it("shows pending cells in their color, exactly over theirs", () => {
    expect(quadsOf({ pending: [{ index: 23, color: 1 }] })).toEqual([
      { x: 30, y: 20, width: 10, height: 10, color: [1, 0, 0, 1] },
    ]);
  });

  it("outlines the cursor's cell twice, so that it is seen on any color", () => {
    const quads = quadsOf({ cursor: { x: 3, y: 2 } });
    const light = quads.filter(({ color }) => color === LIGHT);
    const dark = quads.filter(({ color }) => color === DARK);
    expect([light.length, dark.length]).toEqual([4, 4]);
    const left = (list: typeof quads) => Math.min(...list.map(({ x }) => x));
    expect([left(light), left(dark)]).toEqual([28, 26]);
    const covers = ({ x, y, width, height }: (typeof quads)[0]) =>
      x < 40 && x + width > 30 && y < 30 && y + height > 20;
    expect(quads.some(covers)).toBe(false);
  });

  it("runs along the inside of what is closed, dark at its border and light beside", () => {
    const areas = [{ x: 2, y: 3, width: 4, height: 2 }];
    const quads = quadsOf({ closed: { areas, edges: edges(areas) } });
    expect(quads.map(({ x, y, width, height, color }) => [x, y, width, height, color])).toEqual([
      ...[[20, 30, 40, 1, DARK] as const, [20, 31, 40, 1, LIGHT] as const],
      ...[[20, 49, 40, 1, DARK] as const, [20, 48, 40, 1, LIGHT] as const],
      ...[[20, 30, 1, 20, DARK] as const, [21, 30, 1, 20, LIGHT] as const],
      ...[[59, 30, 1, 20, DARK] as const, [58, 30, 1, 20, LIGHT] as const],
    ]);
    const view = { ...VIEW, closed: { areas, edges: [] } };
    expect(hatchRects(view, VIEW.camera, SCREEN)).toEqual([
      { x: 20, y: 30, width: 40, height: 20 },
    ]);
  });

  it("draws nothing out of view", () => {
    expect(quadsOf({ hover: { x: 300, y: 2 } })).toEqual([]);
  });

  it("lets a placed cell shrink to its place", () => {
    const widths = [0, 0.3, 0.6, 1].map(
      (progress) => quadsOf({ pops: [{ index: 23, color: 1, progress }] })[0]!.width,
    );
    expect(widths).toEqual([...widths].sort((a, b) => b - a));
    expect([widths[0]! > 10, widths.at(-1)]).toEqual([true, 10]);
  });

  it("lets a refused cell swing to both sides, fade and end in its place", () => {
    const at = (progress: number) => quadsOf({ shakes: [{ index: 23, color: 1, progress }] })[0]!;
    const xs = Array.from({ length: 101 }, (_, i) => at(i / 100).x);
    expect([Math.min(...xs) < 30, Math.max(...xs) > 30, xs[0], xs.at(-1)]).toEqual([
      true,
      true,
      30,
      30,
    ]);
    expect(at(1).color[3]).toBe(0);
  });
});
