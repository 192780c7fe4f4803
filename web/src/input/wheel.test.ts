import { describe, expect, it } from "vitest";
import { Wheel, type WheelInput } from "./wheel";

const AT = { x: 10, y: 20 };

function turn(more: Partial<WheelInput>): WheelInput {
  return {
    ...{ at: AT, deltaX: 0, deltaY: 0, deltaMode: 0, wheelDeltaY: undefined },
    ...{ ctrl: false, shift: false, timeMs: 0 },
    ...more,
  };
}

describe("a wheel with notches", () => {
  it.each<[string, Partial<WheelInput>]>([
    ["in pixels", { deltaY: -100, wheelDeltaY: 120 }],
    ["in pixels of a zoomed page", { deltaY: -66.6, wheelDeltaY: 120 }],
    ["without the legacy measure", { deltaY: -100 }],
    ["in lines", { deltaY: -3, deltaMode: 1 }],
    ["with Control", { deltaY: -100, ctrl: true, wheelDeltaY: 120 }],
  ])("zooms around the pointer: %s", (_name, more) => {
    const intent = new Wheel(() => 1).turn(turn(more));
    expect(intent).toMatchObject({ type: "zoom", at: AT });
    expect(intent.type === "zoom" && intent.factor).toBeGreaterThan(1.1);
    expect(intent.type === "zoom" && intent.factor).toBeLessThan(1.35);
  });

  it("zooms back by what it zoomed, and never wildly", () => {
    const wheel = new Wheel(() => 1);
    const factorOf = (deltaY: number) => {
      const intent = wheel.turn(turn({ deltaY, wheelDeltaY: -1.2 * deltaY }));
      return intent.type === "zoom" ? intent.factor : Number.NaN;
    };
    expect(factorOf(-100) * factorOf(100)).toBeCloseTo(1);
    expect([factorOf(-90_000), factorOf(90_000)]).toEqual([2, 0.5]);
  });

  it("goes sideways with Shift", () => {
    const intent = new Wheel(() => 1).turn(turn({ deltaY: 100, shift: true, wheelDeltaY: -120 }));
    expect(intent).toEqual({ type: "pan", dx: -100, dy: -0 });
  });
});

describe("a trackpad", () => {
  it.each<[string, Partial<WheelInput>]>([
    ["a small step", { deltaY: 4, wheelDeltaY: -12 }],
    ["a step that would pass for a notch", { deltaY: 40, wheelDeltaY: -120 }],
    ["a slanted step", { deltaX: 2, deltaY: 100, wheelDeltaY: -120 }],
    ["a sideways step", { deltaX: 9, wheelDeltaY: 0 }],
  ])("pans with two fingers, in device pixels: %s", (_name, more) => {
    const { deltaX = 0, deltaY = 0 } = more;
    const intent = new Wheel(() => 2).turn(turn(more));
    expect(intent).toEqual({ type: "pan", dx: -2 * deltaX, dy: -2 * deltaY });
  });

  it("goes on panning when a fast step looks like a notch, until it rests", () => {
    const wheel = new Wheel(() => 1);
    const notch = { deltaY: 100, wheelDeltaY: -120 };
    wheel.turn(turn({ deltaY: 4, wheelDeltaY: -12, timeMs: 0 }));
    expect(wheel.turn(turn({ ...notch, timeMs: 100 })).type).toBe("pan");
    expect(wheel.turn(turn({ ...notch, timeMs: 1_000 })).type).toBe("zoom");
  });

  it("zooms by a pinch, smoothly", () => {
    const wheel = new Wheel(() => 1);
    const pinch = { deltaY: -2.5, ctrl: true, wheelDeltaY: 120 };
    const intent = wheel.turn(turn(pinch));
    expect(intent).toEqual({ type: "zoom", factor: Math.exp(0.025), at: AT });
  });
});
