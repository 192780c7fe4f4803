import { type Camera, type Rect, snap, toScreen, visibleRect } from "../core/camera";
import { paletteBytes, type Rgba } from "../core/color";
import type { Grid } from "../core/grid";
import type { PaletteColor } from "../core/protocol.gen";
import { Dirty } from "./dirty";
import { cellRect, hatchRects, overlayQuads } from "./overlay";
import type { Renderer } from "./renderer";
import {
  DOT_RADIUS_CSS_PX,
  DOT_SPACING_CSS_PX,
  HATCH_LINE_CSS_PX,
  HATCH_SPACING_CSS_PX,
  MIN_GRID_LINE_SCALE,
  type Screen,
  SHADOW_DROP_CSS_PX,
  SHADOW_REACH_CSS_PX,
  type Theme,
  type View,
} from "./view";

/** Rows that are turned into pixels at a time: 4 MB of them on the widest board. */
const ROWS_AT_ONCE = 256;

/**
 * Larger boards are shrunk coarsely when zoomed out. Measured with software rendering, 4096²
 * cells in a view of 1366 × 768: 54 ms a frame, finely 483 ms.
 */
const MAX_FINE_CELLS = 1_048_576;

/** For browsers without a usable GPU: the same picture through the plain canvas. */
export function createPlainRenderer(canvas: HTMLCanvasElement): Renderer | null {
  const context = canvas.getContext("2d", { alpha: false });
  const picture = canvas.ownerDocument.createElement("canvas").getContext("2d");
  return context && picture ? new PlainRenderer(context, picture) : null;
}

/** A pattern, and what it was made for. */
interface Tile {
  readonly key: string;
  readonly pattern: CanvasPattern | null;
}

class PlainRenderer implements Renderer {
  readonly kind = "2d";
  private readonly context: CanvasRenderingContext2D;
  /** The board, one pixel a cell. */
  private readonly picture: CanvasRenderingContext2D;
  private grid: Grid | null = null;
  private palette: readonly PaletteColor[] = [];
  private dirty: Dirty | null = null;
  private pixelRatio = 1;
  private dots: Tile | null = null;
  private hatch: Tile | null = null;

  constructor(context: CanvasRenderingContext2D, picture: CanvasRenderingContext2D) {
    this.context = context;
    this.picture = picture;
  }

  setBoard(grid: Grid, palette: readonly PaletteColor[]): void {
    this.grid = grid;
    this.palette = palette;
    this.dirty = new Dirty(grid);
    this.picture.canvas.width = grid.width;
    this.picture.canvas.height = grid.height;
  }

  touch(cells: ArrayLike<number>): void {
    this.dirty?.touch(cells);
  }

  resize(cssWidth: number, cssHeight: number, pixelRatio: number): void {
    this.pixelRatio = pixelRatio;
    this.context.canvas.width = Math.max(1, Math.round(cssWidth * pixelRatio));
    this.context.canvas.height = Math.max(1, Math.round(cssHeight * pixelRatio));
  }

  draw(view: View): void {
    const { context, grid, pixelRatio } = this;
    const { width, height } = context.canvas;
    const screen = { width, height, pixelRatio };
    const camera = snap(view.camera, screen);
    this.drawTable(view, camera, screen);
    if (grid === null) return;
    this.paint(grid);
    this.drawSheet(view, camera, screen, grid);
    this.drawHatch(view, camera, screen);
    for (const quad of overlayQuads(view, camera, screen, grid, this.palette)) {
      this.fill(quad, quad.color);
    }
  }

  dispose(): void {
    this.grid = null;
    this.picture.canvas.width = 0;
    this.picture.canvas.height = 0;
  }

  /** Brings the picture up to the grid. */
  private paint(grid: Grid): void {
    if (!this.dirty?.any) return;
    const colors = new Uint32Array(256);
    colors.set(new Uint32Array(paletteBytes(this.palette).buffer));
    for (const rect of this.dirty.take()) {
      for (let row = 0; row < rect.height; row += ROWS_AT_ONCE) {
        const height = Math.min(ROWS_AT_ONCE, rect.height - row);
        this.paintRect(grid, { ...rect, y: rect.y + row, height }, colors);
      }
    }
  }

