import { beforeEach, describe, expect, it, vi } from "vitest";
import { LESSON, YOU } from "../core/lesson.fixture";
import { pendingCells } from "../core/pending";
import type { Lesson } from "../core/protocol.gen";
import type { RefusalName } from "../core/wire";
import { type By, lost, placeAt, placed, recharge, refused } from "./placing";
import { receive } from "./receiving";
import { joinedSession, WHITE_RED_BLUE } from "./session.fixture";

const RED = 1;

function setup() {
  const { session, sent } = joinedSession();
  session.model.color.value = RED;
  return {
    session,
    sent,
    place: (x: number, y: number, by: By = "pointer") => placeAt(session, x, y, by),
    saying: () => session.model.toasts.value.at(-1)?.text ?? "",
  };
}

function refusal(token: number, reason: RefusalName, waitMs = 0) {
  return { token, reason, saved: 0, waitMs };
}

describe("placing a pixel", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    return () => vi.useRealTimers();
  });

  it("shows at once, and counts as used up", () => {
    const { session, sent, place } = setup();
    place(3, 2);
    expect(sent).toEqual([{ x: 3, y: 2, color: RED }]);
    expect(pendingCells(session.pending)).toMatchObject([{ index: 2 * 8 + 3, color: RED }]);
    expect(session.model.charge.value.unanswered).toBe(1);
  });

  it("stays until the board itself shows it", () => {
    const { session, place } = setup();
    place(0, 0);
    placed(session, { token: 1, seq: 11, saved: 1, nextMs: 1000 });
    expect(pendingCells(session.pending)).toHaveLength(1);
    expect(session.model.charge.value).toMatchObject({ saved: 1, nextMs: 1000, unanswered: 0 });
  });

  it.each<[string, Partial<Lesson>, RegExp]>([
    ["protected", { protected: [{ x: 2, y: 2, width: 1, height: 1 }] }, /protected/],
    ["of another team", { teams: LESSON.teams }, /another team: Foxes/],
  ])("is not sent where it is known to be refused: %s", (_, told, words) => {
    const { session, sent, place, saying } = setup();
    receive(session, { type: "lesson", lesson: { ...LESSON, teams: [], ...told } });
    receive(session, { type: "you", you: { ...YOU, team: 2 } });
    place(2, 2);
    expect(sent).toEqual([]);
    expect(saying()).toMatch(words);
    place(6, 6);
    expect(sent).toHaveLength(1);
  });

  it("is taken back when it is refused, with the reason and the wait", () => {
    const { session, place, saying } = setup();
    place(0, 0);
    refused(session, refusal(1, "cooldown", 3200));
    expect(pendingCells(session.pending)).toEqual([]);
    expect(saying()).toBe("Wait 4 s");
    expect(session.model.charge.value).toMatchObject({ saved: 0, nextMs: 3200 });
  });

  it.each<[RefusalName, RegExp]>([
    ["out_of_bounds", /edge/],
    ["unknown_color", /color/],
    ["frozen", /frozen/],
    ["closed", /closed/],
    ["busy", /moment/],
    ["malformed", /lost/],
    ["stopping", /restarting/],
    ["protected", /somewhere else/],
    ["region", /another team/],
    ["seat_frozen", /paused/],
    ["banned", /Ask them/],
    ["nothing_to_undo", /Place one first/],
    ["too_late", /draw over/],
    ["drawn_over", /drawn over/],
  ])("explains %s in plain words", (reason, words) => {
    const { session, place, saying } = setup();
    place(0, 0);
    refused(session, refusal(1, reason));
    expect(saying()).toMatch(words);
  });

  it("shows trouble with the disk until a pixel is saved again", () => {
    const { session, place } = setup();
    place(0, 0);
    refused(session, refusal(1, "storage", 1000));
    expect(session.model.banner.value).toBe("storage");
    place(1, 0);
    placed(session, { token: 2, seq: 11, saved: 1, nextMs: 0 });
    expect(session.model.banner.value).toBeNull();
  });

  it("asks for a nickname when the seat is gone", () => {
    const { session, place } = setup();
    place(0, 0);
    refused(session, refusal(1, "no_seat"));
    expect(session.model.seat.value).toBeNull();
    expect(session.model.dialog.value).toBe("join");
  });

  it("is read out when the keys placed it", () => {
    const { session, place } = setup();
    place(3, 2, "keys");
    placed(session, { token: 1, seq: 11, saved: 1, nextMs: 0 });
    expect(session.model.spoken.value).toBe("Placed Red at x 3, y 2");
  });

  it("is forgotten with the connection that carried it", () => {
    const { session, place } = setup();
    place(0, 0);
    lost(session, [1]);
    expect(pendingCells(session.pending)).toEqual([]);
    expect(session.model.charge.value.unanswered).toBe(0);
  });
});

describe("a pixel that can't be placed is not sent", () => {
  it("while there is none to place", () => {
    const { session, sent, place, saying } = setup();
    recharge(session, 0, 900);
    place(0, 0);
    expect(sent).toEqual([]);
    expect(saying()).toBe("Wait 1 s");
  });

  it("counting those that are on their way", () => {
    const { session, sent, place, saying } = setup();
    recharge(session, 1, 700);
    place(0, 0);
    place(1, 0);
    expect(sent).toHaveLength(1);
    expect(saying()).toBe("Wait 1 s");
  });

  it.each(["frozen", "closed"] as const)("on a %s canvas", (mode) => {
    const { session, sent, place, saying } = setup();
    session.model.info.value = { ...WHITE_RED_BLUE, mode };
    place(0, 0);
    expect(sent).toEqual([]);
    expect(saying()).toBe(`The canvas is ${mode}`);
  });

  it.each([
    ["offline", /offline/],
    ["reconnecting", /Still connecting/],
  ] as const)("while %s", (status, words) => {
    const { session, sent, place, saying } = setup();
    session.model.link.value = { status, retryAtMs: 0 };
    place(0, 0);
    expect(sent).toEqual([]);
    expect(saying()).toMatch(words);
  });

  it("where the cell has that color already, so that none is wasted", () => {
    const { sent, place, saying } = setup();
    place(0, 0);
    place(0, 0);
    expect(sent).toHaveLength(1);
    expect(saying()).toBe("That cell is Red already");
  });

  it("beside the sheet", () => {
    const { sent, place } = setup();
    place(8, 0);
    place(-1, 0);
    expect(sent).toEqual([]);
  });
});
