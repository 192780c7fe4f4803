import { describe, expect, it } from "vitest";
import { formatCountdown, formatOpening } from "./format";

describe("a countdown", () => {
  it.each([
    [0, "0:00"],
    [9, "0:09"],
    [65, "1:05"],
    [3600, "1:00:00"],
    [3725, "1:02:05"],
  ])("of %i seconds is %s", (seconds, text) => expect(formatCountdown(seconds)).toBe(text));
});

describe("an opening", () => {
  // A Friday afternoon, by the clock of whoever looks.
  const now = new Date(2026, 10, 20, 15, 0).getTime();
  const at = (day: number, hour: number) => new Date(2026, 10, day, hour, 0).getTime();

  it.each([
    [at(20, 16), "4:00 PM"],
    [at(23, 8), "Monday 8:00 AM"],
    // In a week's time the weekday alone would say today's.
    [at(27, 8), "Nov 27, 2026, 8:00 AM"],
  ])("%i is told as %s", (atMs, text) => {
    expect(formatOpening(atMs, now).replace(/\s+at\s+|\s+/g, " ")).toBe(text);
  });
});
