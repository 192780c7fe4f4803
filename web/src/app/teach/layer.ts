import { effect } from "@preact/signals";
import type { Point } from "../../core/camera";
import * as cam from "../../core/camera";
import { parseHex } from "../../core/color";
import type { Area } from "../../core/desk";
import type { PaletteColor } from "../../core/protocol.gen";
import type { Ghost, LiveModel } from "../../ui/teach/live/model";
import type { Session } from "../session";
import { chooseByKeys } from "./area-keys";

/** How much one notch of a wheel zooms. */
const WHEEL_STEP = 0.002;
const LINE_CSS_PX = 2;

/**
 * What teachers see over the canvas: teams' regions, the rectangle being chosen, and what a deed
 * would do. Takes the pointer while a rectangle is chosen. The answer ends it.
 */
export function openLayer(
  session: Session,
  model: LiveModel,
  layer: HTMLCanvasElement,
): () => void {
  const painter = new Layer(session, model, layer);
  const stopChoosing = chooseAreas(session, model, layer);
  const stopKeys = chooseByKeys(session, model, layer);
  return () => {
    stopChoosing();
    stopKeys();
    painter.close();
  };
}

class Layer {
  private readonly session: Session;
  private readonly model: LiveModel;
  private readonly layer: HTMLCanvasElement;
  private readonly stop: () => void;
  private frame = 0;
  private drawn = "";
  private picture: { of: Ghost; canvas: OffscreenCanvas } | null = null;

  constructor(session: Session, model: LiveModel, layer: HTMLCanvasElement) {
    this.session = session;
    this.model = model;
    this.layer = layer;
    this.stop = effect(() => {
      // Only while there is something to show does it follow the camera.
      cancelAnimationFrame(this.frame);
      const [area, ghost] = [model.area.value, model.ghost.value];
      const shows = this.regions().length > 0 || area !== null || ghost !== null;
      this.drawn = "";
      this.frame = requestAnimationFrame(() => (shows ? this.follow() : this.draw()));
    });
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    this.stop();
  }

  private regions() {
    return this.session.model.lesson.value?.teams.filter(({ region }) => region !== null) ?? [];
  }

  private follow(): void {
    this.frame = requestAnimationFrame(() => this.follow());
    const { view } = this.session;
    const now = JSON.stringify([view?.camera(), view?.size()]);
    if (now !== this.drawn) this.draw();
    this.drawn = now;
  }

  private draw(): void {
    const { view } = this.session;
    const context = this.layer.getContext("2d");
    if (!view || !context) return;
    const { width, height } = view.size();
    if (this.layer.width !== width) this.layer.width = width;
    if (this.layer.height !== height) this.layer.height = height;
    context.clearRect(0, 0, width, height);
    for (const { region, color, name } of this.regions()) {
      if (region) this.region(context, region, color, name);
    }
    const ghost = this.model.ghost.peek();
    if (ghost) this.ghost(context, ghost);
    const area = this.model.area.peek();
    if (area) this.outline(context, this.rect(area), true);
  }

  /** An area's place on the layer, in device pixels. */
  private rect({ x, y, width, height }: Area): [number, number, number, number] {
    const view = this.session.view!;
    const camera = cam.snap(view.camera(), view.size());
    const start = cam.toScreen(camera, view.size(), { x, y });
    return [start.x, start.y, width * camera.scale, height * camera.scale];
  }

  private region(context: CanvasRenderingContext2D, area: Area, color: string, name: string): void {
    const rect = this.rect(area);
    const line = LINE_CSS_PX * devicePixelRatio;
    context.setLineDash([]);
    context.lineWidth = line;
    context.strokeStyle = color;
    context.strokeRect(...rect);
    const size = 13 * devicePixelRatio;
    context.font = `600 ${size}px system-ui, sans-serif`;
    const width = context.measureText(name).width + size;
    if (width > rect[2] * 1.5) return;
    context.fillStyle = color;
    context.fillRect(rect[0] - line / 2, rect[1] - size * 1.6, width, size * 1.6);
    const [red, green, blue] = parseHex(color);
    context.fillStyle = 0.3 * red + 0.6 * green + 0.1 * blue > 0.55 ? "#000000" : "#ffffff";
    context.fillText(name, rect[0] + size / 2, rect[1] - size * 0.45);
  }

