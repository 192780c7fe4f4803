import { useEffect, useState } from "preact/hooks";
import type { Deed } from "../../../core/desk";
import { formatDayTime } from "../../format";
import { Choice, Field } from "../fields";
import { DeskIcon } from "../icon";
import { t, tn } from "../words";
import type { LiveProps } from "./model";

const HOUR_MS = 60 * 60 * 1000;
const RECORD_HOURS = [1, 24, 168, 0] as const;

/** What teachers did here, and to whom. */
export function RecordPanel({ model, act, links }: LiveProps) {
  const [seat, setSeat] = useState(0);
  const [hours, setHours] = useState<(typeof RECORD_HOURS)[number]>(24);
  const [record, setRecord] = useState<readonly Deed[] | null>(null);
  const filter = {
    ...(seat > 0 && { seat }),
    ...(hours > 0 && { from_ms: Math.max(0, Date.now() - hours * HOUR_MS) }),
  };
  const load = async () => setRecord(await act.record(filter));
  useEffect(() => {
    load();
  }, [seat, hours]);
  const people = (model.desk.value?.seats ?? []).filter(({ nickname }) => nickname !== null);
  return (
    <>
      <div class="record-filters">
        <Field label={t("record.who")}>
          {(id) => (
            <select
              id={id}
              class="desk-input"
              value={String(seat)}
              onChange={(event) => setSeat(Number(event.currentTarget.value))}
            >
              <option value="0">{t("record.everybody")}</option>
              {people.map((one) => (
                <option key={one.seat} value={String(one.seat)}>
                  {one.nickname}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Choice
          legend={t("record.when")}
          options={RECORD_HOURS.map((value) => ({ value, label: t(`record.hours_${value}`) }))}
          value={hours}
          onChoose={setHours}
        />
      </div>
      <a class="button button-small" href={links.record(filter)} download="">
        {t("record.csv")}
      </a>
      {record === null && <p class="desk-hint panel-note">{t("loading")}</p>}
      {record?.length === 0 && <p class="desk-hint panel-note">{t("record.empty")}</p>}
      <ul class="record">
        {record?.map((deed) => (
          <RecordRow
            key={`${deed.at_ms} ${deed.what} ${deed.seat ?? 0} ${deed.seqs?.[0] ?? 0}`}
            deed={deed}
            onRevert={() => {
              act.revertDeed(deed);
            }}
          />
        ))}
      </ul>
    </>
  );
}

/** What the server writes down; docs/api.md. */
const KNOWN_DEEDS = [
  "fill",
  "restore",
  "remove_pixels",
  "revert",
  "rules",
  "protect",
  "unprotect",
  "seat",
  "team",
  "award",
  "withdraw",
  "settings",
  "code",
  "teams",
  "deal",
  "seats",
  "rename",
  "admit",
  "refuse",
  "kick",
  "unkick",
  "renew",
  "mute",
  "unmute",
  "forget",
  "purge",
  "share",
  "unshare",
  "announce",
  "announcement_over",
  "timer",
  "timer_stopped",
  "timer_ended",
  "chat_deleted",
  "chat_restored",
  "report_done",
  "archive",
  "unarchive",
  "record_begins",
] as const;

function deedWords({ what, nickname }: Deed): string {
  const known = KNOWN_DEEDS.find((one) => one === what);
  const words = known ? t(`deed.${known}`) : what;
  return nickname === null ? words : t("deed.about", { what: words, name: nickname });
}

function RecordRow({ deed, onRevert }: { deed: Deed; onRevert: () => void }) {
  return (
    <li class="record-row">
      <p class="record-what">
        <strong>{deedWords(deed)}</strong>
        {deed.cells !== null && <span>{tn("area.cells", deed.cells)}</span>}
      </p>
      <p class="desk-hint">
        {formatDayTime(deed.at_ms)} · {deed.teacher ?? t("deed.server")}
        {deed.area && ` · ${t("area.at", { ...deed.area })}`}
      </p>
      {deed.seqs !== null && (
        <button type="button" class="button button-small" onClick={onRevert}>
          <DeskIcon name="undo-2" size={16} />
          {t("record.revert")}
        </button>
      )}
    </li>
  );
}
