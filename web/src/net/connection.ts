import { encodeText } from "../core/text";
import { encodePlace, WireError } from "../core/wire";
import { ApiError } from "./api";
import { backoffMs } from "./backoff";
import { browserEnvironment, type Change, type Environment, type SocketLike } from "./environment";
import type { ConnectionEvent, Emit, EndReason, Status } from "./events";
import { Mirror } from "./mirror";

export type { ConnectionEvent, EndReason, Relayed, Status } from "./events";

/** A beat comes every 15 s; after two missed ones and some slack the connection is dead. */
export const SILENCE_TIMEOUT_MS = 40_000;
/** From opening the socket to the welcome: a filter that swallows WebSockets answers nothing. */
export const WELCOME_TIMEOUT_MS = 10_000;
/** When there is reason to doubt the connection, its sign of life must come this fast. */
export const PROBE_TIMEOUT_MS = 8_000;
/** A page that is looked at again doubts a connection that was silent for longer than a beat. */
export const DOUBT_AFTER_MS = 17_000;
/** Live for this long, and the next failure counts as the first one. */
export const STABLE_AFTER_MS = 10_000;
/** When a network comes back, a class's devices spread their attempts over this time. */
export const WAKE_SPREAD_MS = 500;
/** The server's own limit on placements that wait for their answer. */
export const MAX_UNANSWERED = 64;

/** WebSocket.OPEN, without needing a WebSocket. */
const OPEN = 1;
const NORMAL_CLOSURE = 1000;
/** The close codes after which coming back by ourselves would be of no use. */
const ENDINGS: Readonly<Record<number, EndReason>> = {
  4003: "kicked",
  4004: "banned",
  4005: "gone",
  4006: "seat_ended",
};
/** While the picture is hidden no beats come: asking this often keeps the connection heard. */
export const HIDDEN_PROBE_MS = 15_000;
const MAX_TOKEN = 0xffff_ffff;

type Timer = ReturnType<typeof setTimeout>;

export interface ConnectionOptions {
  readonly id: string;
  readonly onEvent: Emit;
  readonly environment?: Environment;
}

export interface Connection {
  /** Sends one pixel; its token, or null when it can't be sent now. */
  place(x: number, y: number, color: number): number | null;
  /** Takes one's last pixel back; the answer is that of a placement. */
  undo(): number | null;
  /** Writes to a team, or to the class (0); its token, or null when it can't be sent now. */
  say(channel: number, text: string, replyTo: number | null): number | null;
  /** Opens a fresh connection at once, for example with a new seat's cookie. */
  reconnectNow(): void;
  /** Ends it for good; no event comes any more. */
  close(): void;
}

/** Follows a canvas: board, live feed, placements; reconnects by itself until closed. */
export function openConnection(options: ConnectionOptions): Connection {
  const line = new Line(options.id, options.onEvent, options.environment ?? browserEnvironment);
  line.start();
  return line;
}

class Line implements Connection {
  private readonly id: string;
  private readonly onEvent: Emit;
  private readonly env: Environment;
  private readonly mirror: Mirror;
  private readonly unlisten: () => void;
  private readonly unanswered = new Set<number>();
  private socket: SocketLike | null = null;
  private boardFetch: AbortController | null = null;
  private status: Status | null = null;
  private failures = 0;
  private lastToken = 0;
  private heardAtMs = 0;
  private retryAt = 0;
  private closed = false;
  private retryTimer: Timer | undefined;
  private silenceTimer: Timer | undefined;
  private probeTimer: Timer | undefined;
  private stableTimer: Timer | undefined;
  private hiddenTimer: Timer | undefined;

  constructor(id: string, onEvent: Emit, env: Environment) {
    this.id = id;
    this.onEvent = onEvent;
    this.env = env;
    this.mirror = new Mirror({
      emit: (event) => this.emit(event),
      watch: (since) => this.send(encodeText({ type: "watch", since })),
      fetchBoard: () => this.fetchBoard(),
    });
    this.unlisten = env.onChange((change) => this.changed(change));
  }

