import { unread } from "../../../core/chat";
import { CLASS_CHANNEL } from "../../../core/lesson";
import { ChatPanel } from "../../chat/chat-panel";
import type { ChatChannel } from "../../chat/model";
import { formatTime } from "../../format";
import type { CanvasActions } from "../../model";
import { t, tn } from "../words";
import type { LiveActions, LiveModel, LiveProps } from "./model";

/** What was written, in all channels, and what students want you to see. */
export function ChatSide({ model, act, chat }: LiveProps & { chat: CanvasActions["chat"] }) {
  const { canvas } = model;
  return (
    <div class="chat-side">
      <Reports model={model} act={act} />
      <ChatPanel
        channels={channelsOf(model)}
        channel={canvas.chat.channel.value}
        onChannel={chat.open}
        messages={canvas.chat.log.value.messages}
        people={[...canvas.people.value.values()]}
        teams={canvas.lesson.value?.teams ?? []}
        me={canvas.you.value?.seat ?? 0}
        history={canvas.chat.history.value}
        onOlder={chat.older}
        draft={canvas.chat.draft.value}
        onDraft={chat.draft}
        readyAtMs={canvas.chat.readyAtMs.value}
        onSend={chat.send}
        onReport={chat.report}
        onDelete={act.deleteMessage}
      />
    </div>
  );
}

/** A teacher reads and writes everywhere, also while the chat is off for the class. */
function channelsOf({ canvas }: LiveModel): ChatChannel[] {
  const log = canvas.chat.log.value;
  const me = canvas.you.value?.seat ?? 0;
  const teams = canvas.lesson.value?.teams ?? [];
  const channel = (number: number, name: string, color: string | null): ChatChannel => ({
    number,
    name,
    color,
    unread: unread(log, number, me),
    closed: null,
  });
  return [
    channel(CLASS_CHANNEL, t("live.class_channel"), null),
    ...teams.map(({ number, name, color }) => channel(number, name, color)),
  ];
}

/** How many messages nobody here has seen yet. */
export function unreadMessages(model: LiveModel): number {
  return channelsOf(model).reduce((sum, channel) => sum + channel.unread, 0);
}

function Reports({ model, act }: { model: LiveModel; act: LiveActions }) {
  const reports = model.desk.value?.reports ?? [];
  if (reports.length === 0) return null;
  return (
    <section class="reports">
      <h3 class="reports-title">{tn("reports.title", reports.length)}</h3>
      <ul>
        {reports.map((report) => (
          <li key={report.id} class="report">
            <p class="report-text">
              <strong>{report.message.nickname ?? t("people.someone")}</strong>{" "}
              {report.message.text}
            </p>
            <p class="desk-hint">
              {t("reports.by", {
                name: report.nickname ?? t("people.someone"),
                time: formatTime(report.at_ms),
              })}
            </p>
            <div class="row">
              <button
                type="button"
                class="button button-small"
                onClick={() => {
                  act.deleteMessage(report.message.id);
                  act.reportDone(report.id);
                }}
              >
                {t("reports.delete")}
              </button>
              {report.message.seat > 0 && (
                <button
                  type="button"
                  class="button button-small"
                  onClick={() => {
                    model.seat.value = report.message.seat;
                  }}
                >
                  {t("reports.author")}
                </button>
              )}
              <button
                type="button"
                class="button button-small"
                onClick={() => act.reportDone(report.id)}
              >
                {t("reports.fine")}
              </button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
