import type { Point } from "../core/camera";
import type { Intent, PointerKind } from "./intent";

/**
 * How far a pointer may wander and still have clicked, in CSS pixels: a finger's tap is broad,
 * a mouse stays put.
 */
export const CLICK_SLOP_CSS_PX: Readonly<Record<PointerKind, number>> = {
  mouse: 4,
  pen: 8,
  touch: 10,
};
/** A finger held still for this long asks about the cell instead of placing. */
export const LONG_PRESS_MS = 500;

const MAIN_BUTTON = 0;
const MIDDLE_BUTTON = 1;

/** A pointer event without the browser. Positions are device pixels. */
export interface PointerInput {
  readonly id: number;
  readonly kind: PointerKind;
  readonly at: Point;
  readonly button: number;
  readonly shift: boolean;
  readonly alt: boolean;
}

interface Track {
  readonly start: PointerInput;
  at: Point;
}

/**
 * Tells taps, drags and pinches apart. A tap counts only if, from the first finger down to the
 * last one up, nothing was dragged, pinched or held: so that moving about never places a pixel.
 */
export class Gestures {
  private readonly tracks = new Map<number, Track>();
  private readonly pixelRatio: () => number;
  /** Whether what goes on is no tap any more. */
  private moved = false;

  constructor(pixelRatio: () => number) {
    this.pixelRatio = pixelRatio;
  }

  /** Whether a pointer is down. */
  get active(): boolean {
    return this.tracks.size > 0;
  }

  /** Whether one pointer has been down and still so far, so that holding it means something. */
  get holding(): boolean {
    return this.tracks.size === 1 && !this.moved;
  }

  /** Whether the pointer that is down has been dragged. */
  get dragging(): boolean {
    return this.active && this.moved;
  }

  down(input: PointerInput): void {
    if (input.button !== MAIN_BUTTON && input.button !== MIDDLE_BUTTON) return;
    if (this.tracks.size === 0) this.moved = false;
    else this.moved = true;
    this.tracks.set(input.id, { start: input, at: input.at });
  }

  move(input: PointerInput): Intent[] {
    const track = this.tracks.get(input.id);
    if (track === undefined) return this.hover(input);
    const before = this.span();
    const from = track.at;
    if (!this.moved) {
      const slop = CLICK_SLOP_CSS_PX[input.kind] * this.pixelRatio();
      if (distance(track.start.at, input.at) <= slop) return [];
      this.moved = true;
    }
    track.at = input.at;
    const after = this.span();
    if (before === null || after === null) return [panned(from, input.at)];
    const intents = [panned(before.middle, after.middle)];
    // Two fingers on the very same spot have no scale.
    if (before.length > 0 && after.length > 0) {
      intents.push({ type: "zoom", factor: after.length / before.length, at: after.middle });
    }
    return intents;
  }

  up(input: PointerInput): Intent[] {
    const track = this.tracks.get(input.id);
    if (track === undefined) return [];
    this.tracks.delete(input.id);
    if (this.moved) return this.hover(input);
    return [clicked(track.start), ...this.hover(input)];
  }

  cancel(id: number): void {
    // The browser took the gesture over, or the device did: nothing of it is a tap.
    if (this.tracks.delete(id)) this.moved = true;
  }

  /** The one pointer was held long enough. */
  longPress(): Intent[] {
    const [track] = this.tracks.values();
    if (!this.holding || track === undefined) return [];
    this.moved = true;
    return [{ type: "inspect", at: track.start.at }];
  }

  /** The middle and the distance of the first two pointers that are down. */
  private span(): { middle: Point; length: number } | null {
    const [a, b] = this.tracks.values();
    if (a === undefined || b === undefined) return null;
    const middle = { x: (a.at.x + b.at.x) / 2, y: (a.at.y + b.at.y) / 2 };
    return { middle, length: distance(a.at, b.at) };
  }

  private hover(input: PointerInput): Intent[] {
    return input.kind === "touch" ? [] : [{ type: "hover", at: input.at }];
  }
}

function clicked({ at, kind, button, shift, alt }: PointerInput): Intent {
  if (button === MIDDLE_BUTTON || alt) return { type: "pick", at };
  return shift ? { type: "inspect", at } : { type: "place", at, pointer: kind };
}

function panned(from: Point, to: Point): Intent {
  return { type: "pan", dx: to.x - from.x, dy: to.y - from.y };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
