import type { Motion } from "../render/renderer";

/** How long a pop or a shake lasts: long enough to be seen, too short to wait for. */
const EFFECT_MS = 180;

type Kind = "pop" | "shake";

interface Effect {
  kind: Kind;
  index: number;
  color: number;
  startedAtMs: number;
}

/** The cells that move for a moment. Who asked for less motion gets none. */
export class Effects {
  private running: Effect[] = [];

  play(kind: Kind, index: number, color: number): void {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    this.running.push({ kind, index, color, startedAtMs: performance.now() });
  }

  /** Forgets those that are over; whether any is left. */
  advance(nowMs: number): boolean {
    this.running = this.running.filter(({ startedAtMs }) => nowMs - startedAtMs < EFFECT_MS);
    return this.running.length > 0;
  }

  motions(wanted: Kind, nowMs: number): Motion[] {
    return this.running
      .filter(({ kind }) => kind === wanted)
      .map(({ index, color, startedAtMs }) => ({
        index,
        color,
        progress: Math.max(0, nowMs - startedAtMs) / EFFECT_MS,
      }));
  }
}
