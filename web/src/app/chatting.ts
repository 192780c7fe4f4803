import {
  EMPTY_LOG,
  merge,
  withAllSeen,
  withChanged,
  withDeleted,
  withNames,
  withSeen,
} from "../core/chat";
import type { ChatMessage } from "../core/protocol.gen";
import { CHAT_PAGE_MESSAGES, chatHistory, report } from "../net/classroom";
import type { ConnectionEvent } from "../net/connection";
import type { ChatRefusal } from "../ui/chat/model";
import { refusalText } from "../ui/chat/refusal";
import type { ChatActions } from "../ui/model";
import { t } from "../ui/strings";
import type { Session } from "./session";

/** Pages that are loaded at most to close the gap after a reconnect: then it starts anew. */
const GAP_MAX_PAGES = 4;

type Event<T extends ConnectionEvent["type"]> = Extract<ConnectionEvent, { type: T }>;

export function chatActions(self: () => Session): ChatActions {
  return {
    open: (channel) => openChannel(self(), channel),
    older: () => loadOlder(self()),
    draft(text) {
      self().model.chat.draft.value = text;
    },
    send: (text, replyTo) => send(self(), text, replyTo),
    report: (id) => tellTeacher(self(), id),
  };
}

export function heard(session: Session, { message }: Event<"chat">): void {
  update(session, merge(session.model.chat.log.value, [message]));
}

export function deleted({ model }: Session, { id }: Event<"chat_deleted">): void {
  model.chat.log.value = withDeleted(model.chat.log.value, id);
}

export function changed({ model }: Session, { message }: Event<"chat_changed">): void {
  model.chat.log.value = withChanged(model.chat.log.value, message);
}

/** Their names are shown no more, wherever they stand. */
export function forgotten({ model }: Session, { seats }: Event<"forgotten">): void {
  const names = new Map(seats.map((seat): [number, null] => [seat, null]));
  model.chat.log.value = withNames(model.chat.log.value, names);
  const people = new Map(model.people.value);
  for (const seat of seats) people.delete(seat);
  model.people.value = people;
  model.asked.value = null;
}

export function taken(session: Session, { token }: Event<"chat_taken">): void {
  const { chat, lesson } = session.model;
  chat.readyAtMs.value = Date.now() + (lesson.value?.slow_s ?? 0) * 1000;
  chat.draft.value = "";
  settle(session, token, null);
}

export function chatRefused(session: Session, event: Event<"chat_refused">): void {
  settle(session, event.token, { text: refusalText(event, Date.now()), waitMs: event.wait_ms });
}

/** The connection died before the answer came: whether it was taken, the history tells. */
export function sayingsLost(session: Session, tokens: readonly number[]): void {
  for (const token of tokens) settle(session, token, { text: t("chat.lost"), waitMs: 0 });
}

/**
 * Loads what was written, as far back as what is known already: after a reconnect nothing is
 * missing in between.
 */
export async function catchUp(session: Session): Promise<void> {
  const { chat } = session.model;
  const known = chat.log.value.messages.at(-1)?.id ?? 0;
  const first = known === 0;
  try {
    let before: number | null = null;
    let fetched: ChatMessage[] = [];
    for (let page = 0; page < (first ? 1 : GAP_MAX_PAGES); page++) {
      const messages = await chatHistory(session.id, before);
      fetched = [...messages, ...fetched];
      const oldest = messages[0]?.id ?? 0;
      const isLast = messages.length < CHAT_PAGE_MESSAGES;
      if (first) chat.history.value = isLast ? "all" : "more";
      if (isLast || oldest <= known) break;
      before = oldest;
    }
    const hasGap =
      !first &&
      (fetched[0]?.id ?? 0) > known &&
      fetched.length >= GAP_MAX_PAGES * CHAT_PAGE_MESSAGES;
    if (hasGap) chat.history.value = "more";
    const log = merge(
      hasGap ? { ...EMPTY_LOG, seen: chat.log.value.seen } : chat.log.value,
      fetched,
    );
    update(session, first ? withAllSeen(log) : log);
  } catch {
    if (first) chat.history.value = "failed";
  }
}

/** Another team's chat is read from now on: what is known of it is asked for anew. */
export function startOver(session: Session, channel: number): void {
  const { chat } = session.model;
  chat.channel.value = channel;
  chat.history.value = "loading";
  chat.log.value = EMPTY_LOG;
  catchUp(session);
}

async function loadOlder(session: Session): Promise<void> {
  const { chat } = session.model;
  if (chat.history.value === "loading") return;
  chat.history.value = "loading";
  const oldest = chat.log.value.messages[0]?.id ?? null;
  try {
    const messages = await chatHistory(session.id, oldest);
    const before = chat.log.value.messages.length;
    update(session, merge(chat.log.value, messages));
    // A full log drops the oldest, which are those just loaded.
    const isFull = chat.log.value.messages.length === before;
    chat.history.value = messages.length < CHAT_PAGE_MESSAGES || isFull ? "all" : "more";
  } catch {
    chat.history.value = "failed";
  }
}

function openChannel(session: Session, channel: number): void {
  session.model.chat.channel.value = channel;
  update(session, session.model.chat.log.value);
}

/** Takes a log in; what is being looked at is not new. */
function update({ model }: Session, log: typeof EMPTY_LOG): void {
  const { chat } = model;
  const isLookedAt = model.side.value === "chat" && !document.hidden;
  chat.log.value = isLookedAt ? withSeen(log, chat.channel.value) : log;
}

/** The chat is looked at again. */
export function looked(session: Session): void {
  update(session, session.model.chat.log.value);
}

function send(session: Session, text: string, replyTo: number | null): Promise<ChatRefusal | null> {
  const { channel } = session.model.chat;
  const token = session.connection?.say(channel.value, text, replyTo) ?? null;
  if (token === null) return Promise.resolve({ text: t("chat.not_connected"), waitMs: 0 });
  return new Promise((resolve) => session.sayings.set(token, resolve));
}

function settle({ sayings }: Session, token: number, refusal: ChatRefusal | null): void {
  sayings.get(token)?.(refusal);
  sayings.delete(token);
}

async function tellTeacher(session: Session, id: number): Promise<boolean> {
  try {
    await report(session.id, id);
    return true;
  } catch {
    return false;
  }
}
