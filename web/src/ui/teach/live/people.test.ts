import { describe, expect, it } from "vitest";
import { NO_END_MS, type Seat } from "../../../core/desk";
import { mutedForGood, rowsOf, stateOf } from "./people";

const ADA: Seat = {
  seat: 1,
  nickname: "Ada",
  role: "student",
  state: "here",
  team: 0,
  status: "active",
  muted_until_ms: 0,
  online: true,
  idle_s: 5,
  placed: 10,
  standing: 9,
  per_minute: 12,
  card: "ABC",
};

describe("the people of a lesson", () => {
  it.each([
    [{}, "drawing"],
    [{ idle_s: null }, "idle"],
    [{ idle_s: 600 }, "idle"],
    [{ online: false }, "away"],
    [{ online: false, state: "invited" }, "invited"],
    [{ state: "waiting" }, "waiting"],
    [{ muted_until_ms: 101 }, "muted"],
    [{ muted_until_ms: 100 }, "drawing"],
    [{ status: "frozen" as const, muted_until_ms: 101 }, "frozen"],
    [{ status: "banned" as const, online: false }, "banned"],
  ])("%j is %s", (change, state) => {
    expect(stateOf({ ...ADA, ...change }, 100)).toBe(state);
  });

  it("stand with the door first, then who is here, then the others, each by name", () => {
    const seats: Seat[] = [
      { ...ADA, seat: 1, nickname: "Zoe" },
      { ...ADA, seat: 2, nickname: "Bo", online: false },
      { ...ADA, seat: 3, nickname: "Kim 10" },
      { ...ADA, seat: 4, nickname: "Kim 9" },
      { ...ADA, seat: 5, nickname: "Wim", state: "waiting" },
      { ...ADA, seat: 6, nickname: "Ms Rivera", role: "teacher" },
      { ...ADA, seat: 7, nickname: null, state: "forgotten" },
    ];
    const names = (search: string) => rowsOf(seats, search, 0).map(({ seat }) => seat.nickname);
    expect(names("")).toEqual(["Wim", "Kim 9", "Kim 10", "Zoe", "Bo"]);
    expect(names(" KIM")).toEqual(["Kim 9", "Kim 10"]);
  });

  it("are muted for a while, or until it is lifted", () => {
    expect(mutedForGood({ ...ADA, muted_until_ms: NO_END_MS })).toBe(true);
    expect(mutedForGood({ ...ADA, muted_until_ms: 5_000 })).toBe(false);
  });
});
