import { WireError } from "./error";
import { MAX_SIDE_CELLS } from "./grid";
import type {
  CanvasInfo,
  ClientText,
  Mode,
  PaletteColor,
  SeatInfo,
  ServerText,
} from "./protocol.gen";

/** A text message longer than this is not parsed: the longest, `welcome`, has under 20,000. */
const MAX_TEXT_CHARS = 262_144;
/** Cells hold one byte, and 255 means "no such cell" in a refusal. */
const MAX_PALETTE_COLORS = 255;
const MODES: readonly unknown[] = ["open", "frozen", "closed"] satisfies Mode[];

type Fields = Readonly<Record<string, unknown>>;

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

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isString(value: unknown): value is string {
  return typeof value === "string";
}

/** Whether it is a whole number from 0 that JavaScript counts with exactly. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

const CHECKS: Record<ServerText["type"], (value: Fields) => boolean> = {
  welcome: (value) =>
    isCount(value.protocol) &&
    isCanvasInfo(value.canvas) &&
    (value.seat === null || isSeatInfo(value.seat)) &&
    isString(value.history) &&
    isCount(value.seq) &&
    isCount(value.saved) &&
    isCount(value.next_ms) &&
    isCount(value.online) &&
    isString(value.version),
  beat: (value) => isCount(value.seq),
  presence: (value) => isCount(value.online),
  rules: isRules,
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

function isHex(value: unknown): boolean {
  return isString(value) && /^#[0-9a-f]{6}$/i.test(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WireError("a text message that is not JSON");
  }
}
