import { LANGUAGE, t } from "./strings";

const DAY_MS = 24 * 60 * 60 * 1000;

const time = new Intl.DateTimeFormat(LANGUAGE, { hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat(LANGUAGE, {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});
const weekdayTime = new Intl.DateTimeFormat(LANGUAGE, {
  weekday: "long",
  hour: "numeric",
  minute: "2-digit",
});
const dayTime = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short" });
const kilobytes = new Intl.NumberFormat(LANGUAGE, {
  style: "unit",
  unit: "kilobyte",
  maximumFractionDigits: 0,
});

export const formatTime = (atMs: number) => time.format(atMs);
export const formatDayTime = (atMs: number) => dayTime.format(atMs);

/** At least 1 kB: nobody needs to know that a picture has 212 bytes. */
export const formatBytes = (bytes: number) => kilobytes.format(Math.max(1, bytes / 1000));

/** The whole seconds still to wait; never 0 while there is something to wait for. */
export const secondsLeft = (ms: number) => Math.max(1, Math.ceil(ms / 1000));

/** Minutes and seconds: `4:05`; hours only where there are some. */
export function formatCountdown(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** What ends sooner than this is counted down; of the rest the time is told. */
export const COUNTED_DOWN_MS = 60 * 60 * 1000;

const WEEK_MS = 7 * DAY_MS;

/** When something opens: the time today, else the weekday and the time, or the date. */
export function formatOpening(atMs: number, nowMs: number): string {
  if (dayKey(atMs) === dayKey(nowMs)) return time.format(atMs);
  return atMs - nowMs < WEEK_MS - DAY_MS ? weekdayTime.format(atMs) : dayTime.format(atMs);
}

/** The local day as a key for grouping. */
export function dayKey(atMs: number): string {
  const date = new Date(atMs);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

export function formatDay(atMs: number, nowMs: number): string {
  if (dayKey(atMs) === dayKey(nowMs)) return t("gallery.today");
  if (dayKey(atMs) === dayKey(nowMs - DAY_MS)) return t("gallery.yesterday");
  return day.format(atMs);
}
