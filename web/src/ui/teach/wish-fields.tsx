import type { Settings } from "../../core/desk";
import { TEAM_RULES } from "../../core/desk";
import { Choice, Field } from "./fields";
import { TEAM_NAME_MAX_CHARS, type TeamDraft } from "./wish";
import { t } from "./words";

// What is asked for a new canvas, and again where a canvas is changed.

/** The safest first. */
const JOIN_CHOICES = ["code", "approve", "roster", "open"] as const;
const LOOK_CHOICES = ["seats", "anyone"] as const;
const PURGES_DAYS = [30, 90, 180, 365, 0];

interface FieldProps<T> {
  value: T;
  onChoose: (value: T) => void;
}

/** Who may join; what each answer means is said where there is room for it. */
export function JoinField(props: FieldProps<Settings["join"]> & { hints?: boolean }) {
  const { hints = false, ...choice } = props;
  const options = JOIN_CHOICES.map((value) => ({
    value,
    label: t(`join_rule.${value}`),
    ...(hints && { hint: t(`join_rule.${value}_hint`) }),
  }));
  return <Choice legend={t("form.join")} look="cards" options={options} {...choice} />;
}

export function LookField(props: FieldProps<Settings["look"]>) {
  const options = LOOK_CHOICES.map((value) => ({ value, label: t(`look.${value}`) }));
  return <Choice legend={t("form.look")} options={options} {...props} />;
}

export function TeamRuleField(props: FieldProps<Settings["team_rule"]>) {
  const options = TEAM_RULES.map((value) => ({ value, label: t(`team_rule.${value}`) }));
  return <Choice legend={t("form.team_rule")} options={options} {...props} />;
}

interface TeamInputsProps {
  team: TeamDraft;
  at: number;
  invalid?: boolean;
  onChange: (team: TeamDraft) => void;
}

/** A team's color and name. */
export function TeamInputs({ team, at, invalid = false, onChange }: TeamInputsProps) {
  return (
    <>
      <input
        class="color-well"
        type="color"
        aria-label={t("team.color", { n: at + 1 })}
        value={team.color}
        onInput={(event) => onChange({ ...team, color: event.currentTarget.value })}
      />
      <input
        class="desk-input"
        aria-label={t("team.name", { n: at + 1 })}
        aria-invalid={invalid}
        value={team.name}
        maxLength={TEAM_NAME_MAX_CHARS}
        onInput={(event) => onChange({ ...team, name: event.currentTarget.value })}
      />
    </>
  );
}

interface PurgeProps {
  days: number;
  onChange: (days: number) => void;
}

/** When names and messages are forgotten. */
export function PurgeField({ days, onChange }: PurgeProps) {
  const list = PURGES_DAYS.includes(days) ? PURGES_DAYS : [days, ...PURGES_DAYS];
  return (
    <Field label={t("form.purge")} hint={t("form.purge_hint")}>
      {(id) => (
        <select
          id={id}
          class="desk-input desk-select"
          value={String(days)}
          onChange={(event) => onChange(Number(event.currentTarget.value))}
        >
          {list.map((value) => (
            <option key={value} value={String(value)}>
              {value === 0 ? t("purge.never") : t("purge.after", { n: value })}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
