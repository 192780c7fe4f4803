import type { Signal } from "@preact/signals";
import type { Area, Deed, Desk, NewSeat, Owner, Settings, Teacher } from "../../../core/desk";
import type { Bot } from "../../../core/door";
import type { Mode, TeamInfo } from "../../../core/protocol.gen";
import type { CanvasModel } from "../../model";
import type { Saying } from "../toasts";

/** What the side of the page shows; on a phone, what the page shows. */
export const TABS = ["canvas", "people", "chat", "area", "teams", "more"] as const;
export const MORE_TABS = ["lesson", "names", "settings", "bots", "record", "share"] as const;
export type Tab = (typeof TABS)[number] | (typeof MORE_TABS)[number];

/** What dragging on the canvas does: draw as everybody does, or choose a rectangle. */
export type Tool = "draw" | "area";

/** What would happen, drawn over the canvas. */
export interface Ghost {
  area: Area;
  /** A palette index a cell, row by row. */
  colors: Uint8Array<ArrayBuffer>;
  /** How many cells would change. */
  cells: number;
}

/** Everything the live page shows beside what the canvas page shows. */
export interface LiveModel {
  canvas: CanvasModel;
  /** Who leads here. */
  teacher: Teacher;
  desk: Signal<Desk | null>;
  /** What keeps the desk from being up to date, in words; null when nothing does. */
  trouble: Signal<string | null>;
  /** The state that was just asked for, until the answer is there. */
  wantedMode: Signal<Mode | null>;
  tab: Signal<Tab>;
  tool: Signal<Tool>;
  /** The chosen rectangle. */
  area: Signal<Area | null>;
  ghost: Signal<Ghost | null>;
  /** Whose sheet is open. */
  seat: Signal<number | null>;
  sayings: Signal<readonly Saying[]>;
}

export interface Links {
  /** Of the start page, as people type it. */
  address: string;
  desk: string;
  cards: string;
  projector: string;
  /** The canvas's page, with all of its address. */
  canvasUrl: string;
  /** Where a program connects. */
  botAddress: string;
  gallery: string;
  joinQr: string;
  picture: string;
  record: (filter: RecordWish) => string;
}

export interface RecordWish {
  seat?: number;
  from_ms?: number;
  until_ms?: number;
}

export type TeamDraft = Omit<TeamInfo, "number"> & { number?: number };

/** Each happens at once; what can be taken back offers so by itself. */
export interface LiveActions {
  dismissSaying(id: number): void;
  /** Asks for everything again, at once. */
  retry(): void;
  copy(text: string): void;
  setMode(mode: Mode): void;
  changeCode(what: "renew" | "close" | "open"): void;
  announce(text: string, minutes: number): Promise<string | null>;
  endAnnouncement(id: number): void;
  startTimer(minutes: number, label: string, freezes: boolean): Promise<string | null>;
  stopTimer(): void;
  change(settings: Partial<Settings>): void;
  changeRules(rules: RulesWish): void;
  award(to: "all" | { team: number } | { seats: number[] }, pixels: number): void;
  admit(seat: number): void;
  refuse(seat: number): void;
  admitAll(): void;
  mute(seat: number, minutes: number | null): void;
  unmute(seat: number): void;
  setStatus(seat: number, status: "active" | "frozen" | "banned"): void;
  setTeam(seat: number, team: number): void;
  kick(seat: number): void;
  rename(seat: number, nickname: string): Promise<string | null>;
  renewCard(seat: number): void;
  forget(seat: number): Promise<string | null>;
  /** Shows what taking somebody's pixels of the last minutes away would do; null for all. */
  previewRemoval(seat: number, minutes: number | null): Promise<string | null>;
  removePixels(seat: number, minutes: number | null): void;
  owners(area: Area): Promise<readonly Owner[] | null>;
  fill(area: Area, color: number): void;
  protect(area: Area, on: boolean): void;
  previewRestore(area: Area, atMs: number): Promise<string | null>;
  restore(area: Area, atMs: number): void;
  clearGhost(): void;
  lookAt(area: Area): void;
  setTeams(teams: readonly TeamDraft[]): Promise<string | null>;
  /** Everybody anew, or only those without a team. */
  deal(everyone: boolean): void;
  addNames(text: string): Promise<readonly NewSeat[] | string>;
  bots(): Promise<readonly Bot[] | string>;
  makeBot(name: string): Promise<{ token: string } | string>;
  removeBot(seat: number, name: string): Promise<void>;
  deleteMessage(id: number): void;
  reportDone(id: number): void;
  record(filter: RecordWish): Promise<readonly Deed[] | null>;
  revertDeed(deed: Deed): void;
  share(name: string): Promise<string | null>;
  unshare(number: number): void;
  forgetClass(): Promise<string | null>;
}

export interface RulesWish {
  name?: string;
  cooldown_ms?: number;
  saved_max?: number;
  undo_ms?: number;
}

export interface LiveProps {
  model: LiveModel;
  act: LiveActions;
  links: Links;
}
