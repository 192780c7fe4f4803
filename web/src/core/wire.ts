import { WireError } from "./error";
import { type Changes, decodeChanges } from "./packed";

export { WireError } from "./error";

/** The sub-protocol that the handshake asks for. */
export const SUB_PROTOCOL = "place.v1";

const TAG_PLACE = 0x01;
const TAG_PLACED = 0x81;
const TAG_REFUSED = 0x82;
/** The two highest bits of a delta's first byte; the others say how it is coded. */
const TAG_DELTA = 0xc0;
/** In a delta's first byte: the header of a catch-up follows. */
const CATCH_UP = 0x20;
/** In a delta's first byte: the Rice parameter of scattered cells, or DRAWN. */
const CODE_MASK = 0x1f;
/** In place of a Rice parameter: one more byte says how the drawing is coded. */
const DRAWN = 0x1f;

const PLACE_BYTES = 10;
const PLACED_BYTES = 19;
const REFUSED_BYTES = 13;
/** Tag and low bits of a seq: what a delta has at least before its code and changes. */
const LIVE_HEADER_BYTES = 3;
const CATCH_UP_HEADER_BYTES = 5;
/** Enough for 32 bits at seven a byte. */
const MAX_VARINT_BYTES = 5;
/** In a refusal: there is no such cell. */
const NO_COLOR = 255;

export const REFUSALS = [
  "cooldown",
  "out_of_bounds",
  "unknown_color",
  "frozen",
  "closed",
  "busy",
  "malformed",
  "no_seat",
  "storage",
  "stopping",
  "protected",
  "region",
  "seat_frozen",
  "banned",
  "nothing_to_undo",
  "too_late",
  "drawn_over",
] as const;

export type RefusalName = (typeof REFUSALS)[number];

/** What a frame is checked against. */
export interface Shape {
  readonly width: number;
  readonly height: number;
  /** The length of the palette. */
  readonly colors: number;
}

export interface PlacedFrame {
  readonly kind: "placed";
  readonly token: number;
  readonly seq: number;
  readonly saved: number;
  readonly nextMs: number;
}

export interface RefusedFrame {
  readonly kind: "refused";
  readonly token: number;
  readonly reason: RefusalName;
  /** The true color of the cell; null when there is no such cell. */
  readonly color: number | null;
  readonly saved: number;
  readonly waitMs: number;
}

export interface DeltaFrame extends Changes {
  readonly kind: "delta";
  /** The seq before. */
  readonly from: number;
  /** The seq after. */
  readonly to: number;
  /**
   * Whether its header tells enough of the seqs for anybody to know where it belongs. One that
   * does not is for those who have every message before it.
   */
  readonly catchUp: boolean;
}

export type ServerFrame = PlacedFrame | RefusedFrame | DeltaFrame;

export function encodePlace(token: number, x: number, y: number, color: number): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(PLACE_BYTES));
  view.setUint8(0, TAG_PLACE);
  view.setUint32(1, token, true);
  view.setUint16(5, x, true);
  view.setUint16(7, y, true);
  view.setUint8(9, color);
  return view.buffer as ArrayBuffer;
}

/**
 * Decodes and checks one binary message; throws a WireError and nothing else. `at` is the seq where
 * the viewer is: a delta's seqs are those nearest to it that have the bits of its header.
 */
export function decodeFrame(buffer: ArrayBuffer, shape: Shape, at: number): ServerFrame {
  const view = new DataView(buffer);
  if (view.byteLength === 0) throw new WireError("an empty message");
  const tag = view.getUint8(0);
  if (tag === TAG_PLACED) return decodePlaced(view);
  if (tag === TAG_REFUSED) return decodeRefused(view, shape);
  if (tag >= TAG_DELTA) return decodeDelta(view, shape, at);
  throw new WireError(`an unknown tag ${tag}`);
}

/** Reads a u64 that JavaScript can count with exactly. */
export function readSeq(view: DataView, offset: number): number {
  const seq = Number(view.getBigUint64(offset, true));
  if (!Number.isSafeInteger(seq)) throw new WireError("a seq beyond 2^53");
  return seq;
}

function decodePlaced(view: DataView): PlacedFrame {
  expectLength(view, PLACED_BYTES);
  return {
    kind: "placed",
    token: view.getUint32(1, true),
    seq: readSeq(view, 5),
    saved: view.getUint16(13, true),
    nextMs: view.getUint32(15, true),
  };
}

function decodeRefused(view: DataView, shape: Shape): RefusedFrame {
  expectLength(view, REFUSED_BYTES);
  const reason = REFUSALS[view.getUint8(5) - 1];
  if (reason === undefined) throw new WireError(`an unknown reason ${view.getUint8(5)}`);
  const color = view.getUint8(6);
  if (color !== NO_COLOR) expectColor(color, shape);
  return {
    kind: "refused",
    token: view.getUint32(1, true),
    reason,
    color: color === NO_COLOR ? null : color,
    saved: view.getUint16(7, true),
    waitMs: view.getUint32(9, true),
  };
}

function decodeDelta(view: DataView, shape: Shape, at: number): DeltaFrame {
  const tag = view.getUint8(0);
  const catchUp = (tag & CATCH_UP) !== 0;
  expectMore(view, catchUp ? CATCH_UP_HEADER_BYTES : LIVE_HEADER_BYTES);
  if (!catchUp) {
    const from = at + (((view.getUint16(1, true) - at) << 16) >> 16);
    const changes = decodeCoded(view, LIVE_HEADER_BYTES, shape);
    const count = changes.cells.length;
    if (count === 0) throw new WireError("a live delta without a change");
    return { kind: "delta", from, to: from + count, catchUp, ...changes };
  }
  const from = at + ((view.getUint32(1, true) - at) | 0);
  const span = readVarint(view, CATCH_UP_HEADER_BYTES);
  const changes = decodeCoded(view, span.end, shape);
  return { kind: "delta", from, to: from + span.value, catchUp, ...changes };
}

function decodeCoded(view: DataView, start: number, shape: Shape): Changes {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const rice = view.getUint8(0) & CODE_MASK;
  if (rice !== DRAWN) return decodeChanges(bytes, start, { short: null, rice }, shape);
  expectMore(view, start + 1);
  const parameters = view.getUint8(start);
  const code = { short: parameters >> 5, rice: parameters & CODE_MASK };
  return decodeChanges(bytes, start + 1, code, shape);
}

function readVarint(view: DataView, start: number): { value: number; end: number } {
  let value = 0;
  for (let i = 0; i < MAX_VARINT_BYTES; i++) {
    if (start + i >= view.byteLength) throw new WireError("a message that ends too early");
    const byte = view.getUint8(start + i);
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) {
      if (value > 0xffff_ffff) throw new WireError("a varint over 32 bits");
      return { value, end: start + i + 1 };
    }
  }
  throw new WireError("a varint over five bytes");
}

function expectMore(view: DataView, bytes: number): void {
  if (view.byteLength < bytes) throw new WireError("a message that ends too early");
}

function expectLength(view: DataView, bytes: number): void {
  if (view.byteLength !== bytes) {
    throw new WireError(`a message of ${view.byteLength} bytes instead of ${bytes}`);
  }
}

function expectColor(color: number, shape: Shape): void {
  if (color >= shape.colors) throw new WireError("a color beyond the palette");
}
