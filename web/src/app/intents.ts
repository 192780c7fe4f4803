import type { Point } from "../core/camera";
import * as cam from "../core/camera";
import { cellIndex } from "../core/grid";
import { attachInput, type Intent } from "../input/attach";
import { chooseColor, pickColor } from "./actions";
import { ask } from "./asking";
import { placeAt } from "./placing";
import { colorName, type Session, visibleColor } from "./session";
import type { View } from "./view";

/** Hears what is done on the stage, and does it; the answer stops that. */
export function listen(session: Session, view: View, stage: HTMLElement): () => void {
  const detach = attachInput(stage, (intent) => obey(session, view, intent), {
    keysEnabled: () => !sheetIsOpen(session),
  });
  const hearKeys = (event: KeyboardEvent) => {
    if (event.defaultPrevented || sheetIsOpen(session)) return;
    if (event.key === "Escape") putAway(session);
    else if (isUndo(event)) session.actions.undo();
    else return;
    event.preventDefault();
  };
  addEventListener("keydown", hearKeys);
  return () => {
    detach();
    removeEventListener("keydown", hearKeys);
  };
}

/** A sheet over the page has the keys: one of ours, or of the page around. */
function sheetIsOpen({ model }: Session): boolean {
  return model.dialog.peek() !== null || document.querySelector("dialog:modal") !== null;
}

/** Escape closes what was opened last. */
function putAway({ model, actions }: Session): void {
  if (model.asked.value !== null) model.asked.value = null;
  else if (model.side.value !== null) actions.toggleSide(model.side.value);
  else model.eyedropper.value = false;
}

/** Ctrl+Z, or Cmd+Z; in a field it is the field's own. */
function isUndo({ key, ctrlKey, metaKey, shiftKey, altKey, target }: KeyboardEvent): boolean {
  if (key.toLowerCase() !== "z" || !(ctrlKey || metaKey) || shiftKey || altKey) return false;
  return !(target instanceof Element && target.closest("input[name=message], textarea"));
}

function obey(session: Session, view: View, intent: Intent): void {
  const { actions } = session;
  switch (intent.type) {
    case "pan":
      return view.setCamera(cam.pan(view.camera(), intent.dx, intent.dy));
    case "zoom":
      return view.zoomBy(intent.factor, intent.at);
    case "zoomStep":
      return view.zoomStep(intent.direction);
    case "fit":
      return view.fit();
    case "hover":
      return view.hover(intent.at && cellAt(session, view, intent.at));
    case "place":
      return place(session, view, intent);
    case "inspect":
      return inspect(session, view, intent.at && cellAt(session, view, intent.at));
    case "pick":
      return pick(session, intent.at ? cellAt(session, view, intent.at) : view.pointedAt());
    case "moveCursor":
      return view.moveCursor(intent.dx, intent.dy);
    case "selectColor":
      return select(session, intent.index);
    case "stepColor":
      return step(session, intent.by);
    case "toggleGrid":
      return actions.toggleGrid();
    case "fullScreen":
      return actions.toggleFullscreen();
    case "copyLink":
      return actions.copyLink();
    case "help":
      return actions.openDialog("help");
    case "chat":
    case "people":
      return actions.toggleSide(intent.type);
  }
}

/** The cell under a point of the stage; null beside the sheet. */
function cellAt({ grid }: Session, view: View, at: Point): Point | null {
  const { x, y } = cam.toCell(view.camera(), view.size(), at);
  return grid && cellIndex(grid, x, y) !== null ? { x: Math.floor(x), y: Math.floor(y) } : null;
}

function place(session: Session, view: View, { at, pointer }: Extract<Intent, { type: "place" }>) {
  const { model } = session;
  const byKeys = pointer === "keyboard";
  // The first key only shows where the cursor is: nothing is placed unseen.
  if (byKeys && view.pointedAt() === null) return view.moveCursor(0, 0);
  const cell = at ? cellAt(session, view, at) : view.pointedAt();
  if (pointer === "touch") view.hover(null);
  if (cell === null) return;
  if (model.eyedropper.value) return pick(session, cell);
  if (model.seat.value === null && model.you.value === null) {
    return session.actions.openDialog("join");
  }
  if (!view.closeEnough(cell)) return;
  placeAt(session, cell.x, cell.y, byKeys ? "keys" : "pointer");
}

/** Who placed what is there? From the keyboard: what is under the cursor. */
function inspect(session: Session, view: View, cell: Point | null): void {
  const at = cell ?? view.pointedAt();
  if (at === null) return view.moveCursor(0, 0);
  if (cell !== null) view.hover(cell);
  ask(session, view, at);
}

function pick(session: Session, cell: Point | null): void {
  const { grid } = session;
  const index = cell && grid ? cellIndex(grid, cell.x, cell.y) : null;
  if (index === null) session.actions.toggleEyedropper();
  else pickColor(session, visibleColor(session, index));
}

function select(session: Session, index: number): void {
  const { model } = session;
  if (index >= (model.info.value?.palette.length ?? 0)) return;
  chooseColor(session, index);
  model.spoken.value = colorName(session, index);
}

function step(session: Session, by: 1 | -1): void {
  const count = session.model.info.value?.palette.length ?? 0;
  if (count > 0) select(session, (session.model.color.value + by + count) % count);
}
