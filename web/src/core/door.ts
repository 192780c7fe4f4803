// What the server tells a person who comes to a canvas, and one who asks about it.

import { isRole, isTeamRule, isTeams, isYou } from "./lesson";
import type { Mode, Role, SeatInfo, TeamInfo, TeamRule, You } from "./protocol.gen";
import { isSeatInfo } from "./text";
import { isCount, isFields, isFlag, isListOf, isNullOr, isOneOf, isString } from "./value";

/** open: a nickname will do. code: and the class code. approve: and the teacher. roster: a card. */
export type JoinRule = "open" | "code" | "approve" | "roster";

/** here: may draw. waiting: at the door, until the teacher lets the person in. */
export type SeatState = "here" | "waiting";

export interface Door {
  readonly canvas: { readonly id: string; readonly name: string };
  readonly join: JoinRule;
  readonly teams: readonly TeamInfo[];
  readonly team_rule: TeamRule;
  /** Whether the key of the link is the right one: then no code is asked for. */
  readonly key_ok: boolean;
}

/** What a code opens: a canvas, and with a card one's own seat in it. */
export interface Entry {
  readonly canvas: { readonly id: string; readonly name: string };
  readonly seat: SeatInfo | null;
}

export interface Joined {
  readonly seat: SeatInfo;
  /** The personal code; null when the server keeps it to itself. */
  readonly card: string | null;
  readonly state: SeatState;
}

export interface Me {
  readonly seat: SeatInfo | null;
  readonly you: You | null;
  readonly card: string | null;
  readonly state: SeatState | null;
}

/** Who placed a pixel, as far as one may know. */
export interface Placer {
  readonly nickname: string | null;
  readonly team: number | null;
  readonly role: Role | null;
}

export interface CellFacts {
  readonly x: number;
  readonly y: number;
  readonly color: number;
  readonly by: Placer | null;
  readonly protected: boolean;
  /** The team that alone may draw there. */
  readonly region: number | null;
}

export interface TeamScore {
  readonly team: number;
  readonly placed: number;
  readonly standing: number;
}

export interface PersonScore extends TeamScore {
  readonly seat: number;
  readonly nickname: string | null;
}

export interface Scores {
  readonly teams: readonly TeamScore[];
  readonly people: readonly PersonScore[];
}

export interface Bot {
  readonly seat: number;
  readonly nickname: string | null;
  /** Whose it is; null for a teacher's. */
  readonly bot_of: number | null;
  readonly online: boolean;
}

const isJoinRule = isOneOf<JoinRule>(["open", "code", "approve", "roster"]);
const isSeatState = isOneOf<SeatState>(["here", "waiting"]);
export const isMode = isOneOf<Mode>(["open", "frozen", "closed"]);

export function isDoor(value: unknown): value is Door {
  return (
    isFields(value) &&
    isNamed(value.canvas) &&
    isJoinRule(value.join) &&
    isTeams(value.teams) &&
    isTeamRule(value.team_rule) &&
    isFlag(value.key_ok)
  );
}

export function entryOf(value: unknown): Entry | null {
  if (!isFields(value) || !isNamed(value.canvas)) return null;
  return { canvas: value.canvas, seat: isSeatInfo(value.seat) ? value.seat : null };
}

export function joinedOf(value: unknown): Joined | null {
  if (!isFields(value) || !isSeatInfo(value.seat)) return null;
  const card = isString(value.card) ? value.card : null;
  return { seat: value.seat, card, state: isSeatState(value.state) ? value.state : "here" };
}

export function meOf(value: unknown): Me | null {
  if (!isFields(value) || !isNullOr(value.seat, isSeatInfo)) return null;
  return {
    seat: value.seat,
    you: isYou(value.you) ? value.you : null,
    card: isString(value.card) ? value.card : null,
    state: isSeatState(value.state) ? value.state : value.seat ? "here" : null,
  };
}

export function isCellFacts(value: unknown): value is CellFacts {
  return (
    isFields(value) &&
    isCount(value.x) &&
    isCount(value.y) &&
    isCount(value.color) &&
    isNullOr(value.by, isFieldsOrNot) &&
    isFlag(value.protected) &&
    isNullOr(value.region, isCount)
  );
}

/** The placer with every field, of which the server tells only what one may know. */
export function placerOf({ by }: CellFacts): Placer | null {
  if (by === null) return null;
  return {
    nickname: isString(by.nickname) ? by.nickname : null,
    team: isCount(by.team) && by.team > 0 ? by.team : null,
    role: isRole(by.role) ? by.role : null,
  };
}

export function isScores(value: unknown): value is Scores {
  return (
    isFields(value) && isListOf(value.teams, isTeamScore) && isListOf(value.people, isPersonScore)
  );
}

export function isBot(value: unknown): value is Bot {
  return (
    isFields(value) &&
    isCount(value.seat) &&
    isNullOr(value.nickname, isString) &&
    isNullOr(value.bot_of, isCount) &&
    isFlag(value.online)
  );
}

function isTeamScore(value: unknown): value is TeamScore {
  return isFields(value) && isCount(value.team) && isCount(value.placed) && isCount(value.standing);
}

function isPersonScore(value: unknown): value is PersonScore {
  return (
    isFields(value) &&
    isCount(value.seat) &&
    isNullOr(value.nickname, isString) &&
    isTeamScore(value)
  );
}

function isNamed(value: unknown): value is { id: string; name: string } {
  return isFields(value) && isString(value.id) && isString(value.name);
}

function isFieldsOrNot(value: unknown): value is Placer {
  return isFields(value);
}

/** Letters of a class code, and of a personal card. */
export const CODE_LETTERS = 6;
export const CARD_LETTERS = 9;

/** In groups of three, a code is easier to read out and to type. */
const GROUP_LETTERS = 3;

/** A code as it was typed or pasted: capital letters and digits, nothing else. */
export function tidyCode(typed: string): string {
  return typed
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "")
    .slice(0, CARD_LETTERS);
}

/** The code in groups: `ACD EFG`. */
export function groupedCode(code: string): string {
  return tidyCode(code).replace(new RegExp(`(.{${GROUP_LETTERS}})(?=.)`, "g"), "$1 ");
}

/** Whether a code has as many letters as a class code or a card. */
export function isWholeCode(code: string): boolean {
  const { length } = tidyCode(code);
  return length === CODE_LETTERS || length === CARD_LETTERS;
}
