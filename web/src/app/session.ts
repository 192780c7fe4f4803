import { computed, type Signal, signal } from "@preact/signals";
import type { Grid } from "../core/grid";
import { createPending, type Pending, pendingColor } from "../core/pending";
import type { Connection } from "../net/connection";
import type { BannerKind, CanvasActions, CanvasModel, Spot } from "../ui/model";
import { remembered, rememberedTheme } from "./preferences";
import { createToaster, type Toaster } from "./toasts";
import type { View } from "./view";

/** Everything that one open canvas consists of. The functions beside work on it. */
export interface Session {
  readonly id: string;
  readonly model: CanvasModel;
  readonly actions: CanvasActions;
  readonly pending: Pending;
  readonly toaster: Toaster;
  /** Placements to be read out when they are answered, by token. */
  readonly toSpeak: Map<number, Spot>;
  /** Lasting trouble besides the canvas's own mode. */
  readonly trouble: Signal<BannerKind | null>;
  grid: Grid | null;
  connection: Connection | null;
  /** Present while the stage is on the page. */
  view: View | null;
  /** Whether it was live before: coming back is then worth a word. */
  wasLive: boolean;
  /** Attempts that failed since it was live. */
  failures: number;
}

export function createSession(
  id: string,
  createActions: (session: () => Session) => CanvasActions,
): Session {
  const trouble = signal<BannerKind | null>(null);
  const toaster = createToaster();
  const session: Session = {
    id,
    model: createModel(trouble, toaster),
    actions: createActions(() => session),
    pending: createPending(),
    toaster,
    toSpeak: new Map(),
    trouble,
    grid: null,
    connection: null,
    view: null,
    wasLive: false,
    failures: 0,
  };
  return session;
}

function createModel(trouble: Signal<BannerKind | null>, toaster: Toaster): CanvasModel {
  const info: CanvasModel["info"] = signal(null);
  return {
    phase: signal("loading"),
    info,
    seat: signal(null),
    link: signal({ status: "connecting", retryAtMs: 0 }),
    online: signal(0),
    color: signal(Number(remembered("color") ?? Number.NaN)),
    charge: signal({ saved: 0, nextMs: 0, atMs: 0, cooldownMs: 0, savedMax: 0, unanswered: 0 }),
    spot: signal(null),
    insets: signal({ top: 0, bottom: 0 }),
    grid: signal(remembered("grid") !== "off"),
    eyedropper: signal(false),
    fullscreen: signal(false),
    theme: signal(rememberedTheme()),
    toasts: toaster.toasts,
    banner: computed(() => trouble.value ?? modeBanner(info.value?.mode)),
    dialog: signal(null),
    spoken: signal(""),
  };
}

function modeBanner(mode: string | undefined): BannerKind | null {
  return mode === "frozen" || mode === "closed" ? mode : null;
}

/** What a cell shows: what was just placed there, else what the board says. */
export function visibleColor(session: Session, index: number): number {
  return pendingColor(session.pending, index) ?? session.grid?.cells[index] ?? 0;
}

/** The words for a color of this canvas. */
export function colorName(session: Session, color: number): string {
  return session.model.info.value?.palette[color]?.name ?? String(color);
}
