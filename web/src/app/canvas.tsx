import { useEffect, useState } from "preact/hooks";
import { ApiError, canvas, me } from "../net/api";
import { openConnection } from "../net/connection";
import { CanvasPage } from "../ui/canvas-page";
import { t } from "../ui/strings";
import { createActions, watchesOnly } from "./actions";
import { galleryPath, LOBBY_PATH } from "./places";
import { introduce, receive } from "./receiving";
import { createSession, type Session } from "./session";

/** The page of one canvas: starts a session, and ends it when the page is left. */
export function Canvas({ id }: { id: string }) {
  const [session] = useState(() => createSession(id, (self) => createActions(self, start)));
  const name = session.model.info.value?.name;
  useEffect(() => {
    document.title = name === undefined ? t("app.name") : `${name} · ${t("app.name")}`;
  }, [name]);
  useEffect(() => {
    const stopWatching = watchFullscreen(session);
    start(session);
    return () => {
      stopWatching();
      end(session);
    };
  }, []);
  return (
    <CanvasPage
      model={session.model}
      actions={session.actions}
      lobbyHref={LOBBY_PATH}
      galleryHref={galleryPath(id)}
    />
  );
}

/** It ends by Escape and by the browser, too, not only by our button. */
function watchFullscreen({ model }: Session): () => void {
  const changed = () => {
    model.fullscreen.value = document.fullscreenElement !== null;
  };
  changed();
  document.addEventListener("fullscreenchange", changed);
  return () => document.removeEventListener("fullscreenchange", changed);
}

/** Opens the connection, and asks the API beside it, which answers where sockets are blocked. */
function start(session: Session): void {
  session.connection?.close();
  session.failures = 0;
  if (session.model.phase.value !== "ready") session.model.phase.value = "loading";
  session.connection = openConnection({
    id: session.id,
    onEvent: (event) => receive(session, event),
  });
  introduceEarly(session);
  inviteNewcomer(session);
}

async function introduceEarly(session: Session): Promise<void> {
  try {
    const info = await canvas(session.id);
    if (session.model.info.value === null) introduce(session, info);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) {
      receive(session, { type: "problem", error });
    }
    // Anything else: the connection tells about it, and tries again.
  }
}

async function inviteNewcomer(session: Session): Promise<void> {
  try {
    const seat = await me(session.id);
    const { model } = session;
    if (seat === null && model.seat.value === null && !watchesOnly(session.id)) {
      model.dialog.value = "join";
    }
  } catch {
    // The dock still offers to join.
  }
}

function end(session: Session): void {
  session.connection?.close();
  session.connection = null;
  session.toaster.clear();
}
