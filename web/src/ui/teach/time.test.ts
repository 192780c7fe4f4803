import { expect, it } from "vitest";
import { clockLeft } from "./time";

it("a countdown reads as a clock", () => {
  expect([-5, 0, 1, 59_001, 60_000, 245_000, 3_723_000].map(clockLeft)).toEqual([
    "0:00",
    "0:00",
    "0:01",
    "1:00",
    "1:00",
    "4:05",
    "1:02:03",
  ]);
});
