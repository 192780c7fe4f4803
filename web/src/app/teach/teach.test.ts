import { describe, expect, it } from "vitest";
import { rosterOf } from "./class-deeds";
import { between } from "./layer";

describe("a list of names", () => {
  it("is one name a line", () => {
    expect(rosterOf("Ada\r\n  Ben \n\nZoë K.\n")).toEqual({ names: ["Ada", "Ben", "Zoë K."] });
  });

  it("is a table when it has columns", () => {
    for (const csv of ["name,team\nAda,Red", "Ada;Red", "Ada\tRed"]) {
      expect(rosterOf(csv)).toEqual({ csv });
    }
  });
});

it("a rectangle has both of its corners, whichever way it was dragged", () => {
  const area = { x: 2, y: 3, width: 4, height: 1 };
  expect(between({ x: 2, y: 3 }, { x: 5, y: 3 })).toEqual(area);
  expect(between({ x: 5, y: 3 }, { x: 2, y: 3 })).toEqual(area);
});
