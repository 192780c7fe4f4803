import type { ServerText } from "../../core/protocol.gen";
import { formatTime } from "../format";
import { t } from "../strings";

export type ServerRefusal = Pick<
  Extract<ServerText, { type: "chat_refused" }>,
  "code" | "text" | "wait_ms" | "limit"
>;

const WORDS: Record<string, (refusal: ServerRefusal, nowMs: number) => string> = {
  no_seat: () => t("chat.refused.no_seat"),
  chat_off: () => t("chat.off"),
  team_only: () => t("chat.team_only"),
  channel: () => t("chat.refused.channel"),
  no_such_team: () => t("chat.refused.no_such_team"),
  muted: ({ wait_ms: waitMs }, nowMs) =>
    waitMs > 0 ? t("chat.muted_until", { time: formatTime(nowMs + waitMs) }) : t("chat.muted"),
  slow: ({ limit }) => t("chat.refused.slow", { s: limit }),
  busy: () => t("chat.refused.busy"),
  pending: () => t("chat.refused.pending"),
  reply: () => t("chat.refused.reply"),
  text: ({ limit }) => t("chat.refused.text", { max: limit }),
  storage: () => t("chat.refused.storage"),
};

/** Why a message was not taken, in our words; in the server's for a reason from a later one. */
export function refusalText(refusal: ServerRefusal, nowMs: number): string {
  return Object.hasOwn(WORDS, refusal.code) ? WORDS[refusal.code]!(refusal, nowMs) : refusal.text;
}
