import fc from "fast-check";
import { expect, it } from "vitest";
import { backoffMs, FIRST_WAIT_MS, FIXED_SHARE, MAX_WAIT_MS } from "./backoff";

it.each([
  [1, FIRST_WAIT_MS],
  [2, 2 * FIRST_WAIT_MS],
  [5, 16 * FIRST_WAIT_MS],
  [6, MAX_WAIT_MS],
  [2_000, MAX_WAIT_MS],
])("after %i failures the longest wait is %i ms", (failures, longestMs) => {
  expect(backoffMs(failures, () => 1)).toBe(longestMs);
  expect(backoffMs(failures, () => 0)).toBe(longestMs * FIXED_SHARE);
});

it("always waits, and never longer than the limit", () => {
  const random = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), random, (failures, value) => {
      const waitMs = backoffMs(failures, () => value);
      return waitMs >= FIRST_WAIT_MS * FIXED_SHARE && waitMs <= MAX_WAIT_MS;
    }),
  );
});
