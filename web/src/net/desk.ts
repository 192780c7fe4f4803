// What teachers ask the server for. Every change of a canvas answers what it took in the journal.

import {
  type Area,
  type Deed,
  type Desk,
  type DeskCanvas,
  type Invitation,
  isDeed,
  isDesk,
  isDeskCanvas,
  isDone,
  isInvitation,
  isKey,
  isNewSeat,
  isOwner,
  isPreview,
  isSettings,
  isTeacher,
  type Key,
  type NewSeat,
  type Owner,
  type Preview,
  type Seqs,
  type Settings,
  type Teacher,
} from "../core/desk";
import type { Mode, PaletteColor, TeamInfo } from "../core/protocol.gen";
import { type Check, list, orNull, record } from "../core/shape";
import { isCount, isFields, isString } from "../core/value";
import { canvasPath, getJson, request, resolve, unreadable } from "./api";

/** A change may wait for the journal, and for the history to be read through. */
const CHANGE_TIMEOUT_MS = 60_000;

// The account.

/** Whose password a link chooses: null for somebody new. Throws 410 or 404 once it is used. */
export async function setupLink(link: string): Promise<Teacher | null> {
  return (await get(["setup", link], record({ teacher: orNull(isTeacher) }))).teacher;
}

export async function setUp(link: string, name: string | null, password: string) {
  return (await change("POST", ["setup"], { link, name, password }, isWithTeacher)).teacher;
}

export async function logIn(name: string, password: string): Promise<Teacher> {
  return (await change("POST", ["login"], { name, password }, isWithTeacher)).teacher;
}

export async function logOut(): Promise<void> {
  await change("POST", ["logout"]);
}

/** Who is logged in in this browser. Throws 401 for nobody. */
export async function teacher(): Promise<Teacher> {
  return (await get(["teacher"], isWithTeacher)).teacher;
}

/** Ends all other log-ins and all tokens, too. */
export async function changePassword(old: string, next: string): Promise<void> {
  await change("POST", ["teacher", "password"], { old, new: next });
}

export async function logins(): Promise<Key[]> {
  return (await get(["teacher", "logins"], record({ logins: list(isKey) }))).logins;
}

export async function endLogin(id: number): Promise<void> {
  await change("DELETE", ["teacher", "logins", id]);
}

export async function tokens(): Promise<Key[]> {
  return (await get(["teacher", "tokens"], record({ tokens: list(isKey) }))).tokens;
}

/** Makes a token for programs. Its secret is told this once. */
export async function makeToken(label: string): Promise<string> {
  const made = await change(
    "POST",
    ["teacher", "tokens"],
    { label },
    record({ id: isCount, token: isString }),
  );
  return made.token;
}

export async function revokeToken(id: number): Promise<void> {
  await change("DELETE", ["teacher", "tokens", id]);
}

/** A link with which a new colleague makes an account. */
export async function inviteColleague(): Promise<{ link: string; days: number }> {
  return change("POST", ["teachers"], {}, record({ link: isString, days: isCount }));
}

export async function colleagues(): Promise<Teacher[]> {
  return (await get(["teachers"], record({ teachers: list(isTeacher) }))).teachers;
}

// The canvases.

export async function myCanvases(): Promise<DeskCanvas[]> {
  return (await get(["desk"], record({ canvases: list(isDeskCanvas) }))).canvases;
}

export interface NewCanvas {
  name: string;
  width: number;
  height: number;
  palette: string | readonly PaletteColor[];
  mode: Mode;
  cooldown_ms: number;
  saved_max: number;
  undo_ms: number;
  settings: Partial<Settings>;
  teams: readonly { name: string; color: string }[];
}

export async function createCanvas(wish: NewCanvas): Promise<string> {
  return (await change("POST", ["canvases"], wish, isWithId)).id;
}

export interface Copy {
  name: string;
  with_people: boolean;
  with_picture: boolean;
}

export async function duplicateCanvas(id: string, copy: Copy): Promise<string> {
  return (await change("POST", of(id, "duplicate"), copy, isWithId)).id;
}

export async function archiveCanvas(id: string, on: boolean): Promise<void> {
  await change("POST", of(id, "archive"), { on });
}

