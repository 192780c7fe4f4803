import { IconButton } from "./controls";
import { MiniMap } from "./mini-map";
import type { CanvasActions, CanvasModel } from "./model";
import { t } from "./strings";

/** Bottom right: where you are in the sheet, and how close. */
export function ZoomBox({ model, actions }: { model: CanvasModel; actions: CanvasActions }) {
  return (
    <div class="zoom-box">
      <MiniMap model={model} actions={actions} />
      <fieldset class="zoom float">
        <legend class="visually-hidden">{t("zoom.label")}</legend>
        <IconButton icon="minus" label={t("zoom.out")} shortcut="-" onClick={actions.zoomOut} />
        <IconButton icon="scan" label={t("zoom.fit")} shortcut="0" onClick={actions.fit} />
        <IconButton icon="plus" label={t("zoom.in")} shortcut="+" onClick={actions.zoomIn} />
      </fieldset>
    </div>
  );
}
