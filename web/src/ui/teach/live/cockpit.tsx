import { useState } from "preact/hooks";
import { CHAT_MODES, CURTAINS } from "../../../core/desk";
import type { Mode } from "../../../core/protocol.gen";
import { useNow } from "../../clock";
import { formatOpening } from "../../format";
import { Icon } from "../../icon";
import { Choice } from "../fields";
import { DeskIcon, type DeskIconName } from "../icon";
import { clockLeft, isRunning } from "../time";
import { t } from "../words";
import type { LiveProps } from "./model";
import { AnnounceSheet, AwardSheet, TimerSheet } from "./quick-sheets";

const MODES: readonly Mode[] = ["open", "frozen", "closed"];

/** What the hours will do next, or why they don't: `{mode} {what comes next}`. */
const HOURS_WORDS = {
  "open closes": "hours.closes",
  "frozen closes": "hours.closes",
  "closed closes": "hours.shut",
  "open opens": "hours.beyond",
  "frozen opens": "hours.beyond",
  "closed opens": "hours.opens",
} as const;

/** What the state goes to by itself. */
export function NextState({ model }: LiveProps) {
  const lesson = model.canvas.lesson.value;
  const mode = model.canvas.info.value?.mode;
  const ahead = model.canvas.clockAheadMs.value;
  const nextMs = lesson?.closes_ms ?? lesson?.opens_ms ?? null;
  if (!lesson || !mode || nextMs === null) return null;
  const next = lesson.closes_ms === null ? "opens" : "closes";
  const time = formatOpening(nextMs - ahead, Date.now());
  return (
    <p class="next-state" role="status">
      <DeskIcon name="timer" size={16} />
      <span>{t(HOURS_WORDS[`${mode} ${next}`], { time })}</span>
    </p>
  );
}

/** The state of the canvas, readable from a metre. */
export function StateButtons({ model, act }: LiveProps) {
  const mode = model.wantedMode.value ?? model.canvas.info.value?.mode;
  return (
    <fieldset class="states">
      <legend class="visually-hidden">{t("state.title")}</legend>
      {MODES.map((one) => (
        <label key={one} class="state-button" data-mode={one}>
          <input
            type="radio"
            name="state"
            checked={one === mode}
            onChange={() => act.setMode(one)}
          />
          {one === "open" && <DeskIcon name="door-open" size={26} />}
          {one === "frozen" && <Icon name="snowflake" size={26} />}
          {one === "closed" && <Icon name="lock" size={26} />}
          <span class="state-word">{t(`mode.${one}`)}</span>
        </label>
      ))}
    </fieldset>
  );
}

type Asked = "announce" | "timer" | "award" | null;

/** What a lesson needs at hand. */
export function QuickTools(props: LiveProps) {
  const { model, act } = props;
  const [asked, setAsked] = useState<Asked>(null);
  const close = () => setAsked(null);
  const lesson = model.canvas.lesson.value;
  if (lesson === null) return null;
  return (
    <section class="quick float" aria-label={t("quick.title")}>
      <div class="quick-row">
        <Tool icon="megaphone" text={t("announce.open")} onClick={() => setAsked("announce")} />
        <Tool icon="timer" text={t("timer.open")} onClick={() => setAsked("timer")} />
        <Tool icon="gift" text={t("award.open")} onClick={() => setAsked("award")} />
      </div>
      <Running {...props} />
      <Choice
        legend={t("form.chat")}
        options={CHAT_MODES.map((value) => ({ value, label: t(`chat_mode.${value}.short`) }))}
        value={lesson.chat}
        onChoose={(chat) => act.change({ chat })}
      />
      <Choice
        legend={t("curtain.choice")}
        options={CURTAINS.map((value) => ({ value, label: t(`curtain.${value}`) }))}
        value={lesson.curtain}
        onChoose={(curtain) => act.change({ curtain })}
        {...(lesson.curtain !== "none" && { hint: t(`curtain.${lesson.curtain}_hint`) })}
      />
      {asked === "announce" && <AnnounceSheet act={act} onClose={close} />}
      {asked === "timer" && <TimerSheet act={act} onClose={close} />}
      {asked === "award" && <AwardSheet {...props} onClose={close} />}
    </section>
  );
}

function Tool(props: { icon: DeskIconName; text: string; onClick: () => void }) {
  return (
    <button type="button" class="quick-tool" onClick={props.onClick}>
      <DeskIcon name={props.icon} size={22} />
      {props.text}
    </button>
  );
}

/** What runs now, and how to end it. */
function Running({ model, act }: LiveProps) {
  const lesson = model.canvas.lesson.value;
  const timer = lesson?.timer ?? null;
  const ahead = model.canvas.clockAheadMs.value;
  const now = useNow(timer !== null, Date.now) + ahead;
  const said = model.canvas.announcements.value;
  if (timer === null && said.length === 0) return null;
  return (
    <ul class="running">
      {timer && (
        <li class="running-item">
          <span class="running-words">
            <strong class="running-clock">
              {isRunning(timer, now) ? clockLeft(timer.ends_ms - now) : t("timer.over")}
            </strong>
            {timer.label && <span>{timer.label}</span>}
            {timer.freezes && isRunning(timer, now) && (
              <span class="desk-hint">{t("timer.then_frozen")}</span>
            )}
          </span>
          <button type="button" class="button button-small" onClick={act.stopTimer}>
            {t("timer.stop")}
          </button>
        </li>
      )}
      {said.map((announcement) => (
        <li key={announcement.id} class="running-item">
          <span class="running-words">{announcement.text}</span>
          <button
            type="button"
            class="button button-small"
            onClick={() => act.endAnnouncement(announcement.id)}
          >
            {t("announce.end")}
          </button>
        </li>
      ))}
    </ul>
  );
}
