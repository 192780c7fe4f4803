import { Field } from "./fields";
import { DeskIcon } from "./icon";
import { t } from "./words";

interface Props {
  label: string;
  text: string;
  onCopy: (text: string) => void;
}

/** A text to pass on: selected by a click, copied by the button. */
export function CopyField({ label, text, onCopy }: Props) {
  return (
    <Field label={label}>
      {(id) => (
        <div class="copy-field">
          <input
            id={id}
            class="desk-input"
            readOnly
            value={text}
            onFocus={(event) => event.currentTarget.select()}
          />
          <button
            type="button"
            class="icon-button"
            aria-label={t("copy.button")}
            data-tip={t("copy.button")}
            onClick={() => onCopy(text)}
          >
            <DeskIcon name="copy" />
          </button>
        </div>
      )}
    </Field>
  );
}
