import { useEffect } from "preact/hooks";
import { groupedCode } from "../core/door";
import { CLOSING_SOON_MS } from "../core/lesson";
import { useNow } from "./clock";
import { IconButton } from "./controls";
import { formatCountdown } from "./format";
import { Icon } from "./icon";
import type { CanvasActions, CanvasModel } from "./model";
import { t } from "./strings";

interface Props {
  model: CanvasModel;
  actions: CanvasActions;
}

/** What the teacher says to everybody, until it is over or put away. */
export function Announcements({ model, actions }: Props) {
  return (
    <div class="bands" role="status">
      {model.announcements.value.map(({ id, text, from }) => (
        <div key={id} class="band float">
          <Icon name="megaphone" />
          <p class="band-text">
            {from !== "" && <span class="band-from">{from}</span>}
            {text}
          </p>
          <IconButton
            icon="x"
            label={t("notice.dismiss")}
            onClick={() => actions.dismissAnnouncement(id)}
          />
        </div>
      ))}
    </div>
  );
}

/** Once after joining: the personal code is to be written down. */
export function CardBand({ model, actions }: Props) {
  const card = model.card.value;
  if (!model.cardIsNew.value || card === null) return null;
  return (
    <section class="band float band-card" aria-label={t("card.title")}>
      <Icon name="ticket" />
      <div class="band-text">
        <p>
          <span class="band-from">{t("card.title")}</span>
          <strong class="band-code" data-testid="card">
            {groupedCode(card)}
          </strong>
        </p>
        <p class="band-note">{t("card.why")}</p>
      </div>
      <button type="button" class="button band-button" onClick={actions.hideCard}>
        {t("card.done")}
      </button>
    </section>
  );
}

/** At these many seconds before the end it is said aloud. */
const SPOKEN_AT_S = [300, 60, 10];

interface Countdown {
  endsMs: number;
  label: string;
}

/** The class timer, or the end of the opening hours when it is near; by the server's clock. */
export function TimerPill({ model }: { model: CanvasModel }) {
  const { endsMs, label } = countdown(model) ?? { endsMs: 0, label: "" };
  const leftMs = endsMs - useNow(endsMs > Date.now(), Date.now);
  const leftS = Math.max(0, Math.ceil(leftMs / 1000));
  useEffect(() => {
    if (SPOKEN_AT_S.includes(leftS)) {
      model.spoken.value = t("timer.left", { time: formatCountdown(leftS), label });
    }
  }, [leftS]);
  const isShown = model.lesson.value?.timer ? leftMs > 0 : leftMs > 0 && leftMs <= CLOSING_SOON_MS;
  if (!isShown) return null;
  return (
    <div class="timer float" role="timer" data-soon={leftS <= 60}>
      <Icon name="timer" size={18} />
      <span class="timer-time">{formatCountdown(leftS)}</span>
      {label !== "" && <span class="timer-label">{label}</span>}
    </div>
  );
}

/** What is counted down, by our own clock. */
function countdown({ lesson, clockAheadMs }: CanvasModel): Countdown | null {
  const { timer = null, closes_ms: closesMs = null } = lesson.value ?? {};
  if (timer) return { endsMs: timer.ends_ms - clockAheadMs.value, label: timer.label };
  if (closesMs === null) return null;
  return { endsMs: closesMs - clockAheadMs.value, label: t("timer.closes") };
}

/** The picture is hidden: a curtain hangs before the sheet. */
export function Curtain({ model }: { model: CanvasModel }) {
  if (!model.hidden.value) return null;
  return (
    <div class="curtain" role="status">
      <div class="curtain-sheet">
        <Icon name="eye-off" size={36} />
        <p class="curtain-title">{t("curtain.title")}</p>
        <p class="curtain-text">{t("curtain.text")}</p>
      </div>
    </div>
  );
}
