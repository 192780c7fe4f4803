import { useState } from "preact/hooks";
import type { TeamInfo } from "../../../core/protocol.gen";
import { useNow } from "../../clock";
import { DeskIcon } from "../icon";
import { t, tn } from "../words";
import type { LiveProps } from "./model";
import { type Row, rowsOf } from "./people";

/** The bar of somebody who draws this fast is full. */
const FULL_BAR_PER_MINUTE = 30;
/** As many names as are taken in at a glance: above, a search is offered. */
const UNSEARCHED_ROWS = 8;

export function PeoplePanel({ model, act, links }: LiveProps) {
  const [search, setSearch] = useState("");
  const nowMs = useNow(true, Date.now) + model.canvas.clockAheadMs.value;
  const desk = model.desk.value;
  if (desk === null) return <p class="desk-hint panel-note">{t("loading")}</p>;
  const rows = rowsOf(desk.seats, search, nowMs);
  const waiting = rows.filter(({ state }) => state === "waiting");
  const others = rows.filter(({ state }) => state !== "waiting");
  const teams = model.canvas.lesson.value?.teams ?? [];
  return (
    <>
      <p class="panel-facts">
        <strong>{tn("live.online", desk.online)}</strong>
        {desk.onlookers > 0 && <span>{tn("live.onlookers", desk.onlookers)}</span>}
        <span>{tn("live.per_minute", Math.round(desk.per_minute))}</span>
      </p>
      {waiting.length > 0 && (
        <section class="waiting">
          <h3 class="waiting-title">
            {tn("live.waiting", waiting.length)}
            <button type="button" class="button button-small button-accent" onClick={act.admitAll}>
              {t("admit.all")}
            </button>
          </h3>
          <ul>
            {waiting.map(({ seat }) => (
              <li key={seat.seat} class="waiting-row">
                <span class="pupil-name">{seat.nickname}</span>
                <button
                  type="button"
                  class="button button-small"
                  onClick={() => act.admit(seat.seat)}
                >
                  {t("admit.one")}
                  <span class="visually-hidden">{seat.nickname}</span>
                </button>
                <button
                  type="button"
                  class="button button-small"
                  onClick={() => act.refuse(seat.seat)}
                >
                  {t("admit.refuse")}
                  <span class="visually-hidden">{seat.nickname}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {(desk.seats.length > UNSEARCHED_ROWS || search !== "") && (
        <label class="pupil-search">
          <DeskIcon name="search" size={18} />
          <span class="visually-hidden">{t("people.search")}</span>
          <input
            class="desk-input"
            type="search"
            placeholder={t("people.search")}
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </label>
      )}
      {others.length === 0 ? (
        <div class="panel-empty">
          <p>{search === "" ? t("people.none") : t("people.none_found")}</p>
          {search === "" && desk.settings.join === "roster" && (
            <a class="button button-small" href={links.cards}>
              {t("cards.title")}
            </a>
          )}
        </div>
      ) : (
        <ul class="pupils">
          {others.map((row) => (
            <PersonRow
              key={row.seat.seat}
              row={row}
              team={teams.find(({ number }) => number === row.seat.team)}
              onOpen={() => {
                model.seat.value = row.seat.seat;
              }}
            />
          ))}
        </ul>
      )}
    </>
  );
}

interface RowProps {
  row: Row;
  team: TeamInfo | undefined;
  onOpen: () => void;
}

function PersonRow({ row: { seat, state }, team, onOpen }: RowProps) {
  const perMinute = Math.round(seat.per_minute);
  const share = Math.min(1, seat.per_minute / FULL_BAR_PER_MINUTE);
  return (
    <li>
      <button type="button" class="pupil" data-state={state} onClick={onOpen}>
        <span
          class="pupil-team"
          style={{ background: team?.color ?? "transparent" }}
          data-tip={team?.name}
        />
        <span class="pupil-name">
          {seat.nickname}
          {team && <span class="visually-hidden">{t("people.in_team", { name: team.name })}</span>}
          {seat.role === "bot" && <span class="pupil-bot">{t("people.bot")}</span>}
        </span>
        <span class="pupil-state">{t(`seat_state.${state}`)}</span>
        <span class="pupil-pace">
          <span class="bar" aria-hidden="true">
            <span class="bar-fill" style={{ width: `${Math.round(share * 100)}%` }} />
          </span>
          <span class="pupil-rate" aria-hidden="true">
            {perMinute}
          </span>
          <span class="visually-hidden">{tn("live.per_minute", perMinute)}</span>
        </span>
      </button>
    </li>
  );
}
