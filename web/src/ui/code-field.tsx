import type { Ref } from "preact";
import { groupedCode, tidyCode } from "../core/door";

interface Props {
  inputRef: Ref<HTMLInputElement>;
  label: string;
  /** Shown small below the label's field, and read with it. */
  describedBy: string;
  isWrong: boolean;
  initial?: string;
  onInput: () => void;
  class?: string;
}

/** A field for a code: capital letters in groups, however it is typed or pasted. */
export function CodeField({ inputRef, label, describedBy, isWrong, initial = "", ...rest }: Props) {
  const tidy = (field: HTMLInputElement) => {
    const before = field.value.slice(0, field.selectionStart ?? field.value.length);
    const shown = groupedCode(field.value);
    if (field.value === shown) return;
    field.value = shown;
    const caret = caretAfter(shown, tidyCode(before).length);
    field.setSelectionRange(caret, caret);
  };
  return (
    <label class="field">
      <span class="field-label">{label}</span>
      <input
        ref={inputRef}
        class={`field-input code-field ${rest.class ?? ""}`}
        name="code"
        defaultValue={groupedCode(initial)}
        autocomplete="off"
        autocapitalize="characters"
        spellcheck={false}
        enterkeyhint="go"
        aria-invalid={isWrong}
        aria-describedby={describedBy}
        onInput={(event) => {
          if (!event.isComposing) tidy(event.currentTarget);
          rest.onInput();
        }}
      />
    </label>
  );
}

/** The place after so many letters, in a text that also has blanks. */
function caretAfter(text: string, letters: number): number {
  let at = 0;
  for (let seen = 0; at < text.length && seen < letters; at++) if (text[at] !== " ") seen += 1;
  return at;
}
