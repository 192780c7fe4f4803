import { useEffect, useReducer, useRef } from "preact/hooks";
import { type Saved, savedAt } from "../core/cooldown";
import { inkOn } from "./color";
import { secondsLeft } from "./format";
import type { CanvasModel, Charge } from "./model";
import { t, tn } from "./strings";

/** The drawing's own units: the ring runs along the edge of a rounded cell. */
const BOX = 56;
const STROKE = 4;
const SIDE = BOX - STROKE;
const RADIUS = 14;

/**
 * The chosen color, and around it the next pixel growing back. While there is
 * none to place, the seconds stand inside.
 */
export function ChargeRing({ model }: { model: CanvasModel }) {
  const ring = useRef<SVGRectElement>(null);
  const seconds = useRef<HTMLSpanElement>(null);
  const charge = model.charge.value;
  const color = model.info.value?.palette[model.color.value];

  // Drawn past Preact: sixty times a second, only while something grows.
  useEffect(() => {
    let frame = 0;
    const draw = () => {
      const now = chargeNow(charge);
      const missing = charge.cooldownMs > 0 ? now.nextInMs / charge.cooldownMs : 0;
      ring.current?.setAttribute("stroke-dashoffset", Math.min(1, missing).toFixed(4));
      if (seconds.current) {
        const text = now.saved === 0 ? String(secondsLeft(now.nextInMs)) : "";
        if (seconds.current.textContent !== text) seconds.current.textContent = text;
      }
      if (now.nextInMs > 0) frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, [charge]);

  const rect = { x: STROKE / 2, y: STROKE / 2, width: SIDE, height: SIDE, rx: RADIUS };
  return (
    <div class="ring" aria-hidden="true">
      <svg class="ring-drawing" viewBox={`0 0 ${BOX} ${BOX}`} aria-hidden="true">
        <rect class="ring-track" {...rect} />
        <rect
          ref={ring}
          class="ring-grown"
          {...rect}
          pathLength={1}
          stroke-dasharray="1"
          stroke-dashoffset="0"
        />
      </svg>
      <span
        class="ring-color"
        style={{ background: color?.hex ?? "", color: inkOn(color?.hex ?? "#ffffff") }}
      >
        <span ref={seconds} class="ring-seconds" data-testid="wait" />
      </span>
    </div>
  );
}

/** More pips than this can't be told apart; then the number alone must do. */
const PIPS_MAX = 20;

/** The saved-up pixels, as cells and as a number. */
export function SavedUp({ model }: { model: CanvasModel }) {
  const charge = model.charge.value;
  const saved = useSaved(model);
  const isMore = saved > charge.savedMax;
  if (charge.cooldownMs <= 0) return <p class="saved">{t("dock.unlimited")}</p>;
  return (
    <p class="saved" data-testid="saved" data-empty={saved === 0}>
      {charge.savedMax <= PIPS_MAX && (
        <span class="pips" aria-hidden="true">
          {Array.from({ length: charge.savedMax }, (_, n) => (
            <span key={n} class="pip" data-full={n < saved} />
          ))}
        </span>
      )}
      <span aria-hidden="true">
        {t(isMore ? "dock.saved.more" : "dock.saved", { saved, max: charge.savedMax })}
      </span>
      <span class="visually-hidden">
        {tn("dock.saved.label", saved, { saved, max: charge.savedMax })}
      </span>
    </p>
  );
}

/** The saved-up pixels now; renders anew at the moment one grows back. */
function useSaved(model: CanvasModel): number {
  const charge = model.charge.value;
  const now = chargeNow(charge);
  const [, again] = useReducer((count: number, _: null) => count + 1, 0);
  useEffect(() => {
    if (now.nextInMs <= 0) return;
    const timer = setTimeout(() => again(null), now.nextInMs + 1);
    return () => clearTimeout(timer);
  }, [charge, now.saved]);
  return now.saved;
}

function chargeNow(charge: Charge): Saved {
  return savedAt(charge, performance.now(), charge.unanswered);
}
