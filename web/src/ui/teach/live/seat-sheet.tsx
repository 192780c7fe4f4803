import { useEffect, useState } from "preact/hooks";
import type { Seat } from "../../../core/desk";
import { useNow } from "../../clock";
import { Dialog } from "../../dialog";
import { NICKNAME_MAX_CHARS } from "../../model";
import { formatCode } from "../code";
import { Choice, Problem, TextField } from "../fields";
import { DeskIcon, type DeskIconName } from "../icon";
import { SureButton } from "../sure-button";
import { clockLeft } from "../time";
import { TryForm } from "../try-form";
import { TypedNameSheet } from "../typed-name-sheet";
import { t, tn } from "../words";
import { GhostPicture } from "./ghost-picture";
import type { LiveActions, LiveProps } from "./model";
import { mutedForGood, stateOf } from "./people";

const MUTE_MINUTES = [5, 15, 45];
const REMOVE_MINUTES = [1, 5, 15, 60];

/** One student: what is known, and what can be done. */
export function SeatSheet(props: LiveProps) {
  const { model } = props;
  const number = model.seat.value;
  const seat = model.desk.value?.seats.find((one) => one.seat === number);
  const [forgetting, setForgetting] = useState(false);
  const close = () => {
    model.seat.value = null;
    props.act.clearGhost();
  };
  if (!seat) return null;
  const name = seat.nickname ?? t("people.someone");
  if (forgetting) {
    return (
      <TypedNameSheet
        title={t("seat.forget_title", { name })}
        lead={t("seat.forget_lead")}
        name={name}
        submit={t("seat.forget")}
        onSubmit={() => props.act.forget(seat.seat)}
        onClose={close}
      />
    );
  }
  return (
    <Dialog title={name} onClose={close} class="sheet-seat">
      <Facts {...props} seat={seat} />
      <Deeds {...props} seat={seat} onClose={close} />
      <TeamOf {...props} seat={seat} />
      <Removal {...props} seat={seat} onClose={close} />
      <Papers {...props} seat={seat} onForget={() => setForgetting(true)} />
    </Dialog>
  );
}

type SeatProps = LiveProps & { seat: Seat };

function Facts({ model, seat }: SeatProps) {
  const now = useNow(true, Date.now) + model.canvas.clockAheadMs.value;
  const state = stateOf(seat, now);
  return (
    <p class="seat-facts">
      {seat.role === "bot" && <span class="pupil-bot">{t("people.bot")}</span>}
      <span class="pupil-state" data-state={state}>
        {t(`seat_state.${state}`)}
      </span>
      {state === "muted" && !mutedForGood(seat) && (
        <span>{clockLeft(seat.muted_until_ms - now)}</span>
      )}
      <span>{tn("seat.placed", seat.placed)}</span>
      <span>{tn("seat.standing", seat.standing)}</span>
    </p>
  );
}

function Deeds({ model, act, seat, onClose }: SeatProps & { onClose: () => void }) {
  const now = useNow(true, Date.now) + model.canvas.clockAheadMs.value;
  const isMuted = seat.muted_until_ms > now;
  const isActive = seat.status === "active";
  const then = (deed: () => void) => () => {
    deed();
    onClose();
  };
  return (
    <>
      <div class="deeds">
        {isMuted ? (
          <Deed icon="volume-2" text={t("seat.unmute")} onClick={() => act.unmute(seat.seat)} />
        ) : (
          <MuteButtons act={act} seat={seat.seat} />
        )}
      </div>
      <div class="deeds">
        {seat.status !== "banned" && (
          <Deed
            icon={isActive ? "snowflake" : "check"}
            text={t(isActive ? "seat.freeze" : "seat.unfreeze")}
            onClick={() => act.setStatus(seat.seat, isActive ? "frozen" : "active")}
          />
        )}
        {seat.online && (
          <Deed icon="log-out" text={t("seat.kick")} onClick={then(() => act.kick(seat.seat))} />
        )}
        {seat.status === "banned" ? (
          <Deed
            icon="check"
            text={t("seat.unban")}
            onClick={() => act.setStatus(seat.seat, "active")}
          />
        ) : (
          <Deed
            icon="ban"
            text={t("seat.ban")}
            onClick={then(() => act.setStatus(seat.seat, "banned"))}
          />
        )}
        <Deed
          icon="gift"
          text={t("seat.award")}
          onClick={() => act.award({ seats: [seat.seat] }, 10)}
        />
      </div>
    </>
  );
}

