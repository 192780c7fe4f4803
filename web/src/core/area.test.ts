import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contains, disjoint, edges, without } from "./area";
import type { Rect } from "./camera";

const SIDE = 12;
const CELLS = Array.from({ length: SIDE * SIDE }, (_, i) => ({ x: i % SIDE, y: (i / SIDE) | 0 }));
const areas = fc.array(
  fc.record({
    ...{ x: fc.nat(SIDE - 4), y: fc.nat(SIDE - 4) },
    ...{ width: fc.integer({ min: 1, max: 4 }), height: fc.integer({ min: 1, max: 4 }) },
  }),
  { maxLength: 8 },
);
const hits = (shape: readonly Rect[], cell: { x: number; y: number }) =>
  shape.filter((area) => contains(area, cell)).length;

describe("areas", () => {
  it("are made disjoint without another cell", () => {
    fc.assert(
      fc.property(areas, (given) => {
        const made = disjoint(given);
        for (const cell of CELLS) expect(hits(made, cell)).toBe(Math.min(1, hits(given, cell)));
      }),
    );
  });

  it("are cut out of another one", () => {
    const whole = { x: 0, y: 0, width: SIDE, height: SIDE };
    fc.assert(
      fc.property(areas, (given) => {
        const rest = without(whole, given);
        for (const cell of CELLS) expect(hits(rest, cell)).toBe(hits(given, cell) > 0 ? 0 : 1);
      }),
    );
  });

  it("have a border wherever a cell of theirs has one beside it that is not", () => {
    fc.assert(
      fc.property(areas, (given) => {
        const shape = disjoint(given);
        const has = (x: number, y: number) => hits(shape, { x, y }) > 0;
        const sides = CELLS.flatMap(({ x, y }) => {
          if (!has(x, y)) return [];
          return [
            ...(has(x, y - 1) ? [] : [`${x},${y} across 1`]),
            ...(has(x, y + 1) ? [] : [`${x},${y + 1} across -1`]),
            ...(has(x - 1, y) ? [] : [`${x},${y} down 1`]),
            ...(has(x + 1, y) ? [] : [`${x + 1},${y} down -1`]),
          ];
        });
        const found = edges(shape).flatMap(({ x, y, width, height, inward }) =>
          Array.from({ length: width + height }, (_, i) =>
            width > 0 ? `${x + i},${y} across ${inward}` : `${x},${y + i} down ${inward}`,
          ),
        );
        expect(found.sort()).toEqual(sides.sort());
      }),
    );
  });
});
