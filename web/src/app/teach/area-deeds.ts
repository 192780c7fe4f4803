import * as api from "../../net/desk";
import type { LiveActions } from "../../ui/teach/live/model";
import { t } from "../../ui/teach/words";
import type { Doing } from "./doing";

/** The space around what is shown from afar, in cells. */
const LOOK_MARGIN_CELLS = 4;

type AreaDeeds = Pick<
  LiveActions,
  "owners" | "fill" | "protect" | "previewRestore" | "restore" | "clearGhost" | "lookAt"
>;

/** What happens to a rectangle of the canvas. */
export function areaDeeds({ id, lesson, run, decree, showGhost }: Doing): AreaDeeds {
  const clearGhost = () => {
    lesson.model.ghost.value = null;
  };
  return {
    owners: async (area) => (await run(() => api.owners(id, area)))?.value ?? null,
    fill: (area, color) =>
      decree(t(color === 0 ? "area.erased" : "area.filled"), () => api.fill(id, area, color)),
    protect: (area, on) =>
      decree(t(on ? "area.protected" : "area.unprotected"), () => api.protect(id, area, on)),
    previewRestore: (area, atMs) => showGhost(() => api.previewRestore(id, area, atMs)),
    restore(area, atMs) {
      clearGhost();
      return decree(t("restore.done"), () => api.restore(id, area, Math.floor(atMs)));
    },
    clearGhost,
    lookAt({ x, y, width, height }) {
      const { view } = lesson.session;
      if (!view) return;
      const room = Math.min(
        view.size().width / (width + 2 * LOOK_MARGIN_CELLS),
        view.size().height / (height + 2 * LOOK_MARGIN_CELLS),
      );
      view.setCamera({ x: x + width / 2, y: y + height / 2, scale: room });
    },
  };
}
