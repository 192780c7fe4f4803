import { applyChanges, colorsFit, type Grid } from "../core/grid";
import type { ServerText } from "../core/protocol.gen";
import { INITIAL_SYNC, isLive, type SyncEvent, type SyncState, sync } from "../core/sync";
import { decodeText } from "../core/text";
import {
  type DeltaFrame,
  decodeFrame,
  type ServerFrame,
  type Shape,
  WireError,
} from "../core/wire";
import type { Emit } from "./events";

/**
 * How many boards may be loaded in a row without getting in step from one of them, before the
 * connection counts as failed: each is a download, so retries must slow down.
 */
export const MAX_RELOADS_IN_A_ROW = 3;

export interface MirrorHooks {
  readonly emit: Emit;
  readonly watch: (since: number) => void;
  readonly fetchBoard: () => void;
}

/**
 * The local copy of a canvas, through all of its connections. It is told what arrives, throws a
 * WireError at what breaks the protocol, and asks for what it needs through its hooks. It emits
 * last, so that a listener may do anything, even reconnect.
 */
export class Mirror {
  /** Of the present connection; null before its welcome. */
  shape: Shape | null = null;
  /** Whether the picture is hidden from us: there is no board to be had. */
  hidden = false;
  private readonly hooks: MirrorHooks;
  private state: SyncState = INITIAL_SYNC;
  private grid: Grid | null = null;
  /** Names what the seqs we hold mean; a restored server tells another story under the same ones. */
  private history: string | null = null;
  private reloads = 0;

  constructor(hooks: MirrorHooks) {
    this.hooks = hooks;
  }

  get live(): boolean {
    return isLive(this.state);
  }

  get needsBoard(): boolean {
    return this.state.seq === null;
  }

  opening(): void {
    this.shape = null;
    this.hidden = false;
    this.reloads = 0;
    this.step({ type: "opening" });
  }

  /** The server said so, or refused the board for it. */
  hide(): void {
    const known = this.hidden;
    this.hidden = true;
    this.step({ type: "hidden" });
    if (!known) this.hooks.emit({ type: "hidden" });
  }

  closed(): void {
    this.shape = null;
    this.hidden = false;
    this.step({ type: "closed" });
  }

  /** Asks the server for a sign of life. */
  probe(): void {
    this.step({ type: "probe" });
  }

  board(grid: Grid): void {
    if (this.shape !== null && !fits(grid, this.shape)) {
      throw new WireError("a board that does not fit the canvas");
    }
    this.grid = grid;
    this.step({ type: "board", seq: grid.seq });
    this.hooks.emit({ type: "board", grid });
  }

  text(data: string): void {
    const message = decodeText(data);
    if (message === null) return;
    if (message.type === "welcome") {
      this.welcome(message);
      return;
    }
    if (this.shape === null) throw new WireError("a message before the welcome");
    switch (message.type) {
      case "beat":
        // Whoever is given beats may see the picture, too: we missed that it is shown.
        if (this.hidden) this.show();
        this.step({ type: "beat", seq: message.seq });
        if (this.live) this.reloads = 0;
        break;
      case "reload":
        this.show();
        break;
      case "hidden":
        this.hide();
        break;
      case "allowance":
        this.hooks.emit({ type: "allowance", saved: message.saved, nextMs: message.next_ms });
        break;
      case "presence":
        this.hooks.emit({ type: "presence", online: message.online });
        break;
      case "rules":
        this.hooks.emit({
          type: "rules",
          mode: message.mode,
          cooldownMs: message.cooldown_ms,
          savedMax: message.saved_max,
          undoMs: message.undo_ms,
        });
        break;
      case "notice":
        this.hooks.emit({ type: "notice", code: message.code, text: message.text });
        break;
      case "error":
        throw new WireError(`the server did not understand us: ${message.text}`);
      default:
        this.hooks.emit(message);
    }
  }

  /** Applies a delta; returns the other frames, which are answers to placements. */
  frame(data: ArrayBuffer): Exclude<ServerFrame, DeltaFrame> | null {
    if (this.shape === null) throw new WireError("a message before the welcome");
    const frame = decodeFrame(data, this.shape, this.state.seq ?? 0);
    if (frame.kind !== "delta") return frame;
    const { from, to, catchUp, cells, colors } = frame;
    if (!this.step({ type: "delta", from, to, catchUp })) return null;
    const seq = this.state.seq!;
    applyChanges(this.grid!, frame, seq);
    this.hooks.emit({ type: "delta", cells, colors, seq });
    return null;
  }

  private show(): void {
    this.hidden = false;
    this.step({ type: "reload" });
  }

  private welcome(message: Extract<ServerText, { type: "welcome" }>): void {
    const { canvas, seat, you, lesson, saved, online, version } = message;
    const shape = { width: canvas.width, height: canvas.height, colors: canvas.palette.length };
    this.shape = shape;
    this.step({ type: "welcome", seq: message.seq });
    const sameHistory = this.history === null || this.history === message.history;
    this.history = message.history;
    this.hidden = false;
    // Another canvas under the same name, or another history: what we hold is of no use.
    if (!this.needsBoard && !(sameHistory && fits(this.grid!, shape)))
      this.step({ type: "reload" });
    this.hooks.emit({
      type: "welcome",
      canvas,
      seat,
      you,
      lesson,
      saved,
      nextMs: message.next_ms,
      online,
      version,
    });
  }

  /** Returns whether the event's delta is to be applied. */
  private step(event: SyncEvent): boolean {
    const { state, action } = sync(this.state, event);
    this.state = state;
    if (action === "watch") this.hooks.watch(state.seq!);
    if (action === "fetch") {
      this.reloads += 1;
      if (this.reloads > MAX_RELOADS_IN_A_ROW) throw new WireError("too many reloads in a row");
      this.hooks.fetchBoard();
    }
    return action === "apply";
  }
}

function fits(grid: Grid, shape: Shape): boolean {
  const sameSize = grid.width === shape.width && grid.height === shape.height;
  return sameSize && colorsFit(grid, shape.colors);
}
