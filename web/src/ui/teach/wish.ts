import type { Hours, Settings } from "../../core/desk";
import type { PaletteColor } from "../../core/protocol.gen";
import { t, tn } from "./words";

/** What the server allows; beyond it the form doesn't go. */
export const SIDE_MIN_CELLS = 16;
export const SIDE_MAX_CELLS = 4096;
export const COOLDOWN_MAX_S = 24 * 60 * 60;
export const SAVED_MAX_PIXELS = 1000;
export const TEAMS_MAX = 32;
export const TEAM_NAME_MAX_CHARS = 24;
/** Longest name of a canvas, in characters. */
export const CANVAS_NAME_MAX_CHARS = 60;

export interface TeamDraft {
  name: string;
  color: string;
}

export interface PaletteChoice {
  id: string;
  name: string;
  colors: readonly PaletteColor[];
}

/** A canvas as it is being wished for. */
export interface Wish {
  name: string;
  width: number;
  height: number;
  /** The id of a palette of the server. */
  palette: string;
  cooldownS: number;
  savedMax: number;
  undoS: number;
  join: Settings["join"];
  look: Settings["look"];
  chat: Settings["chat"];
  teamRule: Settings["team_rule"];
  teams: readonly TeamDraft[];
  hours: Hours | null;
  purgeDays: number;
}

/** Right for a class: quick enough to be fun, slow enough that nobody wipes out another's work. */
export const FIRST_WISH: Wish = {
  name: "",
  width: 256,
  height: 256,
  palette: "",
  cooldownS: 5,
  savedMax: 20,
  undoS: 10,
  join: "code",
  look: "seats",
  chat: "on",
  teamRule: "choose",
  teams: [],
  hours: null,
  purgeDays: 90,
};

export const SIZES = [
  { key: "small", width: 64, height: 64 },
  { key: "medium", width: 128, height: 128 },
  { key: "class", width: 256, height: 256 },
  { key: "screen", width: 320, height: 180 },
  { key: "large", width: 512, height: 512 },
] as const;

/** Colors that can be told apart, also by most who see colors differently; with their names. */
export const TEAM_COLORS = [
  { key: "red", hex: "#d72238" },
  { key: "blue", hex: "#2456d6" },
  { key: "green", hex: "#1b8a4b" },
  { key: "yellow", hex: "#e0a800" },
  { key: "purple", hex: "#8a3ab9" },
  { key: "orange", hex: "#e06a1b" },
  { key: "teal", hex: "#0f8a94" },
  { key: "pink", hex: "#d8489b" },
] as const;

/** The next team that is not there yet. */
export function nextTeam(teams: readonly TeamDraft[]): TeamDraft {
  const free = TEAM_COLORS.find(({ hex }) => teams.every(({ color }) => color !== hex));
  return free
    ? { name: t(`team.${free.key}`), color: free.hex }
    : { name: t("team.number", { n: teams.length + 1 }), color: "#6b6b6b" };
}

/** A span of time in the words of people: "5 s", "2 min", "1 h". */
export function spanWords(seconds: number): string {
  if (seconds >= 3600 && seconds % 3600 === 0) return t("span.h", { n: seconds / 3600 });
  if (seconds >= 60 && seconds % 60 === 0) return t("span.min", { n: seconds / 60 });
  return t("span.s", { n: seconds });
}

/** How drawing goes, in a sentence. */
export function drawingWords({ cooldownS, savedMax }: Pick<Wish, "cooldownS" | "savedMax">) {
  if (cooldownS === 0) return t("wish.no_cooldown");
  const span = spanWords(cooldownS);
  return savedMax === 1
    ? t("wish.cooldown_one", { span })
    : t("wish.cooldown", { span, max: savedMax });
}

/** How long it takes a class to cover the sheet, roughly; it tells whether the size is right. */
export function coverWords({ width, height, cooldownS }: Wish): string {
  const CLASS_PEOPLE = 25;
  const FAST_S = 1;
  const perPersonS = Math.max(cooldownS, FAST_S);
  const minutes = (width * height * perPersonS) / CLASS_PEOPLE / 60;
  if (minutes < 90) return tn("wish.cover_min", Math.max(1, Math.round(minutes)));
  return tn("wish.cover_h", Math.round(minutes / 60));
}

/** Everything that is worth knowing before the sheet is there. */
export function wishWords(wish: Wish): string[] {
  const words = [drawingWords(wish)];
  words.push(wish.undoS > 0 ? t("wish.undo", { span: spanWords(wish.undoS) }) : t("wish.no_undo"));
  words.push(t(`wish.join_${wish.join}`));
  words.push(t(`wish.look_${wish.look}`));
  words.push(t(`wish.chat_${wish.chat}`));
  if (wish.teams.length > 0) words.push(tn("wish.teams", wish.teams.length));
  if (wish.hours) words.push(hoursWords(wish.hours));
  words.push(wish.purgeDays > 0 ? tn("wish.purge", wish.purgeDays) : t("wish.no_purge"));
  return words;
}

export const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

export function hoursWords({ slots }: Hours): string {
  const times = slots.map(({ days, from_min, until_min }) => {
    const names = WEEK.filter((_, day) => days & (1 << day)).map((day) => t(`day.${day}`));
    return t("wish.slot", {
      days: names.join(", "),
      from: clockOf(from_min),
      until: clockOf(until_min),
    });
  });
  return t("wish.hours", { times: times.join("; ") });
}

const MINUTES_OF_DAY = 24 * 60;

/** "08:05" of minute 485 of the day. */
export function clockOf(minute: number): string {
  const pad = (part: number) => String(part).padStart(2, "0");
  return `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
}

/** Minute 485 of "08:05"; null for what is no time. */
export function minuteOf(clock: string): number | null {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(clock) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  return minute <= MINUTES_OF_DAY && Number(minutes) < 60 ? minute : null;
}

/** School hours, by the clock of this browser. */
export function firstHours(): Hours {
  const MONDAY_TO_FRIDAY = 0b1_1111;
  return {
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    slots: [{ days: MONDAY_TO_FRIDAY, from_min: 8 * 60, until_min: 15 * 60 }],
  };
}

/** Why it can't be made as it is; empty if it can. */
export function whyNot(wish: Wish): string {
  if (wish.name.trim() === "") return t("form.name_empty");
  const names = wish.teams.map(({ name }) => name.trim());
  if (names.includes("")) return t("form.team_empty");
  if (new Set(names).size < names.length) return t("form.team_twice");
  return hoursProblem(wish.hours);
}

/** Whether a team has a name that no team before it has. */
export function isNamed(teams: readonly TeamDraft[], at: number): boolean {
  const name = teams[at]?.name.trim() ?? "";
  return name !== "" && teams.findIndex((team) => team.name.trim() === name) === at;
}

export function hoursProblem(hours: Hours | null): string {
  if (hours === null) return "";
  if (hours.slots.some(({ days }) => days === 0)) return t("form.hours_days");
  if (hours.slots.some((slot) => slot.from_min >= slot.until_min)) return t("form.hours_order");
  return "";
}
