import { useState } from "preact/hooks";
import type { Settings } from "../../../core/desk";
import { Choice, Field, NumberField, Problem, Switch, TextField } from "../fields";
import { HoursField } from "../hours-field";
import { TryForm } from "../try-form";
import {
  CANVAS_NAME_MAX_CHARS,
  COOLDOWN_MAX_S,
  drawingWords,
  hoursProblem,
  SAVED_MAX_PIXELS,
} from "../wish";
import { JoinField, LookField, PurgeField } from "../wish-fields";
import { t } from "../words";
import type { LiveProps } from "./model";

/** What a canvas is like. Each change holds at once. */
export function SettingsPanel({ model, act }: LiveProps) {
  const settings = model.desk.value?.settings;
  if (!settings) return null;
  return (
    <>
      <section class="panel-part">
        <h3 class="panel-subtitle">{t("form.people")}</h3>
        <JoinField value={settings.join} onChoose={(join) => act.change({ join })} />
        <LookField value={settings.look} onChoose={(look) => act.change({ look })} />
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
