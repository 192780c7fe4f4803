import { IconButton, IconLink } from "./controls";
import type { CanvasActions, CanvasModel } from "./model";
import { t } from "./strings";

interface Props {
  model: CanvasModel;
  actions: CanvasActions;
  galleryHref: string;
}

/**
 * Top right. A phone has room for two: the eyedropper stays, the others move
 * into the "more" sheet (by style sheet, so that no layout shifts).
 */
export function Toolbar({ model, actions, galleryHref }: Props) {
  const full = model.fullscreen.value;
  return (
    <div class="toolbar float" role="toolbar" aria-label={t("tool.label")}>
      <IconButton
        icon="pipette"
        label={t("tool.eyedropper")}
        shortcut="E"
        pressed={model.eyedropper.value}
        onClick={actions.toggleEyedropper}
      />
      <div class="toolbar-wide">
        <IconButton
          icon="grid-3x3"
          label={t("tool.grid")}
          shortcut="G"
          pressed={model.grid.value}
          onClick={actions.toggleGrid}
        />
        <IconButton icon="link" label={t("tool.link")} shortcut="C" onClick={actions.copyLink} />
        <IconButton
          icon={full ? "minimize" : "maximize"}
          label={full ? t("tool.fullscreen.exit") : t("tool.fullscreen")}
          shortcut="F"
          onClick={actions.toggleFullscreen}
        />
        <IconLink icon="images" label={t("tool.gallery")} href={galleryHref} />
        <IconButton
          icon="sun-moon"
          label={t("tool.theme")}
          onClick={() => actions.openDialog("theme")}
        />
        <IconButton
          icon="circle-help"
          label={t("tool.help")}
          shortcut="?"
          onClick={() => actions.openDialog("help")}
        />
      </div>
      <IconButton
        icon="ellipsis"
        label={t("tool.more")}
        class="toolbar-more"
        onClick={() => actions.openDialog("more")}
      />
    </div>
  );
}
