import type { Grid } from "../core/grid";
import type { CanvasInfo, Mode, SeatInfo } from "../core/protocol.gen";
import type { DeltaFrame, PlacedFrame, RefusedFrame } from "../core/wire";
import type { ApiError } from "./api";

/**
 * connecting: the first attempt. live: the board is in step with the server. reconnecting: it is
 * not, and we are at it. offline: it is not, and the device says that it has no network.
 */
export type Status = "connecting" | "live" | "reconnecting" | "offline";

export type ConnectionEvent =
  | {
      readonly type: "status";
      readonly status: Status;
      /** When the next attempt begins, by Date.now(); absent while one is under way. */
      readonly retryAt?: number;
      /** The WebSocket close code that ended the last attempt, where there was one. */
      readonly code?: number;
    }
  | {
      readonly type: "welcome";
      readonly canvas: CanvasInfo;
      readonly seat: SeatInfo | null;
      readonly saved: number;
      readonly nextMs: number;
      readonly online: number;
      readonly version: string;
    }
  /** A new board. The connection goes on changing this very grid; before or after `welcome`. */
  | { readonly type: "board"; readonly grid: Grid }
  /** The grid has changed at these cells, and is now at `seq`. */
  | ({ readonly type: "delta"; readonly seq: number } & Pick<DeltaFrame, "cells" | "colors">)
  | ({ readonly type: "placed" } & Omit<PlacedFrame, "kind">)
  | ({ readonly type: "refused" } & Omit<RefusedFrame, "kind">)
  | { readonly type: "presence"; readonly online: number }
  | {
      readonly type: "rules";
      readonly mode: Mode;
      readonly cooldownMs: number;
      readonly savedMax: number;
      readonly undoMs: number;
    }
  | { readonly type: "notice"; readonly code: string; readonly text: string }
  /** Placements whose connection died before their answer: placed or not, the board will tell. */
  | { readonly type: "lost"; readonly tokens: readonly number[] }
  /** The server answered the request for the board with an error; retried all the same. */
  | { readonly type: "problem"; readonly error: ApiError };

export type Emit = (event: ConnectionEvent) => void;
