import type { Grid } from "../core/grid";
import type { CanvasInfo, Lesson, Mode, SeatInfo, ServerText, You } from "../core/protocol.gen";
import type { DeltaFrame, PlacedFrame, RefusedFrame } from "../core/wire";
import type { ApiError } from "./api";

/**
 * connecting: the first attempt. live: the board is in step with the server. reconnecting: it is
 * not, and we are at it. offline: it is not, and the device says that it has no network.
 */
export type Status = "connecting" | "live" | "reconnecting" | "offline";

/** kicked, banned: by the teacher. gone: the canvas was put away. seat_ended: the seat is void. */
export type EndReason = "kicked" | "banned" | "gone" | "seat_ended";

/** Messages that are handed on as they came: what they say is nothing to the connection. */
export type Relayed = Extract<
  ServerText,
  {
    type:
      | "lesson"
      | "you"
      | "people"
      | "chat"
      | "chat_deleted"
      | "chat_changed"
      | "forgotten"
      | "chat_taken"
      | "chat_refused"
      | "announcement"
      | "announcement_over"
      | "desk";
  }
>;

export type ConnectionEvent =
  | Relayed
  /** The picture is hidden from us. A `board` comes by itself when it is shown. */
  | { readonly type: "hidden" }
  /** The server ended it for good: it is not opened again by itself. */
  | { readonly type: "ended"; readonly why: EndReason }
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
      readonly you: You | null;
      readonly lesson: Lesson;
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
  | { readonly type: "allowance"; readonly saved: number; readonly nextMs: number }
  | { readonly type: "presence"; readonly online: number }
  | {
      readonly type: "rules";
      readonly mode: Mode;
      readonly cooldownMs: number;
      readonly savedMax: number;
      readonly undoMs: number;
    }
  | { readonly type: "notice"; readonly code: string; readonly text: string }
  /** Placements, undos and messages whose connection died before their answer came. */
  | { readonly type: "lost"; readonly tokens: readonly number[] }
  /** The server answered the request for the board with an error; retried all the same. */
  | { readonly type: "problem"; readonly error: ApiError };

export type Emit = (event: ConnectionEvent) => void;
