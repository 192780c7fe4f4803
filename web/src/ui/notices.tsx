import type { WhyClosed } from "../core/closed";
import { useNow } from "./clock";
import { COUNTED_DOWN_MS, formatCountdown, formatOpening, secondsLeft } from "./format";
import { Icon, type IconName } from "./icon";
import type { BannerKind, CanvasActions, CanvasModel } from "./model";
import { t } from "./strings";

const BANNER_ICONS: Record<BannerKind, IconName> = {
  frozen: "snowflake",
  closed: "lock",
  opens: "lock",
  seat_frozen: "snowflake",
  stopping: "power",
  storage: "triangle-alert",
  blocked: "triangle-alert",
};

/** A lasting state of the canvas or the server, until it is over. */
export function Banner({ model }: { model: CanvasModel }) {
  const kind = model.banner.value;
  return (
    <div class="bands" role="status">
      {kind && (
        <p class="banner float" data-kind={kind}>
          <Icon name={BANNER_ICONS[kind]} />
          {kind === "opens" ? <Opening model={model} /> : <span>{t(`banner.${kind}`)}</span>}
        </p>
      )}
    </div>
  );
}

/** When the canvas opens. The seconds are not for screen readers: each would be read out. */
function Opening({ model }: { model: CanvasModel }) {
  const opensMs = (model.lesson.value?.opens_ms ?? 0) - model.clockAheadMs.value;
  const leftMs = opensMs - useNow(opensMs > Date.now(), Date.now);
  const isSoon = leftMs > 0 && leftMs < COUNTED_DOWN_MS;
  return (
    <>
      <span>{t("banner.opens", { time: formatOpening(opensMs, Date.now()) })}</span>
      {isSoon && (
        <span class="banner-left" aria-hidden="true">
          {formatCountdown(secondsLeft(leftMs))}
        </span>
      )}
    </>
  );
}

/** Short answers to what was just done. They go by themselves. */
export function Toasts({ model, actions }: { model: CanvasModel; actions: CanvasActions }) {
  return (
    <div class="toasts" role="status">
      {model.toasts.value.map((toast) => (
        <button
          key={toast.id}
          type="button"
          class="toast"
          data-tone={toast.tone}
          data-tip={t("notice.dismiss")}
          onClick={() => actions.dismissToast(toast.id)}
        >
          {toast.text}
        </button>
      ))}
    </div>
  );
}

/** Bottom left: the cell that is pointed at, else what the hatching means. */
export function Readout({ model }: { model: CanvasModel }) {
  const spot = model.spot.value;
  const palette = model.info.value?.palette;
  if (!palette) return null;
  if (!spot) return model.closes.value ? <Legend isTeacher={isTeacher(model)} /> : null;
  const color = palette[spot.color];
  return (
    <p class="readout float" aria-hidden="true">
      <span class="readout-color" style={{ background: color?.hex ?? "" }} />
      <span class="readout-at">{t("spot.at", { x: spot.x, y: spot.y })}</span>
      {spot.closed ? (
        <span class="readout-closed">
          <Icon name="lock" size={14} />
          {sayClosed(spot.closed)}
        </span>
      ) : (
        <span class="readout-name">{color?.name}</span>
      )}
    </p>
  );
}

function Legend({ isTeacher }: { isTeacher: boolean }) {
  return (
    <p class="readout float">
      <span class="hatching" />
      {t(isTeacher ? "closed.legend_teacher" : "closed.legend")}
    </p>
  );
}

function isTeacher({ you }: CanvasModel): boolean {
  return you.value?.role === "teacher";
}

/** Why one may not draw on a cell, in a few words. */
export function sayClosed(closed: WhyClosed): string {
  if (closed.why === "team") return t("asked.region", { team: closed.team.name });
  return t(closed.why === "protected" ? "closed.protected" : "closed.confined");
}

/** Said to screen readers only: what the cell cursor is on. */
export function Spoken({ model }: { model: CanvasModel }) {
  return (
    <p class="visually-hidden" aria-live="polite" data-testid="spoken">
      {model.spoken.value}
    </p>
  );
}
