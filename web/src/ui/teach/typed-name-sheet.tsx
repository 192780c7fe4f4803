import { useState } from "preact/hooks";
import { Dialog } from "../dialog";
import { TextField } from "./fields";
import { TryForm } from "./try-form";
import { t } from "./words";

interface TypedNameProps {
  title: string;
  lead: string;
  /** What must be typed. */
  name: string;
  submit: string;
  onSubmit: () => Promise<string | null>;
  onClose: () => void;
}

/** For what can't be undone: the name must be typed. */
export function TypedNameSheet({ title, lead, name, submit, onSubmit, onClose }: TypedNameProps) {
  const [typed, setTyped] = useState("");
  const send = async () => {
    const refused = await onSubmit();
    if (refused === null) onClose();
    return refused;
  };
  return (
    <Dialog title={title} onClose={onClose} class="sheet-danger">
      <p class="join-lead">{lead}</p>
      <TryForm
        check={() => (typed.trim() === name ? "" : t("typed.wrong", { name }))}
        send={send}
        submit={submit}
        danger
      >
        <TextField label={t("typed.label", { name })} value={typed} onValue={setTyped} />
      </TryForm>
    </Dialog>
  );
}
