import { WireError } from "./error";
import { MAX_SIDE_CELLS } from "./grid";
import { isAnnouncement, isChatMessage, isLesson, isPerson, isYou } from "./lesson";
import type {
  CanvasInfo,
  ClientText,
  Mode,
  PaletteColor,
  SeatInfo,
  ServerText,
} from "./protocol.gen";
import { type Fields, isCount, isFields, isHex, isId, isListOf, isString } from "./value";

export { isCount, isFields, isString } from "./value";

/** A text message longer than this is not parsed: the longest, `welcome`, has under 30,000. */
const MAX_TEXT_CHARS = 262_144;
/** Cells hold one byte, and 255 means "no such cell" in a refusal. */
const MAX_PALETTE_COLORS = 255;
const MODES: readonly unknown[] = ["open", "frozen", "closed"] satisfies Mode[];

export function encodeText(message: ClientText): string {
  return JSON.stringify(message);
}

/** Reads a text message: null for a type we don't know, a WireError for a broken one. */
export function decodeText(text: string): ServerText | null {
  if (text.length > MAX_TEXT_CHARS) throw new WireError("a text message that is too long");
  const value = parseJson(text);
  if (!isFields(value)) throw new WireError("a text message that is not an object");
  if (typeof value.type !== "string") throw new WireError("a text message without a type");
  const check = CHECKS[value.type as ServerText["type"]] as
    | ((value: Fields) => boolean)
    | undefined;
  if (check === undefined || !Object.hasOwn(CHECKS, value.type)) return null;
  if (!check(value)) throw new WireError(`a broken ${value.type} message`);
  return value as ServerText;
}

export function isCanvasInfo(value: unknown): value is CanvasInfo {
  return (
    isFields(value) &&
    isString(value.id) &&
    isString(value.name) &&
    isSide(value.width) &&
    isSide(value.height) &&
    isPalette(value.palette) &&
    isRules(value)
  );
}

export function isSeatInfo(value: unknown): value is SeatInfo {
  return isFields(value) && isCount(value.number) && isString(value.nickname);
}

export function isPalette(value: unknown): value is PaletteColor[] {
  return (
    Array.isArray(value) &&
    value.length >= 1 &&
    value.length <= MAX_PALETTE_COLORS &&
    value.every((color) => isFields(color) && isString(color.name) && isHex(color.hex))
  );
}

const CHECKS: Record<ServerText["type"], (value: Fields) => boolean> = {
  welcome: (value) =>
    isCount(value.protocol) &&
    isCanvasInfo(value.canvas) &&
    (value.seat === null || isSeatInfo(value.seat)) &&
    (value.you === null || isYou(value.you)) &&
    isLesson(value.lesson) &&
    isString(value.history) &&
    isCount(value.seq) &&
    isCount(value.saved) &&
    isCount(value.next_ms) &&
    isCount(value.online) &&
    isString(value.version),
  beat: (value) => isCount(value.seq),
  allowance: (value) => isCount(value.saved) && isCount(value.next_ms),
  presence: (value) => isCount(value.online),
  rules: isRules,
  lesson: (value) => isLesson(value.lesson),
  you: (value) => isYou(value.you),
  people: (value) => isListOf(value.here, isPerson) && isListOf(value.left, isCount),
  chat: (value) => isChatMessage(value.message),
  chat_deleted: (value) => isId(value.id),
  chat_changed: (value) => isChatMessage(value.message),
  forgotten: (value) => isListOf(value.seats, isCount),
  chat_taken: (value) => isCount(value.token) && isId(value.id),
  chat_refused: (value) =>
    isCount(value.token) &&
    isString(value.code) &&
    isString(value.text) &&
    isCount(value.wait_ms) &&
    isCount(value.limit),
  announcement: (value) => isAnnouncement(value.announcement),
  announcement_over: (value) => isId(value.id),
  hidden: () => true,
  desk: (value) => isString(value.what),
  reload: (value) => isString(value.reason),
  notice: (value) => isString(value.code) && isString(value.text),
  error: (value) => isString(value.code) && isString(value.text),
};

function isRules(value: Fields): boolean {
  return (
    MODES.includes(value.mode) &&
    isCount(value.cooldown_ms) &&
    isCount(value.saved_max) &&
    isCount(value.undo_ms)
  );
}

function isSide(value: unknown): boolean {
  return isCount(value) && value >= 1 && value <= MAX_SIDE_CELLS;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WireError("a text message that is not JSON");
  }
}
