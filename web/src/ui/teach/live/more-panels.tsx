import { useEffect, useState } from "preact/hooks";
import type { Deed, NewSeat, Settings } from "../../../core/desk";
import { formatDayTime } from "../../format";
import { PurgeField } from "../canvas-form";
import { formatCode } from "../code";
import { CANVAS_NAME_MAX_CHARS, MenuButton, TypedNameSheet } from "../desk-page";
import { TryForm } from "../door-pages";
import { Choice, Field, NumberField, Problem, Switch, TextField } from "../fields";
import { HoursField } from "../hours-field";
import { DeskIcon, type DeskIconName } from "../icon";
import { COOLDOWN_MAX_S, drawingWords, hoursProblem, SAVED_MAX_PIXELS } from "../wish";
import { t, tn } from "../words";
import type { LiveProps, Tab } from "./model";

const MORE: readonly { tab: Tab; icon: DeskIconName; phoneOnly?: boolean }[] = [
  { tab: "lesson", icon: "megaphone", phoneOnly: true },
  { tab: "area", icon: "square-dashed", phoneOnly: true },
  { tab: "teams", icon: "users", phoneOnly: true },
  { tab: "names", icon: "user-plus" },
  { tab: "settings", icon: "settings" },
  { tab: "record", icon: "history" },
  { tab: "share", icon: "key-round" },
];

/** What is not needed every minute. */
export function MorePanel({ model, links }: LiveProps) {
  return (
    <ul class="menu more-menu">
      {MORE.map(({ tab, icon, phoneOnly }) => (
        <li key={tab} class={phoneOnly ? "phone-only" : undefined}>
          <button
            type="button"
            class="menu-item"
            onClick={() => {
              model.tab.value = tab;
            }}
          >
            <DeskIcon name={icon} />
            {t(`tab.${tab}`)}
          </button>
        </li>
      ))}
      <MenuLink icon="presentation" text={t("live.projector")} href={links.projector} blank />
      <MenuLink icon="printer" text={t("cards.title")} href={links.cards} />
      <MenuLink icon="download" text={t("live.picture")} href={links.picture} download />
      <MenuLink icon="images" text={t("tool.gallery")} href={links.gallery} />
    </ul>
  );
}

interface MenuLinkProps {
  icon: DeskIconName;
  text: string;
  href: string;
  blank?: boolean;
  download?: boolean;
}

function MenuLink({ icon, text, href, blank = false, download = false }: MenuLinkProps) {
  return (
    <li>
      <a
        class="menu-item"
        href={href}
        {...(blank && { target: "_blank", rel: "noopener" })}
        {...(download && { download: "" })}
      >
        <DeskIcon name={icon} />
        {text}
      </a>
    </li>
  );
}

