import { Empty } from "./controls";
import { Icon } from "./icon";
import { Loading, WordMark } from "./mark-view";
import type { CanvasCard, Loadable } from "./model";
import { SheetPicture } from "./sheet-picture";
import { t, tn } from "./strings";

/** Width by height of the space for a card's picture; as in pages.css. */
const CARD_FRAME = 4 / 3;

interface Props {
  canvases: Loadable<readonly CanvasCard[]>;
  onRetry: () => void;
}

export function LobbyPage({ canvases, onRetry }: Props) {
  if (canvases.state === "loading") return <Loading />;
  return (
    <div class="page">
      <header class="page-head">
        <WordMark />
      </header>
      <main class="page-main">
        <LobbyBody canvases={canvases} onRetry={onRetry} />
      </main>
    </div>
  );
}

function LobbyBody({ canvases, onRetry }: Props) {
  if (canvases.state !== "ready") {
    return (
      <Empty title={t("lobby.error.title")} text={t("lobby.error.text")}>
        <button type="button" class="button button-accent" onClick={onRetry}>
          {t("retry")}
        </button>
      </Empty>
    );
  }
  if (canvases.value.length === 0) {
    return <Empty title={t("lobby.empty.title")} text={t("lobby.empty.text")} />;
  }
  return (
    <>
      <h1 class="page-title">{t("lobby.title")}</h1>
      <p class="page-lead">{t("lobby.lead")}</p>
      <ul class="cards">
        {canvases.value.map((canvas) => (
          <li key={canvas.id}>
            <Card canvas={canvas} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Card({ canvas }: { canvas: CanvasCard }) {
  return (
    <a class="card" href={canvas.href}>
      <span class="card-picture">
        <SheetPicture url={canvas.imageUrl} size={canvas} frame={CARD_FRAME} alt="" />
      </span>
      <span class="card-words">
        <span class="card-head">
          <span class="card-name">{canvas.name}</span>
          <span class="card-size">
            {t("cells.size", { width: canvas.width, height: canvas.height })}
          </span>
        </span>
        <span class="card-facts">
          <span class="tag" data-mode={canvas.mode}>
            {canvas.mode === "frozen" && <Icon name="snowflake" size={14} />}
            {canvas.mode === "closed" && <Icon name="lock" size={14} />}
            {canvas.mode === "open" && <span class="tag-dot" />}
            {t(`mode.${canvas.mode}`)}
          </span>
          <span>{canvas.online === 0 ? t("people.nobody") : tn("people.here", canvas.online)}</span>
        </span>
      </span>
    </a>
  );
}
