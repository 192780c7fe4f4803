import type { Camera, Point, Rect, Size } from "../core/camera";
import type { Closed } from "../core/closed";
import type { Rgba } from "../core/color";
import type { PendingCell } from "../core/pending";

/** The colors around and over the sheet. */
export interface Theme {
  /** What the sheet lies on, and the dots on it. */
  readonly table: Rgba;
  readonly dot: Rgba;
  /** The hairline around the sheet, and its shadow where it is darkest. */
  readonly edge: Rgba;
  readonly shadow: Rgba;
  /** Lines between cells; mostly transparent. */
  readonly gridLine: Rgba;
  /** The two rings of an outline, one of which stands out from any color. */
  readonly outlineDark: Rgba;
  readonly outlineLight: Rgba;
  /** The lines over what one may not draw on, one of which stands out from any color. */
  readonly hatchDark: Rgba;
  readonly hatchLight: Rgba;
}

/** A cell that moves for a moment. */
export interface Motion extends PendingCell {
  /** From 0 to 1. */
  readonly progress: number;
}

/** A part of the sheet, in cells, that is outlined in a color. */
export interface Region extends Rect {
  readonly color: Rgba;
}

/** All that one frame shows. */
export interface View {
  readonly camera: Camera;
  readonly theme: Theme;
  /** Whether to draw lines between cells, where these are large enough. */
  readonly gridLines: boolean;
  /** The cell under the pointer, and the keyboard's. */
  readonly hover: Point | null;
  readonly cursor: Point | null;
  /** What covers the board, one a cell. */
  readonly pending: readonly PendingCell[];
  /** Where one may not draw: hatched. */
  readonly closed: Closed;
  /** Parts of the sheet with an outline. */
  readonly regions: readonly Region[];
  /** Just placed: each pops once. */
  readonly pops: readonly Motion[];
  /** Just refused, in the refused color: each shakes its way back to what is true. */
  readonly shakes: readonly Motion[];
}

/** Below this many device pixels a cell, lines would cover too much of the picture. */
export const MIN_GRID_LINE_SCALE = 10;

/** A view's size in device pixels, and how many of those a CSS pixel has. */
export interface Screen extends Size {
  readonly pixelRatio: number;
}

/** CSS pixels from one dot on the table to the next. */
export const DOT_SPACING_CSS_PX = 24;
/** A dot's radius, in CSS pixels. */
export const DOT_RADIUS_CSS_PX = 1;
/** How far the sheet's shadow reaches and how much lower it lies, in CSS pixels. */
export const SHADOW_REACH_CSS_PX = 14;
export const SHADOW_DROP_CSS_PX = 3;
/** CSS pixels across the sheet from one hatching line to the next, and how wide one is. */
export const HATCH_SPACING_CSS_PX = 10;
export const HATCH_LINE_CSS_PX = 1;