  start(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    this.mirror.opening();
    if (this.mirror.needsBoard && this.boardFetch === null) this.fetchBoard();
    this.openSocket();
    if (this.socket !== null)
      this.setStatus(this.status === null ? "connecting" : this.downStatus());
  }

  place(x: number, y: number, color: number): number | null {
    const shape = this.mirror.shape;
    if (shape === null) return null;
    if (!(x >= 0 && y >= 0 && x < shape.width && y < shape.height)) return null;
    if (!(color >= 0 && color < shape.colors)) return null;
    return this.ask((token) => encodePlace(token, x, y, color));
  }

  undo(): number | null {
    return this.ask((token) => encodeText({ type: "undo", token }));
  }

  say(channel: number, text: string, replyTo: number | null): number | null {
    const reply = replyTo === null ? {} : { reply_to: replyTo };
    return this.ask((token) => encodeText({ type: "chat", token, channel, text, ...reply }));
  }

  /** Sends what is answered under its token. */
  private ask(encode: (token: number) => string | ArrayBuffer): number | null {
    if (this.mirror.shape === null || this.socket?.readyState !== OPEN) return null;
    if (this.unanswered.size >= MAX_UNANSWERED) return null;
    this.lastToken = this.lastToken === MAX_TOKEN ? 1 : this.lastToken + 1;
    this.unanswered.add(this.lastToken);
    this.send(encode(this.lastToken));
    return this.lastToken;
  }

  reconnectNow(): void {
    if (this.closed) return;
    this.failures = 0;
    this.drop(NORMAL_CLOSURE);
    this.start();
  }

  close(): void {
    this.closed = true;
    this.unlisten();
    this.stop();
  }

  /** Lets go of everything, and plans nothing. */
  private stop(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    this.boardFetch?.abort();
    this.boardFetch = null;
    this.drop(NORMAL_CLOSURE);
  }

  private openSocket(): void {
    let socket: SocketLike;
    try {
      socket = this.env.openSocket(this.id);
    } catch {
      // The page's own rules forbid it; they won't change, but the wait keeps us polite.
      this.fail();
      return;
    }
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onmessage = (event) => this.received(event.data);
    socket.onclose = (event) => this.socketClosed(event.code);
    this.expectWithin(WELCOME_TIMEOUT_MS);
  }

  private socketClosed(code: number): void {
    const why = ENDINGS[code];
    if (why === undefined) return this.fail(code);
    this.stop();
    this.emit({ type: "ended", why });
  }

  private received(data: unknown): void {
    this.guard(() => {
      if (typeof data === "string") this.mirror.text(data);
      else if (data instanceof ArrayBuffer) this.frame(data);
    });
    if (this.socket === null) return;
    this.expectWithin(this.mirror.shape === null ? WELCOME_TIMEOUT_MS : SILENCE_TIMEOUT_MS);
    if (this.mirror.shape !== null && this.mirror.hidden) this.askWhileHidden();
    else if (this.mirror.needsBoard && this.boardFetch === null) this.fetchBoard();
    this.checkLive();
  }

  /** The answer is `hidden` again, or the feed of a picture that is shown by now. */
  private askWhileHidden(): void {
    clearTimeout(this.hiddenTimer);
    this.hiddenTimer = setTimeout(() => {
      if (this.mirror.hidden) this.send(encodeText({ type: "watch" }));
    }, HIDDEN_PROBE_MS);
  }

  private frame(data: ArrayBuffer): void {
    const answer = this.mirror.frame(data);
    if (answer === null || !this.unanswered.delete(answer.token)) return;
    const { kind: type, ...fields } = answer;
    this.emit({ type, ...fields } as ConnectionEvent);
  }

  private checkLive(): void {
    const hidden = this.mirror.hidden && this.mirror.shape !== null;
    if (this.mirror.live || hidden) {
      clearTimeout(this.probeTimer);
      this.probeTimer = undefined;
      if (this.status === "live") return;
      clearTimeout(this.stableTimer);
      this.stableTimer = setTimeout(() => {
        this.failures = 0;
      }, STABLE_AFTER_MS);
      this.setStatus("live");
    } else if (this.mirror.needsBoard && this.status === "live") {
      this.setStatus(this.downStatus());
    }
  }

