import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { complete, completions, type Mention, mentionAt } from "../../core/chat";
import { CHAT_MAX_CHARS, CLASS_CHANNEL } from "../../core/lesson";
import type { ChatMessage, Person } from "../../core/protocol.gen";
import { useNow } from "../clock";
import { IconButton } from "../controls";
import { secondsLeft } from "../format";
import { Icon } from "../icon";
import { RoleMark } from "../role-mark";
import { t } from "../strings";
import type { ChatChannel, ChatRefusal } from "./model";

/** From so few characters left on, they are counted. */
const COUNTED_CHARS = 40;

interface Props {
  channel: ChatChannel;
  people: readonly Person[];
  me: number;
  draft: string;
  onDraft: (text: string) => void;
  readyAtMs: number;
  replyTo: ChatMessage | null;
  onReplyEnd: () => void;
  onSend: (text: string, replyTo: number | null) => Promise<ChatRefusal | null>;
}

/** Where one writes; what was refused stays, with the reason. */
export function Composer(props: Props) {
  const { channel, draft, onDraft, replyTo, onReplyEnd } = props;
  const field = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ text: string; untilMs: number } | null>(null);
  const naming = useNaming(props, field);
  const leftMs = useWait(Math.max(props.readyAtMs, problem?.untilMs ?? 0));
  const label =
    channel.number === CLASS_CHANNEL
      ? t("chat.placeholder_class")
      : t("chat.placeholder", { channel: channel.name });
  const leftChars = CHAT_MAX_CHARS - [...draft].length;

  // Before the next key: whoever answers may type on at once.
  useLayoutEffect(() => {
    if (replyTo) field.current?.focus();
  }, [replyTo?.id]);

  if (channel.closed !== null) return <p class="chat-closed">{channel.closed}</p>;

  const send = async (event: Event) => {
    event.preventDefault();
    const text = draft.trim();
    if (text === "" || busy || leftMs > 0) return;
    if (leftChars < 0)
      return setProblem({ text: t("chat.long", { max: CHAT_MAX_CHARS }), untilMs: 0 });
    setBusy(true);
    const refusal = await props.onSend(text, replyTo?.id ?? null);
    setBusy(false);
    if (refusal) {
      setProblem({
        text: refusal.text,
        untilMs: refusal.waitMs > 0 ? Date.now() + refusal.waitMs : 0,
      });
    } else {
      setProblem(null);
      onReplyEnd();
    }
    field.current?.focus();
  };
  const keyDown = (event: KeyboardEvent) => {
    if (naming.keyDown(event)) return;
    if (event.key === "Escape" && replyTo) {
      event.preventDefault();
      event.stopPropagation();
      onReplyEnd();
    }
  };
  return (
    <form class="composer" onSubmit={send} noValidate>
      {replyTo && (
        <div class="composer-reply">
          <Icon name="reply" size={16} />
          <p class="composer-reply-text">
            {t("chat.replying", { name: replyTo.nickname ?? t("people.forgotten") })}
          </p>
          <IconButton icon="x" label={t("chat.reply.end")} onClick={onReplyEnd} />
        </div>
      )}
      <div class="composer-row">
        {naming.list}
        <input
          ref={field}
          class="field-input composer-field"
          name="message"
          placeholder={label}
          aria-label={label}
          aria-describedby="composer-says"
          aria-invalid={problem !== null}
          autocomplete="off"
          enterkeyhint="send"
          value={draft}
          readOnly={busy}
          {...naming.field}
          onInput={(event) => {
            onDraft(event.currentTarget.value);
            naming.look();
            if (problem && problem.untilMs === 0) setProblem(null);
          }}
          onKeyDown={keyDown}
          onKeyUp={naming.look}
          onClick={naming.look}
          onBlur={naming.end}
        />
        <button
          type="submit"
          class="icon-button composer-send"
          aria-label={leftMs > 0 ? t("chat.send_in", { s: secondsLeft(leftMs) }) : t("chat.send")}
          aria-disabled={busy || leftMs > 0 || draft.trim() === ""}
        >
          {leftMs > 0 ? (
            <span class="composer-wait">{secondsLeft(leftMs)}</span>
          ) : (
            <Icon name="send-horizontal" />
          )}
        </button>
      </div>
      <p
        class="composer-says"
        id="composer-says"
        role="status"
        data-bad={problem !== null || leftChars < 0}
      >
        {says(problem?.text ?? null, leftMs, leftChars)}
      </p>
    </form>
  );
}

function says(problem: string | null, leftMs: number, leftChars: number): string {
  if (problem !== null) return problem;
  if (leftChars < 0) return t("chat.long", { max: CHAT_MAX_CHARS });
  if (leftMs > 0) return t("chat.slow");
  return leftChars <= COUNTED_CHARS ? t("chat.left", { n: leftChars }) : "";
}

function useWait(untilMs: number): number {
  return Math.max(0, untilMs - useNow(untilMs > Date.now(), Date.now));
}

/** Completes names after an `@`: a list over the field, driven from the field. */
function useNaming(
  { people, me, draft, onDraft }: Props,
  field: { current: HTMLInputElement | null },
) {
  const [mention, setMention] = useState<Mention | null>(null);
  const [at, setAt] = useState(0);
  const found = mention ? completions(mention.typed, people, me) : [];
  const chosen = Math.min(at, found.length - 1);

  const look = () => {
    const box = field.current;
    const next = box ? mentionAt(box.value, box.selectionStart ?? 0) : null;
    if (next?.typed !== mention?.typed) setAt(0);
    setMention(next);
  };
  const take = (person: Person) => {
    if (!mention) return;
    const { text, caret } = complete(draft, mention, person.nickname ?? "");
    const box = field.current;
    if (box) {
      // At once, before the next key.
      box.value = text;
      box.setSelectionRange(caret, caret);
    }
    onDraft(text);
    setMention(null);
  };
  const keyDown = (event: KeyboardEvent): boolean => {
    const person = found[chosen];
    if (!person) return false;
    if (event.key === "ArrowDown") setAt((chosen + 1) % found.length);
    else if (event.key === "ArrowUp") setAt((chosen - 1 + found.length) % found.length);
    else if (event.key === "Enter" || event.key === "Tab") take(person);
    else if (event.key === "Escape") setMention(null);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const list = found.length > 0 && (
    <div class="naming float" id="naming" role="listbox" aria-label={t("chat.naming")}>
      {found.map((person, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
        <div
          key={person.seat}
          id={`naming-${person.seat}`}
          class="naming-item"
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => take(person)}
        >
          {person.nickname}
          <RoleMark role={person.role} />
        </div>
      ))}
    </div>
  );
  return {
    look,
    keyDown,
    list,
    end: () => setMention(null),
    field: {
      role: "combobox" as const,
      "aria-autocomplete": "list" as const,
      "aria-expanded": found.length > 0,
      "aria-controls": "naming",
      "aria-activedescendant": found[chosen] ? `naming-${found[chosen].seat}` : undefined,
    },
  };
}
