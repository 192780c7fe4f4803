import type {
  Announcement,
  Area,
  ChatMessage,
  ChatMode,
  Curtain,
  Lesson,
  Names,
  Person,
  Role,
  Status,
  TeamInfo,
  TeamRule,
  Timer,
  You,
} from "./protocol.gen";
import {
  type Fields,
  isCount,
  isFields,
  isFlag,
  isHex,
  isId,
  isListOf,
  isNullOr,
  isOneOf,
  isString,
} from "./value";

/** Longest message of the chat, in characters. */
export const CHAT_MAX_CHARS = 200;

/** The end of the opening hours is counted down when it comes within this time. */
export const CLOSING_SOON_MS = 15 * 60 * 1000;

/** As `muted_until_ms`: until the teacher lifts it. */
export const MUTED_FOR_GOOD_MS = Number.MAX_SAFE_INTEGER;

/** The channel of the whole class; the others are the teams' numbers. */
export const CLASS_CHANNEL = 0;

/** Most teams of a canvas. */
const TEAMS_MAX = 32;

/** Most protected areas that the server tells of. */
const PROTECTED_MAX_AREAS = 200;

const isChatMode = isOneOf<ChatMode>(["on", "team", "off"]);
const isCurtain = isOneOf<Curtain>(["none", "audience", "everyone"]);
const isNames = isOneOf<Names>(["nickname", "team", "nobody"]);
export const isTeamRule = isOneOf<TeamRule>(["choose", "deal", "assign"]);
export const isRole = isOneOf<Role>(["student", "teacher", "bot"]);
const isStatus = isOneOf<Status>(["active", "frozen", "banned"]);

export function isLesson(value: unknown): value is Lesson {
  return (
    isFields(value) &&
    isChatMode(value.chat) &&
    isCount(value.slow_s) &&
    isNames(value.names) &&
    isFlag(value.scores) &&
    isCurtain(value.curtain) &&
    isNullOr(value.timer, isTimer) &&
    isNullOr(value.opens_ms, isCount) &&
    isNullOr(value.closes_ms, isCount) &&
    isTeams(value.teams) &&
    isListOf(value.protected, isArea, PROTECTED_MAX_AREAS) &&
    isTeamRule(value.team_rule) &&
    isFlag(value.bots) &&
    isListOf(value.announcements, isAnnouncement) &&
    isCount(value.now_ms)
  );
}

export function isTeams(value: unknown): value is TeamInfo[] {
  return isListOf(value, isTeamInfo, TEAMS_MAX);
}

export function isYou(value: unknown): value is You {
  return (
    isFields(value) &&
    isCount(value.seat) &&
    isString(value.nickname) &&
    isRole(value.role) &&
    isCount(value.team) &&
    isStatus(value.status) &&
    isCount(value.muted_until_ms)
  );
}

export function isPerson(value: unknown): value is Person {
  return (
    isFields(value) &&
    isCount(value.seat) &&
    isNullOr(value.nickname, isString) &&
    isRole(value.role) &&
    isCount(value.team)
  );
}

export function isChatMessage(value: unknown): value is ChatMessage {
  return isFields(value) && isPerson(value) && hasMessage(value);
}

function hasMessage(value: Fields): boolean {
  return (
    isId(value.id) &&
    isCount(value.channel) &&
    isCount(value.at_ms) &&
    isString(value.text) &&
    isNullOr(value.reply_to, isId) &&
    isListOf(value.mentions, isCount) &&
    isFlag(value.is_deleted)
  );
}

export function isAnnouncement(value: unknown): value is Announcement {
  return (
    isFields(value) &&
    isId(value.id) &&
    isString(value.text) &&
    isString(value.from) &&
    isCount(value.at_ms) &&
    isCount(value.ends_ms)
  );
}

function isTeamInfo(value: unknown): value is TeamInfo {
  return (
    isFields(value) &&
    isId(value.number) &&
    isString(value.name) &&
    isHex(value.color) &&
    isNullOr(value.region, isArea) &&
    isFlag(value.is_confined)
  );
}

function isTimer(value: unknown): value is Timer {
  return (
    isFields(value) && isCount(value.ends_ms) && isString(value.label) && isFlag(value.freezes)
  );
}

function isArea(value: unknown): value is Area {
  return (
    isFields(value) &&
    isCount(value.x) &&
    isCount(value.y) &&
    isId(value.width) &&
    isId(value.height)
  );
}
