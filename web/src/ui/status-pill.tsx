import { useNow } from "./clock";
import { secondsLeft } from "./format";
import { Icon } from "./icon";
import { LetterMark } from "./mark-view";
import type { CanvasActions, CanvasModel, LinkState } from "./model";
import { t, tn } from "./strings";

interface Props {
  model: CanvasModel;
  actions: CanvasActions;
  lobbyHref: string;
}

/** Top left: which canvas this is, whether it is live, and who is here. */
export function StatusPill({ model, actions, lobbyHref }: Props) {
  const link = model.link.value;
  return (
    <header class="pill float">
      <a
        class="pill-home"
        href={lobbyHref}
        aria-label={t("canvas.back")}
        data-tip={t("canvas.back")}
      >
        <LetterMark />
      </a>
      <div class="pill-text">
        <h1 class="pill-name">{model.info.value?.name}</h1>
        <p class="pill-state" data-status={link.status}>
          <span class="pill-dot" aria-hidden="true" />
          <LinkWords link={link} />
          {link.status === "live" && (
            <span class="pill-people">{tn("people", model.online.value)}</span>
          )}
        </p>
      </div>
      {(link.status === "reconnecting" || link.status === "offline") && (
        <button
          type="button"
          class="icon-button"
          aria-label={t("status.retry")}
          data-tip={t("status.retry")}
          onClick={actions.reconnect}
        >
          <Icon name="rotate-cw" />
        </button>
      )}
    </header>
  );
}

function LinkWords({ link }: { link: LinkState }) {
  const counting = link.status === "reconnecting" && link.retryAtMs > 0;
  const leftMs = link.retryAtMs - useNow(counting, Date.now);
  if (counting && leftMs > 0) {
    return <span>{t("status.reconnecting_in", { s: secondsLeft(leftMs) })}</span>;
  }
  return <span>{t(`status.${link.status}`)}</span>;
}
