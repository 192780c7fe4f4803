import { useState } from "preact/hooks";
import { TextField } from "../fields";
import { MenuButton } from "../menu";
import { SureButton } from "../sure-button";
import { TryForm } from "../try-form";
import { TypedNameSheet } from "../typed-name-sheet";
import { t } from "../words";
import type { LiveProps } from "./model";

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
              {desk.teachers.length > 1 && teacher.number === model.teacher.number && (
                <SureButton
                  text={t("share.leave")}
                  consequence={t("share.leave_means")}
                  onSure={() => act.unshare(teacher.number)}
                />
              )}
              {desk.teachers.length > 1 && teacher.number !== model.teacher.number && (
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
