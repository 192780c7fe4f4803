import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface FieldProps {
  label: string;
  /** A sentence below the field. */
  hint?: string;
  children: (id: string) => ComponentChildren;
}

/** A control with its name above and a hint below. */
export function Field({ label, hint, children }: FieldProps) {
  const id = useId();
  return (
    <div class="desk-field">
      <label class="field-label" for={id}>
        {label}
      </label>
      {children(id)}
      {hint && <p class="desk-hint">{hint}</p>}
    </div>
  );
}

interface TextFieldProps {
  label: string;
  hint?: string;
  value: string;
  onValue: (value: string) => void;
  type?: "text" | "password";
  name?: string;
  autocomplete?: "off" | "username" | "current-password" | "new-password";
  maxLength?: number;
  placeholder?: string;
  /** Whether this is what keeps the form from being sent. */
  invalid?: boolean;
}

export function TextField(props: TextFieldProps) {
  const { label, hint, onValue, type = "text", autocomplete = "off", invalid, ...input } = props;
  return (
    <Field label={label} {...(hint !== undefined && { hint })}>
      {(id) => (
        <input
          id={id}
          class="desk-input"
          // Told apart by hand: a field's type decides what else it may have.
          type={type as "text"}
          autocomplete={autocomplete}
          spellcheck={false}
          aria-invalid={invalid}
          {...input}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface NumberFieldProps {
  label: string;
  value: number;
  min: number;
  max: number;
  onValue: (value: number) => void;
}

/** A whole number; what is typed counts once it is one within the bounds. */
export function NumberField({ label, value, min, max, onValue }: NumberFieldProps) {
  return (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          class="desk-input desk-number"
          type="number"
          inputMode="numeric"
          step={1}
          min={min}
          max={max}
          value={value}
          onInput={(event) => {
            const typed = event.currentTarget.valueAsNumber;
            if (Number.isInteger(typed) && typed >= min && typed <= max) onValue(typed);
          }}
          onBlur={(event) => {
            event.currentTarget.value = String(value);
          }}
        />
      )}
    </Field>
  );
}

export interface Option<T> {
  value: T;
  label: string;
  /** A sentence that says more. */
  hint?: string;
}

interface ChoiceProps<T> {
  legend: string;
  options: readonly Option<T>[];
  value: T;
  onChoose: (value: T) => void;
  /** chips: short words beside each other. cards: one below the other, with their hints. */
  look?: "chips" | "cards";
  hint?: string;
}

/** One of a few, all of them in sight. */
export function Choice<T extends string | number>(props: ChoiceProps<T>) {
  const { legend, options, value, onChoose, look = "chips", hint } = props;
  const name = useId();
  return (
    <fieldset class="desk-field">
      <legend class="field-label">{legend}</legend>
      <div class={look === "chips" ? "chips" : "choice-cards"}>
        {options.map((option) => (
          <label key={option.value} class={look === "chips" ? "chip" : "choice-card"}>
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => onChoose(option.value)}
            />
            <span class="chip-label">{option.label}</span>
            {option.hint && <span class="desk-hint">{option.hint}</span>}
          </label>
        ))}
      </div>
      {hint && <p class="desk-hint">{hint}</p>}
    </fieldset>
  );
}

interface SwitchProps {
  label: string;
  hint?: string;
  on: boolean;
  onChange: (on: boolean) => void;
}

export function Switch({ label, hint, on, onChange }: SwitchProps) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        aria-checked={on}
        checked={on}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span class="switch-track" aria-hidden="true" />
      <span class="switch-words">
        <span class="switch-label">{label}</span>
        {hint && <span class="desk-hint">{hint}</span>}
      </span>
    </label>
  );
}

/** Its line is always there, so that nothing moves when it speaks. */
export function Problem({ text }: { text: string }) {
  return (
    <p class="field-problem" role="alert">
      {text}
    </p>
  );
}
