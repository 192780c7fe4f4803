import { describe, expect, it } from "vitest";
import {
  channelsOf,
  complete,
  completions,
  EMPTY_LOG,
  isOpen,
  LOG_MAX_MESSAGES,
  mentionAt,
  mentionParts,
  merge,
  unread,
  withAllSeen,
  withChanged,
  withDeleted,
  withNames,
  withSeen,
} from "./chat";
import { MESSAGE } from "./lesson.fixture";
import type { ChatMessage, Person } from "./protocol.gen";

const says = (id: number, fields: Partial<ChatMessage> = {}): ChatMessage => ({
  ...MESSAGE,
  id,
  text: `message ${id}`,
  ...fields,
});

const ME = 1;

describe("the log", () => {
  it("keeps messages in order and once, however they come", () => {
    const log = merge(merge(EMPTY_LOG, [says(3), says(5)]), [says(4), says(3), says(5)]);
    expect(log.messages.map(({ id }) => id)).toEqual([3, 4, 5]);
  });

  it("keeps what was deleted deleted, though history says otherwise", () => {
    const log = merge(withDeleted(merge(EMPTY_LOG, [says(3)]), 3), [says(3)]);
    expect(log.messages[0]).toMatchObject({ is_deleted: true, text: "" });
  });

  it("forgets the oldest of too many", () => {
    const all = Array.from({ length: LOG_MAX_MESSAGES + 2 }, (_, i) => says(i + 1));
    const { messages } = merge(EMPTY_LOG, all);
    expect([messages.length, messages[0]?.id]).toEqual([LOG_MAX_MESSAGES, 3]);
  });

  it("counts what is new in each channel: not one's own, nor what is deleted", () => {
    const before = withAllSeen(merge(EMPTY_LOG, [says(1), says(2, { channel: 2 })]));
    expect([unread(before, 0, ME), unread(before, 2, ME)]).toEqual([0, 0]);
    const log = merge(before, [
      says(3),
      says(4, { seat: ME }),
      says(5, { channel: 2 }),
      says(6, { is_deleted: true }),
      says(7),
    ]);
    expect([unread(log, 0, ME), unread(log, 2, ME)]).toEqual([2, 1]);
    expect(unread(withSeen(log, 0), 0, ME)).toBe(0);
    expect(unread(withSeen(log, 0), 2, ME)).toBe(1);
  });

  it("stays the same object when nothing is new", () => {
    const log = withSeen(merge(EMPTY_LOG, [says(3)]), 0);
    expect(withSeen(log, 0)).toBe(log);
  });
});

describe("what changes about messages", () => {
  it("takes a changed message in where it stands", () => {
    const log = withDeleted(merge(EMPTY_LOG, [says(3), says(4)]), 3);
    expect(withChanged(log, says(3)).messages).toEqual([says(3), says(4)]);
    expect(withChanged(log, says(9)).messages).toEqual(log.messages);
  });

  it("calls people what they are called now, but for teachers", () => {
    const teacher = { ...says(5), role: "teacher" as const };
    const log = merge(EMPTY_LOG, [says(3), teacher]);
    const { seat } = says(3);
    const named = withNames(log, new Map([[seat, "Ada L."]]));
    expect(named.messages).toEqual([{ ...says(3), nickname: "Ada L." }, teacher]);
    expect(withNames(named, new Map([[seat, null]])).messages[0]!.nickname).toBeNull();
    expect(withNames(log, new Map([[seat + 1, "Bob"]]))).toBe(log);
  });
});

describe("channels", () => {
  it("are the class and one's team", () => {
    expect([channelsOf(0), channelsOf(3)]).toEqual([[0], [0, 3]]);
  });

  it.each([
    ["on", 0, true],
    ["on", 2, true],
    ["team", 0, false],
    ["team", 2, true],
    ["off", 0, false],
    ["off", 2, false],
  ] as const)("while chat is %s, channel %i is open: %s", (mode, channel, open) => {
    expect(isOpen(mode, channel)).toBe(open);
  });
});

describe("mentions", () => {
  const person = (seat: number, nickname: string | null): Person => ({
    seat,
    nickname,
    role: "student",
    team: 0,
  });
  const people = [person(1, "Ada"), person(2, "Ann"), person(3, "Grace Ann"), person(4, null)];

  it.each([
    ["@", 1, ""],
    ["hi @gr", 6, "gr"],
    ["hi @gr there", 6, "gr"],
    ["@Grace A", 8, "Grace A"],
  ])("are found in %j before %i", (text, caret, typed) => {
    expect(mentionAt(text, caret)).toEqual({ start: text.indexOf("@"), end: caret, typed });
  });

  it.each([
    ["hello", 5],
    ["me@school", 9],
    ["@ada", 0],
  ])("are not in %j before %i", (text, caret) => {
    expect(mentionAt(text, caret)).toBeNull();
  });

  it("are completed with others' names, by their beginning first", () => {
    const names = (typed: string) => completions(typed, people, 1).map(({ nickname }) => nickname);
    expect(names("an")).toEqual(["Ann", "Grace Ann"]);
    expect(names("")).toEqual(["Ann", "Grace Ann"]);
    expect(names("x")).toEqual([]);
  });

  it("are written out, with a blank to go on after", () => {
    const mention = mentionAt("hi @gr there", 6)!;
    expect(complete("hi @gr there", mention, "Grace")).toEqual({
      text: "hi @Grace there",
      caret: 10,
    });
  });

  it("are found again in what was written, the longest name first", () => {
    expect(mentionParts("hi @grace ann, @Ann+b", ["Ann", "Grace Ann", "Ann+b"])).toEqual([
      { text: "hi ", isMention: false },
      { text: "@grace ann", isMention: true },
      { text: ", ", isMention: false },
      { text: "@Ann+b", isMention: true },
    ]);
    expect(mentionParts("a @b", [])).toEqual([{ text: "a @b", isMention: false }]);
  });
});
