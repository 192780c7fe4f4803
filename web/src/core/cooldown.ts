/** What the server said about saved-up pixels, and when it said so. */
export interface CooldownState {
  readonly saved: number;
  /** From `atMs`: milliseconds until `saved` grows by one; 0 when it is full. */
  readonly nextMs: number;
  readonly atMs: number;
  /** The time in which one pixel grows back; 0: no cooldown. */
  readonly cooldownMs: number;
  readonly savedMax: number;
}

export interface Saved {
  /** Pixels that may be placed right now. */
  readonly saved: number;
  /** Milliseconds until there is one more; 0 when it is full. */
  readonly nextInMs: number;
}

/**
 * What is saved up at `nowMs`, on the clock of `atMs`, if `unanswered` placements that the
 * server has not counted yet are all accepted.
 */
export function savedAt(state: CooldownState, nowMs: number, unanswered = 0): Saved {
  const { saved, nextInMs } = grown(state, nowMs);
  if (unanswered === 0 || state.cooldownMs === 0) return { saved, nextInMs };
  return {
    saved: Math.max(0, saved - unanswered),
    // From full, the next one begins to grow with the first placement.
    nextInMs: nextInMs === 0 ? state.cooldownMs : nextInMs,
  };
}

/** Milliseconds until at least one pixel may be placed; 0 when one may. */
export function waitMs(state: CooldownState, nowMs: number, unanswered = 0): number {
  const { saved, nextInMs } = savedAt(state, nowMs, unanswered);
  return saved > 0 ? 0 : nextInMs;
}

/** The same seat under new rules: what was saved up stays, as far as the new limit allows. */
export function withRules(
  state: CooldownState,
  rules: { readonly cooldownMs: number; readonly savedMax: number },
  nowMs: number,
): CooldownState {
  const now = grown(state, nowMs);
  const saved = Math.min(now.saved, rules.savedMax);
  const full = saved >= rules.savedMax;
  const nextMs = full ? 0 : Math.min(now.nextInMs || rules.cooldownMs, rules.cooldownMs);
  return { ...rules, saved, nextMs, atMs: nowMs };
}

function grown(state: CooldownState, nowMs: number): Saved {
  const { saved, savedMax, cooldownMs } = state;
  if (cooldownMs === 0 || saved >= savedMax)
    return { saved: Math.max(saved, savedMax), nextInMs: 0 };
  const sinceFirst = nowMs - state.atMs - state.nextMs;
  if (sinceFirst < 0) return { saved, nextInMs: Math.min(-sinceFirst, cooldownMs) };
  const more = 1 + Math.floor(sinceFirst / cooldownMs);
  if (saved + more >= savedMax) return { saved: savedMax, nextInMs: 0 };
  return { saved: saved + more, nextInMs: cooldownMs - (sinceFirst % cooldownMs) };
}
