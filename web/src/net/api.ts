import { type Grid, parseBoard } from "../core/grid";
import type { CanvasInfo, Mode, PaletteColor, SeatInfo } from "../core/protocol.gen";
import { isCanvasInfo, isCount, isFields, isPalette, isSeatInfo, isString } from "../core/text";

/** An answer that takes longer will not come: the longest the server itself waits is shorter. */
const ANSWER_TIMEOUT_MS = 15_000;
/** The largest board is some megabytes compressed, and a school's network may be slow. */
const BOARD_TIMEOUT_MS = 60_000;

export interface CanvasSummary {
  readonly id: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly mode: Mode;
  readonly seq: number;
  readonly online: number;
}

export interface Palette {
  readonly id: string;
  readonly name: string;
  readonly colors: readonly PaletteColor[];
}

export interface Snapshot {
  readonly name: string;
  readonly seq: number;
  readonly at_ms: number;
  readonly bytes: number;
}

/** A request that failed. `status` is 0 when no (readable) answer came. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** The server's code, or "network", "timeout", "unreadable". */
  readonly code: string;
  /** When the server says a retry makes sense; null when it does not say. */
  readonly retryAfterMs: number | null;

  constructor(status: number, code: string, text: string, retryAfterMs: number | null = null) {
    super(text);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  /** The server's sentence about it. */
  get text(): string {
    return this.message;
  }
}

export async function canvases(): Promise<CanvasSummary[]> {
  return getList("api/canvases", "canvases", isSummary);
}

export async function canvas(id: string): Promise<CanvasInfo & { seq: number; online: number }> {
  const value = await getJson(canvasPath(id));
  if (isCanvasInfo(value) && isSummary(value)) return value;
  throw unreadable();
}

/** The seat that this browser holds in a canvas; null without one. */
export async function me(id: string): Promise<SeatInfo | null> {
  return seatOf(await getJson(canvasPath(id, "me")));
}

/** Takes a seat, or renames the one held. The cookie comes with the answer. */
export async function join(id: string, nickname: string): Promise<SeatInfo> {
  const seat = seatOf(
    await getJson(canvasPath(id, "join"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ nickname }),
    }),
  );
  if (seat === null) throw unreadable();
  return seat;
}

export async function palettes(): Promise<Palette[]> {
  return getList("api/palettes", "palettes", isNamedPalette);
}

export async function snapshots(id: string): Promise<Snapshot[]> {
  return getList(canvasPath(id, "snapshots"), "snapshots", isSnapshot);
}

/** How one looks: as who one is, or as somebody without a seat would. */
export type LooksAs = "self" | "onlooker";

const looking = (as: LooksAs) => (as === "self" ? "" : `?as=${as}`);

export async function board(id: string, signal?: AbortSignal, as: LooksAs = "self"): Promise<Grid> {
  // An older board from a cache would do, but catching up from it costs more.
  const init: RequestInit = { cache: "no-cache", ...(signal && { signal }) };
  const path = canvasPath(id, "board") + looking(as);
  return parseBoard(
    await request(path, init, BOARD_TIMEOUT_MS, (response) => response.arrayBuffer()),
  );
}

/** The address of the canvas as a picture. */
export function imageUrl(id: string, scale = 1): string {
  return resolve(`${canvasPath(id, "image.png")}${scale === 1 ? "" : `?scale=${scale}`}`).href;
}

/** The same; `version` in the address makes a changed picture load anew. */
export function canvasPictureUrl(id: string, version: number): string {
  return `${imageUrl(id)}?seq=${version}`;
}

export function snapshotUrl(id: string, name: string): string {
  return resolve(canvasPath(id, "snapshots", name)).href;
}

export function socketUrl(id: string, as: LooksAs = "self"): string {
  const url = resolve(canvasPath(id, "ws") + looking(as));
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

export function canvasPath(...parts: string[]): string {
  return ["api/canvases", ...parts.map(encodeURIComponent)].join("/");
}

/** Relative to the page's base: the server may live under a path. */
export function resolve(path: string): URL {
  return new URL(path, document.baseURI);
}

export async function getList<T>(
  path: string,
  field: string,
  check: (value: unknown) => value is T,
): Promise<T[]> {
  const value = await getJson(path);
  const list = isFields(value) ? value[field] : undefined;
  if (!Array.isArray(list) || !list.every(check)) throw unreadable();
  return list;
}

export async function getJson(path: string, init: RequestInit = {}): Promise<unknown> {
  return request(path, init, ANSWER_TIMEOUT_MS, (response) => response.json());
}

/** Sends a request and reads its answer with `read`, both within `timeoutMs`. */
export async function request<T>(
  path: string,
  init: RequestInit,
  timeoutMs: number,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const aborter = new AbortController();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    aborter.abort();
  }, timeoutMs);
  const outer = init.signal;
  const abort = () => aborter.abort();
  outer?.addEventListener("abort", abort);
  if (outer?.aborted) abort();
  try {
    const response = await fetch(resolve(path), { ...init, signal: aborter.signal });
    if (!response.ok) throw await refusal(response);
    return await read(response);
  } catch (error) {
    throw failure(error, timedOut);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", abort);
  }
}

async function refusal(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const error = isFields(body) && isFields(body.error) ? body.error : {};
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new ApiError(
    response.status,
    isString(error.code) ? error.code : `http_${response.status}`,
    isString(error.text) ? error.text : response.statusText,
    seconds >= 0 ? seconds * 1_000 : null,
  );
}

function failure(error: unknown, timedOut: boolean): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof SyntaxError) return unreadable();
  return new ApiError(0, timedOut ? "timeout" : "network", String(error));
}

export function unreadable(): ApiError {
  return new ApiError(0, "unreadable", "The server's answer is not what was asked for.");
}

function seatOf(value: unknown): SeatInfo | null {
  const seat = isFields(value) ? value.seat : undefined;
  if (seat === null || isSeatInfo(seat)) return seat;
  throw unreadable();
}

function isSummary(value: unknown): value is CanvasSummary {
  return (
    isFields(value) &&
    isString(value.id) &&
    isString(value.name) &&
    isCount(value.width) &&
    isCount(value.height) &&
    isString(value.mode) &&
    isCount(value.seq) &&
    isCount(value.online)
  );
}

function isNamedPalette(value: unknown): value is Palette {
  return isFields(value) && isString(value.id) && isString(value.name) && isPalette(value.colors);
}

function isSnapshot(value: unknown): value is Snapshot {
  return (
    isFields(value) &&
    isString(value.name) &&
    isCount(value.seq) &&
    isCount(value.at_ms) &&
    isCount(value.bytes)
  );
}
