import { useState } from "preact/hooks";
import { inChannel } from "../../core/chat";
import type { ChatMessage, Person, TeamInfo } from "../../core/protocol.gen";
import { t, tn } from "../strings";
import { Composer } from "./composer";
import { MessageList } from "./message-list";
import type { ChatChannel, ChatHistory, ChatRefusal } from "./model";

export interface ChatPanelProps {
  channels: readonly ChatChannel[];
  /** The number of the one that is shown. */
  channel: number;
  onChannel: (number: number) => void;
  /** Of all channels, oldest first. */
  messages: readonly ChatMessage[];
  /** Who can be mentioned. */
  people: readonly Person[];
  teams: readonly TeamInfo[];
  /** The reader's seat; 0 for a teacher without one. */
  me: number;
  history: ChatHistory;
  onOlder: () => void;
  draft: string;
  onDraft: (text: string) => void;
  /** When the next message may be sent, by Date.now(). */
  readyAtMs: number;
  onSend: (text: string, replyTo: number | null) => Promise<ChatRefusal | null>;
  /** Tells whether it went through. */
  onReport: (id: number) => Promise<boolean>;
  /** Only for who may delete. */
  onDelete?: ((id: number) => void) | undefined;
}

/** The chat, without a frame: it fills what it is put in. */
export function ChatPanel(props: ChatPanelProps) {
  const { channels, channel, messages } = props;
  const [replyTo, setReplyTo] = useState<ChatMessage | null>(null);
  const shown = channels.find(({ number }) => number === channel) ?? channels[0];
  if (!shown) return null;
  const answered = replyTo !== null && replyTo.channel === shown.number ? replyTo : null;
  return (
    <div class="chat">
      {channels.length > 1 && <Tabs {...props} />}
      <div class="chat-page" role="tabpanel" id="chat-page" aria-label={shown.name}>
        <MessageList
          key={shown.number}
          {...props}
          messages={inChannel({ messages, seen: new Map() }, shown.number)}
          all={messages}
          onReply={shown.closed === null ? setReplyTo : null}
        />
        <Composer
          {...props}
          channel={shown}
          replyTo={answered}
          onReplyEnd={() => setReplyTo(null)}
        />
      </div>
    </div>
  );
}

function Tabs({ channels, channel, onChannel }: ChatPanelProps) {
  const step = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const at = channels.findIndex(({ number }) => number === channel);
    const next = channels[(at + by + channels.length) % channels.length];
    if (!next) return;
    onChannel(next.number);
    document.getElementById(`chat-tab-${next.number}`)?.focus();
  };
  return (
    <div class="chat-tabs" role="tablist" aria-label={t("chat.channels")} onKeyDown={step}>
      {channels.map(({ number, name, color, unread }) => (
        <button
          key={number}
          id={`chat-tab-${number}`}
          type="button"
          class="chat-tab"
          role="tab"
          aria-selected={number === channel}
          aria-controls="chat-page"
          tabIndex={number === channel ? 0 : -1}
          onClick={() => onChannel(number)}
        >
          {color !== null && <span class="team-dot" style={{ background: color }} />}
          <span class="chat-tab-name">{name}</span>
          {unread > 0 && (
            <span class="badge">
              <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
              <span class="visually-hidden">{tn("chat.unread", unread)}</span>
            </span>
          )}
        </button>
      ))}
    </div>
  );
}
