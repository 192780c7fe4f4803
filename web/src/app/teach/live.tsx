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

type Door = "loading" | "login" | "unreachable" | "open";

/** The live page of a canvas, for its teachers. */
export function Live({ id }: { id: string }) {
  const [door, setDoor] = useState<Door>("loading");
  const find = () => {
    setDoor("loading");
    whoIsThere().then(setDoor);
  };
  useEffect(find, []);
  switch (door) {
    case "loading":
      return <Loading />;
    case "unreachable":
      return <Unreachable onRetry={find} />;
    case "login":
      return <LoginPage lead={t("login.lead")} onLogIn={logIn((_: Teacher) => setDoor("open"))} />;
    case "open":
      return <Lesson id={id} />;
  }
}

export async function whoIsThere(): Promise<Door> {
  try {
    await api.teacher();
    return "open";
  } catch (error) {
    return api.isLoggedOut(error) ? "login" : "unreachable";
  }
}

function Lesson({ id }: { id: string }) {
  const [lesson] = useState(() => createLesson(id));
  const { session, model, act } = lesson;
  const name = session.model.info.value?.name;
  useEffect(() => {
    document.title = name === undefined ? t("app.name") : `${name} · ${t("app.name")}`;
  }, [name]);
  useEffect(() => lead(lesson), []);
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

function linksOf(id: string, joinUrl: string | null): Links {
  return {
    address: addressFor(joinUrl),
    desk: DESK_PATH,
    cards: cardsPath(id),
    projector: projectorPath(id),
    canvasUrl: new URL(canvasPath(id), document.baseURI).href,
    gallery: galleryPath(id),
    joinQr: api.joinQrUrl(id),
    picture: imageUrl(id, 4),
    record: (filter) => api.recordCsvUrl(id, filter),
  };
}
