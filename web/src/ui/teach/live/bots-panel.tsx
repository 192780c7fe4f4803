import { useEffect, useState } from "preact/hooks";
import type { Bot } from "../../../core/door";
import { Icon } from "../../icon";
import { NICKNAME_MAX_CHARS } from "../../model";
import { CopyField } from "../copy-field";
import { Problem, Switch, TextField } from "../fields";
import { SureButton } from "../sure-button";
import { TryForm } from "../try-form";
import { t } from "../words";
import type { LiveProps } from "./model";

/** Programs that draw: the teacher's own, the students', and whether these may be. */
export function BotsPanel(props: LiveProps) {
  const { model, act } = props;
  const [bots, setBots] = useState<readonly Bot[] | null>(null);
  const [problem, setProblem] = useState("");
  const desk = model.desk.value;
  const load = async () => {
    const answer = await act.bots();
    if (typeof answer === "string") return setProblem(answer);
    setBots(answer);
    setProblem("");
  };
  // Who makes a bot elsewhere changes the people of the desk.
  const known = desk?.seats.filter(({ role }) => role === "bot").map(({ seat }) => seat);
  useEffect(() => {
    load();
  }, [known?.join()]);
  if (desk === null) return <p class="desk-hint panel-note">{t("loading")}</p>;
  const own = bots?.filter(({ bot_of }) => bot_of === null) ?? [];
  const students = bots?.filter(({ bot_of }) => bot_of !== null) ?? [];
  return (
    <>
      <p class="desk-hint panel-note">{t("bots_desk.lead")}</p>
      <Switch
        label={t("settings.bots")}
        hint={t(desk.settings.bots ? "settings.bots_hint" : "bots_desk.off_hint")}
        on={desk.settings.bots}
        onChange={(on) => act.change({ bots: on })}
      />
      <section class="panel-part">
        <h3 class="panel-subtitle">{t("bots_desk.own")}</h3>
        <BotList {...props} bots={own} onGone={load} />
        <NewBot {...props} onMade={load} />
      </section>
      <section class="panel-part">
        <h3 class="panel-subtitle">{t("bots_desk.students")}</h3>
        {bots !== null && students.length === 0 && (
          <p class="desk-hint">{t("bots_desk.none_of_students")}</p>
        )}
        <BotList {...props} bots={students} onGone={load} />
      </section>
      <Problem text={problem} />
    </>
  );
}

interface ListProps extends LiveProps {
  bots: readonly Bot[];
  onGone: () => void;
}

function BotList({ model, act, bots, onGone }: ListProps) {
  const seats = model.desk.value?.seats ?? [];
  const nameOf = (number: number | null) =>
    seats.find(({ seat }) => seat === number)?.nickname ?? t("people.someone");
  return (
    <ul class="keys">
      {bots.map(({ seat, nickname, bot_of, online }) => {
        const name = nickname ?? t("people.someone");
        return (
          <li key={seat} class="key key-bot">
            <Icon name="bot" />
            <span class="key-words">
              <button
                type="button"
                class="text-button key-label"
                onClick={() => {
                  model.seat.value = seat;
                }}
              >
                {name}
              </button>
              <span class="desk-hint">
                {bot_of !== null && `${t("bots_desk.of", { name: nameOf(bot_of) })} · `}
                {t(online ? "bots_desk.online" : "bots_desk.offline")}
              </span>
            </span>
            <SureButton
              text={t("bots_desk.remove")}
              about={name}
              consequence={t("bots_desk.remove_means")}
              onSure={async () => {
                await act.removeBot(seat, name);
                onGone();
              }}
            />
          </li>
        );
      })}
    </ul>
  );
}

/** Makes a bot; its secret is shown once. */
function NewBot({ act, links, onMade }: LiveProps & { onMade: () => void }) {
  const [name, setName] = useState("");
  const [token, setToken] = useState<string | null>(null);
  const send = async () => {
    const made = await act.makeBot(name.trim());
    if (typeof made === "string") return made;
    setToken(made.token);
    setName("");
    onMade();
    return null;
  };
  return (
    <>
      {token !== null && (
        <div class="made made-bot" role="status">
          <CopyField label={t("bots_desk.token")} text={token} onCopy={act.copy} />
          <CopyField label={t("bots_desk.address")} text={links.botAddress} onCopy={act.copy} />
          <p class="desk-hint">{t("bots_desk.token_hint")}</p>
          <button type="button" class="button button-small" onClick={() => setToken(null)}>
            {t("bots_desk.token_done")}
          </button>
        </div>
      )}
      <TryForm
        check={() => (name.trim() === "" ? t("bots_desk.name_empty") : "")}
        send={send}
        submit={t("bots_desk.make")}
      >
        <TextField
          label={t("bots_desk.name")}
          value={name}
          maxLength={NICKNAME_MAX_CHARS}
          onValue={setName}
        />
      </TryForm>
    </>
  );
}
