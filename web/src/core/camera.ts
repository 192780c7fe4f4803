// Where on the sheet we look. Screen coordinates are device pixels from the top left of the view.

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Camera {
  /** The cell coordinates at the middle of the view. */
  readonly x: number;
  readonly y: number;
  /** Device pixels per cell. */
  readonly scale: number;
}

export interface Insets {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Device pixels per cell at the closest: a cell fills a good part of a small phone. */
export const MAX_SCALE = 192;
/** How far one may zoom out, relative to the whole sheet just fitting in. */
export const MIN_SCALE_OF_FIT = 0.5;
/** Fitting goes down to a whole number of pixels per cell if that keeps this much of the size. */
const WHOLE_SCALE_MIN_SHARE = 0.75;
/** A sheet may be moved aside until this part of the view's width and height is left of it. */
const KEEP_IN_VIEW_SHARE = 0.25;

const NO_INSETS: Insets = { top: 0, right: 0, bottom: 0, left: 0 };

export function toCell(camera: Camera, view: Size, at: Point): Point {
  return {
    x: camera.x + (at.x - view.width / 2) / camera.scale,
    y: camera.y + (at.y - view.height / 2) / camera.scale,
  };
}

export function toScreen(camera: Camera, view: Size, cell: Point): Point {
  return {
    x: (cell.x - camera.x) * camera.scale + view.width / 2,
    y: (cell.y - camera.y) * camera.scale + view.height / 2,
  };
}

/** Moves the sheet by `dx`, `dy` device pixels, as if dragged. */
export function pan(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale };
}

/** Multiplies the scale, within its limits; the cell point under `at` stays under it. */
export function zoomAt(camera: Camera, view: Size, grid: Size, at: Point, factor: number): Camera {
  const scale = clampScale(camera.scale * factor, view, grid);
  const anchor = toCell(camera, view, at);
  return {
    x: anchor.x - (at.x - view.width / 2) / scale,
    y: anchor.y - (at.y - view.height / 2) / scale,
    scale,
  };
}

/**
 * The whole sheet in the middle of what `insets` (panels over the edges) leave free; on a whole
 * number of device pixels per cell where that fits well, so that all cells are equally large.
 */
export function fit(view: Size, grid: Size, insets: Insets = NO_INSETS): Camera {
  const scale = Math.min(MAX_SCALE, wholeIfClose(fitScale(view, grid, insets)));
  return centerOn({ x: grid.width / 2, y: grid.height / 2 }, scale, insets);
}

/** `cell` in the middle of what `insets` leave free. */
export function centerOn(cell: Point, scale: number, insets: Insets = NO_INSETS): Camera {
  return {
    x: cell.x + (insets.right - insets.left) / 2 / scale,
    y: cell.y + (insets.bottom - insets.top) / 2 / scale,
    scale,
  };
}

/** Moved by as little as shows the whole cell within the insets; for the keyboard's cursor. */
export function reveal(
  camera: Camera,
  view: Size,
  cell: Point,
  insets: Insets = NO_INSETS,
): Camera {
  const start = toScreen(camera, view, { x: Math.floor(cell.x), y: Math.floor(cell.y) });
  const dx = shift(start.x, camera.scale, insets.left, view.width - insets.right);
  const dy = shift(start.y, camera.scale, insets.top, view.height - insets.bottom);
  return dx === 0 && dy === 0 ? camera : pan(camera, dx, dy);
}

/** Keeps the scale within its limits and a part of the sheet in view. */
export function clamp(camera: Camera, view: Size, grid: Size): Camera {
  const scale = clampScale(camera.scale, view, grid);
  return {
    x: clampCenter(camera.x, view.width / scale, grid.width),
    y: clampCenter(camera.y, view.height / scale, grid.height),
    scale,
  };
}

export function minScale(view: Size, grid: Size): number {
  return Math.min(MAX_SCALE, MIN_SCALE_OF_FIT * fitScale(view, grid, NO_INSETS));
}

/**
 * The nearest camera that puts the sheet's corner on a whole device pixel, for drawing: cells
 * keep their shape while the sheet moves, instead of each edge rounding by itself.
 */
export function snap(camera: Camera, view: Size): Camera {
  const corner = toScreen(camera, view, { x: 0, y: 0 });
  return pan(camera, Math.round(corner.x) - corner.x, Math.round(corner.y) - corner.y);
}

/** The next whole-pixel scale in a direction (1 or -1), in steps that feel even. */
export function stepScale(scale: number, direction: 1 | -1): number {
  const next = scale * (direction > 0 ? 1.5 : 1 / 1.5);
  if (next < 2) return next;
  return direction > 0 ? Math.ceil(next) : Math.floor(next);
}

/** The part of the sheet in view, in cells, cut to the sheet; empty when none is. */
export function visibleRect(camera: Camera, view: Size, grid: Size): Rect {
  const start = toCell(camera, view, { x: 0, y: 0 });
  const end = toCell(camera, view, { x: view.width, y: view.height });
  const x = Math.min(grid.width, Math.max(0, start.x));
  const y = Math.min(grid.height, Math.max(0, start.y));
  return {
    x,
    y,
    width: Math.max(0, Math.min(grid.width, end.x) - x),
    height: Math.max(0, Math.min(grid.height, end.y) - y),
  };
}

function fitScale(view: Size, grid: Size, insets: Insets): number {
  const width = Math.max(1, view.width - insets.left - insets.right);
  const height = Math.max(1, view.height - insets.top - insets.bottom);
  return Math.min(width / grid.width, height / grid.height);
}

function wholeIfClose(scale: number): number {
  const whole = Math.floor(scale);
  return whole >= scale * WHOLE_SCALE_MIN_SHARE ? whole : scale;
}

function clampScale(scale: number, view: Size, grid: Size): number {
  return Math.min(MAX_SCALE, Math.max(minScale(view, grid), scale));
}

function clampCenter(center: number, viewCells: number, gridCells: number): number {
  // What must stay in view: a share of the view, or the whole sheet where it is smaller.
  const keep = Math.min(gridCells, viewCells * KEEP_IN_VIEW_SHARE);
  const half = viewCells / 2;
  return Math.min(gridCells - keep + half, Math.max(keep - half, center));
}

function shift(start: number, length: number, low: number, high: number): number {
  if (start < low || length > high - low) return low - start;
  return start + length > high ? high - start - length : 0;
}
