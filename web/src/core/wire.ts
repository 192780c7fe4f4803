import { WireError } from "./error";
import { type Changes, decodeChanges } from "./packed";

export { WireError } from "./error";

/** The sub-protocol that the handshake asks for. */
export const SUB_PROTOCOL = "place.v1";

const TAG_PLACE = 0x01;
const TAG_PLACED = 0x81;
const TAG_REFUSED = 0x82;
const TAG_PIXEL = 0x83;
const TAG_PIXELS = 0x84;
const TAG_PACKED = 0x85;

const PLACE_BYTES = 10;
const PLACED_BYTES = 19;
const REFUSED_BYTES = 13;
const PIXEL_BYTES = 10;
const PIXELS_HEADER_BYTES = 13;
const CHANGE_BYTES = 5;
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
  /** The low 32 bits of the seq before. */
  readonly from: number;
  /** The low 32 bits of the seq after. */
  readonly to: number;
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

/** Decodes and checks one binary message; throws a WireError and nothing else. */
export function decodeFrame(buffer: ArrayBuffer, shape: Shape): ServerFrame {
  const view = new DataView(buffer);
  if (view.byteLength === 0) throw new WireError("an empty message");
  switch (view.getUint8(0)) {
    case TAG_PLACED:
      return decodePlaced(view);
    case TAG_REFUSED:
      return decodeRefused(view, shape);
    case TAG_PIXEL:
      return decodePixel(view, shape);
    case TAG_PIXELS:
      return decodePixels(view, shape);
    case TAG_PACKED:
      return decodePacked(view, shape);
    default:
      throw new WireError(`an unknown tag ${view.getUint8(0)}`);
  }
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

function decodePixel(view: DataView, shape: Shape): DeltaFrame {
  expectLength(view, PIXEL_BYTES);
  const to = view.getUint32(1, true);
  const cells = new Uint32Array(1);
  const colors = new Uint8Array(1);
  readChange(view, 5, shape, cells, colors, 0);
  return { kind: "delta", from: (to - 1) >>> 0, to, cells, colors };
}

function decodePixels(view: DataView, shape: Shape): DeltaFrame {
  if (view.byteLength < PIXELS_HEADER_BYTES) throw new WireError("a message that ends too early");
  const count = view.getUint32(9, true);
  if (count > shape.width * shape.height) throw new WireError("a count beyond the grid");
  expectLength(view, PIXELS_HEADER_BYTES + count * CHANGE_BYTES);
  const cells = new Uint32Array(count);
  const colors = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    readChange(view, PIXELS_HEADER_BYTES + i * CHANGE_BYTES, shape, cells, colors, i);
  }
  expectAscending(cells);
  return {
    kind: "delta",
    from: view.getUint32(1, true),
    to: view.getUint32(5, true),
    cells,
    colors,
  };
}

function decodePacked(view: DataView, shape: Shape): DeltaFrame {
  if (view.byteLength < 5) throw new WireError("a message that ends too early");
  const to = view.getUint32(1, true);
  const span = readVarint(view, 5);
  const count = readVarint(view, span.end);
  if (count.end >= view.byteLength) throw new WireError("a message that ends too early");
  const changes = decodeChanges(
    new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
    count.end + 1,
    count.value,
    view.getUint8(count.end),
    shape.width * shape.height,
    shape.colors,
  );
  return { kind: "delta", from: (to - span.value) >>> 0, to, ...changes };
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

function readChange(
  view: DataView,
  offset: number,
  shape: Shape,
  cells: Uint32Array,
  colors: Uint8Array,
  i: number,
): void {
  const x = view.getUint16(offset, true);
  const y = view.getUint16(offset + 2, true);
  const color = view.getUint8(offset + 4);
  if (x >= shape.width || y >= shape.height) throw new WireError("a cell outside the grid");
  expectColor(color, shape);
  cells[i] = y * shape.width + x;
  colors[i] = color;
}

function expectLength(view: DataView, bytes: number): void {
  if (view.byteLength !== bytes) {
    throw new WireError(`a message of ${view.byteLength} bytes instead of ${bytes}`);
  }
}

function expectColor(color: number, shape: Shape): void {
  if (color >= shape.colors) throw new WireError("a color beyond the palette");
}

function expectAscending(cells: Uint32Array): void {
  for (let i = 1; i < cells.length; i++) {
    if (cells[i]! <= cells[i - 1]!) throw new WireError("cells that are not sorted, each once");
  }
}
