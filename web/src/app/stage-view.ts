import { effect, untracked } from "@preact/signals";
import type { Camera, Insets, Point, Size } from "../core/camera";
import * as cam from "../core/camera";
import { closedTo, NOTHING_CLOSED, whyClosed } from "../core/closed";
import { parseHex } from "../core/color";
import { cellIndex } from "../core/grid";
import { pendingCells } from "../core/pending";
import { createRenderer, type Region, type Renderer, type Theme } from "../render/renderer";
import { sayClosed } from "../ui/notices";
import { t } from "../ui/strings";
import { Effects } from "./effects";
import { MapView } from "./map-view";
import { watchPage } from "./page-changes";
import { PLACEABLE_CELL_PX } from "./placing";
import { colorName, type Session, visibleColor } from "./session";
import { formatSpot, parseSpot, type SpotLink } from "./spot-link";
import { readStageTheme } from "./stage-theme";
import type { View } from "./view";

/** A tap from too far away zooms in to cells of this size: easy to hit, with room around. */
const TAPPED_CELL_PX = 24;

/** A link without a zoom shows cells of this size. */
const LINKED_CELL_PX = 16;

/** The address follows the view once it has come to rest for this long. */
const ADDRESS_REST_MS = 400;

/** The sheet's distance from the panels when it is shown whole. */
const MARGIN_PX = 16;

/** The height of a notice above the dock, which must not hide the cursor. */
const NOTICE_PX = 48;

