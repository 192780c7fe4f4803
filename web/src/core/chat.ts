// What was written, as one person's browser keeps it. Pure: everything returns a new log.

import { CLASS_CHANNEL } from "./lesson";
import type { ChatMessage, ChatMode, Person } from "./protocol.gen";

/** Most messages that are kept; older ones can be asked for again. */
export const LOG_MAX_MESSAGES = 500;

/** Longest list of names that completion offers. */
const COMPLETIONS_MAX = 6;

export interface ChatLog {
  /** By id, without doubles. */
  readonly messages: readonly ChatMessage[];
  /** The newest message that was seen in each channel. */
  readonly seen: ReadonlyMap<number, number>;
}

export const EMPTY_LOG: ChatLog = { messages: [], seen: new Map() };

/**
 * Takes messages in, in any order and any number of times: what was deleted stays deleted. Of
 * too many, the oldest go.
 */
export function merge(log: ChatLog, incoming: readonly ChatMessage[]): ChatLog {
  const byId = new Map(log.messages.map((message) => [message.id, message]));
  for (const message of incoming) {
    if (!byId.get(message.id)?.is_deleted) byId.set(message.id, message);
  }
  const messages = [...byId.values()].sort((a, b) => a.id - b.id).slice(-LOG_MAX_MESSAGES);
  return { ...log, messages };
}

export function withDeleted(log: ChatLog, id: number): ChatLog {
  const messages = log.messages.map((message) =>
    message.id === id ? { ...message, text: "", is_deleted: true } : message,
  );
  return { ...log, messages };
}

/** A message is something else now; one that is not kept comes with the history. */
export function withChanged(log: ChatLog, changed: ChatMessage): ChatLog {
  const messages = log.messages.map((message) => (message.id === changed.id ? changed : message));
  return { ...log, messages };
}

/** Whoever is called something else now was the one who wrote before, too; teachers' names stay. */
export function withNames(log: ChatLog, names: ReadonlyMap<number, string | null>): ChatLog {
  const isRenamed = ({ seat, role, nickname }: ChatMessage) =>
    role !== "teacher" && names.has(seat) && names.get(seat) !== nickname;
  if (!log.messages.some(isRenamed)) return log;
  const messages = log.messages.map((message) =>
    isRenamed(message) ? { ...message, nickname: names.get(message.seat) ?? null } : message,
  );
  return { ...log, messages };
}

/** The channel is looked at: nothing in it is new any more. */
export function withSeen(log: ChatLog, channel: number): ChatLog {
  const last = inChannel(log, channel).at(-1);
  if (last === undefined || (log.seen.get(channel) ?? 0) >= last.id) return log;
  return { ...log, seen: new Map(log.seen).set(channel, last.id) };
}

/** Everything there is counts as seen: who arrives has not missed it. */
export function withAllSeen(log: ChatLog): ChatLog {
  const channels = new Set(log.messages.map(({ channel }) => channel));
  return [...channels].reduce(withSeen, log);
}

/** How many messages of others are new in a channel. */
export function unread(log: ChatLog, channel: number, me: number): number {
  const seen = log.seen.get(channel) ?? 0;
  const isNew = (message: ChatMessage) => message.id > seen && !message.is_deleted;
  return inChannel(log, channel).filter((message) => isNew(message) && !isMine(message, me)).length;
}

export function inChannel(log: ChatLog, channel: number): ChatMessage[] {
  return log.messages.filter((message) => message.channel === channel);
}

export function isMine(message: ChatMessage, me: number): boolean {
  return me !== 0 && message.seat === me;
}

/** The channels that somebody of this team reads: the class, and the team. */
export function channelsOf(team: number): number[] {
  return team === CLASS_CHANNEL ? [CLASS_CHANNEL] : [CLASS_CHANNEL, team];
}

/** Whether anybody but teachers may write there now. */
export function isOpen(mode: ChatMode, channel: number): boolean {
  return mode === "on" || (mode === "team" && channel !== CLASS_CHANNEL);
}

export interface Mention {
  /** Where its `@` is, and where the name ends that was typed so far. */
  readonly start: number;
  readonly end: number;
  readonly typed: string;
}

/** The mention that is being typed before the caret, if one is. */
export function mentionAt(text: string, caret: number): Mention | null {
  const before = text.slice(0, caret);
  const start = before.lastIndexOf("@");
  if (start < 0 || /\S/.test(before.slice(0, start).at(-1) ?? "")) return null;
  const typed = before.slice(start + 1);
  return { start, end: caret, typed };
}

/** The people whose names go on as typed; those whose names begin with it first. */
export function completions(typed: string, people: readonly Person[], me: number): Person[] {
  const wanted = typed.toLocaleLowerCase();
  const place = (person: Person) => {
    const name = (person.nickname ?? "").toLocaleLowerCase();
    if (name.startsWith(wanted)) return 0;
    return name.split(/\s/).some((word) => word.startsWith(wanted)) ? 1 : 2;
  };
  return people
    .filter((person) => person.seat !== me && person.nickname !== null && place(person) < 2)
    .sort((a, b) => place(a) - place(b) || a.nickname!.localeCompare(b.nickname!))
    .slice(0, COMPLETIONS_MAX);
}

/** The text with the mention written out, and where the caret goes. */
export function complete(
  text: string,
  { start, end }: Mention,
  nickname: string,
): { text: string; caret: number } {
  const written = `${text.slice(0, start)}@${nickname} `;
  return { text: written + text.slice(end).trimStart(), caret: written.length };
}

export interface TextPart {
  readonly text: string;
  readonly isMention: boolean;
}

/** A text cut where it names one of these people after an `@`. */
export function mentionParts(text: string, names: readonly string[]): TextPart[] {
  if (names.length === 0) return [{ text, isMention: false }];
  // Longer names first: "Ann Lee" is not "Ann".
  const sorted = [...names].sort((a, b) => b.length - a.length).map(escaped);
  return text
    .split(new RegExp(`(@(?:${sorted.join("|")}))`, "iu"))
    .filter((part) => part !== "")
    .map((part) => ({
      text: part,
      isMention: part.startsWith("@") && part.length > 1 && named(part, names),
    }));
}

function named(part: string, names: readonly string[]): boolean {
  const name = part.slice(1).toLowerCase();
  return names.some((known) => known.toLowerCase() === name);
}

function escaped(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
