import { Empty } from "./controls";
import { EntryForm } from "./entry-form";
import { Icon } from "./icon";
import { WordMark } from "./mark-view";
import type { CanvasCard, Loadable } from "./model";
import { SheetPicture } from "./sheet-picture";
import { t, tn } from "./strings";

/** Width by height of the space for a card's picture; as in pages.css. */
const CARD_FRAME = 4 / 3;

interface Props {
  canvases: Loadable<readonly CanvasCard[]>;
  teachHref: string;
  onRetry: () => void;
  onEnter: (code: string) => Promise<{ text: string } | null>;
}

/** The front door: the code first, then what is open to everybody. */
export function LobbyPage({ canvases, teachHref, onRetry, onEnter }: Props) {
  return (
    <div class="page lobby">
      <header class="page-head">
        <WordMark />
        <a class="lobby-teach" href={teachHref}>
          {t("lobby.teach")}
        </a>
      </header>
      <main class="page-main">
        <section class="lobby-door">
          <h1 class="page-title">{t("enter.title")}</h1>
          <EntryForm onEnter={onEnter} />
        </section>
        <PublicCanvases canvases={canvases} onRetry={onRetry} />
      </main>
    </div>
  );
}

function PublicCanvases({ canvases, onRetry }: Pick<Props, "canvases" | "onRetry">) {
  if (canvases.state === "failed") {
    return (
      <Empty title={t("lobby.error.title")} text={t("lobby.error.text")}>
        <button type="button" class="button" onClick={onRetry}>
          {t("retry")}
        </button>
      </Empty>
    );
  }
  if (canvases.state === "loading" || canvases.value.length === 0) return null;
  return (
    <section>
      <h2 class="lobby-subtitle">{t("lobby.title")}</h2>
      <ul class="cards">
        {canvases.value.map((canvas) => (
          <li key={canvas.id}>
            <Card canvas={canvas} />
          </li>
        ))}
      </ul>
    </section>
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
