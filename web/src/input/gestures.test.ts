import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Gestures, type PointerInput } from "./gestures";
import type { Intent } from "./intent";

function pointer(x: number, y: number, more: Partial<PointerInput> = {}): PointerInput {
  return { id: 1, kind: "mouse", at: { x, y }, button: 0, shift: false, alt: false, ...more };
}

const touch = (id: number, x: number, y: number) => pointer(x, y, { id, kind: "touch" });

function gestures(pixelRatio = 1): Gestures {
  return new Gestures(() => pixelRatio);
}

describe("one pointer", () => {
  it.each<[string, Partial<PointerInput>, Intent]>([
    ["a click places", {}, { type: "place", at: { x: 5, y: 6 }, pointer: "mouse" }],
    ["a tap places", { kind: "touch" }, { type: "place", at: { x: 5, y: 6 }, pointer: "touch" }],
    ["a pen's tap places", { kind: "pen" }, { type: "place", at: { x: 5, y: 6 }, pointer: "pen" }],
    ["Shift asks", { shift: true }, { type: "inspect", at: { x: 5, y: 6 } }],
    ["Alt takes the color", { alt: true }, { type: "pick", at: { x: 5, y: 6 } }],
    ["the middle button takes the color", { button: 1 }, { type: "pick", at: { x: 5, y: 6 } }],
  ])("%s, where it went down", (_name, more, intent) => {
    const g = gestures();
    g.down(pointer(5, 6, more));
    expect(g.move(pointer(6, 8, more))).toEqual([]);
    expect(g.up(pointer(6, 8, more))[0]).toEqual(intent);
  });

  it("drags the sheet with it and places nothing", () => {
    const g = gestures();
    g.down(pointer(5, 5));
    expect(g.move(pointer(7, 5))).toEqual([]);
    expect(g.move(pointer(15, 5))).toEqual([{ type: "pan", dx: 10, dy: 0 }]);
    expect(g.move(pointer(5, 4))).toEqual([{ type: "pan", dx: -10, dy: -1 }]);
    expect(g.up(pointer(5, 5))).toEqual([{ type: "hover", at: { x: 5, y: 5 } }]);
  });

  it("forgives a finger more than a mouse, in CSS pixels", () => {
    const g = gestures(2);
    g.down(touch(1, 0, 0));
    expect(g.move(touch(1, 20, 0))).toEqual([]);
    expect(g.up(touch(1, 20, 0))).toEqual([
      { type: "place", at: { x: 0, y: 0 }, pointer: "touch" },
    ]);
    g.down(pointer(0, 0));
    expect(g.move(pointer(9, 0))).toEqual([{ type: "pan", dx: 9, dy: 0 }]);
  });

  it("asks when held still, and then places nothing", () => {
    const g = gestures();
    g.down(touch(1, 3, 4));
    expect(g.longPress()).toEqual([{ type: "inspect", at: { x: 3, y: 4 } }]);
    expect([g.longPress(), g.up(touch(1, 3, 4))]).toEqual([[], []]);
  });

  it("does not ask when it was moved", () => {
    const g = gestures();
    g.down(touch(1, 3, 4));
    g.move(touch(1, 30, 4));
    expect(g.longPress()).toEqual([]);
  });

  it("places nothing when the browser takes it over, nor with other buttons", () => {
    const g = gestures();
    g.down(touch(1, 3, 4));
    g.cancel(1);
    expect(g.up(touch(1, 3, 4))).toEqual([]);
    g.down(pointer(3, 4, { button: 2 }));
    expect(g.up(pointer(3, 4, { button: 2 }))).toEqual([]);
  });

  it("hovers with a mouse, never with a finger", () => {
    const g = gestures();
    expect(g.move(pointer(3, 4))).toEqual([{ type: "hover", at: { x: 3, y: 4 } }]);
    expect(g.move(touch(1, 3, 4))).toEqual([]);
  });
});

