import type { ReadonlySignal, Signal } from "@preact/signals";
import type { ChatLog } from "../core/chat";
import type { WhyClosed } from "../core/closed";
import type { CooldownState } from "../core/cooldown";
import type { Bot, Door, Placer, Scores } from "../core/door";
import type { Announcement, CanvasInfo, Lesson, Person, SeatInfo, You } from "../core/protocol.gen";
import type { ChatHistory, ChatRefusal } from "./chat/model";

/** Why the page shows no canvas, though there is one. */
export type EndReason = "kicked" | "banned" | "gone" | "seat_ended";

/**
 * What the canvas page shows as a whole. door: only those with a seat may look. waiting: the
 * teacher lets people in, and only those inside may look. The last four: it was ended.
 */
export type Phase =
  | "loading"
  | "ready"
  | "missing"
  | "full"
  | "unreachable"
  | "door"
  | "waiting"
  | EndReason;

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
  /** Why one may not draw there; null where one may. */
  closed: WhyClosed | null;
}

export type ToastTone = "plain" | "good" | "warn";

export interface Toast {
  id: number;
  tone: ToastTone;
  text: string;
}

export type BannerKind =
  | "frozen"
  | "closed"
  | "opens"
  | "seat_frozen"
  | "stopping"
  | "storage"
  | "blocked";
export type DialogKind = "join" | "help" | "theme" | "more" | "team" | "bots";
/** What can stand beside the canvas. */
export type SideKind = "chat" | "people";

/** Somebody asks who placed a pixel. */
export interface Asked {
  x: number;
  y: number;
  /** Where its cell is on the page, in CSS pixels. */
  at: { left: number; top: number };
  color: number;
  /** failed: the server did not say. */
  answer: "loading" | "failed" | { by: Placer | null; isProtected: boolean; region: number | null };
}

/** One's last pixel, while it can be taken back; times by performance.now(). */
export interface Undoable {
  fromMs: number;
  untilMs: number;
}

/** What one is told at the door. */
export interface JoinAnswer {
  text: string;
  /** Which field it is about. */
  field: "nickname" | "code" | "team" | null;
}

export interface JoinForm {
  nickname: string;
  /** A class code; empty when the link or the rules make it needless. */
  code: string;
  /** 0: none was chosen. */
  team: number;
}
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
  /** Whether some of the sheet is hatched: one may not draw there. */
  closes: Signal<boolean>;
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
  lesson: Signal<Lesson | null>;
  /** What holds for the person here; null for one who only watches. */
  you: Signal<You | null>;
  /** By how much the server's clock is ahead of ours, in milliseconds. */
  clockAheadMs: Signal<number>;
  /** What it takes to join; null until it is known. */
  door: Signal<Door | null>;
  /** Whether the teacher has yet to let this person in. */
  waiting: Signal<boolean>;
  /** Whether the teacher did not let this person in. */
  notLetIn: Signal<boolean>;
  /** Whether the picture is hidden from us. */
  hidden: Signal<boolean>;
  announcements: Signal<readonly Announcement[]>;
  /** The personal code; null when there is none. */
  card: Signal<string | null>;
  /** Whether the personal code is to be written down: it was just given out. */
  cardIsNew: Signal<boolean>;
  side: Signal<SideKind | null>;
  /** Who is here, by seat. */
  people: Signal<ReadonlyMap<number, Person>>;
  scores: Signal<Scores | null>;
  chat: ChatModel;
  asked: Signal<Asked | null>;
  undoable: Signal<Undoable | null>;
}

export interface ChatModel {
  log: Signal<ChatLog>;
  history: Signal<ChatHistory>;
  /** The channel that is shown. */
  channel: Signal<number>;
  draft: Signal<string>;
  /** When the next message may be sent, by Date.now(). */
  readyAtMs: Signal<number>;
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
  /** Takes a seat, or renames the one held. The answer is what went wrong, or null. */
  join(form: JoinForm): Promise<JoinAnswer | null>;
  /** Takes the seat that a personal code is for. */
  useCard(card: string): Promise<JoinAnswer | null>;
  /** Gives the seat back: this is somebody else's turn. */
  leave(): void;
  chooseTeam(team: number): Promise<JoinAnswer | null>;
  copyCard(): void;
  hideCard(): void;
  toggleSide(kind: SideKind): void;
  undo(): void;
  closeAsked(): void;
  dismissAnnouncement(id: number): void;
  chat: ChatActions;
  bots: BotActions;
  suggestedNickname(): string;
  openDialog(kind: DialogKind): void;
  closeDialog(): void;
  setTheme(theme: Theme): void;
  dismissToast(id: number): void;
}

export interface ChatActions {
  open(channel: number): void;
  older(): void;
  draft(text: string): void;
  send(text: string, replyTo: number | null): Promise<ChatRefusal | null>;
  report(id: number): Promise<boolean>;
}

export interface BotActions {
  list(): Promise<Bot[]>;
  /** The token, told once; or what went wrong. */
  make(name: string): Promise<{ token: string } | { text: string }>;
  remove(seat: number): Promise<{ text: string } | null>;
  copyToken(token: string): void;
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
