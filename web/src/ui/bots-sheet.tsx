import { useEffect, useRef, useState } from "preact/hooks";
import type { Bot } from "../core/door";
import { Dialog } from "./dialog";
import { Icon } from "./icon";
import { type CanvasActions, NICKNAME_MAX_CHARS } from "./model";
import { t } from "./strings";

/** Programs that draw: makes one, shows its token once, takes it away. */
export function BotsSheet({ actions }: { actions: CanvasActions }) {
  const [bots, setBots] = useState<Bot[] | null>(null);
  const [problem, setProblem] = useState("");
  const [token, setToken] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const name = useRef<HTMLInputElement>(null);
  const load = () => actions.bots.list().then(setBots, () => setProblem(t("bots.failed")));
  useEffect(() => {
    load();
  }, []);

  const make = async (event: Event) => {
    event.preventDefault();
    const wanted = (name.current?.value ?? "").trim();
    if (busy) return;
    if (wanted === "") return setProblem(t("bots.empty"));
    setBusy(true);
    const made = await actions.bots.make(wanted);
    setBusy(false);
    if ("text" in made) return setProblem(made.text);
    setToken(made.token);
    load();
  };
  const remove = async (seat: number) => {
    const refused = await actions.bots.remove(seat);
    if (refused) return setProblem(refused.text);
    setToken(null);
    load();
  };
  return (
    <Dialog title={t("bots.title")} onClose={actions.closeDialog}>
      <p class="help-lead">{t("bots.lead")}</p>
      {bots?.map(({ seat, nickname }) => (
        <div key={seat} class="bot">
          <Icon name="bot" />
          <span class="bot-name">{nickname ?? t("people.forgotten")}</span>
          <button type="button" class="button" onClick={() => remove(seat)}>
            {t("bots.remove")}
          </button>
        </div>
      ))}
      {token !== null && (
        <div class="bot-token">
          <p>{t("bots.token")}</p>
          <code class="bot-code" data-testid="token">
            {token}
          </code>
          <button type="button" class="button" onClick={() => actions.bots.copyToken(token)}>
            {t("bots.copy")}
          </button>
        </div>
      )}
      {bots?.length === 0 && (
        <form onSubmit={make} noValidate>
          <label class="field">
            <span class="field-label">{t("bots.name")}</span>
            <input
              ref={name}
              class="field-input"
              name="bot"
              maxLength={NICKNAME_MAX_CHARS}
              autocomplete="off"
              aria-describedby="bots-problem"
              onInput={() => setProblem("")}
            />
          </label>
          <div class="join-actions bot-make">
            <button type="submit" class="button button-accent" aria-disabled={busy}>
              {t("bots.make")}
            </button>
          </div>
        </form>
      )}
      <p class="field-problem" id="bots-problem" role="alert">
        {problem}
      </p>
    </Dialog>
  );
}
