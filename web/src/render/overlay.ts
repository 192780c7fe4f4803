import type { Edge } from "../core/area";
import { type Camera, type Point, type Rect, type Size, toScreen } from "../core/camera";
import { parseHex, type Rgba } from "../core/color";
import type { PaletteColor } from "../core/protocol.gen";
import type { Motion, Screen, View } from "./view";

/** A filled rectangle in device pixels. */
export interface Quad extends Rect {
  readonly color: Rgba;
}

/** The width of each of an outline's two rings, in CSS pixels. */
const HOVER_RING_CSS_PX = 1;
const CURSOR_RING_CSS_PX = 2;
/** A region's outline: its color, and light beside it, so that it shows on its own color, too. */
const REGION_RING_CSS_PX = 2;
const REGION_OPACITY = 0.7;
/** Beside each hatched part runs one line of each color. */
const CLOSED_EDGE_CSS_PX = 1;
/** An outline never encloses less than this, in CSS pixels, so that it can be found. */
const MIN_OUTLINE_CSS_PX = 8;
/** How much larger than its cell a popping cell begins, and how large it must at least look. */
const POP_GROWTH = 0.5;
const MIN_MOTION_CSS_PX = 6;
/** A refused cell swings by this part of its width, this many times. */
const SHAKE_REACH = 0.3;
const SHAKE_SWINGS = 3;

/**
 * Everything over the board, in the order of drawing. `camera` is snapped. The same rectangles
 * are drawn by every renderer.
 */
export function overlayQuads(
  view: View,
  camera: Camera,
  screen: Screen,
  grid: Size,
  palette: readonly PaletteColor[],
): Quad[] {
  const origin = toScreen(camera, screen, { x: 0, y: 0 });
  const colorAt = (index: number): Rgba => parseHex(palette[index]?.hex ?? "");
  const rectAt = (index: number): Rect => {
    const x = index % grid.width;
    return cellRect(origin, camera.scale, { x, y: (index - x) / grid.width });
  };
  const { pixelRatio } = screen;
  const quads: Quad[] = [];
  const edgePx = Math.max(1, Math.round(CLOSED_EDGE_CSS_PX * pixelRatio));
  for (const edge of view.closed.edges) {
    const line = lineAlong(origin, camera.scale, edge, edgePx);
    quads.push({ ...line(0), color: view.theme.hatchDark });
    quads.push({ ...line(1), color: view.theme.hatchLight });
  }
  for (const { color, ...region } of view.regions) {
    const ringPx = Math.max(1, Math.round(REGION_RING_CSS_PX * pixelRatio));
    const rect = areaRect(origin, camera.scale, region);
    const [red, green, blue] = color;
    const [lightRed, lightGreen, lightBlue] = view.theme.outlineLight;
    const faint = (r: number, g: number, b: number): Rgba => [r, g, b, REGION_OPACITY];
    quads.push(...ring(rect, ringPx, faint(lightRed, lightGreen, lightBlue)));
    quads.push(...ring(grown(rect, ringPx), ringPx, faint(red, green, blue)));
  }
  for (const { index, color } of view.pending) {
    quads.push({ ...rectAt(index), color: colorAt(color) });
  }
  for (const motion of view.pops) {
    quads.push({
      ...popped(rectAt(motion.index), motion, pixelRatio),
      color: colorAt(motion.color),
    });
  }
  for (const motion of view.shakes) {
    const [red, green, blue] = colorAt(motion.color);
    const color: Rgba = [red, green, blue, 1 - motion.progress ** 2];
    quads.push({ ...shaken(rectAt(motion.index), motion, pixelRatio), color });
  }
  const outline = (cell: Point | null, ringCssPx: number): void => {
    if (cell === null) return;
    const rect = cellRect(origin, camera.scale, cell);
    const ringPx = Math.max(1, Math.round(ringCssPx * pixelRatio));
    const inner = atLeast(rect, MIN_OUTLINE_CSS_PX * pixelRatio);
    quads.push(...ring(grown(inner, ringPx), ringPx, view.theme.outlineLight));
    quads.push(...ring(grown(inner, 2 * ringPx), ringPx, view.theme.outlineDark));
  };
  outline(view.hover, HOVER_RING_CSS_PX);
  outline(view.cursor, CURSOR_RING_CSS_PX);
  return quads.filter((quad) => meets(quad, screen));
}

