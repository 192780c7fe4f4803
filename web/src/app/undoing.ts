import { cellIndex } from "../core/grid";
import { add } from "../core/pending";
import { t } from "../ui/strings";
import { after } from "./lesson";
import type { Drawn, Session } from "./session";

/** A pixel of one's own was placed: for a while it can be taken back. */
export function canUndo(session: Session, drawn: Drawn): void {
  const { model } = session;
  const windowMs = model.info.value?.undo_ms ?? 0;
  // From when it was sent on, so that ours is over before the server's.
  const untilMs = drawn.sentMs + windowMs;
  const leftMs = untilMs - performance.now();
  if (leftMs <= 0) return;
  const undoable = { fromMs: drawn.sentMs, untilMs };
  session.lastDrawn = drawn;
  model.undoable.value = undoable;
  after(session, leftMs, () => {
    if (model.undoable.value === undoable) noUndo(session);
  });
}

export function noUndo(session: Session): void {
  session.lastDrawn = null;
  session.model.undoable.value = null;
}

/** Takes one's last pixel back. The cell looks as it did, until the server says otherwise. */
export function undo(session: Session): void {
  const { lastDrawn, grid, toaster, model } = session;
  if (lastDrawn === null || grid === null) {
    if (model.seat.value !== null) toaster.say(t("refused.nothing_to_undo"), "warn");
    return;
  }
  const index = cellIndex(grid, lastDrawn.x, lastDrawn.y);
  const token = session.connection?.undo() ?? null;
  if (token === null || index === null) {
    toaster.say(t("notice.connecting"), "warn");
    return;
  }
  add(session.pending, token, index, lastDrawn.before, true);
  session.undos.set(token, { x: lastDrawn.x, y: lastDrawn.y });
  noUndo(session);
  session.view?.redraw();
}

/** Said once the server has taken it back. */
export function undone({ undos, toaster }: Session, token: number): void {
  if (undos.delete(token)) toaster.say(t("notice.undone"), "good");
}
