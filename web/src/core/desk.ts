// What the server tells teachers: their account, their canvases, and who is in them.

import type { Announcement, ChatMessage, Lesson, TeamInfo } from "./protocol.gen";
import { type Check, type Checked, isNumber, list, maybe, oneOf, orNull, record } from "./shape";
import { isCanvasInfo } from "./text";
import { isCount, isFields, isFlag, isString } from "./value";

/** A rectangle of cells. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** From here on "until" means "until it is lifted". */
export const NO_END_MS = Number.MAX_SAFE_INTEGER;

export const isArea: Check<Area> = record({
  x: isCount,
  y: isCount,
  width: isCount,
  height: isCount,
});

export const isTeacher = record({ number: isCount, name: isString });
export type Teacher = Checked<typeof isTeacher>;

/** A log-in or a token; never its secret. */
export const isKey = record({
  id: isCount,
  label: isString,
  created_ms: isCount,
  seen_ms: isCount,
  is_this: isFlag,
});
export type Key = Checked<typeof isKey>;

export const isMode = oneOf("open", "frozen", "closed");

export const isDeskCanvas = record({
  id: isString,
  name: isString,
  width: isCount,
  height: isCount,
  mode: isMode,
  online: isCount,
  seats: isCount,
  is_archived: isFlag,
  code: orNull(isString),
  teachers: list(isString),
  last_ms: orNull(isCount),
  purge_days: isCount,
});
export type DeskCanvas = Checked<typeof isDeskCanvas>;

export const JOIN_RULES = ["open", "code", "approve", "roster"] as const;
export const LOOKS = ["anyone", "seats"] as const;
export const CHAT_MODES = ["on", "team", "off"] as const;
export const NAMES = ["nickname", "team", "nobody"] as const;
export const TEAM_RULES = ["choose", "deal", "assign"] as const;
export const CURTAINS = ["none", "audience", "everyone"] as const;

/** A time of the week: bit 0 of `days` is Monday; minutes of the day by the zone's clock. */
const isSlot = record({ days: isCount, from_min: isCount, until_min: isCount });
export type Slot = Checked<typeof isSlot>;
const isHours = record({ zone: isString, slots: list(isSlot) });
export type Hours = Checked<typeof isHours>;

export const isSettings = record({
  join: oneOf(...JOIN_RULES),
  look: oneOf(...LOOKS),
  chat: oneOf(...CHAT_MODES),
  slow_s: isCount,
  names: oneOf(...NAMES),
  team_rule: oneOf(...TEAM_RULES),
  scores: isFlag,
  bots: isFlag,
  curtain: oneOf(...CURTAINS),
  hours: orNull(isHours),
  words: list(isString),
  purge_days: isCount,
});
export type Settings = Checked<typeof isSettings>;

export const isSeat = record({
  seat: isCount,
  nickname: orNull(isString),
  role: oneOf("student", "teacher", "bot"),
  /** At the door, in, or forgotten. */
  state: isString,
  team: isCount,
  status: oneOf("active", "frozen", "banned"),
  muted_until_ms: isCount,
  online: isFlag,
  /** Seconds since the last pixel; null before the first one. */
  idle_s: orNull(isNumber),
  placed: isCount,
  standing: isCount,
  per_minute: isNumber,
  card: orNull(isString),
});
export type Seat = Checked<typeof isSeat>;

const isMessage = ((value: unknown) =>
  isFields(value) && isCount(value.id) && isString(value.text)) as Check<ChatMessage>;

export const isReport = record({
  id: isCount,
  message: isMessage,
  seat: isCount,
  nickname: orNull(isString),
  at_ms: isCount,
});
export type Report = Checked<typeof isReport>;

const isLesson = ((value: unknown) =>
  isFields(value) && Array.isArray(value.teams)) as Check<Lesson>;

/** Everything that a teacher sees of a canvas besides the picture. */
export const isDesk = record({
  canvas: isCanvasInfo as Check<Checked<typeof isCanvasInfo>>,
  settings: isSettings,
  lesson: isLesson,
  code: orNull(isString),
  key: orNull(isString),
  join_url: orNull(isString),
  per_minute: isNumber,
  online: isCount,
  onlookers: isCount,
  seats: list(isSeat),
  reports: list(isReport),
  teachers: list(isTeacher),
});
export type Desk = Checked<typeof isDesk>;

/** The class code, and the link that stands for it; null while the door is closed. */
export const isInvitation = record({ code: orNull(isString), url: orNull(isString) });
export type Invitation = Checked<typeof isInvitation>;

/** What a decision took in the journal: reverting that takes it back. Null: nothing changed. */
export type Seqs = readonly [number, number] | null;

export const isDone = record({
  seqs: ((value: unknown) =>
    value === null ||
    (Array.isArray(value) && value.length === 2 && value.every(isCount))) as Check<Seqs>,
});

export const isOwner = record({ seat: isCount, nickname: orNull(isString), cells: isCount });
export type Owner = Checked<typeof isOwner>;

/** What would happen: the colors of an area afterwards, in Base64, row by row. */
export const isPreview = record({ cells: isCount, area: isArea, colors: isString });
export type Preview = Checked<typeof isPreview>;

export const isDeed = record({
  /** Null for what is not in the journal: it can't be reverted. */
  seqs: orNull(
    ((value: unknown) => Array.isArray(value) && value.length === 2) as Check<
      readonly [number, number]
    >,
  ),
  at_ms: isCount,
  teacher: orNull(isString),
  what: isString,
  seat: orNull(isCount),
  nickname: orNull(isString),
  area: orNull(isArea),
  cells: orNull(isCount),
  details: isString,
});
export type Deed = Checked<typeof isDeed>;

export const isNewSeat = record({
  seat: isCount,
  nickname: isString,
  card: orNull(isString),
  team: maybe(isCount),
});
export type NewSeat = Checked<typeof isNewSeat>;

export type { Announcement, Lesson, TeamInfo };