  private paintRect(grid: Grid, { x, y, width, height }: Rect, colors: Uint32Array): void {
    const image = this.picture.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let row = 0; row < height; row++) {
      const start = (y + row) * grid.width + x;
      for (let i = 0; i < width; i++) pixels[row * width + i] = colors[grid.cells[start + i]!]!;
    }
    this.picture.putImageData(image, x, y);
  }

  private drawTable({ theme }: View, camera: Camera, screen: Screen): void {
    const { context } = this;
    const { x, y } = toScreen(camera, screen, { x: 0, y: 0 });
    this.fill({ x: 0, y: 0, width: screen.width, height: screen.height }, theme.table);
    const pattern = this.dotPattern(theme.dot);
    if (pattern === null) return;
    pattern.setTransform(new DOMMatrix().translateSelf(Math.round(x), Math.round(y)));
    context.fillStyle = pattern;
    context.fillRect(0, 0, screen.width, screen.height);
  }

  private drawSheet(view: View, camera: Camera, screen: Screen, grid: Grid): void {
    const { context, pixelRatio } = this;
    const { theme } = view;
    const { scale } = camera;
    const corner = toScreen(camera, screen, { x: 0, y: 0 });
    const origin = { x: Math.round(corner.x), y: Math.round(corner.y) };
    const last = cellRect(origin, scale, { x: grid.width - 1, y: grid.height - 1 });
    const sheet = {
      ...origin,
      width: last.x + last.width - origin.x,
      height: last.y + last.height - origin.y,
    };
    const edge = Math.max(1, Math.round(pixelRatio));
    context.shadowColor = css(theme.shadow);
    context.shadowBlur = SHADOW_REACH_CSS_PX * pixelRatio;
    context.shadowOffsetY = SHADOW_DROP_CSS_PX * pixelRatio;
    this.fill(sheet, theme.table);
    context.shadowColor = "transparent";
    const { x, y, width, height } = sheet;
    this.fill(
      { x: x - edge, y: y - edge, width: width + 2 * edge, height: height + 2 * edge },
      theme.edge,
    );
    context.imageSmoothingEnabled = scale < 1;
    context.imageSmoothingQuality = grid.cells.length > MAX_FINE_CELLS ? "low" : "medium";
    context.setTransform(scale, 0, 0, scale, x, y);
    context.drawImage(this.picture.canvas, 0, 0);
    context.resetTransform();
    if (view.gridLines && scale >= MIN_GRID_LINE_SCALE) {
      this.drawLines(theme.gridLine, visibleRect(camera, screen, grid), sheet, scale);
    }
  }

  private drawLines(color: Rgba, visible: Rect, sheet: Rect, scale: number): void {
    const { context } = this;
    context.fillStyle = css(color);
    const firstX = Math.max(1, Math.floor(visible.x));
    for (let x = firstX; x < visible.x + visible.width; x++) {
      const at = cellRect(sheet, scale, { x, y: 0 });
      context.fillRect(at.x, sheet.y, 1, sheet.height);
    }
    const firstY = Math.max(1, Math.floor(visible.y));
    for (let y = firstY; y < visible.y + visible.height; y++) {
      const at = cellRect(sheet, scale, { x: 0, y });
      context.fillRect(sheet.x, at.y, sheet.width, 1);
    }
  }

  private drawHatch(view: View, camera: Camera, screen: Screen): void {
    const rects = hatchRects(view, camera, screen);
    const pattern = rects.length > 0 ? this.hatchPattern(view.theme) : null;
    if (pattern === null) return;
    const { x, y } = toScreen(camera, screen, { x: 0, y: 0 });
    pattern.setTransform(new DOMMatrix().translateSelf(Math.round(x), Math.round(y)));
    this.context.fillStyle = pattern;
    for (const { x, y, width, height } of rects) this.context.fillRect(x, y, width, height);
  }

  private dotPattern(color: Rgba): CanvasPattern | null {
    const side = Math.round(DOT_SPACING_CSS_PX * this.pixelRatio);
    this.dots = this.tile(this.dots, `${side} ${css(color)}`, side, (context) => {
      context.fillStyle = css(color);
      context.arc(side / 2, side / 2, DOT_RADIUS_CSS_PX * this.pixelRatio, 0, 2 * Math.PI);
      context.fill();
    });
    return this.dots.pattern;
  }

  private hatchPattern({ hatchDark, hatchLight }: Theme): CanvasPattern | null {
    const side = Math.round(HATCH_SPACING_CSS_PX * this.pixelRatio);
    const widthPx = HATCH_LINE_CSS_PX * this.pixelRatio * Math.SQRT2;
    const [dark, light] = [css(hatchDark), css(hatchLight)];
    this.hatch = this.tile(this.hatch, `${side} ${dark} ${light}`, side, (context) => {
      context.fillStyle = dark;
      slant(context, side, 0, widthPx);
      context.fillStyle = light;
      slant(context, side, widthPx, widthPx);
    });
    return this.hatch.pattern;
  }

  /** The tile that is there already, or a new one. */
  private tile(
    known: Tile | null,
    key: string,
    side: number,
    paint: (context: CanvasRenderingContext2D) => void,
  ): Tile {
    if (known?.key === key) return known;
    const tile = this.context.canvas.ownerDocument.createElement("canvas");
    tile.width = side;
    tile.height = side;
    const context = tile.getContext("2d");
    if (context === null) return { key, pattern: null };
    paint(context);
    return { key, pattern: this.context.createPattern(tile, "repeat") };
  }

  private fill({ x, y, width, height }: Rect, color: Rgba): void {
    this.context.fillStyle = css(color);
    this.context.fillRect(x, y, width, height);
  }
}

function css([red, green, blue, alpha]: Rgba): string {
  return `rgb(${Math.round(red * 255)} ${Math.round(green * 255)} ${Math.round(blue * 255)} / ${alpha})`;
}

/** A line from the lower left to the upper right, that goes on in the next tile. */
function slant(context: CanvasRenderingContext2D, side: number, from: number, width: number): void {
  context.beginPath();
  for (const start of [from, from + side]) {
    context.moveTo(start, 0);
    context.lineTo(start + width, 0);
    context.lineTo(start + width - 2 * side, 2 * side);
    context.lineTo(start - 2 * side, 2 * side);
    context.closePath();
  }
  context.fill();
}
