import "../../ui/teach/teach.css";
import "../../ui/teach/live/live.css";
import { useEffect, useState } from "preact/hooks";
import type { Teacher } from "../../core/desk";
import { imageUrl } from "../../net/api";
import * as api from "../../net/desk";
import { HelpSheet } from "../../ui/help-sheet";
import { Loading } from "../../ui/mark-view";
import { NowherePage } from "../../ui/nowhere-page";
import { LoginPage } from "../../ui/teach/door-pages";
import { LivePage } from "../../ui/teach/live/live-page";
import type { Links } from "../../ui/teach/live/model";
import { t } from "../../ui/teach/words";
import { canvasPath, cardsPath, DESK_PATH, galleryPath, projectorPath } from "../places";
import { addressFor } from "./address";
import { logIn, Unreachable } from "./desk";
import { createLesson, type LessonOfTeacher, lead } from "./lesson";

type Door =
  | { is: "loading" }
  | { is: "unreachable" }
  | { is: "login"; lead: string }
  | { is: "open"; teacher: Teacher };

/** The live page of a canvas, for its teachers. */
export function Live({ id }: { id: string }) {
  const [door, setDoor] = useState<Door>({ is: "loading" });
  const find = () => {
    setDoor({ is: "loading" });
    whoIsThere().then(setDoor);
  };
  useEffect(find, []);
  switch (door.is) {
    case "loading":
      return <Loading />;
    case "unreachable":
      return <Unreachable onRetry={find} />;
    case "login":
      return (
        <LoginPage
          lead={door.lead}
          onLogIn={logIn((teacher) => setDoor({ is: "open", teacher }))}
        />
      );
    case "open":
      return (
        <Lesson
          id={id}
          teacher={door.teacher}
          onLoggedOut={() => setDoor({ is: "login", lead: t("login.ended") })}
        />
      );
  }
}

async function whoIsThere(): Promise<Door> {
  try {
    return { is: "open", teacher: await api.teacher() };
  } catch (error) {
    return api.isLoggedOut(error) ? { is: "login", lead: t("login.lead") } : { is: "unreachable" };
  }
}

interface LessonProps {
  id: string;
  teacher: Teacher;
  onLoggedOut: () => void;
}

function Lesson({ id, teacher, onLoggedOut }: LessonProps) {
  const [lesson] = useState(() => createLesson(id, teacher));
  const { session, model, act } = lesson;
  const name = session.model.info.value?.name;
  useEffect(() => {
    document.title = name === undefined ? t("app.name") : `${name} · ${t("app.name")}`;
  }, [name]);
  useEffect(() => lead(lesson), []);
  const { isLoggedOut } = lesson;
  useEffect(() => {
    if (isLoggedOut.value) onLoggedOut();
  }, [isLoggedOut.value]);
  const phase = session.model.phase.value;
  if (lesson.isMissing.value || phase === "missing") return <NowherePage lobbyHref={DESK_PATH} />;
  if (phase !== "ready") {
    return phase === "loading" ? (
      <Loading text={t("canvas.loading")} />
    ) : (
      <Unreachable onRetry={session.actions.retry} />
    );
  }
  return (
    <>
      <LivePage
        model={model}
        act={act}
        actions={session.actions}
        links={linksOf(id, model.desk.value?.join_url ?? null)}
        layerReady={lesson.openLayer}
      />
      <Dialogs lesson={lesson} />
    </>
  );
}

/** Of the canvas page's sheets only the help is of use here. */
function Dialogs({ lesson }: { lesson: LessonOfTeacher }) {
  const { dialog } = lesson.session.model;
  const asked = dialog.value;
  useEffect(() => {
    if (asked !== null && asked !== "help") dialog.value = null;
  }, [asked]);
  return asked === "help" ? <HelpSheet onClose={lesson.session.actions.closeDialog} /> : null;
}

/** The WebSocket of a canvas, as a program is told it. */
function botAddress(id: string): string {
  const url = new URL(`api/canvases/${encodeURIComponent(id)}/ws`, document.baseURI);
  return url.href.replace(/^http/, "ws");
}

function linksOf(id: string, joinUrl: string | null): Links {
  return {
    address: addressFor(joinUrl),
    desk: DESK_PATH,
    cards: cardsPath(id),
    projector: projectorPath(id),
    canvasUrl: new URL(canvasPath(id), document.baseURI).href,
    botAddress: botAddress(id),
    gallery: galleryPath(id),
    joinQr: api.joinQrUrl(id),
    picture: imageUrl(id, 4),
    record: (filter) => api.recordCsvUrl(id, filter),
  };
}
