import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ANNOUNCEMENT, LESSON, MESSAGE, YOU } from "../core/lesson.fixture";
import { placeAt } from "./placing";
import { receive } from "./receiving";
import type { Session } from "./session";
import { joinedSession } from "./session.fixture";
import { undo } from "./undoing";

beforeEach(() => {
  vi.useFakeTimers();
  // Our clock is a minute behind the server's.
  vi.setSystemTime(LESSON.now_ms - 60_000);
});
afterEach(() => void vi.useRealTimers());

const saying = (session: Session) => session.model.toasts.value.at(-1)?.text ?? "";
const you = (session: Session, fields: object) =>
  receive(session, { type: "you", you: { ...YOU, ...fields } });

describe("announcements", () => {
  const shown = (session: Session) => session.model.announcements.value.map(({ id }) => id);

  it("stay until they are over by the server's clock", () => {
    const { session } = joinedSession();
    receive(session, { type: "lesson", lesson: { ...LESSON, announcements: [ANNOUNCEMENT] } });
    expect(shown(session)).toEqual([3]);
    vi.advanceTimersByTime(59_000);
    expect(shown(session)).toEqual([3]);
    vi.advanceTimersByTime(2_000);
    expect(shown(session)).toEqual([]);
  });

  it("go when they are withdrawn, or put away; then they don't come back", () => {
    const { session } = joinedSession();
    receive(session, { type: "lesson", lesson: LESSON });
    receive(session, { type: "announcement", announcement: ANNOUNCEMENT });
    receive(session, { type: "announcement", announcement: { ...ANNOUNCEMENT, id: 4 } });
    receive(session, { type: "announcement_over", id: 4 });
    expect(shown(session)).toEqual([3]);
    session.dismissed.add(3);
    receive(session, { type: "lesson", lesson: { ...LESSON, announcements: [ANNOUNCEMENT] } });
    expect(shown(session)).toEqual([]);
  });
});

describe("what holds for a person", () => {
  it("is shown: paused, and free again", () => {
    const { session } = joinedSession();
    you(session, {});
    you(session, { status: "frozen" });
    expect(session.model.banner.value).toBe("seat_frozen");
    you(session, {});
    expect([session.model.banner.value, saying(session)]).toEqual([null, "You can draw again"]);
  });

  it("is a closed canvas with its hour, if it has one", () => {
    const { session } = joinedSession();
    const rules = { cooldownMs: 1000, savedMax: 2, undoMs: 5000 };
    receive(session, { type: "rules", mode: "closed", ...rules });
    expect(session.model.banner.value).toBe("closed");
    receive(session, { type: "lesson", lesson: { ...LESSON, opens_ms: LESSON.now_ms + 1 } });
    expect(session.model.banner.value).toBe("opens");
  });
});

it("the curtain stands before the canvas until a board comes", () => {
  const { session } = joinedSession();
  receive(session, { type: "hidden" });
  expect([session.model.hidden.value, session.grid]).toEqual([true, null]);
  expect(session.model.phase.value).toBe("ready");
  const grid = { width: 8, height: 8, seq: 11, cells: new Uint8Array(64) };
  receive(session, { type: "board", grid });
  expect(session.model.hidden.value).toBe(false);
});

it.each(["kicked", "banned", "gone", "seat_ended"] as const)("%s is a page of its own", (why) => {
  const { session } = joinedSession();
  receive(session, { type: "ended", why });
  expect(session.model.phase.value).toBe(why);
});

it("people come and go", () => {
  const { session } = joinedSession();
  const person = { seat: 2, nickname: "Ben", role: "student", team: 0 } as const;
  receive(session, { type: "people", here: [person, { ...person, seat: 3 }], left: [] });
  receive(session, { type: "people", here: [{ ...person, nickname: "Benno" }], left: [3] });
  expect([...session.model.people.value.values()]).toEqual([{ ...person, nickname: "Benno" }]);
});

