import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { isMine } from "../../core/chat";
import type { ChatMessage, Person, TeamInfo } from "../../core/protocol.gen";
import { t, tn } from "../strings";
import { Message } from "./message";
import type { ChatHistory } from "./model";

/** Nearer to the end than this, one reads along: new messages scroll in. */
const AT_END_PX = 40;

/** Messages of one person that follow within this time stand under one name. */
const TOGETHER_MS = 3 * 60_000;

interface Props {
  /** Of the channel that is shown. */
  messages: readonly ChatMessage[];
  /** Of all channels: a reply quotes from them. */
  all: readonly ChatMessage[];
  people: readonly Person[];
  teams: readonly TeamInfo[];
  me: number;
  history: ChatHistory;
  onOlder: () => void;
  onReply: ((message: ChatMessage) => void) | null;
  onReport: (id: number) => Promise<boolean>;
  onDelete?: ((id: number) => void) | undefined;
}

export function MessageList(props: Props) {
  const { messages, all, people, me } = props;
  const list = useRef<HTMLDivElement>(null);
  const before = useRef({ atEnd: true, first: 0, last: 0, height: 0 });
  const [fresh, setFresh] = useState(0);
  const last = messages.at(-1);
  const first = messages[0]?.id ?? 0;

  const toEnd = () => {
    const box = list.current;
    if (box) box.scrollTop = box.scrollHeight;
    setFresh(0);
  };
  useLayoutEffect(() => {
    const box = list.current;
    if (!box) return;
    const was = before.current;
    const added = messages.filter(({ id }) => id > was.last).length;
    if (was.atEnd || (last && isMine(last, me) && last.id > was.last)) toEnd();
    else if (first < was.first) box.scrollTop += box.scrollHeight - was.height;
    else if (added > 0 && was.last > 0) setFresh((count) => count + added);
    before.current = { ...was, first, last: last?.id ?? 0, height: box.scrollHeight };
  }, [messages.length, first, last?.id]);

  const scrolled = () => {
    const box = list.current;
    if (!box) return;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < AT_END_PX;
    before.current = { ...before.current, atEnd };
    if (atEnd) setFresh(0);
  };

  const names = knownNames(people, all);
  return (
    <div class="chat-scroll">
      <div
        ref={list}
        class="chat-list"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keys, too
        tabIndex={0}
        onScroll={scrolled}
        aria-label={t("chat.log")}
        role="log"
      >
        <Older {...props} isEmpty={messages.length === 0} />
        <ol class="chat-messages">
          {messages.map((message, at) => (
            <Message
              key={message.id}
              {...props}
              message={message}
              names={names}
              quoted={quotedBy(message, all)}
              follows={follows(message, messages[at - 1])}
            />
          ))}
        </ol>
      </div>
      {fresh > 0 && (
        <button type="button" class="chat-fresh" onClick={toEnd}>
          {tn("chat.fresh", fresh)}
        </button>
      )}
    </div>
  );
}

function Older({ history, onOlder, isEmpty }: Props & { isEmpty: boolean }) {
  switch (history) {
    case "loading":
      return <p class="chat-note">{t("chat.loading")}</p>;
    case "more":
      return (
        <button type="button" class="chat-older" onClick={onOlder}>
          {t("chat.older")}
        </button>
      );
    case "failed":
      return (
        <button type="button" class="chat-older" onClick={onOlder}>
          {t("chat.history_failed")}
        </button>
      );
    case "all":
      return isEmpty ? <p class="chat-note">{t("chat.empty")}</p> : null;
  }
}

/** What a message answers; undefined when it answers none, null when that is out of reach. */
function quotedBy(
  { reply_to }: ChatMessage,
  all: readonly ChatMessage[],
): ChatMessage | null | undefined {
  if (reply_to === null) return undefined;
  return all.find(({ id }) => id === reply_to) ?? null;
}

function follows(message: ChatMessage, previous: ChatMessage | undefined): boolean {
  return (
    previous !== undefined &&
    previous.seat === message.seat &&
    previous.nickname === message.nickname &&
    previous.role === message.role &&
    message.reply_to === null &&
    message.at_ms - previous.at_ms < TOGETHER_MS
  );
}

/** What people are called, by seat: of those who are here, and of those who wrote. */
function knownNames(
  people: readonly Person[],
  messages: readonly ChatMessage[],
): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const { seat, nickname } of [...messages, ...people]) {
    if (nickname !== null) names.set(seat, nickname);
  }
  return names;
}
