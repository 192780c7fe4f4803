import { DeskIcon, type DeskIconName } from "../icon";
import { MenuLink } from "../menu";
import { t } from "../words";
import type { LiveProps, Tab } from "./model";

const MORE: readonly { tab: Tab; icon: DeskIconName; phoneOnly?: boolean }[] = [
  { tab: "lesson", icon: "megaphone", phoneOnly: true },
  { tab: "area", icon: "square-dashed", phoneOnly: true },
  { tab: "teams", icon: "users", phoneOnly: true },
  { tab: "names", icon: "user-plus" },
  { tab: "settings", icon: "settings" },
  { tab: "bots", icon: "bot" },
  { tab: "record", icon: "history" },
  { tab: "share", icon: "key-round" },
];

/** What is not needed every minute. */
export function MorePanel({ model, links }: LiveProps) {
  return (
    <ul class="menu more-menu">
      {MORE.map(({ tab, icon, phoneOnly }) => (
        <li key={tab} class={phoneOnly ? "phone-only" : undefined}>
          <button
            type="button"
            class="menu-item"
            onClick={() => {
              model.tab.value = tab;
            }}
          >
            <DeskIcon name={icon} />
            {t(`tab.${tab}`)}
          </button>
        </li>
      ))}
      <MenuLink icon="presentation" text={t("live.projector")} href={links.projector} blank />
      <MenuLink icon="printer" text={t("cards.title")} href={links.cards} />
      <MenuLink icon="download" text={t("live.picture")} href={links.picture} download />
      <MenuLink icon="images" text={t("tool.gallery")} href={links.gallery} />
    </ul>
  );
}
