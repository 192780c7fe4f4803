import { Dialog } from "./dialog";
import { Icon, type IconName } from "./icon";
import type { CanvasActions, Theme } from "./model";
import { t } from "./strings";
import { ThemeChoice } from "./theme-choice";

interface Props {
  actions: CanvasActions;
  theme: Theme;
  seated: boolean;
  galleryHref: string;
}

/** On a phone: the tools that found no room beside the canvas, in words. */
export function MoreSheet({ actions, theme, seated, galleryHref }: Props) {
  const then = (action: () => void) => () => {
    actions.closeDialog();
    action();
  };
  return (
    <Dialog title={t("tool.more")} onClose={actions.closeDialog}>
      <ul class="menu">
        <Item icon="grid-3x3" text={t("tool.grid")} onClick={then(actions.toggleGrid)} />
        <Item icon="link" text={t("tool.link")} onClick={then(actions.copyLink)} />
        <Item
          icon="maximize"
          text={t("tool.fullscreen")}
          onClick={then(actions.toggleFullscreen)}
        />
        <li>
          <a class="menu-item" href={galleryHref}>
            <Icon name="images" />
            {t("tool.gallery")}
          </a>
        </li>
        {seated && (
          <Item
            icon="pencil"
            text={t("tool.nickname")}
            onClick={() => actions.openDialog("join")}
          />
        )}
        <Item icon="circle-help" text={t("tool.help")} onClick={() => actions.openDialog("help")} />
      </ul>
      <h3 class="sheet-subtitle">{t("tool.theme")}</h3>
      <ThemeChoice theme={theme} onChoose={actions.setTheme} />
    </Dialog>
  );
}

function Item({ icon, text, onClick }: { icon: IconName; text: string; onClick: () => void }) {
  return (
    <li>
      <button type="button" class="menu-item" onClick={onClick}>
        <Icon name={icon} />
        {text}
      </button>
    </li>
  );
}