/** The name must be typed as it is: nothing brings a deleted canvas back. */
export async function deleteCanvas(id: string, name: string): Promise<void> {
  await change("DELETE", of(id), { name });
}

export async function forgetClass(id: string, name: string): Promise<number> {
  return (await change("POST", of(id, "forget"), { name }, record({ forgotten: isCount })))
    .forgotten;
}

export interface RulesChange {
  name?: string;
  mode?: Mode;
  cooldown_ms?: number;
  saved_max?: number;
  undo_ms?: number;
}

export async function changeRules(id: string, rules: RulesChange): Promise<void> {
  await change("PATCH", of(id), rules);
}

export async function changeSettings(id: string, settings: Partial<Settings>): Promise<Settings> {
  return (await change("PATCH", of(id, "settings"), settings, record({ settings: isSettings })))
    .settings;
}

export async function share(id: string, name: string): Promise<void> {
  await change("POST", of(id, "teachers"), { name });
}

export async function unshare(id: string, number: number): Promise<void> {
  await change("DELETE", of(id, "teachers", number));
}

// The lesson.

export async function desk(id: string): Promise<Desk> {
  return get(of(id, "desk"), isDesk);
}

/** How students come in, as it is shown to them. */
export async function invitation(id: string): Promise<Invitation> {
  return get(of(id, "invite"), isInvitation);
}

export async function changeCode(id: string, what: "renew" | "close" | "open"): Promise<void> {
  await change("POST", of(id, "code"), { do: what });
}

export async function announce(id: string, text: string, minutes: number): Promise<number> {
  const isAnswer = record({ announcement: record({ id: isCount }) });
  return (await change("POST", of(id, "announce"), { text, minutes }, isAnswer)).announcement.id;
}

export async function endAnnouncement(id: string, announcement: number): Promise<void> {
  await change("DELETE", of(id, "announcements", announcement));
}

export interface TimerWish {
  seconds: number;
  label: string;
  freezes: boolean;
}

export async function startTimer(id: string, wish: TimerWish): Promise<void> {
  await change("POST", of(id, "timer"), wish);
}

export async function stopTimer(id: string): Promise<void> {
  await change("DELETE", of(id, "timer"));
}

export async function deleteMessage(id: string, message: number): Promise<void> {
  await change("DELETE", of(id, "chat", message));
}

/** Takes a deletion back, as long as the server still knows the text. */
export async function restoreMessage(id: string, message: number): Promise<void> {
  await change("POST", of(id, "chat", message, "restore"));
}

export async function reportDone(id: string, report: number): Promise<void> {
  await change("POST", of(id, "reports", report, "done"));
}

export type TeamWish = Omit<TeamInfo, "number"> & { number?: number };

export async function setTeams(id: string, teams: readonly TeamWish[]): Promise<void> {
  await change("PUT", of(id, "teams"), { teams });
}

/** Everybody anew, or only those without a team; tells how many. */
export async function dealTeams(id: string, everyone: boolean): Promise<number> {
  const path = of(id, "teams", "deal");
  return (await change("POST", path, { everyone }, record({ dealt: isCount }))).dealt;
}

// The people.

export async function addNames(
  id: string,
  roster: { names: string[] } | { csv: string },
): Promise<NewSeat[]> {
  return (await change("POST", of(id, "seats"), roster, record({ seats: list(isNewSeat) }))).seats;
}

export async function admitAll(id: string): Promise<void> {
  await change("POST", of(id, "seats", "admit-all"));
}

export type SeatDeed = "admit" | "refuse" | "kick" | "unkick" | "unmute" | "forget";

export async function toSeat(id: string, seat: number, deed: SeatDeed): Promise<void> {
  await change("POST", of(id, "seats", seat, deed));
}

/** For so many minutes; null until it is lifted. */
export async function mute(id: string, seat: number, minutes: number | null): Promise<void> {
  await change("POST", of(id, "seats", seat, "mute"), { minutes });
}

export async function rename(id: string, seat: number, nickname: string): Promise<void> {
  await change("PATCH", of(id, "seats", seat), { nickname });
}

/** Another card; the old one and all log-ins with it end. */
export async function renewCard(id: string, seat: number): Promise<string> {
  return (await change("POST", of(id, "seats", seat, "renew"), {}, record({ card: isString })))
    .card;
}

