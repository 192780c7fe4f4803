import type { Intent } from "./intent";

/** Arrow keys with Shift move the cursor by this many cells. */
const FAST_CURSOR_CELLS = 10;
/** One press of W, A, S or D moves the sheet by this much, in CSS pixels. */
const PAN_STEP_CSS_PX = 64;

/** A key event without the browser. */
export interface KeyInput {
  readonly key: string;
  readonly code: string;
  readonly shift: boolean;
  readonly repeat: boolean;
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Where W, A, S and D look to: the sheet moves the other way. */
const LOOKS: Readonly<Record<string, readonly [number, number]>> = {
  a: [-1, 0],
  d: [1, 0],
  w: [0, -1],
  s: [0, 1],
};

const COMMANDS: Readonly<Record<string, Intent>> = {
  "+": { type: "zoomStep", direction: 1 },
  "=": { type: "zoomStep", direction: 1 },
  "-": { type: "zoomStep", direction: -1 },
  "0": { type: "fit" },
  "[": { type: "stepColor", by: -1 },
  "]": { type: "stepColor", by: 1 },
  "?": { type: "help" },
  e: { type: "pick", at: null },
  i: { type: "inspect", at: null },
  g: { type: "toggleGrid" },
  f: { type: "fullScreen" },
  c: { type: "copyLink" },
  t: { type: "chat" },
  p: { type: "people" },
};

/** Keys that go on working while they are held. */
const REPEATS: ReadonlySet<Intent["type"]> = new Set([
  "moveCursor",
  "pan",
  "zoomStep",
  "stepColor",
]);

/** The keys that mean something only on the sheet itself, as elsewhere they press buttons. */
export function isSheetKey(key: string): boolean {
  return Object.hasOwn(ARROWS, key) || key === "Enter" || key === " ";
}

/** What a key asks for, or null. Space is not among them: it places when it is let go. */
export function keyIntent(input: KeyInput, pixelRatio: number): Intent | null {
  const intent = meaning(input, pixelRatio);
  return intent !== null && input.repeat && !REPEATS.has(intent.type) ? null : intent;
}

function meaning(input: KeyInput, pixelRatio: number): Intent | null {
  const { key, shift } = input;
  const arrow = own(ARROWS, key);
  if (arrow !== undefined) {
    const cells = shift ? FAST_CURSOR_CELLS : 1;
    return { type: "moveCursor", dx: arrow[0] * cells, dy: arrow[1] * cells };
  }
  if (key === "Enter") return { type: "place", at: null, pointer: "keyboard" };
  if (/^[1-9]$/.test(key)) return { type: "selectColor", index: Number(key) - 1 };
  const letter = letterOf(input);
  const look = own(LOOKS, letter);
  if (look !== undefined) {
    const step = PAN_STEP_CSS_PX * pixelRatio;
    return { type: "pan", dx: 0 - look[0] * step, dy: 0 - look[1] * step };
  }
  return own(COMMANDS, letter) ?? null;
}

/** The key by what it writes; where that is no Latin letter, by where it is. */
function letterOf({ key, code }: KeyInput): string {
  const foreign = key.length === 1 && key.charCodeAt(0) > 0x7f;
  return foreign && code.startsWith("Key") ? code.slice(3).toLowerCase() : key.toLowerCase();
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
