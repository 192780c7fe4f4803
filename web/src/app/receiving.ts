import { withRules } from "../core/cooldown";
import { advance } from "../core/pending";
import type { CanvasInfo } from "../core/protocol.gen";
import type { ConnectionEvent } from "../net/connection";
import { luminance } from "../ui/color";
import { t, tn } from "../ui/strings";
import {
  catchUp,
  changed,
  chatRefused,
  deleted,
  forgotten,
  heard,
  sayingsLost,
  taken,
} from "./chatting";
import { ended, refusedAtDoor } from "./door";
import { announce, announcementOver, askPeople, lesson, peopleChanged, you } from "./lesson";
import { awarded, lost, placed, recharge, refused, tellAward } from "./placing";
import type { Session } from "./session";

type Event<T extends ConnectionEvent["type"]> = Extract<ConnectionEvent, { type: T }>;

/** Failures in a row, while the server answers otherwise, that mean: no room, or a filter. */
const FAILURES_BEFORE_BLOCKED = 3;

/** What the connection tells, one event after the other. */
export function receive(session: Session, event: ConnectionEvent): void {
  switch (event.type) {
    case "status":
      return status(session, event);
    case "welcome":
      return welcome(session, event);
    case "board":
      return board(session, event);
    case "delta":
      return delta(session, event);
    case "placed":
      return placed(session, event);
    case "refused":
      return refused(session, event);
    case "lost":
      return answersLost(session, event.tokens);
    case "hidden":
      return hidden(session);
    case "ended":
      return ended(session, event.why);
    case "lesson":
      return lesson(session, event.lesson);
    case "you":
      return you(session, event.you);
    case "people":
      return peopleChanged(session, event);
    case "chat":
      return heard(session, event);
    case "chat_deleted":
      return deleted(session, event);
    case "chat_changed":
      return changed(session, event);
    case "forgotten":
      return forgotten(session, event);
    case "chat_taken":
      return taken(session, event);
    case "chat_refused":
      return chatRefused(session, event);
    case "announcement":
      return announce(session, event.announcement);
    case "announcement_over":
      return announcementOver(session, event.id);
    case "desk":
      // The teacher's own page listens to that.
      return;
    case "allowance":
      return awarded(session, event.saved, event.nextMs);
    case "presence":
      session.model.online.value = event.online;
      return;
    case "rules":
      return rules(session, event);
    case "notice":
      if (event.code === "stopping") session.trouble.value = "stopping";
      else session.toaster.say(event.text);
      return;
    case "problem":
      return problem(session, event);
  }
}

/** What the canvas is; from the welcome, or from the API when the socket is slow to come. */
export function introduce(session: Session, info: CanvasInfo): void {
  const { model } = session;
  model.info.value = info;
  if (!(model.color.value >= 0 && model.color.value < info.palette.length)) {
    model.color.value = firstColor(info);
  }
  showWhenComplete(session);
}

/** The color that stands out most from an empty sheet, which is all of color 0. */
function firstColor({ palette }: CanvasInfo): number {
  const lights = palette.map(({ hex }) => luminance(hex));
  const contrasts = lights.map((light) => Math.abs(light - (lights[0] ?? 0)));
  return contrasts.indexOf(Math.max(...contrasts));
}

function status(session: Session, { status, retryAt = 0 }: Event<"status">): void {
  const { model } = session;
  model.link.value = { status, retryAtMs: retryAt };
  if (status === "live") {
    if (session.wasLive) session.toaster.say(t("notice.back"), "good");
    session.wasLive = true;
    session.failures = 0;
    session.trouble.value = null;
  } else if (retryAt > 0) {
    session.failures += 1;
    if (model.phase.value === "loading") model.phase.value = "unreachable";
    const answers = model.phase.value === "ready" && !session.wasLive;
    if (answers && session.failures >= FAILURES_BEFORE_BLOCKED) session.trouble.value = "blocked";
  }
}

function welcome(session: Session, event: Event<"welcome">): void {
  const { model } = session;
  lesson(session, event.lesson);
  introduce(session, event.canvas);
  model.seat.value = event.seat;
  you(session, event.you);
  model.online.value = event.online;
  if (session.trouble.value === "stopping") session.trouble.value = null;
  model.charge.value = {
    ...model.charge.value,
    cooldownMs: event.canvas.cooldown_ms,
    savedMax: event.canvas.saved_max,
  };
  if (session.wasLive) tellAward(session, event.saved);
  recharge(session, event.saved, event.nextMs);
  if (event.you !== null) {
    catchUp(session);
    askPeople(session);
  }
}

function board(session: Session, { grid }: Event<"board">): void {
  session.grid = grid;
  session.model.hidden.value = false;
  advance(session.pending, grid.seq);
  showWhenComplete(session);
  session.view?.boardReplaced();
}

/** The canvas page is shown with a picture, or with the curtain before it. */
function showWhenComplete({ model, grid }: Session): void {
  const hasPicture = grid !== null || model.hidden.value;
  if (hasPicture && model.info.value !== null) model.phase.value = "ready";
}

function hidden(session: Session): void {
  session.grid = null;
  session.model.hidden.value = true;
  session.model.asked.value = null;
  showWhenComplete(session);
  session.view?.boardReplaced();
}

function answersLost(session: Session, tokens: readonly number[]): void {
  const { sayings, undos } = session;
  const pixels = tokens.filter((token) => !sayings.has(token) && !undos.has(token));
  sayingsLost(
    session,
    tokens.filter((token) => sayings.has(token)),
  );
  lost(session, tokens);
  if (pixels.length > 0) session.toaster.say(tn("notice.lost", pixels.length), "warn");
}

function delta(session: Session, { cells, seq }: Event<"delta">): void {
  advance(session.pending, seq);
  session.view?.cellsChanged(cells);
}

function rules(session: Session, event: Event<"rules">): void {
  const { mode, cooldownMs, savedMax, undoMs } = event;
  const { model, toaster } = session;
  const info = model.info.value;
  if (info === null) return;
  // Whoever leads here opened it, or sees it beside the name.
  const isTold = session.model.you.value?.role !== "teacher";
  if (isTold && mode === "open" && info.mode !== "open") toaster.say(t("notice.open"), "good");
  const limits = { cooldown_ms: cooldownMs, saved_max: savedMax, undo_ms: undoMs };
  model.info.value = { ...info, mode, ...limits };
  model.charge.value = {
    ...withRules(model.charge.value, { cooldownMs, savedMax }, performance.now()),
    unanswered: model.charge.value.unanswered,
  };
}

function problem(session: Session, { error }: Event<"problem">): void {
  const { model } = session;
  if (error.status === 404) {
    model.phase.value = "missing";
    session.connection?.close();
  } else if (error.status === 403) {
    refusedAtDoor(session, error.code);
  } else if (error.status === 503 && model.phase.value !== "ready") {
    model.phase.value = "full";
  }
}
