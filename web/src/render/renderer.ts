import type { Grid } from "../core/grid";
import type { PaletteColor } from "../core/protocol.gen";
import { createGlRenderer } from "./gl-renderer";
import { createPlainRenderer } from "./plain-renderer";
import type { View } from "./view";

export type { Motion, Region, Theme, View } from "./view";

/** Draws a board onto a canvas, only when told to. */
export interface Renderer {
  readonly kind: "webgl2" | "2d";
  /** Shows this grid from now on. It may change, as long as `touch` is told. */
  setBoard(grid: Grid, palette: readonly PaletteColor[]): void;
  /** The grid's cells at these indexes have changed. */
  touch(cells: ArrayLike<number>): void;
  /** Fits the drawing buffer to the canvas; draw afterwards. */
  resize(cssWidth: number, cssHeight: number, pixelRatio: number): void;
  draw(view: View): void;
  dispose(): void;
}

export interface RendererOptions {
  /** What was drawn is gone (the GPU was reset): draw again. */
  readonly onLost?: () => void;
  /** Picks the means of drawing; the best one that works well here by default. */
  readonly kind?: "webgl2" | "2d";
}

/** Null where a canvas cannot be drawn on at all. */
export function createRenderer(
  canvas: HTMLCanvasElement,
  options: RendererOptions = {},
): Renderer | null {
  const onLost = options.onLost ?? (() => {});
  const gl =
    options.kind === "2d" ? null : createGlRenderer(canvas, onLost, options.kind === "webgl2");
  return gl ?? (options.kind === "webgl2" ? null : createPlainRenderer(canvas));
}