  private ghost(context: CanvasRenderingContext2D, ghost: Ghost): void {
    const palette = this.session.model.info.peek()?.palette ?? [];
    if (this.picture?.of !== ghost) this.picture = { of: ghost, canvas: pictureOf(ghost, palette) };
    context.imageSmoothingEnabled = false;
    const rect = this.rect(ghost.area);
    context.drawImage(this.picture.canvas, ...rect);
    this.outline(context, rect, false);
  }

  /** Two dashed lines, one of which stands out from any color. */
  private outline(
    context: CanvasRenderingContext2D,
    rect: [number, number, number, number],
    filled: boolean,
  ): void {
    const line = LINE_CSS_PX * devicePixelRatio;
    const dash = 6 * devicePixelRatio;
    context.lineWidth = line;
    if (filled && this.model.ghost.peek() === null) {
      context.fillStyle = "rgb(69 101 255 / 16%)";
      context.fillRect(...rect);
    }
    context.setLineDash([]);
    context.strokeStyle = "#ffffff";
    context.strokeRect(...rect);
    context.setLineDash([dash, dash]);
    context.strokeStyle = "#16130f";
    context.strokeRect(...rect);
  }
}

function pictureOf({ area, colors }: Ghost, palette: readonly PaletteColor[]): OffscreenCanvas {
  const canvas = new OffscreenCanvas(area.width, area.height);
  const image = new ImageData(area.width, area.height);
  const bytes = palette.map(({ hex }) => parseHex(hex).map((part) => Math.round(part * 255)));
  colors.forEach((color, at) => {
    image.data.set(bytes[color] ?? [255, 0, 255, 255], at * 4);
  });
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}

/** Dragging chooses a rectangle, the wheel zooms. */
function chooseAreas(session: Session, model: LiveModel, layer: HTMLCanvasElement): () => void {
  let from: Point | null = null;
  const listening = new AbortController();
  const { signal } = listening;
  const at = (event: MouseEvent): Point => {
    const box = layer.getBoundingClientRect();
    const dpr = devicePixelRatio;
    return { x: (event.clientX - box.left) * dpr, y: (event.clientY - box.top) * dpr };
  };
  const cellAt = (event: MouseEvent): Point | null => {
    const { view, grid } = session;
    if (!view || !grid) return null;
    const cell = cam.toCell(view.camera(), view.size(), at(event));
    const within = (value: number, cells: number) =>
      Math.min(cells - 1, Math.max(0, Math.floor(value)));
    return { x: within(cell.x, grid.width), y: within(cell.y, grid.height) };
  };
  const reach = (event: PointerEvent) => {
    const to = cellAt(event);
    if (from && to) model.area.value = between(from, to);
  };
  layer.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      layer.setPointerCapture(event.pointerId);
      from = cellAt(event);
      model.ghost.value = null;
      reach(event);
    },
    { signal },
  );
  layer.addEventListener("pointermove", reach, { signal });
  const end = () => {
    from = null;
  };
  layer.addEventListener("pointerup", end, { signal });
  layer.addEventListener("pointercancel", end, { signal });
  layer.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      session.view?.zoomBy(Math.exp(-event.deltaY * WHEEL_STEP), at(event));
    },
    { signal, passive: false },
  );
  return () => listening.abort();
}

/** The smallest rectangle around two cells. */
export function between(a: Point, b: Point): Area {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, width: Math.abs(a.x - b.x) + 1, height: Math.abs(a.y - b.y) + 1 };
}
