import type { Area } from "../../core/desk";
import type { LiveModel } from "../../ui/teach/live/model";
import type { Session } from "../session";

/** The first rectangle, in cells: large enough to be seen, small enough to do no harm. */
const FIRST_CELLS = 8;
/** With Control the rectangle moves and grows faster, by so many cells. */
const LEAP_CELLS = 10;

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** What an arrow key makes of a rectangle: moved, or with `sizes` of another size. */
export function stepped(
  area: Area,
  [dx, dy]: readonly [number, number],
  sizes: boolean,
  bounds: { width: number; height: number },
): Area {
  const within = (value: number, least: number, most: number) =>
    Math.min(most, Math.max(least, value));
  if (sizes) {
    return {
      ...area,
      width: within(area.width + dx, 1, bounds.width - area.x),
      height: within(area.height + dy, 1, bounds.height - area.y),
    };
  }
  return {
    ...area,
    x: within(area.x + dx, 0, bounds.width - area.width),
    y: within(area.y + dy, 0, bounds.height - area.height),
  };
}

/** In the middle of the canvas. */
export function firstArea({ width, height }: { width: number; height: number }): Area {
  const cells = Math.min(FIRST_CELLS, width, height);
  const start = (side: number) => Math.floor((side - cells) / 2);
  return { x: start(width), y: start(height), width: cells, height: cells };
}

/** Arrow keys choose a rectangle, as dragging does. The answer ends it. */
export function chooseByKeys(session: Session, model: LiveModel, layer: HTMLElement): () => void {
  const onKey = (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key];
    const { grid } = session;
    if (!arrow || !grid || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const by = event.ctrlKey ? LEAP_CELLS : 1;
    const area = model.area.peek();
    model.ghost.value = null;
    model.area.value = area
      ? stepped(area, [arrow[0] * by, arrow[1] * by], event.shiftKey, grid)
      : firstArea(grid);
  };
  layer.addEventListener("keydown", onKey);
  return () => layer.removeEventListener("keydown", onKey);
}
