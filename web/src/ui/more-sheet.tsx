import { groupedCode } from "../core/door";
import { Dialog } from "./dialog";
import { Icon, type IconName } from "./icon";
import type { CanvasActions, CanvasModel } from "./model";
import { t } from "./strings";
import { ThemeChoice } from "./theme-choice";

interface Props {
  model: CanvasModel;
  actions: CanvasActions;
  galleryHref: string;
}

/** Who one is here; and, in words, the tools that find no room beside the canvas on a phone. */
export function MoreSheet({ model, actions, galleryHref }: Props) {
  const then = (action: () => void) => () => {
    actions.closeDialog();
    action();
  };
  return (
    <Dialog title={t("tool.more")} onClose={actions.closeDialog}>
      <Yourself model={model} actions={actions} />
      <ul class="menu menu-narrow">
        {model.you.value && (
          <Item
            icon="users"
            text={t("people.title")}
            onClick={then(() => actions.toggleSide("people"))}
          />
        )}
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
        <Item icon="circle-help" text={t("tool.help")} onClick={() => actions.openDialog("help")} />
      </ul>
      <h3 class="sheet-subtitle">{t("tool.theme")}</h3>
      <ThemeChoice theme={model.theme.value} onChoose={actions.setTheme} />
    </Dialog>
  );
}

/** The seat: its name, its team, its code, and the way out. */
function Yourself({ model, actions }: Pick<Props, "model" | "actions">) {
  const seat = model.seat.value;
  const lesson = model.lesson.value;
  const card = model.card.value;
  if (!seat) return null;
  const team = lesson?.teams.find(({ number }) => number === model.you.value?.team);
  return (
    <section class="yourself">
      <p class="yourself-name">
        {team && <span class="team-dot" style={{ background: team.color }} />}
        {team ? t("more.you_of", { nickname: seat.nickname, team: team.name }) : seat.nickname}
      </p>
      {card !== null && (
        <div class="yourself-card">
          <p class="yourself-why">{t("more.card")}</p>
          <button
            type="button"
            class="yourself-code"
            data-tip={t("more.copy")}
            onClick={actions.copyCard}
          >
            {groupedCode(card)}
          </button>
        </div>
      )}
      <ul class="menu">
        <Item icon="pencil" text={t("tool.nickname")} onClick={() => actions.openDialog("join")} />
        {lesson?.team_rule === "choose" && lesson.teams.length > 0 && (
          <Item icon="users" text={t("tool.team")} onClick={() => actions.openDialog("team")} />
        )}
        {lesson?.bots && (
          <Item icon="bot" text={t("bots.title")} onClick={() => actions.openDialog("bots")} />
        )}
        <Item icon="log-out" text={t("more.leave")} onClick={actions.leave} />
      </ul>
    </section>
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
