import type { Timer } from "../../core/protocol.gen";

export const isRunning = (timer: Timer, nowMs: number) => timer.ends_ms > nowMs;

/** What is left, as a clock: "4:05", "1:02:03". Never below zero. */
export function clockLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const pad = (part: number) => String(part).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = `${hours > 0 ? pad(minutes) : minutes}:${pad(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
