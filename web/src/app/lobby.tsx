import { useEffect } from "preact/hooks";
import { tidyCode } from "../core/door";
import { canvases, imageUrl } from "../net/api";
import { enter } from "../net/classroom";
import { LobbyPage } from "../ui/lobby-page";
import type { CanvasCard } from "../ui/model";
import { t } from "../ui/strings";
import { carry } from "./carried";
import { trouble } from "./door";
import { useLoaded } from "./loader";
import { canvasPath, DESK_PATH } from "./places";
import { go } from "./router";

async function loadCards(): Promise<CanvasCard[]> {
  return (await canvases()).map((canvas) => ({
    ...canvas,
    href: canvasPath(canvas.id),
    imageUrl: pictureAt(canvas.id, canvas.seq),
  }));
}

/** The picture of a canvas; its seq in the address makes a changed one load anew. */
function pictureAt(id: string, seq: number): string {
  const url = new URL(imageUrl(id));
  url.searchParams.set("seq", String(seq));
  return url.href;
}

/** Goes where a code leads; the class code is taken along, so that nobody types it twice. */
export async function enterBy(typed: string, replace = false): Promise<{ text: string } | null> {
  const code = tidyCode(typed);
  try {
    const { canvas, seat } = await enter(code);
    carry("code", canvas.id, seat === null ? code : null);
    go(canvasPath(canvas.id), { replace });
    return null;
  } catch (error) {
    return trouble(error);
  }
}

export function Lobby() {
  const [cards, retry] = useLoaded(loadCards, true);
  useEffect(() => {
    document.title = t("app.name");
  }, []);
  return (
    <LobbyPage
      canvases={cards}
      teachHref={DESK_PATH}
      onRetry={retry}
      onEnter={(code) => enterBy(code)}
    />
  );
}
