import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ANNOUNCEMENT, LESSON, MESSAGE, YOU } from "./lesson.fixture";
import { decodeText, encodeText } from "./text";
import { WireError } from "./wire";

const WELCOME = {
  type: "welcome",
  protocol: 1,
  canvas: {
    id: "playground",
    name: "Playground",
    width: 256,
    height: 256,
    palette: [{ name: "White", hex: "#ffffff" }],
    mode: "open",
    cooldown_ms: 1000,
    saved_max: 20,
    undo_ms: 5000,
  },
  seat: { number: 12, nickname: "Ada" },
  you: YOU,
  lesson: LESSON,
  history: "9f2c4e81d07ab356",
  seq: 1041,
  saved: 20,
  next_ms: 0,
  online: 7,
  version: "0.1.0",
};

describe("decodeText", () => {
  it.each([
    WELCOME,
    { ...WELCOME, seat: null, you: null },
    { ...WELCOME, from_the_future: true },
    { type: "beat", seq: 1 },
    { type: "presence", online: 0 },
    { type: "rules", mode: "frozen", cooldown_ms: 0, saved_max: 1, undo_ms: 0 },
    { type: "lesson", lesson: LESSON },
    { type: "you", you: YOU },
    { type: "people", here: [{ seat: 2, nickname: null, role: "bot", team: 0 }], left: [3] },
    { type: "chat", message: MESSAGE },
    { type: "chat_deleted", id: 7 },
    { type: "forgotten", seats: [3, 7] },
    { type: "chat_taken", token: 1, id: 7 },
    { type: "chat_refused", token: 1, code: "slow", text: "Wait.", wait_ms: 3000, limit: 30 },
    { type: "announcement", announcement: ANNOUNCEMENT },
    { type: "announcement_over", id: 3 },
    { type: "hidden" },
    { type: "desk", what: "people" },
    { type: "reload", reason: "too_far" },
    { type: "notice", code: "stopping", text: "Back in a minute." },
    { type: "error", code: "malformed", text: "No." },
  ])("reads %j", (message) => {
    expect(decodeText(JSON.stringify(message))).toEqual(message);
  });

  it.each(['{"type":"weather"}', '{"type":"toString"}', '{"type":"__proto__"}'])(
    "passes over %s",
    (text) => {
      expect(decodeText(text)).toBeNull();
    },
  );

  it.each([
    "",
    "null",
    "[]",
    "{}",
    '{"type":1}',
    '{"type":"beat"}',
    '{"type":"beat","seq":-1}',
    '{"type":"beat","seq":1.5}',
    '{"type":"rules","mode":"ajar","cooldown_ms":0,"saved_max":1,"undo_ms":0}',
    '{"type":"rules","mode":"open","cooldown_ms":0,"saved_max":1}',
    JSON.stringify({ ...WELCOME, lesson: undefined }),
    JSON.stringify({ ...WELCOME, you: { ...YOU, role: "king" } }),
    JSON.stringify({ type: "lesson", lesson: { ...LESSON, chat: "loud" } }),
    JSON.stringify({ type: "lesson", lesson: { ...LESSON, teams: [{ number: 1, name: "A" }] } }),
    JSON.stringify({ type: "chat", message: { ...MESSAGE, mentions: ["all"] } }),
    JSON.stringify({ type: "people", here: [{}], left: [] }),
    JSON.stringify({ ...WELCOME, seat: {} }),
    JSON.stringify({ ...WELCOME, canvas: { ...WELCOME.canvas, width: 4097 } }),
    JSON.stringify({ ...WELCOME, canvas: { ...WELCOME.canvas, palette: [] } }),
    JSON.stringify({
      ...WELCOME,
      canvas: { ...WELCOME.canvas, palette: [{ name: "a", hex: "x" }] },
    }),
    `{"type":"${"x".repeat(300_000)}"}`,
  ])("refuses %s", (text) => {
    expect(() => decodeText(text)).toThrow(WireError);
  });

  it("throws a WireError or nothing", () => {
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.object().map((fields) => JSON.stringify(fields)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          decodeText(text);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
    );
  });
});

it("encodeText writes what the server reads", () => {
  expect(encodeText({ type: "watch", since: 1041 })).toBe('{"type":"watch","since":1041}');
  expect(encodeText({ type: "undo", token: 2 })).toBe('{"type":"undo","token":2}');
});
