import type { Hours, Slot } from "../../core/desk";
import { IconButton } from "../controls";
import { Icon } from "../icon";
import { Switch } from "./fields";
import { removed, replaced } from "./lists";
import { clockOf, firstHours, minuteOf, WEEK } from "./wish";
import { t } from "./words";

/** Most times of the week that the server keeps. */
const SLOTS_MAX = 21;

interface Props {
  hours: Hours | null;
  onChange: (hours: Hours | null) => void;
}

/** When the canvas is open, by weekday. */
export function HoursField({ hours, onChange }: Props) {
  return (
    <div class="desk-field">
      <Switch
        label={t("hours.on")}
        {...(hours && { hint: t("hours.zone", { zone: hours.zone.replaceAll("_", " ") }) })}
        on={hours !== null}
        onChange={(on) => onChange(on ? firstHours() : null)}
      />
      {hours && <Slots hours={hours} onChange={onChange} />}
    </div>
  );
}

function Slots({ hours, onChange }: { hours: Hours; onChange: (hours: Hours) => void }) {
  const put = (slots: Slot[]) => onChange({ ...hours, slots });
  return (
    <div class="slots">
      {hours.slots.map((slot, at) => (
        <SlotRow
          key={at}
          slot={slot}
          onChange={(next) => put(replaced(hours.slots, at, next))}
          {...(hours.slots.length > 1 && { onRemove: () => put(removed(hours.slots, at)) })}
        />
      ))}
      {hours.slots.length < SLOTS_MAX && (
        <button
          type="button"
          class="button button-small"
          onClick={() => put([...hours.slots, { days: 1, from_min: 480, until_min: 540 }])}
        >
          <Icon name="plus" size={16} />
          {t("hours.add")}
        </button>
      )}
    </div>
  );
}

interface RowProps {
  slot: Slot;
  onChange: (slot: Slot) => void;
  onRemove?: () => void;
}

function SlotRow({ slot, onChange, onRemove }: RowProps) {
  const clock = (key: "from_min" | "until_min", label: string) => (
    <input
      class="desk-input desk-time"
      type="time"
      aria-label={label}
      value={clockOf(slot[key])}
      onInput={(event) => {
        const minute = minuteOf(event.currentTarget.value);
        if (minute !== null) onChange({ ...slot, [key]: minute });
      }}
    />
  );
  return (
    <div class="slot">
      <fieldset class="slot-days">
        <legend class="visually-hidden">{t("hours.days")}</legend>
        {WEEK.map((day, at) => (
          <label key={day} class="day-chip">
            <input
              type="checkbox"
              aria-label={t(`day.${day}.full`)}
              checked={(slot.days & (1 << at)) !== 0}
              onChange={() => onChange({ ...slot, days: slot.days ^ (1 << at) })}
            />
            <span>{t(`day.${day}`)}</span>
          </label>
        ))}
      </fieldset>
      <div class="slot-times">
        {clock("from_min", t("hours.from"))}
        <span aria-hidden="true">–</span>
        {clock("until_min", t("hours.until"))}
        {onRemove && <IconButton icon="x" label={t("hours.remove")} onClick={onRemove} />}
      </div>
    </div>
  );
}
