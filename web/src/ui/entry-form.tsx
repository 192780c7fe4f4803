import { useEffect, useRef, useState } from "preact/hooks";
import { isWholeCode, tidyCode } from "../core/door";
import { CodeField } from "./code-field";
import { t } from "./strings";

interface Props {
  /** Goes where the code leads. The answer is what went wrong, or null. */
  onEnter: (code: string) => Promise<{ text: string } | null>;
}

/** The way in: a class code, or one's personal code. */
export function EntryForm({ onEnter }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);

  const submit = async (event: Event) => {
    event.preventDefault();
    const code = tidyCode(field.current?.value ?? "");
    if (busy) return;
    if (!isWholeCode(code)) {
      setProblem(t(code === "" ? "enter.empty" : "enter.short"));
      return field.current?.focus();
    }
    setBusy(true);
    const refused = await onEnter(code);
    setBusy(false);
    if (!refused) return;
    setProblem(refused.text);
    field.current?.focus();
    field.current?.select();
  };
  return (
    <form class="entry" onSubmit={submit} noValidate>
      <CodeField
        inputRef={field}
        label={t("enter.label")}
        describedBy="entry-hint entry-problem"
        isWrong={problem !== ""}
        onInput={() => setProblem("")}
        class="entry-field"
      />
      <button type="submit" class="button button-accent entry-button" aria-disabled={busy}>
        {t(busy ? "join.busy" : "enter.submit")}
      </button>
      <p class="entry-hint" id="entry-hint" hidden={problem !== ""}>
        {t("enter.hint")}
      </p>
      <p class="field-problem" id="entry-problem" role="alert" hidden={problem === ""}>
        {problem}
      </p>
    </form>
  );
}
