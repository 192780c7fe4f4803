import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Camera } from "../core/camera";
import type { Grid } from "../core/grid";
import type { CanvasInfo, SeatInfo } from "../core/protocol.gen";
import type { MessageKey, Params } from "./strings";

/** What the canvas page shows as a whole. */
export type Phase = "loading" | "ready" | "missing" | "full" | "unreachable";

export interface LinkState {
  status: "connecting" | "live" | "reconnecting" | "offline";
  /** When the next attempt starts, as Date.now() counts; 0 when none is planned. */
  retryAtMs: number;
}

/** The saved-up pixels at one moment; what they are later follows by arithmetic. */
export interface Charge {
  saved: number;
  savedMax: number;
  /** When `saved` grows by one, as performance.now() counts; 0 when it is full. */
  nextAtMs: number;
  /** How long one pixel takes to grow back; 0: no waiting at all. */
  periodMs: number;
}

/** The cell that is pointed at, by pointer or by keys. */
export interface Spot {
  x: number;
  y: number;
  color: number;
}

export type ToastTone = "plain" | "good" | "warn";

export interface Toast {
  id: number;
  tone: ToastTone;
  text: string;
}

export type BannerKind = "frozen" | "closed" | "stopping" | "storage" | "full";
export type DialogKind = "join" | "help" | "theme" | "more";
export type Theme = "system" | "light" | "dark" | "contrast";
export const THEMES: readonly Theme[] = ["system", "light", "dark", "contrast"];

/** Everything the canvas page shows. The app writes it, the components read it. */
export interface CanvasModel {
  phase: Signal<Phase>;
  info: Signal<CanvasInfo | null>;
  seat: Signal<SeatInfo | null>;
  link: Signal<LinkState>;
  online: Signal<number>;
  color: Signal<number>;
  charge: Signal<Charge>;
  spot: Signal<Spot | null>;
  camera: Signal<Camera | null>;
  /** The stage in device pixels: with the camera it tells what is in view. */
  stage: Signal<{ width: number; height: number }>;
  grid: Signal<boolean>;
  eyedropper: Signal<boolean>;
  fullscreen: Signal<boolean>;
  theme: Signal<Theme>;
  toasts: Signal<readonly Toast[]>;
  banner: ReadonlySignal<BannerKind | null>;
  dialog: Signal<DialogKind | null>;
  /** The last thing said to screen readers. */
  spoken: Signal<string>;
  /** Grows when the board changed enough for the map to be drawn anew. */
  boardVersion: Signal<number>;
  board: () => Grid | null;
}

/** Everything the components can ask for. */
export interface CanvasActions {
  stageReady(canvas: HTMLCanvasElement, stage: HTMLElement): () => void;
  chooseColor(color: number): void;
  toggleEyedropper(): void;
  toggleGrid(): void;
  toggleFullscreen(): void;
  copyLink(): void;
  zoomIn(): void;
  zoomOut(): void;
  fit(): void;
  /** Brings this point, in cells, to the middle of the view. */
  lookAt(x: number, y: number): void;
  reconnect(): void;
  retry(): void;
  /** Takes a seat. The answer is what went wrong, or null. */
  join(nickname: string): Promise<{ key: MessageKey; params?: Params } | null>;
  suggestedNickname(): string;
  openDialog(kind: DialogKind): void;
  closeDialog(): void;
  setTheme(theme: Theme): void;
  dismissToast(id: number): void;
}

/** Longest nickname that the server takes, in characters. */
export const NICKNAME_MAX_CHARS = 24;

export interface CanvasCard {
  id: string;
  name: string;
  width: number;
  height: number;
  mode: "open" | "frozen" | "closed";
  seq: number;
  online: number;
  href: string;
  imageUrl: string;
}

export type Loadable<T> = { state: "loading" } | { state: "failed" } | { state: "ready"; value: T };

export interface SnapshotCard {
  name: string;
  atMs: number;
  bytes: number;
  url: string;
}
