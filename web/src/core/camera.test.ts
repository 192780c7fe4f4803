import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as cam from "./camera";

const size = (max: number) =>
  fc.record({ width: fc.integer({ min: 1, max }), height: fc.integer({ min: 1, max }) });
const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** A view, a sheet in it, a camera within its limits, and a point on the screen. */
const scenes = fc
  .record({
    view: fc.record({
      width: fc.integer({ min: 200, max: 4_000 }),
      height: fc.integer({ min: 200, max: 4_000 }),
    }),
    grid: size(4_096),
    camera: fc.record({
      x: number(-5_000, 9_000),
      y: number(-5_000, 9_000),
      scale: number(0.01, 300),
    }),
    at: fc.record({ x: number(0, 4_000), y: number(0, 4_000) }),
  })
  .map((scene) => ({ ...scene, camera: cam.clamp(scene.camera, scene.view, scene.grid) }));

const near = (a: cam.Point, b: cam.Point, tolerance = 1e-6) =>
  Math.abs(a.x - b.x) <= tolerance && Math.abs(a.y - b.y) <= tolerance;

describe("camera", () => {
  it("toCell undoes toScreen", () => {
    fc.assert(
      fc.property(scenes, ({ camera, view, at }) =>
        near(cam.toScreen(camera, view, cam.toCell(camera, view, at)), at),
      ),
    );
  });

  it("finds each cell under the middle of its square", () => {
    fc.assert(
      fc.property(scenes, fc.nat(4_095), fc.nat(4_095), ({ camera, view }, x, y) => {
        const middle = cam.toScreen(camera, view, { x: x + 0.5, y: y + 0.5 });
        const cell = cam.toCell(camera, view, middle);
        expect([Math.floor(cell.x), Math.floor(cell.y)]).toEqual([x, y]);
      }),
    );
  });

  it("keeps the point under the pointer while zooming, and the scale in its limits", () => {
    fc.assert(
      fc.property(scenes, number(0.01, 100), ({ camera, view, grid, at }, factor) => {
        const zoomed = cam.zoomAt(camera, view, grid, at, factor);
        const before = cam.toCell(camera, view, at);
        expect(near(cam.toScreen(zoomed, view, before), at, 1e-4)).toBe(true);
        expect(zoomed.scale).toBeGreaterThanOrEqual(cam.minScale(view, grid) * 0.999999);
        expect(zoomed.scale).toBeLessThanOrEqual(cam.MAX_SCALE);
      }),
    );
  });

  it("pans with the pointer", () => {
    fc.assert(
      fc.property(scenes, number(-900, 900), number(-900, 900), ({ camera, view, at }, dx, dy) => {
        const cell = cam.toCell(camera, view, at);
        const moved = cam.toScreen(cam.pan(camera, dx, dy), view, cell);
        return near(moved, { x: at.x + dx, y: at.y + dy }, 1e-4);
      }),
    );
  });

  it("always keeps some of the sheet in view, and clamps once and for all", () => {
    fc.assert(
      fc.property(scenes, ({ camera, view, grid }) => {
        const seen = cam.visibleRect(camera, view, grid);
        expect(seen.width * seen.height).toBeGreaterThan(0);
        expect(near(cam.clamp(camera, view, grid), camera)).toBe(true);
      }),
    );
  });

  it("snaps the sheet's corner to whole pixels, by half a pixel at most", () => {
    fc.assert(
      fc.property(scenes, ({ camera, view }) => {
        const origin = { x: 0, y: 0 };
        const corner = cam.toScreen(cam.snap(camera, view), view, origin);
        expect(near(corner, { x: Math.round(corner.x), y: Math.round(corner.y) }, 1e-5)).toBe(true);
        expect(near(corner, cam.toScreen(camera, view, origin), 0.500_01)).toBe(true);
      }),
    );
  });

  it("fits the whole sheet into what the panels leave free", () => {
    const insets = { top: 40, right: 0, bottom: 90, left: 10 };
    fc.assert(
      fc.property(scenes, ({ view, grid }) => {
        const camera = cam.fit(view, grid, insets);
        const start = cam.toScreen(camera, view, { x: 0, y: 0 });
        const end = cam.toScreen(camera, view, { x: grid.width, y: grid.height });
        expect(start.x).toBeGreaterThanOrEqual(insets.left - 1e-6);
        expect(start.y).toBeGreaterThanOrEqual(insets.top - 1e-6);
        expect(end.x).toBeLessThanOrEqual(view.width - insets.right + 1e-6);
        expect(end.y).toBeLessThanOrEqual(view.height - insets.bottom + 1e-6);
      }),
    );
  });

  it.each([
    [{ width: 600, height: 600 }, 2],
    [{ width: 700, height: 700 }, 2.734375],
    [{ width: 128, height: 128 }, 0.5],
    [{ width: 99_999, height: 99_999 }, cam.MAX_SCALE],
  ])("fits a sheet of 256² in %j at %d pixels a cell", (view, scale) => {
    expect(cam.fit(view, { width: 256, height: 256 }).scale).toBe(scale);
  });

  it("reveals a cell by moving as little as it must", () => {
    const view = { width: 100, height: 100 };
    const camera = { x: 50, y: 50, scale: 10 };
    expect(cam.reveal(camera, view, { x: 50, y: 54 })).toBe(camera);
    expect(cam.reveal(camera, view, { x: 50, y: 55 })).toEqual({ x: 50, y: 51, scale: 10 });
    expect(cam.reveal(camera, view, { x: 43, y: 50 })).toEqual({ x: 48, y: 50, scale: 10 });
  });

  it("steps through whole scales and always moves on", () => {
    const scales = [0.3];
    while (scales.at(-1)! < cam.MAX_SCALE) scales.push(cam.stepScale(scales.at(-1)!, 1));
    expect(scales.length).toBeLessThan(20);
    expect(scales.slice(1).every((scale, i) => scale > scales[i]!)).toBe(true);
    expect([cam.stepScale(9, -1), cam.stepScale(2, -1) < 2]).toEqual([6, true]);
  });
});
