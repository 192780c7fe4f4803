import { formatOpening } from "./format";
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
  const opensMs = (model.lesson.value?.opens_ms ?? 0) - model.clockAheadMs.value;
  return (
    <div class="bands" role="status">
      {kind && (
        <p class="banner float" data-kind={kind}>
          <Icon name={BANNER_ICONS[kind]} />
          <span>
            {kind === "opens"
              ? t("banner.opens", { time: formatOpening(opensMs, Date.now()) })
              : t(`banner.${kind}`)}
          </span>
        </p>
      )}
    </div>
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

/** Bottom left: the cell that is pointed at. */
export function Readout({ model }: { model: CanvasModel }) {
  const spot = model.spot.value;
  const palette = model.info.value?.palette;
  if (!spot || !palette) return null;
  const color = palette[spot.color];
  return (
    <p class="readout float" aria-hidden="true">
      <span class="readout-color" style={{ background: color?.hex ?? "" }} />
      <span class="readout-at">{t("spot.at", { x: spot.x, y: spot.y })}</span>
      <span class="readout-name">{color?.name}</span>
    </p>
  );
}

/** Said to screen readers only: what the cell cursor is on. */
export function Spoken({ model }: { model: CanvasModel }) {
  return (
    <p class="visually-hidden" aria-live="polite" data-testid="spoken">
      {model.spoken.value}
    </p>
  );
}