describe("the chat", () => {
  it("lets one write at once when slow mode is over", () => {
    const { session } = joinedSession();
    const { readyAtMs } = session.model.chat;
    receive(session, { type: "lesson", lesson: { ...LESSON, slow_s: 60 } });
    receive(session, { type: "chat_taken", token: 1, id: 9 });
    expect(readyAtMs.value).toBeGreaterThan(Date.now() + 30_000);
    receive(session, { type: "lesson", lesson: { ...LESSON, slow_s: 0 } });
    expect(readyAtMs.value).toBeLessThanOrEqual(Date.now());
  });

  it("counts what is new until it is looked at", () => {
    const { session } = joinedSession();
    you(session, {});
    receive(session, { type: "chat", message: MESSAGE });
    expect(session.model.chat.log.value.seen.get(0)).toBeUndefined();
    expect(session.model.chat.log.value.messages).toEqual([MESSAGE]);
  });

  it("empties the field only once the message was taken, and then waits its turn", async () => {
    const { session } = joinedSession();
    const { chat } = session.model;
    receive(session, { type: "lesson", lesson: { ...LESSON, slow_s: 5 } });
    const answers: unknown[] = [];
    const send = (token: number) =>
      session.sayings.set(token, (answer) => void answers.push(answer));
    chat.draft.value = "Hello";
    send(1);
    const refused = { type: "chat_refused" as const, token: 1, text: "Wait.", limit: 30 };
    receive(session, { ...refused, code: "slow", wait_ms: 900 });
    const answer = { text: "Slow mode: one message every 30 s.", waitMs: 900 };
    expect([chat.draft.value, answers]).toEqual(["Hello", [answer]]);
    send(2);
    receive(session, { type: "lost", tokens: [2] });
    expect([chat.draft.value, answers.length, saying(session)]).toEqual(["Hello", 2, ""]);
    send(3);
    receive(session, { type: "chat_taken", token: 3, id: 9 });
    expect([chat.draft.value, answers[2]]).toEqual(["", null]);
    expect(chat.readyAtMs.value).toBe(Date.now() + 5000);
  });
});

describe("taking one's last pixel back", () => {
  function drawn() {
    const { session } = joinedSession();
    session.grid!.cells[1] = 2;
    session.model.color.value = 1;
    placeAt(session, 1, 0, "pointer");
    receive(session, { type: "placed", token: 1, seq: 11, saved: 1, nextMs: 1000 });
    return session;
  }

  it("goes as long as the canvas allows, and shows at once what was there", () => {
    const session = drawn();
    expect(session.model.undoable.value).not.toBeNull();
    undo(session);
    const [token] = session.undos.keys();
    expect(session.pending.byCell.get(1)?.at(-1)).toMatchObject({ color: 2 });
    expect(session.model.charge.value.unanswered).toBe(0);
    receive(session, { type: "placed", token: token!, seq: 12, saved: 2, nextMs: 0 });
    expect([saying(session), session.model.charge.value.saved]).toEqual(["Taken back", 2]);
    undo(session);
    expect(saying(session)).toBe("There is no pixel to take back. Place one first");
  });

  it("ends by itself", () => {
    const session = drawn();
    vi.advanceTimersByTime(5_001);
    expect(session.model.undoable.value).toBeNull();
  });

  it("may be refused: then what is true stays", () => {
    const session = drawn();
    undo(session);
    const [token] = session.undos.keys();
    const refused = { token: token!, color: 0, saved: 1, waitMs: 0 };
    receive(session, { type: "refused", reason: "drawn_over", ...refused });
    expect([session.pending.byCell.size, session.undos.size]).toEqual([1, 0]);
    expect(saying(session)).toMatch(/drawn over/);
  });
});

it("pixels that the teacher gave are told once they are seen", () => {
  const { session } = joinedSession();
  placeAt(session, 1, 0, "pointer");
  receive(session, { type: "placed", token: 1, seq: 11, saved: 11, nextMs: 0 });
  expect(saying(session)).toBe("Your teacher gave you 10 pixels");
});
