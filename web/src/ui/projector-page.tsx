import type { Signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Invitation } from "../core/desk";
import { CLOSING_SOON_MS } from "../core/lesson";
import type { Announcement, CanvasInfo, Lesson } from "../core/protocol.gen";
import { useNow } from "./clock";
import { formatDayTime } from "./format";
import { Icon } from "./icon";
import { LetterMark, Loading } from "./mark-view";
import { formatCode } from "./teach/code";
import { DeskIcon } from "./teach/icon";
import { clockLeft } from "./teach/time";
import { t, tn } from "./teach/words";

/** A pointer that rests for so long is in the way. */
const POINTER_REST_MS = 2_000;

export interface ProjectorModel {
  /** Of the start page, as people type it. */
  address: Signal<string>;
  qrUrl: string;
  info: Signal<CanvasInfo | null>;
  lesson: Signal<Lesson | null>;
  online: Signal<number>;
  status: Signal<"connecting" | "live" | "reconnecting" | "offline">;
  /** Why it is over, where it is. */
  ended: Signal<string | null>;
  hidden: Signal<boolean>;
  hasPicture: Signal<boolean>;
  /** Null for who is not this canvas's teacher. */
  invitation: Signal<Invitation | null>;
  announcements: Signal<readonly Announcement[]>;
  clockAheadMs: Signal<number>;
}

interface Props {
  model: ProjectorModel;
  /** Draws the canvas; the answer ends that. */
  pictureReady: (canvas: HTMLCanvasElement) => () => void;
}

export function ProjectorPage({ model, pictureReady }: Props) {
  const pointerRests = usePointerRests();
  const info = model.info.value;
  if (model.ended.value !== null) return <Message text={t("wall.gone")} />;
  if (info === null) return <Loading />;
  // A wide sheet leaves room below it, any other one beside it.
  const layout = info.width / info.height > 1.45 ? "below" : "beside";
  return (
    <main class="wall" data-layout={layout} data-pointer-rests={pointerRests}>
      <h1 class="visually-hidden">{info.name}</h1>
      <div class="wall-picture">
        {model.hidden.value ? (
          <Curtain />
        ) : (
          <Picture name={info.name} pictureReady={pictureReady} />
        )}
        <State model={model} />
      </div>
      <Facts model={model} />
      <Announcements model={model} />
    </main>
  );
}

function Picture({ name, pictureReady }: { name: string } & Pick<Props, "pictureReady">) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) return pictureReady(canvas.current);
  }, []);
  return <canvas ref={canvas} class="wall-canvas" role="img" aria-label={name} />;
}

/** The picture is hidden from the wall. */
function Curtain() {
  return (
    <div class="wall-curtain">
      <DeskIcon name="eye-off" size={64} />
      <p>{t("wall.curtain")}</p>
    </div>
  );
}

function Message({ text }: { text: string }) {
  return (
    <main class="wall wall-message">
      <LetterMark />
      <p>{text}</p>
    </main>
  );
}

/** Frozen or closed, in words that are read from the last row. */
function State({ model }: { model: ProjectorModel }) {
  const mode = model.info.value?.mode;
  const opensMs = model.lesson.value?.opens_ms ?? null;
  if (mode === undefined || mode === "open") return null;
  return (
    <p class="wall-state" data-mode={mode} role="status">
      <Icon name={mode === "frozen" ? "snowflake" : "lock"} size={36} />
      {mode === "closed" && opensMs !== null
        ? t("wall.opens", { time: formatDayTime(opensMs) })
        : t(`wall.${mode}`)}
    </p>
  );
}

function Facts({ model }: { model: ProjectorModel }) {
  const invitation = model.invitation.value;
  const code = invitation?.code ?? null;
  return (
    <aside class="wall-facts" aria-label={t("wall.facts")}>
      {code !== null && (
        <div class="wall-join">
          <img class="wall-qr" src={`${model.qrUrl}?code=${code}`} alt={t("code.qr")} />
          <div>
            <p class="wall-code">{formatCode(code)}</p>
            <p class="wall-address">{model.address.value}</p>
          </div>
        </div>
      )}
      <Countdown model={model} />
      <p class="wall-people">
        <DeskIcon name="users" size={32} />
        {tn("people.here", model.online.value)}
      </p>
      {model.status.value !== "live" && (
        <p class="wall-link">{t(`status.${model.status.value}`)}</p>
      )}
    </aside>
  );
}

/** The class timer, or the end of the opening hours when it is near. */
function Countdown({ model }: { model: ProjectorModel }) {
  const lesson = model.lesson.value;
  const runs = lesson?.timer != null || lesson?.closes_ms != null;
  const now = useNow(runs, Date.now) + model.clockAheadMs.value;
  if (lesson?.timer) {
    const { ends_ms, label } = lesson.timer;
    return (
      <p class="wall-clock" data-over={ends_ms <= now}>
        <span class="wall-clock-time">{clockLeft(ends_ms - now)}</span>
        {label && <span class="wall-clock-label">{label}</span>}
      </p>
    );
  }
  const leftMs = (lesson?.closes_ms ?? 0) - now;
  if (leftMs <= 0 || leftMs > CLOSING_SOON_MS) return null;
  return (
    <p class="wall-clock">
      <span class="wall-clock-time">{clockLeft(leftMs)}</span>
      <span class="wall-clock-label">{t("timer.closes")}</span>
    </p>
  );
}

/** The last thing that was announced, as a band. */
function Announcements({ model }: { model: ProjectorModel }) {
  const list = model.announcements.value;
  const now = useNow(list.length > 0, Date.now) + model.clockAheadMs.value;
  const last = list.filter(({ ends_ms }) => ends_ms > now).at(-1);
  return (
    <div class="wall-announcement-place" role="status">
      {last && (
        <p class="wall-announcement">
          <DeskIcon name="megaphone" size={40} />
          <span>{last.text}</span>
        </p>
      )}
    </div>
  );
}

/** Whether the pointer has not moved for a while. */
function usePointerRests(): boolean {
  const [rests, setRests] = useState(true);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const moved = () => {
      setRests(false);
      clearTimeout(timer);
      timer = setTimeout(() => setRests(true), POINTER_REST_MS);
    };
    addEventListener("pointermove", moved);
    return () => {
      removeEventListener("pointermove", moved);
      clearTimeout(timer);
    };
  }, []);
  return rests;
}
