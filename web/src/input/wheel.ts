import type { Point } from "../core/camera";
import type { Intent } from "./intent";

/** One notch of a wheel (100 CSS pixels in most browsers) zooms by a factor of 1.25. */
const ZOOM_PER_WHEEL_CSS_PX = Math.log(1.25) / 100;
/** A trackpad's pinch comes as small steps: the sheet stays with the fingers at this rate. */
const ZOOM_PER_PINCH_CSS_PX = 0.01;
/** What one event may zoom at most, in either direction: fast wheels send many notches in one. */
const MAX_ZOOM_PER_EVENT = 2;
/** Steps that belong to one movement follow each other faster than this. */
const SAME_MOVEMENT_MS = 250;
/** The height of a line and of a page for wheels that count in those, in CSS pixels. */
const LINE_CSS_PX = 40;
const PAGE_CSS_PX = 400;
/** Wheels with notches report multiples of this, in a unit of their own. */
const NOTCH_UNITS = 120;

/** No browser makes a wheel's notch shorter than this. */
const MIN_NOTCH_CSS_PX = 50;

const BY_LINES = 1;
const BY_PAGES = 2;

/** A wheel event without the browser; `at` in device pixels, deltas as the browser gives them. */
export interface WheelInput {
  readonly at: Point;
  readonly deltaX: number;
  readonly deltaY: number;
  readonly deltaMode: number;
  /** The legacy measure that tells notched wheels from trackpads; absent in some browsers. */
  readonly wheelDeltaY: number | undefined;
  /** A pinch on a trackpad comes as a wheel with the control key. */
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly timeMs: number;
}

/** Tells wheels from trackpads: a wheel zooms; two fingers on a trackpad pan, a pinch zooms. */
export class Wheel {
  private readonly pixelRatio: () => number;
  private lastMs = Number.NEGATIVE_INFINITY;
  private trackpad = false;

  constructor(pixelRatio: () => number) {
    this.pixelRatio = pixelRatio;
  }

  turn(input: WheelInput): Intent {
    const unit = unitCssPx(input.deltaMode);
    if (input.ctrl) {
      const rate = isWhole(input) ? ZOOM_PER_WHEEL_CSS_PX : ZOOM_PER_PINCH_CSS_PX;
      return zoom(input.deltaY * unit * rate, input.at);
    }
    // A trackpad's larger steps may look like notches: what a movement began as, it stays.
    const sameMovement = input.timeMs - this.lastMs < SAME_MOVEMENT_MS;
    if (!sameMovement) this.trackpad = !hasNotches(input);
    else if (input.deltaX !== 0 && input.deltaY !== 0) this.trackpad = true;
    this.lastMs = input.timeMs;
    if (this.trackpad || input.shift) return this.pan(input, unit);
    return zoom(input.deltaY * unit * ZOOM_PER_WHEEL_CSS_PX, input.at);
  }

  private pan({ deltaX, deltaY, shift }: WheelInput, unit: number): Intent {
    const px = unit * this.pixelRatio();
    // With Shift a wheel goes sideways; some browsers have turned it by then.
    const sideways = shift && deltaX === 0;
    return {
      type: "pan",
      dx: -(sideways ? deltaY : deltaX) * px,
      dy: -(sideways ? 0 : deltaY) * px,
    };
  }
}

function hasNotches(input: WheelInput): boolean {
  const { deltaX, deltaY, deltaMode, wheelDeltaY } = input;
  if (deltaMode !== 0) return true;
  if (deltaX !== 0 && deltaY !== 0) return false;
  if (wheelDeltaY === undefined) return isWhole(input);
  // Where a trackpad's measure is three times its pixels, it may be a multiple by chance.
  return wheelDeltaY % NOTCH_UNITS === 0 && wheelDeltaY !== -3 * deltaY;
}

/** Whether it is as large and even as a wheel's notch; the steps of a pinch are neither. */
function isWhole({ deltaY, deltaMode }: WheelInput): boolean {
  return deltaMode !== 0 || (Number.isInteger(deltaY) && Math.abs(deltaY) >= MIN_NOTCH_CSS_PX);
}

function unitCssPx(deltaMode: number): number {
  if (deltaMode === BY_LINES) return LINE_CSS_PX;
  return deltaMode === BY_PAGES ? PAGE_CSS_PX : 1;
}

function zoom(exponent: number, at: Point): Intent {
  const factor = Math.min(
    MAX_ZOOM_PER_EVENT,
    Math.max(1 / MAX_ZOOM_PER_EVENT, Math.exp(-exponent)),
  );
  return { type: "zoom", factor, at };
}
