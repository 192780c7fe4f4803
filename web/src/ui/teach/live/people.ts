import { NO_END_MS, type Seat } from "../../../core/desk";

/** Without a pixel for so long, somebody has stopped. */
const IDLE_AFTER_S = 120;

/** Who needs the teacher first. */
export const SEAT_STATES = [
  "waiting",
  "banned",
  "frozen",
  "muted",
  "drawing",
  "idle",
  "away",
  "invited",
] as const;
export type SeatState = (typeof SEAT_STATES)[number];

export function stateOf(seat: Seat, nowMs: number): SeatState {
  if (seat.state === "waiting") return "waiting";
  if (seat.status !== "active") return seat.status;
  if (seat.muted_until_ms > nowMs) return "muted";
  if (seat.state === "invited") return "invited";
  if (!seat.online) return "away";
  return seat.idle_s === null || seat.idle_s > IDLE_AFTER_S ? "idle" : "drawing";
}

/** Whether a mute ends by itself. */
export const mutedForGood = (seat: Seat) => seat.muted_until_ms >= NO_END_MS;

export interface Row {
  seat: Seat;
  state: SeatState;
}

/** Those who fit what is searched for: the door first, then those who are here, by name. */
export function rowsOf(seats: readonly Seat[], search: string, nowMs: number): Row[] {
  const wanted = search.trim().toLocaleLowerCase();
  const fits = ({ nickname }: Seat) => (nickname ?? "").toLocaleLowerCase().includes(wanted);
  return seats
    .filter((seat) => seat.role !== "teacher" && seat.state !== "forgotten" && fits(seat))
    .map((seat) => ({ seat, state: stateOf(seat, nowMs) }))
    .sort((a, b) => order(a) - order(b) || byName(a, b));
}

const order = ({ seat, state }: Row) => (state === "waiting" ? 0 : seat.online ? 1 : 2);

const byName = (a: Row, b: Row) =>
  (a.seat.nickname ?? "").localeCompare(b.seat.nickname ?? "", undefined, { numeric: true });
