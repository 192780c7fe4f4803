import { useState } from "preact/hooks";
import { Dialog } from "../../dialog";
import { Choice, Field, NumberField, Switch, TextField } from "../fields";
import { TryForm } from "../try-form";
import { t, tn } from "../words";
import type { LiveActions, LiveProps } from "./model";

const ANNOUNCEMENT_MAX_CHARS = 280;
const ANNOUNCEMENT_MINUTES = [1, 5, 15, 60];

export function AnnounceSheet({ act, onClose }: { act: LiveActions; onClose: () => void }) {
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

export function TimerSheet({ act, onClose }: { act: LiveActions; onClose: () => void }) {
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

export function AwardSheet({ model, act, onClose }: LiveProps & { onClose: () => void }) {
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
