import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icon";
import type { CanvasActions, CanvasModel } from "./model";
import { t } from "./strings";

/** The drawing's own units: the ring runs around the button. */
const BOX = 44;
const STROKE = 3;

/** Takes one's last pixel back; the ring shows for how much longer that goes. */
export function UndoButton({ model, actions }: { model: CanvasModel; actions: CanvasActions }) {
  const ring = useRef<SVGRectElement>(null);
  const undoable = model.undoable.value;
  useEffect(() => {
    if (!undoable) return;
    let frame = 0;
    const draw = () => {
      const left = (undoable.untilMs - performance.now()) / (undoable.untilMs - undoable.fromMs);
      ring.current?.setAttribute("stroke-dashoffset", String(1 - Math.max(0, left)));
      if (left > 0) frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, [undoable]);
  if (!model.info.value?.undo_ms) return null;
  const side = BOX - STROKE;
  const rect = { x: STROKE / 2, y: STROKE / 2, width: side, height: side, rx: 9 };
  return (
    <button
      type="button"
      class="icon-button undo"
      aria-label={t("undo")}
      aria-keyshortcuts="Control+Z"
      aria-disabled={undoable === null}
      data-tip={t("undo.tip")}
      onClick={actions.undo}
    >
      <svg class="undo-ring" viewBox={`0 0 ${BOX} ${BOX}`} aria-hidden="true">
        {undoable && (
          <rect
            ref={ring}
            class="undo-left"
            {...rect}
            pathLength={1}
            stroke-dasharray="1"
            stroke-dashoffset="0"
          />
        )}
      </svg>
      <Icon name="undo-2" />
    </button>
  );
}
