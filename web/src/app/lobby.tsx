import { useEffect } from "preact/hooks";
import { canvases, imageUrl } from "../net/api";
import { LobbyPage } from "../ui/lobby-page";
import type { CanvasCard } from "../ui/model";
import { t } from "../ui/strings";
import { useLoaded } from "./loader";
import { canvasPath } from "./places";
import { firstPage, go } from "./router";

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

export function Lobby() {
  const [cards, retry] = useLoaded(loadCards, true);
  const only = cards.state === "ready" && cards.value.length === 1 ? cards.value[0] : undefined;
  // Who opens the address wants to draw. Who comes back from a canvas wants to see the list.
  const skip = only !== undefined && firstPage;

  useEffect(() => {
    document.title = `${t("lobby.title")} · ${t("app.name")}`;
  }, []);
  useEffect(() => {
    if (skip && only) go(only.href, { replace: true });
  }, [skip]);

  return <LobbyPage canvases={skip ? { state: "loading" } : cards} onRetry={retry} />;
}
