import { channelsOf, isOpen, unread } from "../core/chat";
import { MUTED_FOR_GOOD_MS } from "../core/lesson";
import type { Lesson, You } from "../core/protocol.gen";
import { ChatPanel } from "./chat/chat-panel";
import type { ChatChannel } from "./chat/model";
import { useNow } from "./clock";
import { COUNTED_DOWN_MS, formatCountdown, formatOpening, secondsLeft } from "./format";
import type { CanvasActions, CanvasModel } from "./model";
import { SidePanel } from "./side-panel";
import { t } from "./strings";

/** The chat beside the canvas. */
export function ChatSide({ model, actions }: { model: CanvasModel; actions: CanvasActions }) {
  const { chat } = model;
  const lesson = model.lesson.value;
  const you = model.you.value;
  const serverNow = () => Date.now() + model.clockAheadMs.value;
  const now = useNow((you?.muted_until_ms ?? 0) > serverNow(), serverNow);
  if (!lesson || !you) return null;
  return (
    <SidePanel title={t("chat.title")} onClose={() => actions.toggleSide("chat")}>
      <ChatPanel
        channels={channelsOf(you.team).map((number) => channel(model, lesson, you, number, now))}
        channel={chat.channel.value}
        onChannel={actions.chat.open}
        messages={chat.log.value.messages}
        people={[...model.people.value.values()]}
        teams={lesson.teams}
        me={you.seat}
        history={chat.history.value}
        onOlder={actions.chat.older}
        draft={chat.draft.value}
        onDraft={actions.chat.draft}
        readyAtMs={chat.readyAtMs.value}
        onSend={actions.chat.send}
        onReport={actions.chat.report}
      />
    </SidePanel>
  );
}

/** New messages in all channels that this person reads. */
export function unreadOf(model: CanvasModel): number {
  const you = model.you.value;
  if (!you) return 0;
  const log = model.chat.log.value;
  return channelsOf(you.team).reduce((sum, number) => sum + unread(log, number, you.seat), 0);
}

function channel(
  model: CanvasModel,
  lesson: Lesson,
  you: You,
  number: number,
  nowMs: number,
): ChatChannel {
  const team = lesson.teams.find((one) => one.number === number);
  return {
    number,
    name: team?.name ?? t("chat.class"),
    color: team?.color ?? null,
    unread: unread(model.chat.log.value, number, you.seat),
    closed: closed(lesson, you, number) ?? muted(you, nowMs),
  };
}

function closed(lesson: Lesson, you: You, number: number): string | null {
  if (you.role === "teacher") return null;
  if (lesson.chat === "off") return t("chat.off");
  if (isOpen(lesson.chat, number)) return null;
  return t(you.team === 0 ? "chat.no_team" : "chat.team_only");
}

/** Until when one may not write. `nowMs` is the server's: its clock and ours differ. */
function muted(you: You, nowMs: number): string | null {
  const leftMs = you.muted_until_ms - nowMs;
  if (leftMs <= 0) return null;
  if (you.muted_until_ms >= MUTED_FOR_GOOD_MS) return t("chat.muted");
  if (leftMs < COUNTED_DOWN_MS) {
    return t("chat.muted_for", { time: formatCountdown(secondsLeft(leftMs)) });
  }
  return t("chat.muted_until", { time: formatOpening(Date.now() + leftMs, Date.now()) });
}
