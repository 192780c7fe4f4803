import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CooldownState, savedAt, waitMs, withRules } from "./cooldown";

const STATE: CooldownState = { saved: 2, nextMs: 300, atMs: 1_000, cooldownMs: 1_000, savedMax: 5 };

describe("savedAt", () => {
  it.each([
    [1_000, 2, 300],
    [1_299, 2, 1],
    [1_300, 3, 1_000],
    [2_299, 3, 1],
    [2_300, 4, 1_000],
    [3_300, 5, 0],
    [99_000, 5, 0],
    [0, 2, 1_000],
  ])("at %i ms: %i saved, one more in %i ms", (nowMs, saved, nextInMs) => {
    expect(savedAt(STATE, nowMs)).toEqual({ saved, nextInMs });
  });

  it("counts what is on its way as spent", () => {
    expect(savedAt(STATE, 1_000, 1)).toEqual({ saved: 1, nextInMs: 300 });
    expect(savedAt(STATE, 1_000, 3)).toEqual({ saved: 0, nextInMs: 300 });
    expect(savedAt(STATE, 9_000, 1)).toEqual({ saved: 4, nextInMs: 1_000 });
  });

  it("is always full without a cooldown", () => {
    expect(savedAt({ ...STATE, saved: 0, cooldownMs: 0 }, 1_000, 9)).toEqual({
      saved: 5,
      nextInMs: 0,
    });
  });

  it("agrees with a count of milliseconds, one by one", () => {
    const cases = fc.record({
      saved: fc.nat(6),
      nextMs: fc.integer({ min: 1, max: 40 }),
      cooldownMs: fc.integer({ min: 1, max: 40 }),
      savedMax: fc.integer({ min: 1, max: 6 }),
      elapsedMs: fc.nat(300),
    });
    fc.assert(
      fc.property(cases, (given) => {
        const { cooldownMs, savedMax, elapsedMs } = given;
        const saved = Math.min(given.saved, savedMax);
        const first = Math.min(given.nextMs, cooldownMs);
        let model = saved;
        let left = first;
        for (let ms = 0; ms < elapsedMs && model < savedMax; ms++) {
          left -= 1;
          if (left === 0) {
            model += 1;
            left = cooldownMs;
          }
        }
        const nextMs = saved === savedMax ? 0 : first;
        const state = { saved, nextMs, atMs: 0, cooldownMs, savedMax };
        const nextInMs = model === savedMax ? 0 : left;
        expect(savedAt(state, elapsedMs)).toEqual({ saved: model, nextInMs });
      }),
    );
  });
});

describe("waitMs", () => {
  it("is the time to the next pixel, or nothing", () => {
    expect(waitMs(STATE, 1_000)).toBe(0);
    expect(waitMs(STATE, 1_100, 2)).toBe(200);
  });
});

describe("withRules", () => {
  it("cuts what is saved to a lower limit", () => {
    const next = withRules(STATE, { cooldownMs: 1_000, savedMax: 1 }, 1_100);
    expect(savedAt(next, 1_100)).toEqual({ saved: 1, nextInMs: 0 });
  });

  it("lets a full seat grow under a higher limit", () => {
    const next = withRules(STATE, { cooldownMs: 2_000, savedMax: 9 }, 9_000);
    expect(savedAt(next, 9_500)).toEqual({ saved: 5, nextInMs: 1_500 });
  });

  it("shortens a wait to the new cooldown", () => {
    const slow = { ...STATE, saved: 0, nextMs: 60_000, cooldownMs: 60_000 };
    expect(waitMs(withRules(slow, { cooldownMs: 1_000, savedMax: 5 }, 1_000), 1_000)).toBe(1_000);
  });
});
