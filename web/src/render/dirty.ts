import type { Rect, Size } from "../core/camera";

/** Cells per side of a tile: one upload of 4 KB at most costs about as much as one of 1 byte. */
const TILE_CELLS = 64;
/** With more changed tiles than this, one upload of everything is faster than many small ones. */
const MAX_TILES = 512;

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Which rectangles of a grid have changed since they were last taken. */
export class Dirty {
  private readonly grid: Size;
  private readonly tilesPerRow: number;
  private readonly boxes = new Map<number, Box>();
  private everything = true;

  constructor(grid: Size) {
    this.grid = grid;
    this.tilesPerRow = Math.ceil(grid.width / TILE_CELLS);
  }

  get any(): boolean {
    return this.everything || this.boxes.size > 0;
  }

  touchAll(): void {
    this.everything = true;
    this.boxes.clear();
  }

  touch(cells: ArrayLike<number>): void {
    for (let i = 0; i < cells.length && !this.everything; i++) this.touchCell(cells[i]!);
  }

  /** The changed rectangles, which count as clean from now on. */
  take(): Rect[] {
    const rects = this.everything ? [{ x: 0, y: 0, ...sizeOf(this.grid) }] : this.boxRects();
    this.everything = false;
    this.boxes.clear();
    return rects;
  }

  private touchCell(cell: number): void {
    const x = cell % this.grid.width;
    const y = (cell - x) / this.grid.width;
    const tile = Math.floor(y / TILE_CELLS) * this.tilesPerRow + Math.floor(x / TILE_CELLS);
    const box = this.boxes.get(tile);
    if (box !== undefined) {
      box.left = Math.min(box.left, x);
      box.top = Math.min(box.top, y);
      box.right = Math.max(box.right, x + 1);
      box.bottom = Math.max(box.bottom, y + 1);
    } else if (this.boxes.size >= MAX_TILES) {
      this.touchAll();
    } else {
      this.boxes.set(tile, { left: x, top: y, right: x + 1, bottom: y + 1 });
    }
  }

  private boxRects(): Rect[] {
    return Array.from(this.boxes.values(), ({ left, top, right, bottom }) => ({
      x: left,
      y: top,
      width: right - left,
      height: bottom - top,
    }));
  }
}

function sizeOf({ width, height }: Size): Size {
  return { width, height };
}