/** Names pasted from a list, or with their teams from a spreadsheet. */
export function NamesPanel({ act, links }: LiveProps) {
  const [text, setText] = useState("");
  const [added, setAdded] = useState<readonly NewSeat[]>([]);
  const send = async () => {
    const answer = await act.addNames(text);
    if (typeof answer === "string") return answer;
    setAdded([...answer, ...added]);
    setText("");
    return null;
  };
  const read = async (file: File | undefined) => {
    if (file) setText(await file.text());
  };
  return (
    <>
      <p class="desk-hint panel-note">{t("names.lead")}</p>
      <TryForm
        check={() => (text.trim() === "" ? t("names.empty") : "")}
        send={send}
        submit={t("names.submit")}
      >
        <Field label={t("names.label")} hint={t("names.hint")}>
          {(id) => (
            <textarea
              id={id}
              class="desk-input names-text"
              rows={8}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        <label class="button button-small file-button">
          {t("names.file")}
          <input
            type="file"
            accept=".csv,.txt,text/csv,text/plain"
            class="visually-hidden"
            onChange={(event) => read(event.currentTarget.files?.[0])}
          />
        </label>
      </TryForm>
      {added.length > 0 && (
        <section class="panel-part">
          <h3 class="panel-subtitle">{tn("names.added", added.length)}</h3>
          <ul class="owners">
            {added.map(({ seat, nickname, card }) => (
              <li key={seat} class="owner">
                <span class="pupil-name">{nickname}</span>
                {card && <span class="seat-card-code">{formatCode(card)}</span>}
              </li>
            ))}
          </ul>
        </section>
      )}
      <a class="button button-small panel-after" href={links.cards}>
        <DeskIcon name="printer" size={16} />
        {t("cards.title")}
      </a>
    </>
  );
}

/** What a canvas is like. Each change holds at once. */
export function SettingsPanel({ model, act }: LiveProps) {
  const settings = model.desk.value?.settings;
  if (!settings) return null;
  return (
    <>
      <section class="panel-part">
        <h3 class="panel-subtitle">{t("form.people")}</h3>
        <Choice
          legend={t("form.join")}
          look="cards"
          options={(["code", "approve", "roster", "open"] as const).map((value) => ({
            value,
            label: t(`join_rule.${value}`),
          }))}
          value={settings.join}
          onChoose={(join) => act.change({ join })}
        />
        <Choice
          legend={t("form.look")}
          options={(["seats", "anyone"] as const).map((value) => ({
            value,
            label: t(`look.${value}`),
          }))}
          value={settings.look}
          onChoose={(look) => act.change({ look })}
        />
        <Choice
          legend={t("settings.names")}
          options={(["nickname", "team", "nobody"] as const).map((value) => ({
            value,
            label: t(`names_shown.${value}`),
          }))}
          value={settings.names}
          onChoose={(names) => act.change({ names })}
        />
        <Switch
          label={t("settings.scores")}
          on={settings.scores}
          onChange={(scores) => act.change({ scores })}
        />
        <Switch
          label={t("settings.bots")}
          hint={t("settings.bots_hint")}
          on={settings.bots}
          onChange={(bots) => act.change({ bots })}
        />
      </section>
      <Rules model={model} act={act} />
      <ChatRules settings={settings} act={act} />
      <Times settings={settings} act={act} />
    </>
  );
}

function Rules({ model, act }: Pick<LiveProps, "model" | "act">) {
  const info = model.canvas.info.value;
  const [name, setName] = useState(info?.name ?? "");
  const [cooldownS, setCooldown] = useState(Math.round((info?.cooldown_ms ?? 0) / 1000));
  const [savedMax, setSaved] = useState(info?.saved_max ?? 1);
  const [undoS, setUndo] = useState(Math.round((info?.undo_ms ?? 0) / 1000));
  const send = async () => {
    act.changeRules({
      name: name.trim(),
      cooldown_ms: cooldownS * 1000,
      saved_max: savedMax,
      undo_ms: undoS * 1000,
    });
    return null;
  };
  return (
    <section class="panel-part">
      <h3 class="panel-subtitle">{t("form.drawing")}</h3>
      <TryForm
        check={() => (name.trim() === "" ? t("form.name_empty") : "")}
        send={send}
        submit={t("settings.save")}
      >
        <TextField
          label={t("form.name")}
          value={name}
          maxLength={CANVAS_NAME_MAX_CHARS}
          onValue={setName}
        />
        <div class="form-pair">
          <NumberField
            label={t("form.cooldown_s")}
            value={cooldownS}
            min={0}
            max={COOLDOWN_MAX_S}
            onValue={setCooldown}
          />
          <NumberField
            label={t("form.saved")}
            value={savedMax}
            min={1}
            max={SAVED_MAX_PIXELS}
            onValue={setSaved}
          />
          <NumberField
            label={t("settings.undo_s")}
            value={undoS}
            min={0}
            max={60}
            onValue={setUndo}
          />
        </div>
        <p class="desk-hint">{drawingWords({ cooldownS, savedMax })}</p>
      </TryForm>
    </section>
  );
}

type SettingsProps = Pick<LiveProps, "act"> & { settings: Settings };

const SLOW_S = [0, 5, 15, 60];

function ChatRules({ settings, act }: SettingsProps) {
  const [words, setWords] = useState(settings.words.join("\n"));
  const list = [...new Set(words.split(/\n+/).map((word) => word.trim()))].filter(Boolean);
  const slows = SLOW_S.includes(settings.slow_s) ? SLOW_S : [...SLOW_S, settings.slow_s];
  return (
    <section class="panel-part">
      <h3 class="panel-subtitle">{t("form.chat")}</h3>
      <Choice
        legend={t("settings.slow")}
        options={slows.map((value) => ({
          value,
          label: value === 0 ? t("settings.slow_none") : t("span.s", { n: value }),
        }))}
        value={settings.slow_s}
        onChoose={(slow_s) => act.change({ slow_s })}
      />
      <Field label={t("settings.words")} hint={t("settings.words_hint")}>
        {(id) => (
          <textarea
            id={id}
            class="desk-input"
            rows={3}
            value={words}
            onInput={(event) => setWords(event.currentTarget.value)}
            onBlur={() => {
              if (list.join("\n") !== settings.words.join("\n")) act.change({ words: list });
            }}
          />
        )}
      </Field>
    </section>
  );
}

function Times({ settings, act }: SettingsProps) {
  const [hours, setHours] = useState(settings.hours);
  const isChanged = JSON.stringify(hours) !== JSON.stringify(settings.hours);
  const problem = hoursProblem(hours);
  return (
    <section class="panel-part">
      <h3 class="panel-subtitle">{t("form.time")}</h3>
      <HoursField hours={hours} onChange={setHours} />
      <Problem text={problem} />
      {isChanged && problem === "" && (
        <button
          type="button"
          class="button button-small button-accent"
          onClick={() => act.change({ hours })}
        >
          {t("settings.save_hours")}
        </button>
      )}
      <PurgeField
        days={settings.purge_days}
        onChange={(purge_days) => act.change({ purge_days })}
      />
    </section>
  );
}

const HOUR_MS = 60 * 60 * 1000;
const RECORD_HOURS = [1, 24, 168, 0] as const;

/** What teachers did here, and to whom. */
export function RecordPanel({ model, act, links }: LiveProps) {
  const [seat, setSeat] = useState(0);
  const [hours, setHours] = useState<(typeof RECORD_HOURS)[number]>(24);
  const [record, setRecord] = useState<readonly Deed[] | null>(null);
  const filter = {
    ...(seat > 0 && { seat }),
    ...(hours > 0 && { from_ms: Math.max(0, Date.now() - hours * HOUR_MS) }),
  };
  const load = async () => setRecord(await act.record(filter));
  useEffect(() => {
    load();
  }, [seat, hours]);
  const people = (model.desk.value?.seats ?? []).filter(({ nickname }) => nickname !== null);
  return (
    <>
      <div class="record-filters">
        <Field label={t("record.who")}>
          {(id) => (
            <select
              id={id}
              class="desk-input"
              value={String(seat)}
              onChange={(event) => setSeat(Number(event.currentTarget.value))}
            >
              <option value="0">{t("record.everybody")}</option>
              {people.map((one) => (
                <option key={one.seat} value={String(one.seat)}>
                  {one.nickname}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Choice
          legend={t("record.when")}
          options={RECORD_HOURS.map((value) => ({ value, label: t(`record.hours_${value}`) }))}
          value={hours}
          onChoose={setHours}
        />
      </div>
      <a class="button button-small" href={links.record(filter)} download="">
        {t("record.csv")}
      </a>
      {record === null && <p class="desk-hint panel-note">{t("loading")}</p>}
      {record?.length === 0 && <p class="desk-hint panel-note">{t("record.empty")}</p>}
      <ul class="record">
        {record?.map((deed) => (
          <RecordRow
            key={`${deed.at_ms} ${deed.what} ${deed.seat ?? 0} ${deed.seqs?.[0] ?? 0}`}
            deed={deed}
            onRevert={() => {
              act.revertDeed(deed);
            }}
          />
        ))}
      </ul>
    </>
  );
}

const KNOWN_DEEDS = [
  "fill",
  "restore",
  "remove_pixels",
  "revert",
  "rules",
  "protect",
  "unprotect",
  "seat",
  "team",
  "award",
] as const;

function deedWords({ what, nickname }: Deed): string {
  const known = KNOWN_DEEDS.find((one) => one === what);
  const words = known ? t(`deed.${known}`) : what;
  return nickname === null ? words : t("deed.about", { what: words, name: nickname });
}

function RecordRow({ deed, onRevert }: { deed: Deed; onRevert: () => void }) {
  return (
    <li class="record-row">
      <p class="record-what">
        <strong>{deedWords(deed)}</strong>
        {deed.cells !== null && <span>{tn("area.cells", deed.cells)}</span>}
      </p>
      <p class="desk-hint">
        {formatDayTime(deed.at_ms)} · {deed.teacher ?? t("deed.server")}
        {deed.area && ` · ${t("area.at", { ...deed.area })}`}
      </p>
      {deed.seqs !== null && (
        <button type="button" class="button button-small" onClick={onRevert}>
          <DeskIcon name="undo-2" size={16} />
          {t("record.revert")}
        </button>
      )}
    </li>
  );
}

/** Who else leads here, and the end of a class. */
export function SharePanel({ model, act }: LiveProps) {
  const [name, setName] = useState("");
  const [forgetting, setForgetting] = useState(false);
  const desk = model.desk.value;
  if (!desk) return null;
  const send = async () => {
    const refused = await act.share(name.trim());
    if (refused === null) setName("");
    return refused;
  };
  return (
    <>
      <section class="panel-part">
        <h3 class="panel-subtitle">{t("share.title")}</h3>
        <ul class="keys">
          {desk.teachers.map((teacher) => (
            <li key={teacher.number} class="key">
              <span class="key-label">{teacher.name}</span>
              {desk.teachers.length > 1 && (
                <button
                  type="button"
                  class="button button-small"
                  onClick={() => act.unshare(teacher.number)}
                >
                  {t("share.remove")}
                  <span class="visually-hidden">{teacher.name}</span>
                </button>
              )}
            </li>
          ))}
        </ul>
        <TryForm
          check={() => (name.trim() === "" ? t("share.empty") : "")}
          send={send}
          submit={t("share.submit")}
        >
          <TextField
            label={t("share.name")}
            hint={t("share.hint")}
            value={name}
            onValue={setName}
          />
        </TryForm>
      </section>
      <section class="panel-part">
        <h3 class="panel-subtitle">{t("forget.title")}</h3>
        <p class="desk-hint">{t("forget.lead")}</p>
        <ul class="menu">
          <MenuButton icon="trash-2" text={t("forget.open")} onClick={() => setForgetting(true)} />
        </ul>
      </section>
      {forgetting && (
        <TypedNameSheet
          title={t("forget.title")}
          lead={t("forget.lead")}
          name={desk.canvas.name}
          submit={t("forget.submit")}
          onSubmit={act.forgetClass}
          onClose={() => setForgetting(false)}
        />
      )}
    </>
  );
}