/** The sheet on the screen: where it is looked at, what is pointed at, and when to draw. */
export class StageView implements View {
  private readonly session: Session;
  private readonly stage: HTMLElement;
  private readonly renderer: Renderer | null;
  private readonly effects = new Effects();
  private readonly stops: (() => void)[] = [];
  private theme: Theme = readStageTheme();
  private hovered: Point | null = null;
  private cursorCell: Point | null = null;
  /** The cell that was pointed at last. */
  private inWork: Point | null = null;
  private readonly map = new MapView();
  private closed = NOTHING_CLOSED;
  private lens: Camera = { x: 0, y: 0, scale: 1 };
  private view: Size = { width: 1, height: 1 };
  /** What it goes on showing when the stage or the panels change, until somebody moves it. */
  private showing: SpotLink | "whole" | null = "whole";
  private frame = 0;
  private addressTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(session: Session, canvas: HTMLCanvasElement, stage: HTMLElement) {
    this.session = session;
    this.stage = stage;
    this.renderer = createRenderer(canvas, { onLost: () => this.redraw() });
    if (this.renderer?.kind === "2d") console.info("No WebGL2 here: drawing in 2D instead.");
    this.resize();
    this.boardReplaced();
    this.startAt(location.hash);
    this.stops.push(
      watchPage(stage, {
        resized: () => this.resize(),
        themed: () => this.themeChanged(),
        linked: () => this.startAt(location.hash),
      }),
      // Panels that grow or shrink change what "the whole canvas" means.
      effect(() => {
        session.model.insets.value;
        this.showAgain();
      }),
      effect(() => {
        const { you, lesson, info } = session.model;
        this.closed = info.value ? closedTo(you.value, lesson.value, info.value) : NOTHING_CLOSED;
        session.model.closes.value = this.closed.areas.length > 0;
        untracked(() => this.updateSpot());
        this.redraw();
      }),
    );
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.addressTimer);
    this.map.close();
    for (const stop of this.stops) stop();
    this.renderer?.dispose();
  }

  camera(): Camera {
    return this.lens;
  }

  size(): Size {
    return this.view;
  }

  setCamera(camera: Camera): void {
    this.showing = null;
    this.show(camera);
  }

  private show(camera: Camera): void {
    this.lens = cam.clamp(camera, this.size(), this.sheet());
    // Its place on the page is another one now.
    this.session.model.asked.value = null;
    this.redraw();
    clearTimeout(this.addressTimer);
    this.addressTimer = setTimeout(() => this.writeAddress(), ADDRESS_REST_MS);
  }

  hover(cell: Point | null): void {
    this.hovered = cell;
    if (cell !== null) this.cursorCell = null;
    this.inWork = cell ?? this.inWork;
    this.updateSpot();
    this.redraw();
  }

  pointedAt(): Point | null {
    return this.cursorCell ?? this.hovered;
  }

  moveCursor(dx: number, dy: number): void {
    const { width, height } = this.sheet();
    const from = this.pointedAt() ?? this.center();
    const within = (value: number, cells: number) => Math.min(cells - 1, Math.max(0, value));
    this.cursorCell = { x: within(from.x + dx, width), y: within(from.y + dy, height) };
    this.hovered = null;
    this.inWork = this.cursorCell;
    const { bottom, ...insets } = this.insets();
    const clear = { ...insets, bottom: bottom + NOTICE_PX * devicePixelRatio };
    this.setCamera(cam.reveal(this.camera(), this.size(), this.cursorCell, clear));
    this.updateSpot();
    this.speakSpot();
  }

  zoomBy(factor: number, at: Point): void {
    this.setCamera(cam.zoomAt(this.camera(), this.size(), this.sheet(), at, factor));
  }

  zoomStep(direction: 1 | -1): void {
    const { scale } = this.camera();
    const cell = this.pointedAt();
    const at = cell
      ? cam.toScreen(this.camera(), this.size(), { x: cell.x + 0.5, y: cell.y + 0.5 })
      : this.middle();
    this.zoomBy(cam.stepScale(scale, direction) / scale, at);
  }

  pageSpot(cell: Point): { left: number; top: number } {
    const { x, y } = cam.toScreen(this.camera(), this.size(), { x: cell.x + 0.5, y: cell.y });
    const { left, top } = this.stage.getBoundingClientRect();
    return { left: left + x / devicePixelRatio, top: top + y / devicePixelRatio };
  }

  fit(): void {
    this.showing = "whole";
    this.showAgain();
  }

  lookAt(x: number, y: number): void {
    this.setCamera(cam.centerOn({ x, y }, this.camera().scale, this.insets()));
  }

  closeEnough(cell: Point): boolean {
    if (this.zoom() >= PLACEABLE_CELL_PX) return true;
    const middle = { x: cell.x + 0.5, y: cell.y + 0.5 };
    this.setCamera(cam.centerOn(middle, TAPPED_CELL_PX * devicePixelRatio, this.insets()));
    const color = colorName(this.session, this.session.model.color.peek());
    this.session.toaster.say(t("notice.zoomed_in", { color }));
    return false;
  }

  center(): Point {
    const middle = cam.toCell(this.camera(), this.size(), this.middle());
    return { x: Math.floor(middle.x), y: Math.floor(middle.y) };
  }

  zoom(): number {
    return this.camera().scale / devicePixelRatio;
  }

  pop(index: number, color: number): void {
    this.effects.play("pop", index, color);
    this.redraw();
  }

  shake(index: number, color: number): void {
    this.effects.play("shake", index, color);
    this.redraw();
  }

  boardReplaced(): void {
    const { grid, model } = this.session;
    const info = model.info.peek();
    if (grid === null || info === null) return;
    this.renderer?.setBoard(grid, info.palette);
    this.map.setBoard(grid, info.palette);
    this.updateSpot();
    this.redraw();
  }

  cellsChanged(cells: Uint32Array): void {
    this.renderer?.touch(cells);
    this.map.touch();
    this.updateSpot();
    this.redraw();
  }

  themeChanged(): void {
    this.theme = readStageTheme();
    this.redraw();
  }

  redraw(): void {
    this.frame ||= requestAnimationFrame((nowMs) => this.draw(nowMs));
  }

  private draw(nowMs: number): void {
    this.frame = 0;
    const { session } = this;
    const moving = this.effects.advance(nowMs);
    this.renderer?.draw({
      camera: this.camera(),
      theme: this.theme,
      gridLines: session.model.grid.peek(),
      hover: this.hovered,
      cursor: this.cursorCell,
      pending: pendingCells(session.pending),
      regions: teamRegions(session),
      closed: this.closed,
      pops: this.effects.motions("pop", nowMs),
      shakes: this.effects.motions("shake", nowMs),
    });
    this.map.draw(cam.visibleRect(this.camera(), this.size(), this.sheet()), this.theme, () =>
      this.redraw(),
    );
    if (moving) this.redraw();
  }

  showMap(canvas: HTMLCanvasElement): () => void {
    this.map.open(canvas);
    this.boardReplaced();
    return () => this.map.close();
  }

  private resize(): void {
    const inWork = this.inWork && this.isInView(this.inWork) ? this.inWork : null;
    const { clientWidth, clientHeight } = this.stage;
    const dpr = devicePixelRatio;
    this.renderer?.resize(clientWidth, clientHeight, dpr);
    this.view = { width: Math.round(clientWidth * dpr), height: Math.round(clientHeight * dpr) };
    this.showAgain();
    // What stands beside the canvas must not push the cell away that is being worked on.
    if (inWork !== null && this.showing === null) {
      this.show(cam.reveal(this.lens, this.size(), inWork, this.insets()));
    }
  }

  private isInView({ x, y }: Point): boolean {
    const at = cam.toScreen(this.lens, this.view, { x: x + 0.5, y: y + 0.5 });
    return at.x >= 0 && at.y >= 0 && at.x < this.view.width && at.y < this.view.height;
  }

  private startAt(hash: string): void {
    const spot = parseSpot(hash);
    const { width, height } = this.sheet();
    if (spot === null || spot.x >= width || spot.y >= height) return;
    this.showing = spot;
    this.showAgain();
  }

  private showAgain(): void {
    if (this.showing === "whole") {
      this.show(cam.fit(this.size(), this.sheet(), this.insets()));
    } else if (this.showing !== null) {
      const { x, y, zoom } = this.showing;
      const scale = (zoom ?? LINKED_CELL_PX) * devicePixelRatio;
      this.show(cam.centerOn({ x: x + 0.5, y: y + 0.5 }, scale, this.insets()));
    } else {
      this.show(this.camera());
    }
  }

  /** Keeps the address a link to what is in view; the whole canvas needs no words. */
  private writeAddress(): void {
    const { x, y } = this.center();
    const hash = this.showing === "whole" ? "" : formatSpot({ x, y, zoom: this.zoom() });
    history.replaceState(history.state, "", location.pathname + location.search + hash);
  }

  private updateSpot(): void {
    const at = this.hovered ?? this.cursorCell;
    const { grid, model } = this.session;
    const index = at && grid ? cellIndex(grid, at.x, at.y) : null;
    model.spot.value =
      at && index !== null
        ? {
            ...at,
            color: visibleColor(this.session, index),
            closed: whyClosed(model.you.peek(), model.lesson.peek(), at),
          }
        : null;
  }

  private speakSpot(): void {
    const { spot, spoken } = this.session.model;
    const at = spot.peek();
    if (!at) return;
    const color = colorName(this.session, at.color);
    const words = t("spot.say", { x: at.x, y: at.y, color });
    spoken.value = at.closed ? `${words}. ${sayClosed(at.closed)}` : words;
  }

  private sheet(): Size {
    return this.session.grid ?? { width: 1, height: 1 };
  }

  /** The middle of what the panels leave free, in device pixels. */
  private middle(): Point {
    const { width, height } = this.size();
    const { top, right, bottom, left } = this.insets();
    return { x: (left + width - right) / 2, y: (top + height - bottom) / 2 };
  }

  private insets(): Insets {
    const { top, bottom } = this.session.model.insets.peek();
    const dpr = devicePixelRatio;
    const margin = MARGIN_PX * dpr;
    return { top: top * dpr + margin, right: margin, bottom: bottom * dpr + margin, left: margin };
  }
}

/** Where each team draws alone; teachers have theirs drawn with names. */
function teamRegions({ model }: Session): readonly Region[] {
  if (model.you.peek()?.role === "teacher") return [];
  const teams = model.lesson.peek()?.teams ?? [];
  return teams.flatMap(({ region, color }) =>
    region === null ? [] : [{ ...region, color: parseHex(color) }],
  );
}