  private fetchBoard(): void {
    this.boardFetch?.abort();
    const aborter = new AbortController();
    this.boardFetch = aborter;
    const current = () => this.boardFetch === aborter;
    this.env.loadBoard(this.id, aborter.signal).then(
      (grid) => {
        if (!current()) return;
        this.boardFetch = null;
        this.guard(() => this.mirror.board(grid));
      },
      (error: unknown) => {
        if (!current()) return;
        this.boardFetch = null;
        this.boardFailed(error);
      },
    );
  }

  private boardFailed(error: unknown): void {
    const answered = error instanceof ApiError && error.status !== 0 ? error : null;
    if (answered?.code === "hidden") {
      this.mirror.hide();
      if (this.mirror.shape === null || this.socket === null) return;
      this.askWhileHidden();
      return this.checkLive();
    }
    // Without a socket a retry is on its way already, and it asks for the board again.
    if (this.socket !== null) this.fail(undefined, answered?.retryAfterMs ?? 0);
    if (answered !== null) this.emit({ type: "problem", error: answered });
  }

  /** Ends this attempt and plans the next one. */
  private fail(code?: number, atLeastMs = 0): void {
    if (this.closed) return;
    this.failures += 1;
    this.drop(NORMAL_CLOSURE);
    if (this.closed || this.socket !== null) return;
    this.retryIn(Math.max(atLeastMs, backoffMs(this.failures, this.env.random)), code);
  }

  private retryIn(waitMs: number, code?: number): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.start(), waitMs);
    this.retryAt = Date.now() + waitMs;
    const { retryAt } = this;
    this.setStatus(this.downStatus(), code === undefined ? { retryAt } : { retryAt, code });
  }

  /** Lets go of the socket, and of what waited for it. */
  private drop(code: number): void {
    clearTimeout(this.silenceTimer);
    clearTimeout(this.probeTimer);
    clearTimeout(this.stableTimer);
    clearTimeout(this.hiddenTimer);
    this.probeTimer = undefined;
    const socket = this.socket;
    this.socket = null;
    if (socket !== null) {
      socket.onmessage = null;
      socket.onclose = null;
      socket.close(code);
    }
    this.mirror.closed();
    const tokens = [...this.unanswered];
    this.unanswered.clear();
    if (tokens.length > 0) this.emit({ type: "lost", tokens });
  }

  private expectWithin(timeoutMs: number): void {
    this.heardAtMs = Date.now();
    clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => this.fail(), timeoutMs);
  }

  private changed(change: Change): void {
    if (this.retryTimer !== undefined) {
      if (change === "offline") this.setStatus("offline", { retryAt: this.retryAt });
      else this.retryIn(this.env.random() * WAKE_SPREAD_MS);
      return;
    }
    const doubtful = change !== "visible" || Date.now() - this.heardAtMs > DOUBT_AFTER_MS;
    if (doubtful && this.mirror.live) this.probe();
  }

  private probe(): void {
    this.probeTimer ??= setTimeout(() => this.fail(), PROBE_TIMEOUT_MS);
    this.mirror.probe();
  }

  /** Runs what reads the server's bytes: where they break the protocol, this attempt is over. */
  private guard(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.fail();
    }
  }

  private send(data: string | ArrayBuffer): void {
    if (this.socket?.readyState === OPEN) this.socket.send(data);
  }

  private downStatus(): Status {
    return this.env.isOnline() ? "reconnecting" : "offline";
  }

  private setStatus(status: Status, more: { retryAt?: number; code?: number } = {}): void {
    this.status = status;
    this.emit({ type: "status", status, ...more });
  }

  private emit(event: ConnectionEvent): void {
    if (event.type === "chat_taken" || event.type === "chat_refused") {
      this.unanswered.delete(event.token);
    }
    if (!this.closed) this.onEvent(event);
  }
}