describe("two fingers", () => {
  it("move the sheet with their middle and zoom around it", () => {
    const g = gestures();
    g.down(touch(1, 0, 0));
    g.down(touch(2, 10, 0));
    expect(g.move(touch(2, 30, 0))).toEqual([
      { type: "pan", dx: 10, dy: 0 },
      { type: "zoom", factor: 3, at: { x: 15, y: 0 } },
    ]);
  });

  it("place nothing, whichever is lifted first, and the one left over goes on panning", () => {
    const g = gestures();
    g.down(touch(1, 0, 0));
    g.down(touch(2, 10, 0));
    expect(g.up(touch(1, 0, 0))).toEqual([]);
    expect(g.move(touch(2, 11, 0))).toEqual([{ type: "pan", dx: 1, dy: 0 }]);
    expect(g.up(touch(2, 11, 0))).toEqual([]);
    g.down(touch(3, 4, 4));
    expect(g.up(touch(3, 4, 4))).toEqual([{ type: "place", at: { x: 4, y: 4 }, pointer: "touch" }]);
  });

  it("on one spot have no scale", () => {
    const g = gestures();
    g.down(touch(1, 5, 5));
    g.down(touch(2, 5, 5));
    expect(g.move(touch(2, 7, 5))).toEqual([{ type: "pan", dx: 1, dy: 0 }]);
  });

  it("keep both of their points of the sheet under them", () => {
    const place = fc.record({
      x: fc.integer({ min: 0, max: 900 }),
      y: fc.integer({ min: 0, max: 900 }),
    });
    fc.assert(
      fc.property(place, place, fc.array(fc.tuple(fc.boolean(), place)), (a, b, moves) => {
        // Moving straight only, so that no rotation has to be made up for.
        const fingers = [a, { x: a.x + 50 + b.x, y: a.y }];
        const g = gestures();
        g.down(touch(0, fingers[0]!.x, fingers[0]!.y));
        g.down(touch(1, fingers[1]!.x, fingers[1]!.y));
        let sheet = { x: 0, y: 0, scale: 1 };
        const held = fingers.map(({ x, y }) => ({ x, y }));
        for (const [second, to] of moves) {
          const which = second ? 1 : 0;
          fingers[which] = {
            x: second ? fingers[0]!.x + 20 + to.x : fingers[1]!.x - 20 - to.x,
            y: a.y,
          };
          for (const intent of g.move(touch(which, fingers[which].x, a.y))) {
            if (intent.type === "pan") {
              sheet = { ...sheet, x: sheet.x + intent.dx, y: sheet.y + intent.dy };
            } else if (intent.type === "zoom") {
              const { at, factor } = intent;
              sheet = {
                x: at.x + (sheet.x - at.x) * factor,
                y: at.y + (sheet.y - at.y) * factor,
                scale: sheet.scale * factor,
              };
            }
          }
          held.forEach((point, i) => {
            expect(point.x * sheet.scale + sheet.x).toBeCloseTo(fingers[i]!.x, 3);
          });
        }
      }),
    );
  });
});

it("never places more often than pointers went down alone", () => {
  const event = fc.record({
    act: fc.constantFrom("down", "move", "up", "cancel", "hold"),
    id: fc.nat(2),
    x: fc.nat(40),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const g = gestures();
      const down = new Map<number, number>();
      let clean = false;
      for (const { act, id, x } of events) {
        if (act === "down" && down.has(id)) continue;
        if (act === "down") {
          clean = down.size === 0;
          down.set(id, x);
          g.down(touch(id, x, 0));
        } else if (act === "move") {
          if (Math.abs((down.get(id) ?? x) - x) > 10) clean = false;
          g.move(touch(id, x, 0));
        } else if (act === "cancel") {
          if (down.delete(id)) clean = false;
          g.cancel(id);
        } else if (act === "hold") {
          if (down.size > 0) clean = false;
          g.longPress();
        } else {
          const places = g.up(touch(id, x, 0)).some(({ type }) => type === "place");
          expect(places).toBe(down.delete(id) && clean);
        }
      }
    }),
  );
});
