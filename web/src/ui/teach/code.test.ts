import { expect, it } from "vitest";
import { formatCode } from "./code";

it("codes are read in groups of three", () => {
  expect(["K7M2PQ", "K7M2PQX4", "AB", ""].map(formatCode)).toEqual([
    "K7M 2PQ",
    "K7M 2PQ X4",
    "AB",
    "",
  ]);
});
