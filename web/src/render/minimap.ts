import type { Rect, Size } from "../core/camera";
import { paletteBytes, type Rgba } from "../core/color";
import type { Grid } from "../core/grid";
import type { PaletteColor } from "../core/protocol.gen";

/** The picture is made anew at most this often: it is for orientation, and costs milliseconds. */
export const REFRESH_MS = 250;
/** Cells per side that are averaged into one pixel at most. */
const MAX_SAMPLES_PER_SIDE = 4;

export interface Minimap {
  setBoard(grid: Grid, palette: readonly PaletteColor[]): void;
  /** The grid has changed. */
  touch(): void;
  /**
   * Draws the board and the part of it in view (in cells), into a canvas whose drawing buffer
   * has the size wanted. Returns in how many milliseconds to draw again, because the picture is
   * behind the board; null when it is not.
   */
  draw(visible: Rect, frame: Rgba, nowMs: number): number | null;
}

export function createMinimap(canvas: HTMLCanvasElement): Minimap | null {
  const context = canvas.getContext("2d");
  return context === null ? null : new CanvasMinimap(context);
}

class CanvasMinimap implements Minimap {
  private readonly context: CanvasRenderingContext2D;
  private grid: Grid | null = null;
  private palette: Uint8Array = new Uint8Array();
  private image: ImageData | null = null;
  private stale = false;
  private madeAtMs = Number.NEGATIVE_INFINITY;

  constructor(context: CanvasRenderingContext2D) {
    this.context = context;
  }

  setBoard(grid: Grid, palette: readonly PaletteColor[]): void {
    this.grid = grid;
    this.palette = paletteBytes(palette);
    this.image = null;
  }

  touch(): void {
    this.stale = true;
  }

  draw(visible: Rect, frame: Rgba, nowMs: number): number | null {
    const { context, grid } = this;
    const { width, height } = context.canvas;
    context.clearRect(0, 0, width, height);
    if (grid === null) return null;
    const place = placeOf(grid, { width, height });
    const resized = this.image?.width !== place.width || this.image.height !== place.height;
    const waitMs = this.madeAtMs + REFRESH_MS - nowMs;
    if (this.image === null || resized || (this.stale && waitMs <= 0)) {
      this.image = context.createImageData(place.width, place.height);
      shrink(grid, this.palette, this.image);
      this.stale = false;
      this.madeAtMs = nowMs;
    }
    context.putImageData(this.image, place.x, place.y);
    this.drawFrame(visible, frame, place, grid);
    return this.stale ? Math.max(0, this.madeAtMs + REFRESH_MS - nowMs) : null;
  }

  private drawFrame(visible: Rect, color: Rgba, place: Rect, grid: Grid): void {
    const whole = visible.width >= grid.width && visible.height >= grid.height;
    if (whole || visible.width === 0 || visible.height === 0) return;
    const { context } = this;
    const scale = place.width / grid.width;
    const [red, green, blue, alpha] = color;
    const x = Math.floor(place.x + visible.x * scale);
    const y = Math.floor(place.y + visible.y * scale);
    const width = Math.max(2, visible.width * scale - 2);
    const height = Math.max(2, visible.height * scale - 2);
    // Light under dark, so that it shows on any picture.
    for (const [style, line] of [
      ["rgb(255 255 255 / 0.9)", 4],
      [`rgb(${red * 255} ${green * 255} ${blue * 255} / ${alpha})`, 2],
    ] as const) {
      context.strokeStyle = style;
      context.lineWidth = line;
      context.strokeRect(x + 1, y + 1, width, height);
    }
  }
}

/** Where the whole sheet goes in a small canvas: as large as fits, in the middle. */
export function placeOf(grid: Size, canvas: Size): Rect {
  const scale = Math.min(canvas.width / grid.width, canvas.height / grid.height);
  const width = Math.max(1, Math.floor(grid.width * scale));
  const height = Math.max(1, Math.floor(grid.height * scale));
  const x = Math.floor((canvas.width - width) / 2);
  const y = Math.floor((canvas.height - height) / 2);
  return { x, y, width, height };
}

/** Fills `image` with the board: each pixel the mean of the cells, or of samples of them. */
export function shrink(
  grid: Grid,
  palette: Uint8Array,
  image: { width: number; height: number; data: Uint8ClampedArray },
): void {
  const stepX = grid.width / image.width;
  const stepY = grid.height / image.height;
  const nx = Math.min(MAX_SAMPLES_PER_SIDE, Math.ceil(stepX));
  const ny = Math.min(MAX_SAMPLES_PER_SIDE, Math.ceil(stepY));
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let j = 0; j < ny; j++) {
        const row = Math.floor((y + (j + 0.5) / ny) * stepY) * grid.width;
        for (let i = 0; i < nx; i++) {
          const color = grid.cells[row + Math.floor((x + (i + 0.5) / nx) * stepX)]! * 4;
          red += palette[color]!;
          green += palette[color + 1]!;
          blue += palette[color + 2]!;
        }
      }
      const at = (y * image.width + x) * 4;
      image.data[at] = red / (nx * ny);
      image.data[at + 1] = green / (nx * ny);
      image.data[at + 2] = blue / (nx * ny);
      image.data[at + 3] = 255;
    }
  }
}
