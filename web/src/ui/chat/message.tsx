import { useState } from "preact/hooks";
import { isMine, mentionParts } from "../../core/chat";
import type { ChatMessage, TeamInfo } from "../../core/protocol.gen";
import { formatTime } from "../format";
import { Icon, type IconName } from "../icon";
import { RoleMark } from "../role-mark";
import { t } from "../strings";

interface Props {
  message: ChatMessage;
  /** What it answers; null when that is out of reach. */
  quoted: ChatMessage | null | undefined;
  /** What people are called, by seat. */
  names: ReadonlyMap<number, string>;
  teams: readonly TeamInfo[];
  me: number;
  /** Whether the one before is by the same person: the name is not said again. */
  follows: boolean;
  onReply: ((message: ChatMessage) => void) | null;
  onReport: (id: number) => Promise<boolean>;
  onDelete?: ((id: number) => void) | undefined;
}

export function Message(props: Props) {
  const { message, quoted, me, follows } = props;
  const [open, setOpen] = useState(false);
  const isForMe = me !== 0 && message.mentions.includes(me);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: only shows what keys reach anyway
    <li
      class="chat-message"
      data-own={isMine(message, me)}
      data-mention={isForMe}
      data-follows={follows}
      data-open={open}
      onClick={() => setOpen(!open)}
    >
      {!follows && <Head {...props} />}
      {quoted !== undefined && <Quote message={quoted} />}
      <p class="chat-text" data-deleted={message.is_deleted}>
        {isForMe && <span class="visually-hidden">{t("chat.mentions_you")} </span>}
        <Text {...props} />
      </p>
      {!message.is_deleted && <Actions {...props} />}
    </li>
  );
}

function Head({ message, teams }: Props) {
  const team = teams.find(({ number }) => number === message.team);
  return (
    <p class="chat-head">
      {team && <span class="team-dot" style={{ background: team.color }} />}
      <span class="chat-author">{message.nickname ?? t("people.forgotten")}</span>
      <RoleMark role={message.role} />
      <time class="chat-time" dateTime={new Date(message.at_ms).toISOString()}>
        {formatTime(message.at_ms)}
      </time>
    </p>
  );
}

function Quote({ message }: { message: ChatMessage | null }) {
  if (message === null) return <p class="chat-quote">{t("chat.quote.gone")}</p>;
  const name = message.nickname ?? t("people.forgotten");
  const text = message.is_deleted ? t("chat.deleted") : message.text;
  return (
    <p class="chat-quote">
      <span class="visually-hidden">{t("chat.quote")} </span>
      {t("chat.quote.of", { name, text })}
    </p>
  );
}

/** Written text stays text: what looks like a link or a tag is shown as it is. */
function Text({ message, names }: Props) {
  if (message.is_deleted) return <>{t("chat.deleted")}</>;
  const named = message.mentions.flatMap((seat) => names.get(seat) ?? []);
  return (
    <>
      {mentionParts(message.text, named).map(({ text, isMention }, at) =>
        isMention ? (
          <span key={`${at}`} class="chat-mention">
            {text}
          </span>
        ) : (
          text
        ),
      )}
    </>
  );
}

function Actions({ message, me, onReply, onReport, onDelete }: Props) {
  const [report, setReport] = useState<"none" | "sent" | "failed">("none");
  const tell = async () => setReport((await onReport(message.id)) ? "sent" : "failed");
  const mayReport = onDelete === undefined && !isMine(message, me) && message.role !== "teacher";
  return (
    <>
      <div class="chat-actions">
        {onReply && (
          <Action icon="reply" label={t("chat.reply")} onClick={() => onReply(message)} />
        )}
        {mayReport && report !== "sent" && (
          <Action icon="flag" label={t("chat.report")} onClick={tell} />
        )}
        {onDelete && (
          <Action icon="trash-2" label={t("chat.delete")} onClick={() => onDelete(message.id)} />
        )}
      </div>
      {report !== "none" && (
        <p class="chat-reported" role="status">
          {t(report === "sent" ? "chat.reported" : "chat.report_failed")}
        </p>
      )}
    </>
  );
}

function Action({ icon, label, onClick }: { icon: IconName; label: string; onClick: () => void }) {
  return (
    <button
      type="button"
      class="chat-action"
      aria-label={label}
      title={label}
      onClick={(event) => {
        event.stopPropagation();
        onClick();
      }}
    >
      <Icon name={icon} size={16} />
    </button>
  );
}