export interface Standing {
  status?: "active" | "frozen" | "banned";
  team?: number;
}

export async function setStanding(id: string, seat: number, standing: Standing): Promise<Seqs> {
  return done(of(id, "seats", seat, "standing"), standing);
}

// Order on the canvas.

export async function owners(id: string, area: Area): Promise<Owner[]> {
  const answer = await change(
    "POST",
    of(id, "areas", "owners"),
    { area },
    record({ owners: list(isOwner) }),
  );
  return answer.owners;
}

export async function fill(id: string, area: Area, color: number): Promise<Seqs> {
  return done(of(id, "areas", "fill"), { area, color });
}

export async function protect(id: string, area: Area, on: boolean): Promise<Seqs> {
  return done(of(id, "areas", "protect"), { area, on });
}

export async function restore(id: string, area: Area, atMs: number): Promise<Seqs> {
  return done(of(id, "areas", "restore"), { area, at_ms: atMs });
}

export async function previewRestore(id: string, area: Area, atMs: number): Promise<Preview> {
  const wish = { area, at_ms: atMs, preview: true };
  return change("POST", of(id, "areas", "restore"), wish, isPreview);
}

export async function removePixels(id: string, seat: number, fromMs: number): Promise<Seqs> {
  return done(of(id, "seats", seat, "remove-pixels"), { from_ms: fromMs });
}

export async function previewRemoval(id: string, seat: number, fromMs: number): Promise<Preview> {
  const wish = { from_ms: fromMs, preview: true };
  return change("POST", of(id, "seats", seat, "remove-pixels"), wish, isPreview);
}

export type AwardTo = "all" | { team: number } | { seats: number[] };

export async function award(id: string, to: AwardTo, pixels: number): Promise<Seqs> {
  return done(of(id, "award"), { to, pixels });
}

/** Takes back what a tool did to cells, where it still stands. */
export async function revert(id: string, seqs: readonly [number, number]): Promise<Seqs> {
  return done(of(id, "revert"), { seqs });
}

export interface RecordFilter {
  seat?: number;
  from_ms?: number;
  until_ms?: number;
}

export async function deeds(id: string, filter: RecordFilter): Promise<Deed[]> {
  const path = `${join(of(id, "record"))}${query(filter)}`;
  const answer = await getJson(path);
  return checked(answer, record({ record: list(isDeed) })).record;
}

// Addresses of files.

export function recordCsvUrl(id: string, filter: RecordFilter): string {
  return resolve(`${join(of(id, "record"))}${query({ ...filter, format: "csv" })}`).href;
}

export const joinQrUrl = (id: string) => resolve(canvasPath(id, "qr.svg")).href;

export const cardQrUrl = (id: string, seat: number) =>
  resolve(canvasPath(id, "seats", String(seat), "qr.svg")).href;

// How it is asked.

const isWithTeacher = record({ teacher: isTeacher });
const isWithId = record({ id: isString });
const isAnything: Check<unknown> = (_value): _value is unknown => true;

type Path = readonly (string | number)[];

const of = (id: string, ...parts: Path): Path => ["canvases", id, ...parts];

const join = (path: Path) =>
  ["api", ...path.map((part) => encodeURIComponent(String(part)))].join("/");

function query(fields: object): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) search.set(key, String(value));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

async function get<T>(path: Path, check: Check<T>): Promise<T> {
  return checked(await getJson(join(path)), check);
}

async function done(path: Path, body: object): Promise<Seqs> {
  return (await change("POST", path, body, isDone)).seqs;
}

async function change<T = unknown>(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: Path,
  body: object = {},
  check: Check<T> = isAnything as Check<T>,
): Promise<T> {
  const init: RequestInit = {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const answer = await request(join(path), init, CHANGE_TIMEOUT_MS, readAnswer);
  return checked(answer, check);
}

async function readAnswer(response: Response): Promise<unknown> {
  const text = await response.text();
  return text === "" ? null : (JSON.parse(text) as unknown);
}

function checked<T>(value: unknown, check: Check<T>): T {
  if (check(value)) return value;
  throw unreadable();
}

/** Whether an error means that nobody is logged in here. */
export function isLoggedOut(error: unknown): boolean {
  return isFields(error) && error.status === 401;
}
