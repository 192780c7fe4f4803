import type { Charge } from "./model";

export interface ChargeNow {
  saved: number;
  /** Until the next one grows back; 0 when all are there. */
  leftMs: number;
  /** How much of the next one has grown, 0 to 1. */
  grown: number;
}

/** What has grown back by `nowMs`, starting from what the server last said. */
export function chargeAt(charge: Charge, nowMs: number): ChargeNow {
  const full = { saved: charge.savedMax, leftMs: 0, grown: 1 };
  if (charge.periodMs <= 0) return full;
  if (charge.saved >= charge.savedMax) return { ...full, saved: charge.saved };
  const overdueMs = nowMs - charge.nextAtMs;
  const grownBack = overdueMs < 0 ? 0 : Math.floor(overdueMs / charge.periodMs) + 1;
  const saved = Math.min(charge.savedMax, charge.saved + grownBack);
  if (saved >= charge.savedMax) return full;
  const leftMs = charge.nextAtMs + grownBack * charge.periodMs - nowMs;
  return { saved, leftMs, grown: Math.min(1, Math.max(0, 1 - leftMs / charge.periodMs)) };
}
