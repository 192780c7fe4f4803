// What runs in the browser: the client's own decoder, over and over on the same frames.

import { type Changes, type Code, colorBits } from "../src/core/packed";
import { encodeChanges, liveDelta, numberOfCell } from "../src/core/packed.fixture";
import { decodeFrame, type Shape } from "../src/core/wire";

export interface Task {
  readonly name: string;
  readonly shape: Shape;
  readonly cells: number;
  readonly pattern: "scattered" | "drawn";
}

export interface Timing {
  readonly task: string;
  readonly cells: number;
  readonly bytes: number;
  readonly usPerFrame: number;
  readonly nsPerCell: number;
}

/** Time of one round: the browser's clock is coarse. */
const ROUND_MS = 60;
/** The median of so many rounds counts. */
const ROUNDS = 9;
/** Different frames, so that the branches are not learnt by heart. */
const FRAMES = 16;

/** mulberry32 (Tommy Ettinger, 2017): the same frames in every run. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Cells anywhere; or squares and lines of one color, by 30 people. */
function changes({ shape, cells, pattern }: Task, seed: number): Changes {
  const roll = dice(seed);
  const { width, height, colors } = shape;
  const found = new Map<number, number>();
  while (found.size < cells) {
    const [x, y, color] = [roll(width), roll(height), roll(colors)];
    const length = pattern === "scattered" ? 1 : 2 + roll(Math.max(1, cells / 15));
    const across = 1 + roll(8);
    for (let step = 0; step < length && found.size < cells; step++) {
      const at =
        ((y + Math.floor(step / across)) % height) * width + ((x + (step % across)) % width);
      found.set(at, color);
    }
  }
  return { cells: Uint32Array.from(found.keys()), colors: Uint8Array.from(found.values()) };
}

/** The shortest code; a server finds it quicker. */
function bestCode(changed: Changes, shape: Shape): Code {
  const numbers = Array.from(changed.cells, (cell) =>
    numberOfCell(cell, shape.width, shape.height),
  ).sort((a, b) => a - b);
  const mean = Math.floor(Math.log2(Math.max(1, numbers.at(-1)! / numbers.length)));
  const codes: Code[] = [];
  for (const short of [null, 0, 1, 2, 3, 4, 5, 6, 7]) {
    for (let rice = Math.max(0, mean - 1); rice <= Math.min(24, mean + 6); rice++) {
      if (short !== null || rice <= mean + 1) codes.push({ short, rice });
    }
  }
  const lengths = codes.map((code) => encodeChanges(changed, code, shape).length);
  return codes[lengths.indexOf(Math.min(...lengths))]!;
}

function frames(task: Task): ArrayBuffer[] {
  return Array.from({ length: task.cells > 1_000 ? 2 : FRAMES }, (_, seed) => {
    const changed = changes(task, seed + 1);
    return liveDelta(seed, changed, bestCode(changed, task.shape), task.shape);
  });
}

function round(of: ArrayBuffer[], shape: Shape): number {
  const began = performance.now();
  let decoded = 0;
  let sum = 0;
  let elapsed = 0;
  while (elapsed < ROUND_MS) {
    for (const frame of of) {
      const read = decodeFrame(frame, shape, 0);
      // Something must depend on it, or it may be left out.
      if (read.kind === "delta") sum += read.cells[0]!;
      decoded += 1;
    }
    elapsed = performance.now() - began;
  }
  if (sum < 0) throw new Error("cells are not negative");
  return (elapsed * 1_000) / decoded;
}

/** Times the decoder on one kind of frame. */
export function time(task: Task): Timing {
  const all = frames(task);
  round(all, task.shape);
  const rounds = Array.from({ length: ROUNDS }, () => round(all, task.shape));
  const usPerFrame = rounds.sort((a, b) => a - b)[ROUNDS >> 1]!;
  const bytes = all.reduce((sum, { byteLength }) => sum + byteLength, 0) / all.length;
  return {
    task: `${task.name}, ${colorBits(task.shape.colors)} bits a color, ${task.pattern}`,
    cells: task.cells,
    bytes: Math.round(bytes),
    usPerFrame: Number(usPerFrame.toFixed(2)),
    nsPerCell: Math.round((usPerFrame * 1_000) / task.cells),
  };
}
