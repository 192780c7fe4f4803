import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Problem } from "./fields";
import { t } from "./words";

/** Does it, and says what went wrong; null when all is well. */
export type Try = () => Promise<string | null>;

interface FormProps {
  /** What is wrong with what was typed; empty if nothing is. */
  check: () => string;
  send: Try;
  submit: string;
  /** Nothing brings back what this takes. */
  danger?: boolean;
  children: ComponentChildren;
}

/** A form that is sent once at a time, and says what went wrong. */
export function TryForm({ check, send, submit, danger = false, children }: FormProps) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const onSubmit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    const wrong = check();
    if (wrong !== "") {
      focusOnWrong(event.currentTarget as HTMLFormElement);
      return setProblem(wrong);
    }
    setBusy(true);
    const refused = await send();
    setBusy(false);
    setProblem(refused ?? "");
  };
  return (
    <form onSubmit={onSubmit} onInput={() => setProblem("")} noValidate>
      {children}
      <Problem text={problem} />
      <button
        type="submit"
        class={`button button-wide ${danger ? "button-danger" : "button-accent"}`}
        aria-disabled={busy}
      >
        {busy ? t("join.busy") : submit}
      </button>
    </form>
  );
}

/** The first field that nothing was typed in, else the first one. */
function focusOnWrong(form: HTMLFormElement): void {
  const fields = [...form.querySelectorAll<HTMLInputElement>("input.desk-input, textarea")];
  const empty = fields.find(({ value }) => value.trim() === "");
  (empty ?? fields[0])?.focus();
}
