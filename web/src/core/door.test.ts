import { describe, expect, it } from "vitest";
import {
  entryOf,
  groupedCode,
  isCellFacts,
  isDoor,
  isScores,
  isWholeCode,
  joinedOf,
  meOf,
  placerOf,
  tidyCode,
} from "./door";
import { LESSON, YOU } from "./lesson.fixture";

describe("codes", () => {
  it.each([
    ["acd-efg", "ACDEFG", "ACD EFG"],
    [" AC DE FG ", "ACDEFG", "ACD EFG"],
    ["acd efg hjk", "ACDEFGHJK", "ACD EFG HJK"],
    ["ACDEFGHJKMNP", "ACDEFGHJK", "ACD EFG HJK"],
    ["ａｃｄ", "ACD", "ACD"],
    ["ac", "AC", "AC"],
    ["", "", ""],
  ])("%j is %j, shown as %j", (typed, tidy, grouped) => {
    expect([tidyCode(typed), groupedCode(typed)]).toEqual([tidy, grouped]);
  });

  it("are whole with six or nine letters", () => {
    const whole = ["ACDEF", "ACDEFG", "ACDEFGH", "ACDEFGHJ", "ACDEFGHJK"].map(isWholeCode);
    expect(whole).toEqual([false, true, false, false, true]);
  });
});

const CANVAS = { id: "art", name: "Art" };
const SEAT = { number: 1, nickname: "Ada" };

describe("what the door says", () => {
  const door = {
    canvas: CANVAS,
    join: "code",
    needs: "code",
    teams: LESSON.teams,
    team_rule: "choose",
    key_ok: false,
  };

  it("is read, or refused as a whole", () => {
    expect(isDoor(door)).toBe(true);
    for (const broken of [null, {}, { ...door, join: "ajar" }, { ...door, teams: [1] }]) {
      expect(isDoor(broken)).toBe(false);
    }
  });

  it("may be a seat, by a card", () => {
    expect(entryOf({ canvas: CANVAS, seat: SEAT })).toEqual({ canvas: CANVAS, seat: SEAT });
    expect(entryOf({ canvas: CANVAS, join: "code" })).toEqual({ canvas: CANVAS, seat: null });
    expect(entryOf({})).toBeNull();
  });

  it("may be to wait", () => {
    const joined = { seat: SEAT, card: "ACDEFGHJK", state: "waiting" };
    expect(joinedOf(joined)).toEqual(joined);
    expect(joinedOf({ seat: SEAT })).toEqual({ seat: SEAT, card: null, state: "here" });
    expect(joinedOf({ seat: null })).toBeNull();
  });

  it("says who one is", () => {
    expect(meOf({ seat: null })).toEqual({ seat: null, you: null, card: null, state: null });
    expect(meOf({ seat: SEAT, you: YOU, card: "A", state: "waiting" })).toMatchObject({
      you: YOU,
      state: "waiting",
    });
    expect(meOf({ seat: 7 })).toBeNull();
  });
});

describe("what is told of a cell", () => {
  const cell = { x: 1, y: 2, color: 3, protected: false, region: null };

  it("names as much of the placer as one may know", () => {
    expect(isCellFacts({ ...cell, by: null })).toBe(true);
    expect(isCellFacts({ ...cell, by: "Ada" })).toBe(false);
    const told = { ...cell, by: { team: 2 } };
    expect(isCellFacts(told) && placerOf(told)).toEqual({ nickname: null, team: 2, role: null });
    expect(placerOf({ ...cell, by: null })).toBeNull();
  });
});

it("scores are read, or refused as a whole", () => {
  const score = { team: 1, placed: 2, standing: 1 };
  const person = { ...score, seat: 1, nickname: "Ada" };
  expect(isScores({ teams: [score], people: [person] })).toBe(true);
  expect(isScores({ teams: [score], people: [score] })).toBe(false);
});
