import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dirty } from "./dirty";

const GRID = { width: 200, height: 150 };
const ALL = [{ x: 0, y: 0, ...GRID }];

describe("dirty rectangles", () => {
  it("begin with everything, and are clean once taken", () => {
    const dirty = new Dirty(GRID);
    expect(dirty.any).toBe(true);
    expect(dirty.take()).toEqual(ALL);
    expect([dirty.any, dirty.take()]).toEqual([false, []]);
  });

  it("are as small as one cell", () => {
    const dirty = new Dirty(GRID);
    dirty.take();
    dirty.touch([3 * 200 + 199]);
    expect(dirty.take()).toEqual([{ x: 199, y: 3, width: 1, height: 1 }]);
  });

  it("are everything when there would be too many", () => {
    const large = { width: 4096, height: 4096 };
    const dirty = new Dirty(large);
    dirty.take();
    dirty.touch(Array.from({ length: 4096 }, (_, i) => i * 4096 + i));
    expect(dirty.take()).toHaveLength(64);
    dirty.touch(Array.from({ length: 4096 }, (_, i) => (i % 64) * 64 + (i >> 6) * 64 * 4096));
    expect(dirty.take()).toEqual([{ x: 0, y: 0, ...large }]);
  });

  it("cover every touched cell, and stay in the grid", () => {
    const cells = fc.array(fc.nat(GRID.width * GRID.height - 1), { maxLength: 50 });
    fc.assert(
      fc.property(cells, (touched) => {
        const dirty = new Dirty(GRID);
        dirty.take();
        dirty.touch(touched);
        const rects = dirty.take();
        for (const cell of touched) {
          const x = cell % GRID.width;
          const y = Math.floor(cell / GRID.width);
          const inside = rects.some(
            (r) => x >= r.x && y >= r.y && x < r.x + r.width && y < r.y + r.height,
          );
          expect(inside).toBe(true);
        }
        const fits = rects.every(
          (r) => r.x + r.width <= GRID.width && r.y + r.height <= GRID.height,
        );
        expect(fits).toBe(true);
      }),
    );
  });
});
