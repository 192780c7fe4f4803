import { type WhyClosed, whyClosed } from "../core/closed";
import { savedAt, waitMs } from "../core/cooldown";
import { cellIndex } from "../core/grid";
import { add, refuse, settle, unanswered } from "../core/pending";
import type { RefusalName } from "../core/wire";
import { secondsLeft } from "../ui/format";
import { t, tn } from "../ui/strings";
import { colorName, type Session, visibleColor } from "./session";
import { canUndo, noUndo, undone } from "./undoing";

/** Cells smaller than this, in CSS pixels, can't be hit on purpose. */
export const PLACEABLE_CELL_PX = 4;

/** How a cell was chosen decides how its answer is told. */
export type By = "pointer" | "keys";

/** Puts the chosen color on a cell, or says why not. */
export function placeAt(session: Session, x: number, y: number, by: By): void {
  const { model, grid, toaster } = session;
  if (grid === null) return;
  const index = cellIndex(grid, x, y);
  if (index === null) return;
  const obstacle = whyNot(session, index);
  if (obstacle !== null) {
    toaster.say(obstacle, "warn");
    session.view?.shake(index, model.color.value);
    return;
  }
  const color = model.color.value;
  const before = visibleColor(session, index);
  const token = session.connection?.place(x, y, color) ?? null;
  if (token === null) {
    toaster.say(t("notice.connecting"), "warn");
    return;
  }
  add(session.pending, token, index, color);
  session.drawn.set(token, { x, y, color, before, sentMs: performance.now() });
  if (by === "keys") session.toSpeak.set(token, { x, y, color });
  countUnanswered(session);
  session.view?.pop(index, color);
}

/**
 * What is known here already to be refused. The server decides all the same:
 * this only spares the wait for its answer.
 */
function whyNot(session: Session, index: number): string | null {
  const { model } = session;
  const mode = model.info.value?.mode;
  if (model.link.value.status === "offline") return t("notice.offline");
  if (model.link.value.status !== "live") return t("notice.connecting");
  if ((mode === "frozen" || mode === "closed") && model.you.value?.role !== "teacher") {
    return t(`refused.${mode}`);
  }
  if (model.waiting.value) return t("refused.no_seat_yet");
  if (model.you.value?.status === "frozen") return t("refused.seat_frozen");
  const closed = closedAt(session, index);
  if (closed !== null) return sayRefused(closed);
  const color = model.color.value;
  if (visibleColor(session, index) === color) {
    return t("notice.same", { color: colorName(session, color) });
  }
  const leftMs = waitMs(model.charge.value, performance.now(), model.charge.value.unanswered);
  return leftMs > 0 ? t("refused.cooldown", { s: secondsLeft(leftMs) }) : null;
}

export interface Placed {
  token: number;
  seq: number;
  saved: number;
  nextMs: number;
}

export function placed(session: Session, { token, seq, saved, nextMs }: Placed): void {
  settle(session.pending, token, seq, session.grid?.seq ?? 0);
  tellAward(session, saved);
  recharge(session, saved, nextMs);
  undone(session, token);
  const drawn = session.drawn.get(token);
  session.drawn.delete(token);
  if (drawn) canUndo(session, drawn);
  if (session.trouble.value === "storage") session.trouble.value = null;
  const spot = session.toSpeak.get(token);
  session.toSpeak.delete(token);
  if (spot) {
    const color = colorName(session, spot.color);
    session.model.spoken.value = t("spot.placed", { x: spot.x, y: spot.y, color });
  }
  session.view?.redraw();
}

export interface Refused {
  token: number;
  reason: RefusalName;
  saved: number;
  waitMs: number;
}

/** Takes the pixel back, and says why. */
export function refused(session: Session, { token, reason, saved, waitMs }: Refused): void {
  const cell = refuse(session.pending, token);
  session.toSpeak.delete(token);
  session.drawn.delete(token);
  if (session.undos.delete(token)) noUndo(session);
  if (reason === "cooldown") recharge(session, saved, waitMs);
  else countUnanswered(session);
  if (reason === "storage") session.trouble.value = "storage";
  if (reason === "no_seat") {
    session.model.seat.value = null;
    session.model.dialog.value = "join";
  }
  session.toaster.say(sentence(session, reason, waitMs, cell?.index), "warn");
  if (cell !== null) session.view?.shake(cell.index, cell.color);
  session.view?.redraw();
}

function sentence(
  session: Session,
  reason: RefusalName,
  waitMs: number,
  index: number | undefined,
): string {
  const closed = reason === "region" && index !== undefined ? closedAt(session, index) : null;
  return closed ? sayRefused(closed) : t(`refused.${reason}`, { s: secondsLeft(waitMs) });
}

/** Why one may not draw on a cell, as far as it is known here. */
function closedAt({ grid, model }: Session, index: number): WhyClosed | null {
  if (grid === null || model.you.value?.role === "teacher") return null;
  const x = index % grid.width;
  const cell = { x, y: (index - x) / grid.width };
  return whyClosed(model.you.value, model.lesson.value, cell);
}

function sayRefused(closed: WhyClosed): string {
  return closed.why === "team"
    ? t("refused.region_of", { team: closed.team.name })
    : t(`refused.${closed.why}`);
}

/** The connection died before the answers came: the board will tell what is true. */
export function lost(session: Session, tokens: readonly number[]): void {
  for (const token of tokens) {
    refuse(session.pending, token);
    session.toSpeak.delete(token);
    session.drawn.delete(token);
    session.undos.delete(token);
  }
  countUnanswered(session);
  session.view?.redraw();
}

/** More than can grow back by itself was given by the teacher; our own count did not know it. */
export function tellAward({ model, toaster }: Session, saved: number): void {
  const charge = model.charge.value;
  if (charge.cooldownMs === 0 || saved <= charge.savedMax) return;
  const known = savedAt(charge, performance.now(), charge.unanswered).saved;
  if (saved > known) toaster.say(tn("notice.award", saved - known), "good");
}

/** The teacher has given pixels: the server's word on what can be placed now. */
export function awarded(session: Session, saved: number, nextMs: number): void {
  const { model, toaster } = session;
  const charge = model.charge.value;
  const known = savedAt(charge, performance.now(), charge.unanswered).saved;
  if (saved > known) toaster.say(tn("notice.award", saved - known), "good");
  recharge(session, saved, nextMs);
}

/** The server's word on the saved-up pixels, as of now. */
export function recharge(session: Session, saved: number, nextMs: number): void {
  const { charge } = session.model;
  charge.value = {
    ...charge.value,
    saved,
    nextMs,
    atMs: performance.now(),
    unanswered: unanswered(session.pending),
  };
}

/** The same count by our own clock, with the placements now on their way. */
function countUnanswered(session: Session): void {
  const { charge } = session.model;
  charge.value = { ...charge.value, unanswered: unanswered(session.pending) };
}
