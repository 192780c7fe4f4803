import { type Signal, signal } from "@preact/signals";
import type { Teacher } from "../../core/desk";
import { ApiError, canvas } from "../../net/api";
import { type ConnectionEvent, openConnection } from "../../net/connection";
import * as api from "../../net/desk";
import type { LiveActions, LiveModel } from "../../ui/teach/live/model";
import { createActions } from "../actions";
import { introduce, receive } from "../receiving";
import { createSession, type Session } from "../session";
import { createDeeds } from "./deeds";
import { openLayer } from "./layer";
import { sayError } from "./said";
import { createSayings, type Sayings } from "./sayings";

/** Pace and idle times move on by themselves; everything else is told as it happens. */
const REFRESH_MS = 5_000;
/** Several changes at once are asked for once. */
const GATHER_MS = 250;

/** Everything that a teacher's live page consists of. */
export interface LessonOfTeacher {
  readonly id: string;
  readonly session: Session;
  readonly model: LiveModel;
  readonly act: LiveActions;
  readonly sayings: Sayings;
  /** There is no such canvas, or it is not this teacher's. */
  readonly isMissing: Signal<boolean>;
  /** The log-in has ended, perhaps by a hand on another computer. */
  readonly isLoggedOut: Signal<boolean>;
  /** Asks for the desk soon; many wishes are one request. */
  refresh(): void;
  openLayer(layer: HTMLCanvasElement): () => void;
}

/** What deeds are done to. */
export type LessonParts = Omit<LessonOfTeacher, "act">;

export function createLesson(id: string, teacher: Teacher): LessonOfTeacher {
  const session = createSession(id, (self) => createActions(self, (of) => start(lesson, of)));
  const sayings = createSayings();
  const model: LiveModel = {
    canvas: session.model,
    teacher,
    desk: signal(null),
    trouble: signal(null),
    wantedMode: signal(null),
    tab: signal("canvas"),
    tool: signal("draw"),
    area: signal(null),
    ghost: signal(null),
    seat: signal(null),
    sayings: sayings.all,
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const parts: LessonParts = {
    id,
    session,
    model,
    sayings,
    isMissing: signal(false),
    isLoggedOut: signal(false),
    refresh() {
      clearTimeout(timer);
      timer = setTimeout(() => loadDesk(parts), GATHER_MS);
    },
    openLayer: (layer) => openLayer(session, model, layer),
  };
  const lesson: LessonOfTeacher = { ...parts, act: createDeeds(parts) };
  return lesson;
}

/** Leads the lesson until the page is left. */
export function lead(lesson: LessonOfTeacher): () => void {
  const { session } = lesson;
  start(lesson, session);
  loadDesk(lesson);
  const timer = setInterval(() => {
    if (!document.hidden) loadDesk(lesson);
  }, REFRESH_MS);
  const stopLooking = lookAtChat(lesson);
  return () => {
    clearInterval(timer);
    stopLooking();
    session.connection?.close();
    session.connection = null;
    session.toaster.clear();
    for (const one of session.timers) clearTimeout(one);
    session.timers.clear();
  };
}

/** What is shown of the chat counts as seen; the keys of the canvas page find their tabs. */
function lookAtChat({ model, session }: LessonOfTeacher): () => void {
  const { side, chat } = session.model;
  const stops = [
    model.tab.subscribe((tab) => {
      side.value = tab === "chat" || tab === "people" ? tab : null;
      if (tab === "chat") session.actions.chat.open(chat.channel.peek());
    }),
    side.subscribe((shown) => {
      if (shown === "chat" || shown === "people") model.tab.value = shown;
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function start(lesson: LessonOfTeacher, session: Session): void {
  session.connection?.close();
  session.failures = 0;
  if (session.model.phase.value !== "ready") session.model.phase.value = "loading";
  session.connection = openConnection({
    id: session.id,
    onEvent: (event) => hear(lesson, event),
  });
  introduceEarly(session);
}

async function introduceEarly(session: Session): Promise<void> {
  try {
    const info = await canvas(session.id);
    if (session.model.info.value === null) introduce(session, info);
  } catch {
    // The desk tells whether it is there; the connection tries again.
  }
}

function hear(lesson: LessonOfTeacher, event: ConnectionEvent): void {
  receive(lesson.session, event);
  if (event.type === "desk") lesson.refresh();
}

async function loadDesk(lesson: LessonParts): Promise<void> {
  try {
    lesson.model.desk.value = await api.desk(lesson.id);
    lesson.model.trouble.value = null;
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 0;
    if (status === 404 || status === 403) lesson.isMissing.value = true;
    else if (status === 401) lesson.isLoggedOut.value = true;
    // Anything else passes: it is said, and the next round asks again.
    else lesson.model.trouble.value = sayError(error);
  }
}