/**
 * The device pixels that belong to a cell: those whose middles lie in it, just as a shader that
 * looks each pixel up decides; at least one.
 */
export function cellRect(origin: Point, scale: number, cell: Point): Rect {
  const first = (start: number, at: number) => Math.ceil(start + at * scale - 0.5);
  const x = first(origin.x, cell.x);
  const y = first(origin.y, cell.y);
  return {
    x,
    y,
    width: Math.max(1, first(origin.x, cell.x + 1) - x),
    height: Math.max(1, first(origin.y, cell.y + 1) - y),
  };
}

/** Where to hatch, in device pixels; in view only. `camera` is snapped. */
export function hatchRects(view: View, camera: Camera, screen: Screen): Rect[] {
  const origin = toScreen(camera, screen, { x: 0, y: 0 });
  const rects = view.closed.areas.map((area) => areaRect(origin, camera.scale, area));
  return rects.filter((rect) => meets(rect, screen));
}

/** The lines along a border, so many deep inside of what it is around. */
function lineAlong(origin: Point, scale: number, edge: Edge, widthPx: number) {
  const { x, y } = cellRect(origin, scale, edge);
  const end = cellRect(origin, scale, { x: edge.x + edge.width, y: edge.y + edge.height });
  return (depth: number): Rect => {
    const from = edge.inward === 1 ? depth * widthPx : -(depth + 1) * widthPx;
    return edge.width === 0
      ? { x: x + from, y, width: widthPx, height: end.y - y }
      : { x, y: y + from, width: end.x - x, height: widthPx };
  };
}

/** The device pixels of an area of cells. */
function areaRect(origin: Point, scale: number, area: Rect): Rect {
  const first = cellRect(origin, scale, area);
  const last = cellRect(origin, scale, {
    x: area.x + area.width - 1,
    y: area.y + area.height - 1,
  });
  const { x, y } = first;
  return { x, y, width: last.x + last.width - x, height: last.y + last.height - y };
}

function popped(rect: Rect, { progress }: Motion, pixelRatio: number): Rect {
  const base = atLeast(rect, MIN_MOTION_CSS_PX * pixelRatio * (1 - progress));
  return grown(base, Math.round((base.width * POP_GROWTH * (1 - progress) ** 2) / 2));
}

function shaken(rect: Rect, { progress }: Motion, pixelRatio: number): Rect {
  const base = atLeast(rect, MIN_MOTION_CSS_PX * pixelRatio * (1 - progress));
  const swing = Math.sin(progress * SHAKE_SWINGS * 2 * Math.PI) * (1 - progress);
  return { ...base, x: base.x + Math.round(swing * SHAKE_REACH * base.width) };
}

function atLeast(rect: Rect, px: number): Rect {
  const missing = px - Math.min(rect.width, rect.height);
  return missing > 0 ? grown(rect, Math.ceil(missing / 2)) : rect;
}

function grown(rect: Rect, px: number): Rect {
  const { x, y, width, height } = rect;
  return { x: x - px, y: y - px, width: width + 2 * px, height: height + 2 * px };
}

/** The four sides of a ring along the inside of `rect`. */
function ring(rect: Rect, widthPx: number, color: Rgba): Quad[] {
  const { x, y, width, height } = rect;
  const side = { y: y + widthPx, width: widthPx, height: height - 2 * widthPx, color };
  return [
    { x, y, width, height: widthPx, color },
    { x, y: y + height - widthPx, width, height: widthPx, color },
    { ...side, x },
    { ...side, x: x + width - widthPx },
  ];
}

function meets(rect: Rect, screen: Size): boolean {
  const across = rect.x < screen.width && rect.x + rect.width > 0;
  return across && rect.y < screen.height && rect.y + rect.height > 0;
}
