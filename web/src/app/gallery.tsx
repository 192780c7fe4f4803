import { useEffect } from "preact/hooks";
import { ApiError, canvas, snapshots, snapshotUrl } from "../net/api";
import { type GalleryData, GalleryPage } from "../ui/gallery-page";
import { t } from "../ui/strings";
import { useLoaded } from "./loader";
import { canvasPath, LOBBY_PATH } from "./places";

/** What is in the gallery; null when there is no such canvas. */
async function loadGallery(id: string): Promise<GalleryData | null> {
  try {
    const [info, list] = await Promise.all([canvas(id), snapshots(id)]);
    return {
      canvasName: info.name,
      width: info.width,
      height: info.height,
      snapshots: list.map(({ name, at_ms, bytes }) => ({
        name,
        atMs: at_ms,
        bytes,
        url: snapshotUrl(id, name),
      })),
    };
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

export function Gallery({ id }: { id: string }) {
  const [loaded, retry] = useLoaded(() => loadGallery(id), false);
  const data = loaded.state === "ready" ? loaded.value : null;

  useEffect(() => {
    const name = data ? t("gallery.of", { name: data.canvasName }) : t("gallery.title");
    document.title = `${name} · ${t("app.name")}`;
  }, [data?.canvasName]);

  return (
    <GalleryPage
      gallery={
        loaded.state !== "ready"
          ? loaded
          : data
            ? { state: "ready", value: data }
            : { state: "missing" }
      }
      canvasHref={canvasPath(id)}
      lobbyHref={LOBBY_PATH}
      onRetry={retry}
    />
  );
}
