import { useEffect, useState } from "preact/hooks";
import { ApiError, canvas } from "../net/api";
import { openConnection } from "../net/connection";
import { CanvasPage } from "../ui/canvas-page";
import { t } from "../ui/strings";
import { createActions } from "./actions";
import { carried, carry, hideFragment, keyIn } from "./carried";
import { looked } from "./chatting";
import { comeIn } from "./door";
import { galleryPath, LOBBY_PATH } from "./places";
import { introduce, receive } from "./receiving";
import { createSession, type Session } from "./session";

/** The page of one canvas: starts a session, and ends it when the page is left. */
export function Canvas({ id }: { id: string }) {
  const [session] = useState(() => {
    takeKey(id);
    return createSession(id, (self) => createActions(self, start));
  });
  const name = session.model.info.value?.name;
  useEffect(() => {
    document.title = name === undefined ? t("app.name") : `${name} · ${t("app.name")}`;
  }, [name]);
  useEffect(() => {
    const stopWatching = [watchFullscreen(session), watchLooks(session)];
    start(session);
    return () => {
      for (const stop of stopWatching) stop();
      end(session);
    };
  }, []);
  return (
    <CanvasPage
      model={session.model}
      actions={session.actions}
      code={carried("code", id) ?? ""}
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

/** What comes in while nobody looks at the page is new when somebody does. */
function watchLooks(session: Session): () => void {
  const changed = () => {
    if (!document.hidden) looked(session);
  };
  document.addEventListener("visibilitychange", changed);
  return () => document.removeEventListener("visibilitychange", changed);
}

/** The link's key is taken along, and out of the address bar. */
function takeKey(id: string): void {
  const key = keyIn(location.hash);
  if (key === null) return;
  carry("key", id, key);
  hideFragment();
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
  comeIn(session);
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

function end(session: Session): void {
  session.connection?.close();
  session.connection = null;
  session.toaster.clear();
  for (const timer of session.timers) clearTimeout(timer);
  session.timers.clear();
}
