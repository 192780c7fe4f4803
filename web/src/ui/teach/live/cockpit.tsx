import { useState } from "preact/hooks";
import type { Desk } from "../../../core/desk";
import { CHAT_MODES, CURTAINS } from "../../../core/desk";
import type { Mode } from "../../../core/protocol.gen";
import { useNow } from "../../clock";
import { Dialog } from "../../dialog";
import { Icon } from "../../icon";
import { formatCode } from "../code";
import { TryForm } from "../door-pages";
import { Choice, Field, NumberField, Switch, TextField } from "../fields";
import { DeskIcon, type DeskIconName } from "../icon";
import { clockLeft, isRunning } from "../time";
import { t, tn } from "../words";
import type { Links, LiveActions, LiveProps } from "./model";

const MODES: readonly Mode[] = ["open", "frozen", "closed"];

/** The state of the canvas, readable from a metre. */
export function StateButtons({ model, act }: LiveProps) {
  const mode = model.canvas.info.value?.mode;
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

/** Another code is another picture: its address says so, or the old one would stay. */
const qrOf = (links: Links, code: string | null) => `${links.joinQr}?code=${code ?? ""}`;

/** The code that the class types, as a number to read out and as a picture to scan. */
export function CodeCard({ model, act, links }: LiveProps) {
  const desk = model.desk.value;
  const [large, setLarge] = useState(false);
  if (desk === null) return null;
  if (desk.settings.join === "open") {
    return (
      <section class="code-card float">
        <p>{t("code.everybody", { address: links.address })}</p>
        <button type="button" class="button button-small" onClick={() => act.copy(links.canvasUrl)}>
          <Icon name="link" size={16} />
          {t("code.copy")}
        </button>
      </section>
    );
  }
  if (desk.settings.join === "roster") {
    return (
      <section class="code-card float">
        <p>{t("code.roster")}</p>
        <a class="button button-small" href={links.cards}>
          <DeskIcon name="printer" />
          {t("cards.title")}
        </a>
      </section>
    );
  }
  if (desk.code === null) {
    return (
      <section class="code-card float">
        <p>{t("code.closed")}</p>
        <button type="button" class="button" onClick={() => act.changeCode("open")}>
          {t("code.open")}
        </button>
      </section>
    );
  }
  const url = desk.join_url;
  return (
    <section class="code-card float" aria-label={t("code.title")}>
      <button
        type="button"
        class="code-qr"
        aria-label={t("code.large")}
        onClick={() => setLarge(true)}
      >
        <img src={qrOf(links, desk.code)} alt="" width={84} height={84} />
      </button>
      <div class="code-words">
        <p class="code-letters">{formatCode(desk.code)}</p>
        <div class="code-tools">
          {url && (
            <button type="button" class="button button-small" onClick={() => act.copy(url)}>
              <Icon name="link" size={16} />
              {t("code.copy")}
            </button>
          )}
        </div>
      </div>
      {large && <CodeSheet desk={desk} act={act} links={links} onClose={() => setLarge(false)} />}
    </section>
  );
}

interface CodeSheetProps {
  desk: Desk;
  act: LiveActions;
  links: Links;
  onClose: () => void;
}

function CodeSheet({ desk, act, links, onClose }: CodeSheetProps) {
  return (
    <Dialog title={t("code.title")} onClose={onClose} class="code-sheet">
      <img class="code-sheet-qr" src={qrOf(links, desk.code)} alt={t("code.qr")} />
      <p class="code-sheet-letters">{formatCode(desk.code ?? "")}</p>
      <p class="join-lead">{t("code.lead", { address: links.address })}</p>
      <div class="row">
        <button type="button" class="button" onClick={() => act.changeCode("renew")}>
          {t("code.renew")}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            act.changeCode("close");
            onClose();
          }}
        >
          {t("code.close")}
        </button>
      </div>
      <p class="desk-hint">{t("code.renew_hint")}</p>
    </Dialog>
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

const ANNOUNCEMENT_MAX_CHARS = 280;
const ANNOUNCEMENT_MINUTES = [1, 5, 15, 60];

function AnnounceSheet({ act, onClose }: { act: LiveActions; onClose: () => void }) {
  const [text, setText] = useState("");
  const [minutes, setMinutes] = useState(5);
  const send = async () => {
    const refused = await act.announce(text.trim(), minutes);
    if (refused === null) onClose();
    return refused;
  };
  return (
    <Dialog title={t("announce.title")} onClose={onClose}>
      <TryForm
        check={() => (text.trim() === "" ? t("announce.empty") : "")}
        send={send}
        submit={t("announce.submit")}
      >
        <Field label={t("announce.text")} hint={t("announce.hint")}>
          {(id) => (
            <textarea
              id={id}
              class="desk-input"
              maxLength={ANNOUNCEMENT_MAX_CHARS}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        <Choice
          legend={t("announce.minutes")}
          options={ANNOUNCEMENT_MINUTES.map((value) => ({
            value,
            label: t("span.min", { n: value }),
          }))}
          value={minutes}
          onChoose={setMinutes}
        />
      </TryForm>
    </Dialog>
  );
}

const TIMER_MINUTES = [1, 3, 5, 10, 20, 45];
const TIMER_LABEL_MAX_CHARS = 40;

function TimerSheet({ act, onClose }: { act: LiveActions; onClose: () => void }) {
  const [minutes, setMinutes] = useState(10);
  const [label, setLabel] = useState("");
  const [freezes, setFreezes] = useState(true);
  const list = TIMER_MINUTES.includes(minutes) ? TIMER_MINUTES : [...TIMER_MINUTES, minutes];
  const send = async () => {
    const refused = await act.startTimer(minutes, label.trim(), freezes);
    if (refused === null) onClose();
    return refused;
  };
  return (
    <Dialog title={t("timer.title")} onClose={onClose}>
      <TryForm check={() => ""} send={send} submit={t("timer.submit")}>
        <Choice
          legend={t("timer.minutes")}
          options={list.map((value) => ({ value, label: t("span.min", { n: value }) }))}
          value={minutes}
          onChoose={setMinutes}
        />
        <NumberField
          label={t("timer.exact")}
          value={minutes}
          min={1}
          max={24 * 60}
          onValue={setMinutes}
        />
        <TextField
          label={t("timer.label")}
          placeholder={t("timer.label_example")}
          maxLength={TIMER_LABEL_MAX_CHARS}
          value={label}
          onValue={setLabel}
        />
        <Switch label={t("timer.freezes")} on={freezes} onChange={setFreezes} />
      </TryForm>
    </Dialog>
  );
}

const AWARDS = [5, 10, 20, 50];

function AwardSheet({ model, act, onClose }: LiveProps & { onClose: () => void }) {
  const [to, setTo] = useState("all");
  const [pixels, setPixels] = useState(10);
  const teams = model.canvas.lesson.value?.teams ?? [];
  const send = async () => {
    act.award(to === "all" ? "all" : { team: Number(to) }, pixels);
    onClose();
    return null;
  };
  return (
    <Dialog title={t("award.title")} onClose={onClose}>
      <TryForm check={() => ""} send={send} submit={tn("award.submit", pixels)}>
        <Choice
          legend={t("award.to")}
          options={[
            { value: "all", label: t("award.all") },
            ...teams.map(({ number, name }) => ({ value: String(number), label: name })),
          ]}
          value={to}
          onChoose={setTo}
          hint={t("award.hint")}
        />
        <Choice
          legend={t("award.pixels")}
          options={AWARDS.map((value) => ({ value, label: String(value) }))}
          value={pixels}
          onChoose={setPixels}
        />
      </TryForm>
    </Dialog>
  );
}
