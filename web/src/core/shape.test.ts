import { describe, expect, it } from "vitest";
import { isNumber, list, maybe, oneOf, orNull, record } from "./shape";
import { isCount, isFlag, isString } from "./value";

describe("shapes", () => {
  const isPerson = record({
    name: isString,
    age: orNull(isCount),
    tags: list(oneOf("a", "b")),
    late: maybe(isFlag),
  });

  it.each([
    { name: "Ada", age: 3, tags: [] },
    { name: "Ada", age: null, tags: ["a", "b"], late: true, unknown: [1] },
  ])("takes %j", (value) => expect(isPerson(value)).toBe(true));

  it.each([
    null,
    [],
    "Ada",
    { name: "Ada", tags: [] },
    { name: 1, age: null, tags: [] },
    { name: "Ada", age: -1, tags: [] },
    { name: "Ada", age: null, tags: ["c"] },
    { name: "Ada", age: null, tags: [], late: "yes" },
  ])("refuses %j", (value) => expect(isPerson(value)).toBe(false));

  it("a number is one that can be counted with", () => {
    expect([0.5, -1, Number.NaN, Number.POSITIVE_INFINITY, "1"].filter(isNumber)).toEqual([
      0.5, -1,
    ]);
  });
});
