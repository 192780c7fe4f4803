import type { Point } from "../core/camera";

export type PointerKind = "mouse" | "touch" | "pen";

/** What somebody wants. Points and distances are device pixels of the element. */
export type Intent =
  /** Move the sheet along. */
  | { readonly type: "pan"; readonly dx: number; readonly dy: number }
  /** Scale by `factor` around a point. */
  | { readonly type: "zoom"; readonly factor: number; readonly at: Point }
  /** The next zoom step, around the pointer or the cursor: closer (1) or further (-1). */
  | { readonly type: "zoomStep"; readonly direction: 1 | -1 }
  | { readonly type: "fit" }
  /** The pointer is over a point, or over none. */
  | { readonly type: "hover"; readonly at: Point | null }
  /** Place here, or at the keyboard's cursor. */
  | {
      readonly type: "place";
      readonly at: Point | null;
      readonly pointer: PointerKind | "keyboard";
    }
  /** Tell about this cell; from the keyboard, the one under the cursor or the pointer. */
  | { readonly type: "inspect"; readonly at: Point | null }
  /** Take this cell's color; from the keyboard, the cell under the cursor or the pointer. */
  | { readonly type: "pick"; readonly at: Point | null }
  /** Move the keyboard's cursor by cells. */
  | { readonly type: "moveCursor"; readonly dx: number; readonly dy: number }
  /** Choose a color by its index, or the one some places on. */
  | { readonly type: "selectColor"; readonly index: number }
  | { readonly type: "stepColor"; readonly by: 1 | -1 }
  | { readonly type: "toggleGrid" | "fullScreen" | "copyLink" | "help" | "chat" | "people" };

export type Sink = (intent: Intent) => void;
