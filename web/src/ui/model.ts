import type { ReadonlySignal, Signal } from "@preact/signals";
import type { CooldownState } from "../core/cooldown";
import type { CanvasInfo, SeatInfo } from "../core/protocol.gen";

/** What the canvas page shows as a whole. */
export type Phase = "loading" | "ready" | "missing" | "full" | "unreachable";

export interface LinkState {
  status: "connecting" | "live" | "reconnecting" | "offline";
  /** When the next attempt starts, as Date.now() counts; 0 when none is planned. */
  retryAtMs: number;
}

/** The saved-up pixels as the server last told them, by performance.now(). */
export interface Charge extends CooldownState {
  /** Placements on their way, which the server has not counted yet. */
  readonly unanswered: number;
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

export type BannerKind = "frozen" | "closed" | "stopping" | "storage" | "blocked";
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
  /** What the panels cover at the top and the bottom of the stage, in CSS pixels. */
  insets: Signal<{ top: number; bottom: number }>;
  grid: Signal<boolean>;
  eyedropper: Signal<boolean>;
  fullscreen: Signal<boolean>;
  theme: Signal<Theme>;
  toasts: Signal<readonly Toast[]>;
  banner: ReadonlySignal<BannerKind | null>;
  dialog: Signal<DialogKind | null>;
  /** The last thing said to screen readers. */
  spoken: Signal<string>;
}

/** Everything the components can ask for. */
export interface CanvasActions {
  stageReady(canvas: HTMLCanvasElement, stage: HTMLElement): () => void;
  mapReady(canvas: HTMLCanvasElement): () => void;
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
  join(nickname: string): Promise<{ text: string } | null>;
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
