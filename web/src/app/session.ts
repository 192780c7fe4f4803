import { computed, type Signal, signal } from "@preact/signals";
import { EMPTY_LOG } from "../core/chat";
import type { Grid } from "../core/grid";
import { createPending, type Pending, pendingColor } from "../core/pending";
import type { Connection } from "../net/connection";
import type { ChatRefusal } from "../ui/chat/model";
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
  readonly toSpeak: Map<number, Omit<Spot, "closed">>;
  /** Undos that wait for their answer, by token: the cell each is about. */
  readonly undos: Map<number, { x: number; y: number }>;
  /** One's own pixels that were not answered yet, by token: what an undo gives back. */
  readonly drawn: Map<number, Drawn>;
  /** The last one that was answered; null when it can't be taken back any more. */
  lastDrawn: Drawn | null;
  /** Messages that wait for their answer, by token. */
  readonly sayings: Map<number, (refusal: ChatRefusal | null) => void>;
  /** Announcements that were put away in this page view. */
  readonly dismissed: Set<number>;
  /** What ends when the page is left. */
  readonly timers: Set<ReturnType<typeof setTimeout>>;
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

/** A pixel of one's own. */
export interface Drawn {
  x: number;
  y: number;
  color: number;
  /** What was there before. */
  before: number;
  /** By performance.now(). */
  sentMs: number;
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
    undos: new Map(),
    drawn: new Map(),
    lastDrawn: null,
    sayings: new Map(),
    dismissed: new Set(),
    timers: new Set(),
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
  const lesson: CanvasModel["lesson"] = signal(null);
  const you: CanvasModel["you"] = signal(null);
  return {
    phase: signal("loading"),
    info,
    seat: signal(null),
    link: signal({ status: "connecting", retryAtMs: 0 }),
    online: signal(0),
    color: signal(Number(remembered("color") ?? Number.NaN)),
    charge: signal({ saved: 0, nextMs: 0, atMs: 0, cooldownMs: 0, savedMax: 0, unanswered: 0 }),
    spot: signal(null),
    closes: signal(false),
    insets: signal({ top: 0, bottom: 0 }),
    grid: signal(remembered("grid") !== "off"),
    eyedropper: signal(false),
    fullscreen: signal(false),
    theme: signal(rememberedTheme()),
    toasts: toaster.toasts,
    banner: computed(() => {
      if (trouble.value !== null) return trouble.value;
      if (info.value?.mode === "frozen") return "frozen";
      if (info.value?.mode === "closed") return lesson.value?.opens_ms ? "opens" : "closed";
      return you.value?.status === "frozen" ? "seat_frozen" : null;
    }),
    dialog: signal(null),
    spoken: signal(""),
    lesson,
    you,
    clockAheadMs: signal(0),
    door: signal(null),
    waiting: signal(false),
    notLetIn: signal(false),
    hidden: signal(false),
    announcements: signal([]),
    card: signal(null),
    cardIsNew: signal(false),
    side: signal(null),
    people: signal(new Map()),
    scores: signal(null),
    chat: {
      log: signal(EMPTY_LOG),
      history: signal("loading"),
      channel: signal(0),
      draft: signal(""),
      readyAtMs: signal(0),
    },
    asked: signal(null),
    undoable: signal(null),
  };
}

/** What a cell shows: what was just placed there, else what the board says. */
export function visibleColor(session: Session, index: number): number {
  return pendingColor(session.pending, index) ?? session.grid?.cells[index] ?? 0;
}

/** The words for a color of this canvas. */
export function colorName(session: Session, color: number): string {
  return session.model.info.value?.palette[color]?.name ?? String(color);
}
