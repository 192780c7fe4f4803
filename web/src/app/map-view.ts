import type { Rect } from "../core/camera";
import type { Grid } from "../core/grid";
import type { PaletteColor } from "../core/protocol.gen";
import { createMinimap, type Minimap } from "../render/minimap";
import type { Theme } from "../render/renderer";

/** The map's canvas while there is one, and when its picture is due again. */
export class MapView {
  private canvas: HTMLCanvasElement | null = null;
  private minimap: Minimap | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  open(canvas: HTMLCanvasElement): void {
    this.canvas = canvas;
    this.minimap = createMinimap(canvas);
  }

  close(): void {
    clearTimeout(this.timer);
    this.canvas = null;
    this.minimap = null;
  }

  setBoard(grid: Grid, palette: readonly PaletteColor[]): void {
    this.minimap?.setBoard(grid, palette);
  }

  touch(): void {
    this.minimap?.touch();
  }

  /** Asks for `again` when the picture is behind the board. */
  draw(visible: Rect, theme: Theme, again: () => void): void {
    const { canvas, minimap } = this;
    // On a small screen the style sheet hides it: then there is nothing to draw for.
    if (canvas === null || minimap === null || canvas.clientWidth === 0) return;
    fitBuffer(canvas);
    const waitMs = minimap.draw(visible, theme.outlineDark, performance.now());
    clearTimeout(this.timer);
    if (waitMs !== null) this.timer = setTimeout(again, waitMs);
  }
}

/** One pixel of the buffer for each of the screen; setting a size clears it, so only if it differs. */
function fitBuffer(canvas: HTMLCanvasElement): void {
  const width = Math.round(canvas.clientWidth * devicePixelRatio);
  const height = Math.round(canvas.clientHeight * devicePixelRatio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}
