import { describe, expect, it } from "vitest";
import { contains } from "./area";
import { closedTo, whyClosed } from "./closed";
import { LESSON, YOU } from "./lesson.fixture";
import type { Lesson, You } from "./protocol.gen";

const SIZE = { width: 16, height: 16 };
const CELLS = Array.from({ length: 256 }, (_, i) => ({ x: i % 16, y: (i / 16) | 0 }));
const SIGN = { x: 12, y: 0, width: 4, height: 2 };
const TAUGHT: Lesson = { ...LESSON, protected: [SIGN] };
const OWL: You = { ...YOU, team: 2 };

describe("where one may not draw", () => {
  it.each([
    ["one of a team with a region", YOU],
    ["one of another team", OWL],
    ["one without a team", { ...YOU, team: 0 }],
    ["a teacher", { ...YOU, team: 0, role: "teacher" as const }],
    ["nobody", null],
  ])("is hatched exactly where there is a reason: %s", (_, you) => {
    for (const confined of [false, true]) {
      const teams = TAUGHT.teams.map((team) => ({ ...team, is_confined: confined }));
      const lesson = { ...TAUGHT, teams };
      const { areas } = closedTo(you, lesson, SIZE);
      for (const cell of CELLS) {
        const isHatched = areas.some((area) => contains(area, cell));
        expect(isHatched, JSON.stringify(cell)).toBe(whyClosed(you, lesson, cell) !== null);
      }
    }
  });

  it("has a reason: protected, another team's, or outside of one's own", () => {
    const fox = TAUGHT.teams[0]!;
    expect(whyClosed(OWL, TAUGHT, { x: 13, y: 1 })).toEqual({ why: "protected" });
    expect(whyClosed(OWL, TAUGHT, { x: 3, y: 3 })).toEqual({ why: "team", team: fox });
    expect(whyClosed(YOU, TAUGHT, { x: 3, y: 3 })).toBeNull();
    expect(whyClosed(YOU, TAUGHT, { x: 9, y: 9 })).toBeNull();
    const confined = { ...TAUGHT, teams: [{ ...fox, is_confined: true }] };
    expect(whyClosed(YOU, confined, { x: 9, y: 9 })).toEqual({ why: "confined" });
  });

  it("needs no border where the sheet ends", () => {
    const { edges } = closedTo(null, TAUGHT, SIZE);
    expect(edges).toEqual([
      { x: 12, y: 2, width: 4, height: 0, inward: -1 },
      { x: 12, y: 0, width: 0, height: 2, inward: 1 },
    ]);
  });
});
