import { useEffect, useRef, useState } from "preact/hooks";
import { Dialog } from "./dialog";
import { type CanvasActions, NICKNAME_MAX_CHARS } from "./model";
import { t } from "./strings";

interface Props {
  canvasName: string;
  actions: CanvasActions;
}

/** Takes a nickname. The canvas stays visible behind: that is the invitation. */
export function JoinSheet({ canvasName, actions }: Props) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);

  const submit = async (event: Event) => {
    event.preventDefault();
    const nickname = (field.current?.value ?? "").trim();
    const wrong = checkNickname(nickname);
    if (wrong || busy) return setProblem(wrong);
    setBusy(true);
    const refused = await actions.join(nickname);
    setBusy(false);
    if (refused) setProblem(refused.text);
  };

  return (
    <Dialog
      title={t("join.title", { name: canvasName })}
      onClose={actions.closeDialog}
      class="sheet-join"
    >
      <form class="join" onSubmit={submit} noValidate>
        <p class="join-lead">{t("join.lead")}</p>
        <label class="field">
          <span class="field-label">{t("join.nickname")}</span>
          <input
            ref={field}
            class="field-input"
            name="nickname"
            defaultValue={actions.suggestedNickname()}
            maxLength={NICKNAME_MAX_CHARS}
            autocomplete="off"
            autocapitalize="words"
            spellcheck={false}
            enterkeyhint="go"
            aria-invalid={problem !== ""}
            aria-describedby="join-problem"
            onInput={() => setProblem("")}
          />
        </label>
        <p class="field-problem" id="join-problem" role="alert">
          {problem}
        </p>
        <div class="join-actions">
          <button type="button" class="button" onClick={actions.closeDialog}>
            {t("join.watch")}
          </button>
          <button type="submit" class="button button-accent" aria-disabled={busy}>
            {busy ? t("join.busy") : t("join.submit")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function checkNickname(nickname: string): string {
  if (nickname === "") return t("join.empty");
  if ([...nickname].length > NICKNAME_MAX_CHARS) return t("join.long", { max: NICKNAME_MAX_CHARS });
  return "";
}
