import type { ComponentChildren } from "preact";
import { Empty } from "./controls";
import { JoinForm } from "./join-form";
import { LetterMark } from "./mark-view";
import type { CanvasActions, CanvasModel, EndReason } from "./model";
import { t } from "./strings";

interface Props {
  model: CanvasModel;
  actions: CanvasActions;
  code: string;
  lobbyHref: string;
}

/** Only those with a seat may look: the door, without a view of what is behind it. */
export function DoorPage({ model, actions, code, lobbyHref }: Props) {
  const door = model.door.value;
  const name = door?.canvas.name ?? model.info.value?.name ?? "";
  return (
    <main class="page page-centered">
      <div class="door">
        <LetterMark />
        <h1 class="door-title">{name === "" ? t("enter.title") : t("join.title", { name })}</h1>
        <JoinForm
          actions={actions}
          door={door}
          notLetIn={model.notLetIn.value}
          code={code}
          seated={false}
          onWatch={null}
        />
        <p class="door-back">
          <a href={lobbyHref}>{t("missing.back")}</a>
        </p>
      </div>
    </main>
  );
}

/** At the door, until the teacher opens it. */
export function WaitingPage({ model, actions }: Pick<Props, "model" | "actions">) {
  const nickname = model.seat.value?.nickname;
  return (
    <Alone
      title={nickname ? t("waiting.title", { nickname }) : t("waiting.title.nobody")}
      text={t("waiting.text")}
    >
      <p class="waiting-dots" aria-hidden="true">
        <span />
        <span />
        <span />
      </p>
      <button type="button" class="button" onClick={actions.leave}>
        {t("waiting.leave")}
      </button>
    </Alone>
  );
}

/** It was ended by the server, for a reason. */
export function EndedPage({ why, actions, lobbyHref, ...rest }: Props & { why: EndReason }) {
  if (why === "gone" || why === "banned") {
    return (
      <Alone title={t(`${why}.title`)} text={t(`${why}.text`)}>
        <div class="empty-actions">
          {why === "banned" && (
            <button type="button" class="button" onClick={actions.retry}>
              {t("retry")}
            </button>
          )}
          <a class="button button-accent" href={lobbyHref}>
            {t("missing.back")}
          </a>
        </div>
      </Alone>
    );
  }
  const roster = rest.model.door.value;
  return (
    <main class="page page-centered">
      <div class="door">
        <LetterMark />
        <h1 class="door-title">{t(`${why}.title`)}</h1>
        <p class="door-text">{t(`${why}.text`)}</p>
        <JoinForm
          actions={actions}
          door={roster ? { ...roster, join: "roster" } : ROSTER}
          code=""
          seated={false}
          withoutLead
          onWatch={null}
        />
        <p class="door-back">
          <a href={lobbyHref}>{t("missing.back")}</a>
        </p>
      </div>
    </main>
  );
}

/** Whoever was sent out comes back by the personal code, whatever the rules of joining are. */
const ROSTER = {
  canvas: { id: "", name: "" },
  join: "roster",
  teams: [],
  team_rule: "choose",
  key_ok: false,
} as const;

function Alone({
  title,
  text,
  children,
}: {
  title: string;
  text: string;
  children: ComponentChildren;
}) {
  return (
    <main class="page page-centered">
      <div role="status">
        <Empty title={title} text={text}>
          {children}
        </Empty>
      </div>
    </main>
  );
}
