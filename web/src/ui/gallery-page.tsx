import { useState } from "preact/hooks";
import { Empty, IconLink } from "./controls";
import { dayKey, formatBytes, formatDay, formatDayTime, formatTime } from "./format";
import { Icon } from "./icon";
import { Loading } from "./mark-view";
import type { Loadable, SnapshotCard } from "./model";
import { SheetPicture } from "./sheet-picture";
import { t, tn } from "./strings";

/** Pictures shown at once: a few screens; a term has thousands of snapshots. */
const PAGE_SNAPSHOTS = 120;

/** Width by height of the space for a snapshot; as in pages.css. */
const SHOT_FRAME = 1;

export interface GalleryData {
  canvasName: string;
  width: number;
  height: number;
  snapshots: readonly SnapshotCard[];
}

interface Props {
  gallery: Loadable<GalleryData> | { state: "missing" };
  canvasHref: string;
  lobbyHref: string;
  onRetry: () => void;
}

export function GalleryPage({ gallery, canvasHref, lobbyHref, onRetry }: Props) {
  if (gallery.state === "loading") return <Loading />;
  if (gallery.state === "missing") {
    return (
      <main class="page page-centered">
        <Empty title={t("missing.title")} text={t("missing.text")}>
          <a class="button button-accent" href={lobbyHref}>
            {t("missing.back")}
          </a>
        </Empty>
      </main>
    );
  }
  const name = gallery.state === "ready" ? gallery.value.canvasName : "";
  return (
    <div class="page">
      <header class="page-head">
        <IconLink icon="arrow-left" label={t("gallery.back")} href={canvasHref} />
        <p class="page-head-name">{name}</p>
      </header>
      <main class="page-main">
        {gallery.state === "ready" ? (
          <Snapshots data={gallery.value} canvasHref={canvasHref} />
        ) : (
          <Empty title={t("gallery.error.title")} text={t("gallery.error.text")}>
            <button type="button" class="button button-accent" onClick={onRetry}>
              {t("retry")}
            </button>
          </Empty>
        )}
      </main>
    </div>
  );
}

function Snapshots({ data, canvasHref }: { data: GalleryData; canvasHref: string }) {
  const [shown, setShown] = useState(PAGE_SNAPSHOTS);
  const { snapshots } = data;
  if (snapshots.length === 0) {
    return (
      <Empty title={t("gallery.empty.title")} text={t("gallery.empty.text")}>
        <a class="button button-accent" href={canvasHref}>
          {t("gallery.back")}
        </a>
      </Empty>
    );
  }
  return (
    <>
      <h1 class="page-title">{t("gallery.title")}</h1>
      <p class="page-lead">{t("gallery.lead")}</p>
      {byDay(snapshots.slice(0, shown)).map(({ key, atMs, list }) => (
        <section key={key} class="day">
          <h2 class="day-title">
            {formatDay(atMs, Date.now())}
            <span class="day-count">{tn("gallery.count", list.length)}</span>
          </h2>
          <ul class="shots">
            {list.map((snapshot) => (
              <li key={snapshot.name}>
                <Shot snapshot={snapshot} size={data} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {snapshots.length > shown && (
        <button type="button" class="button" onClick={() => setShown(shown + PAGE_SNAPSHOTS)}>
          {t("gallery.more")}
        </button>
      )}
    </>
  );
}

interface ShotProps {
  snapshot: SnapshotCard;
  size: { width: number; height: number };
}

function Shot({ snapshot, size }: ShotProps) {
  const time = formatDayTime(snapshot.atMs);
  return (
    <figure class="shot">
      <a class="shot-picture" href={snapshot.url}>
        <SheetPicture
          url={snapshot.url}
          size={size}
          frame={SHOT_FRAME}
          alt={t("gallery.picture", { time })}
          lazy
        />
      </a>
      <figcaption class="shot-words">
        <time dateTime={new Date(snapshot.atMs).toISOString()}>{formatTime(snapshot.atMs)}</time>
        <span class="shot-size">{formatBytes(snapshot.bytes)}</span>
        <a
          class="icon-button"
          href={snapshot.url}
          download={snapshot.name}
          aria-label={t("gallery.download.label", { time })}
          data-tip={t("gallery.download")}
        >
          <Icon name="download" />
        </a>
      </figcaption>
    </figure>
  );
}

interface Day {
  key: string;
  atMs: number;
  list: SnapshotCard[];
}

/** Groups what comes newest first; the order stays. */
function byDay(snapshots: readonly SnapshotCard[]): Day[] {
  const days: Day[] = [];
  for (const snapshot of snapshots) {
    const key = dayKey(snapshot.atMs);
    const last = days.at(-1);
    if (last?.key === key) last.list.push(snapshot);
    else days.push({ key, atMs: snapshot.atMs, list: [snapshot] });
  }
  return days;
}
