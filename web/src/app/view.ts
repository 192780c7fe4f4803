import type { Camera, Point, Size } from "../core/camera";
import { listen } from "./intents";
import type { Session } from "./session";
import { StageView } from "./stage-view";

/** What the stage does for the rest of the app. */
export interface View {
  camera(): Camera;
  size(): Size;
  setCamera(camera: Camera): void;
  /** Points at a cell with the pointer (or at none). */
  hover(cell: Point | null): void;
  /** Puts the keyboard's cursor on a cell and brings it into view. */
  moveCursor(dx: number, dy: number): void;
  /** The cell that keys act on: the cursor's, else the pointer's. */
  pointedAt(): Point | null;
  zoomBy(factor: number, at: Point): void;
  /** The next closer or wider step, around what is pointed at. */
  zoomStep(direction: 1 | -1): void;
  fit(): void;
  lookAt(x: number, y: number): void;
  /** Whether cells are large enough to be hit on purpose. If not, zooms in to this one. */
  closeEnough(cell: Point): boolean;
  center(): Point;
  /** Where the top of a cell is on the page, in CSS pixels. */
  pageSpot(cell: Point): { left: number; top: number };
  /** CSS pixels per cell. */
  zoom(): number;
  /** A cell was just placed, or taken back, in this color. */
  pop(index: number, color: number): void;
  shake(index: number, color: number): void;
  boardReplaced(): void;
  cellsChanged(cells: Uint32Array): void;
  themeChanged(): void;
  redraw(): void;
  /** Draws the map, too; the answer ends that. */
  showMap(canvas: HTMLCanvasElement): () => void;
}

/** Opens the view on its elements; the answer closes it. */
export function openView(
  session: Session,
  canvas: HTMLCanvasElement,
  stage: HTMLElement,
): () => void {
  const view = new StageView(session, canvas, stage);
  session.view = view;
  const stopListening = listen(session, view, stage);
  return () => {
    stopListening();
    view.close();
    session.view = null;
  };
}