function MuteButtons({ act, seat }: { act: LiveActions; seat: number }) {
  return (
    <fieldset class="mute">
      <legend class="field-label">{t("seat.mute")}</legend>
      <div class="row">
        {MUTE_MINUTES.map((minutes) => (
          <button
            key={minutes}
            type="button"
            class="button button-small"
            onClick={() => act.mute(seat, minutes)}
          >
            {t("span.min", { n: minutes })}
          </button>
        ))}
        <button type="button" class="button button-small" onClick={() => act.mute(seat, null)}>
          {t("seat.mute_for_good")}
        </button>
      </div>
    </fieldset>
  );
}

function Deed(props: { icon: DeskIconName; text: string; onClick: () => void }) {
  return (
    <button type="button" class="button button-small" onClick={props.onClick}>
      <DeskIcon name={props.icon} size={16} />
      {props.text}
    </button>
  );
}

function TeamOf({ model, act, seat }: SeatProps) {
  const teams = model.canvas.lesson.value?.teams ?? [];
  if (teams.length === 0) return null;
  return (
    <Choice
      legend={t("seat.team")}
      options={[
        { value: 0, label: t("team.none") },
        ...teams.map(({ number, name }) => ({ value: number, label: name })),
      ]}
      value={seat.team}
      onChoose={(team) => act.setTeam(seat.seat, team)}
    />
  );
}

/** Takes pixels back, after showing what that would do. */
function Removal({ model, act, seat, onClose }: SeatProps & { onClose: () => void }) {
  const [minutes, setMinutes] = useState<number | null | undefined>(undefined);
  const [problem, setProblem] = useState("");
  const ghost = model.ghost.value;
  useEffect(() => act.clearGhost, []);
  const choose = async (next: number) => {
    const wished = next === 0 ? null : next;
    setMinutes(wished);
    setProblem((await act.previewRemoval(seat.seat, wished)) ?? "");
  };
  return (
    <section class="seat-part">
      <Choice
        legend={t("seat.remove")}
        options={[
          ...REMOVE_MINUTES.map((value) => ({ value, label: t("span.min", { n: value }) })),
          { value: 0, label: t("seat.remove_all") },
        ]}
        value={minutes === undefined ? -1 : (minutes ?? 0)}
        onChoose={choose}
      />
      {minutes !== undefined && ghost && (
        <div class="preview-deed">
          <p>
            {tn("seat.remove_count", ghost.cells)}
            <GhostPicture ghost={ghost} palette={model.canvas.info.value?.palette ?? []} />
          </p>
          <button
            type="button"
            class="button button-accent button-small"
            aria-disabled={ghost.cells === 0}
            onClick={() => {
              if (ghost.cells === 0) return;
              act.removePixels(seat.seat, minutes);
              onClose();
            }}
          >
            {t("seat.remove_do")}
          </button>
        </div>
      )}
      <Problem text={problem} />
    </section>
  );
}

function Papers({ act, seat, onForget }: SeatProps & { onForget: () => void }) {
  const [name, setName] = useState(seat.nickname ?? "");
  return (
    <details class="fold seat-part">
      <summary>{t("seat.papers")}</summary>
      {seat.card !== null && (
        <div class="seat-card">
          <span class="field-label">{t("seat.card")}</span>
          <strong class="seat-card-code">{formatCode(seat.card)}</strong>
          <SureButton
            text={t("seat.renew")}
            consequence={t("seat.renew_means")}
            onSure={() => act.renewCard(seat.seat)}
          />
        </div>
      )}
      <TryForm
        check={() => (name.trim() === "" ? t("join.empty") : "")}
        send={() => act.rename(seat.seat, name.trim())}
        submit={t("seat.rename")}
      >
        <TextField
          label={t("join.nickname")}
          value={name}
          maxLength={NICKNAME_MAX_CHARS}
          onValue={setName}
        />
      </TryForm>
      <button type="button" class="button button-small seat-forget" onClick={onForget}>
        <DeskIcon name="trash-2" size={16} />
        {t("seat.forget")}
      </button>
    </details>
  );
}
