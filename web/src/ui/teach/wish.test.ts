import { describe, expect, it } from "vitest";
import {
  clockOf,
  drawingWords,
  FIRST_WISH,
  firstHours,
  minuteOf,
  nextTeam,
  spanWords,
  type TeamDraft,
  whyNot,
  wishWords,
} from "./wish";

describe("a wish", () => {
  const wish = { ...FIRST_WISH, name: "Class 5b" };

  it("is told in sentences", () => {
    expect(wishWords(wish)).toContain("One pixel every 5 s, up to 20 saved up");
    expect(drawingWords({ cooldownS: 60, savedMax: 1 })).toBe(
      "One pixel every 1 min, none saved up",
    );
    expect(drawingWords({ cooldownS: 0, savedMax: 20 })).toBe("As many pixels as you like");
    expect([90, 120, 7200].map(spanWords)).toEqual(["90 s", "2 min", "2 h"]);
  });

  it("can be made when it has a name, teams that differ, and hours that make sense", () => {
    expect(whyNot(wish)).toBe("");
    expect(whyNot({ ...wish, name: " " })).toMatch(/name/);
    const red: TeamDraft = { name: "Red", color: "#ff0000" };
    expect(whyNot({ ...wish, teams: [red, { ...red, name: "Red " }] })).toMatch(/same name/);
    const hours = firstHours();
    expect(whyNot({ ...wish, hours })).toBe("");
    const slots = [{ days: 1, from_min: 600, until_min: 600 }];
    expect(whyNot({ ...wish, hours: { ...hours, slots } })).not.toBe("");
    expect(whyNot({ ...wish, hours: { ...hours, slots: [{ ...slots[0]!, days: 0 }] } })).not.toBe(
      "",
    );
  });

  it("offers the next team that is not there yet", () => {
    const teams: TeamDraft[] = [];
    for (let count = 0; count < 9; count++) teams.push(nextTeam(teams));
    expect(new Set(teams.map(({ name }) => name)).size).toBe(9);
    expect(new Set(teams.slice(0, 8).map(({ color }) => color)).size).toBe(8);
    expect(whyNot({ ...wish, teams })).toBe("");
  });

  it("reads the clock as it writes it", () => {
    for (const minute of [0, 485, 1439, 1440]) expect(minuteOf(clockOf(minute))).toBe(minute);
    expect(["", "8", "24:01", "12:60"].map(minuteOf)).toEqual([null, null, null, null]);
  });
});
