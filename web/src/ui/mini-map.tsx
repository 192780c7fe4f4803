import { useEffect, useRef } from "preact/hooks";
import type { CanvasActions, CanvasModel } from "./model";
import { t } from "./strings";

/** The map's longer side in CSS pixels: enough to recognize, small beside the sheet. */
const MAP_SIDE_PX = 132;

/**
 * A small picture of the whole sheet with a frame around what is in view. For
 * the pointer only: keys have "fit" and the cell cursor.
 */
export function MiniMap({ model, actions }: { model: CanvasModel; actions: CanvasActions }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = model.info.value?.width ?? 1;
  const height = model.info.value?.height ?? 1;
  const scale = MAP_SIDE_PX / Math.max(width, height);

  useEffect(() => {
    if (canvas.current) return actions.mapReady(canvas.current);
  }, [actions, width, height]);

  const look = (event: PointerEvent) => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    actions.lookAt(
      ((event.clientX - box.left) / box.width) * width,
      ((event.clientY - box.top) / box.height) * height,
    );
  };

  return (
    <div class="map float" data-tip={t("zoom.map")} aria-hidden="true">
      <canvas
        ref={canvas}
        class="map-picture"
        style={{ width: `${width * scale}px`, height: `${height * scale}px` }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          look(event);
        }}
        onPointerMove={look}
      />
    </div>
  );
}
