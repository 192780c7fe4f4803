import { unreadOf } from "./chat-side";
import { IconButton, IconLink } from "./controls";
import type { CanvasActions, CanvasModel } from "./model";
import { t, tn } from "./strings";

interface Props {
  model: CanvasModel;
  actions: CanvasActions;
  galleryHref: string;
}

/**
 * Top right. A phone has room for three: eyedropper and chat stay, the others
 * are in the "more" sheet only (by style sheet, so that no layout shifts).
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
      <ChatButton model={model} actions={actions} />
      <div class="toolbar-wide">
        {model.you.value && (
          <IconButton
            icon="users"
            label={t("people.title")}
            shortcut="P"
            pressed={model.side.value === "people"}
            onClick={() => actions.toggleSide("people")}
          />
        )}
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
        onClick={() => actions.openDialog("more")}
      />
    </div>
  );
}

/** With the number of new messages; without a seat there is no chat. */
function ChatButton({ model, actions }: Pick<Props, "model" | "actions">) {
  if (!model.you.value) return null;
  const fresh = unreadOf(model);
  return (
    <div class="badged">
      <IconButton
        icon="message-circle"
        label={fresh > 0 ? tn("chat.title_unread", fresh) : t("chat.title")}
        shortcut="T"
        pressed={model.side.value === "chat"}
        onClick={() => actions.toggleSide("chat")}
      />
      {fresh > 0 && (
        <span class="badge" aria-hidden="true" data-testid="unread">
          {fresh > 99 ? "99+" : fresh}
        </span>
      )}
    </div>
  );
}
