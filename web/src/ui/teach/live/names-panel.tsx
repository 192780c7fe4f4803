import { useState } from "preact/hooks";
import type { NewSeat } from "../../../core/desk";
import { formatCode } from "../code";
import { Field } from "../fields";
import { DeskIcon } from "../icon";
import { TryForm } from "../try-form";
import { t, tn } from "../words";
import type { LiveProps } from "./model";

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
