// biome-ignore-all format: written by a program
// The JSON shapes of the protocol (docs/protocol.md), written from the server's own types by
// `UPDATE_TYPES=1 cargo test -p place-core --features typescript`. Do not edit.

/** Whether a canvas takes pixels. */
export type Mode = "open" | "frozen" | "closed";

/** One color as clients see it. */
export type PaletteColor = {
  /** What the color is called. */
  name: string;
  /** `#rrggbb`. */
  hex: string;
};

/** What a client knows about a canvas. */
export type CanvasInfo = {
  /** The canvas's part of its address. */
  id: string;
  /** What it is called. */
  name: string;
  /** Columns. */
  width: number;
  /** Rows. */
  height: number;
  /** Its colors, in order. */
  palette: Array<PaletteColor>;
  /** Whether it takes pixels. */
  mode: Mode;
  /** Time in which one pixel grows back, in milliseconds; 0 for none. */
  cooldown_ms: number;
  /** Most pixels that may be saved up. */
  saved_max: number;
  /** Time in which one's last pixel can be taken back, in milliseconds; 0 for never. */
  undo_ms: number;
};

/** A person's place in a canvas. */
export type SeatInfo = {
  /** Its number in the canvas. */
  number: number;
  /** What the person is called. */
  nickname: string;
};

/** A rectangle of cells, at least one of them. */
export type Area = {
  x: number, y: number, width: number, height: number;
};

/** Whether a seat may draw. */
export type Status = "active" | "frozen" | "banned";

/** Where people may write to each other. */
export type ChatMode = "on" | "team" | "off";

/** From whom the picture is hidden. */
export type Curtain = "none" | "audience" | "everyone";

/** What students are told about who placed a pixel. */
export type Names = "nickname" | "team" | "nobody";

/** How people come to their team. */
export type TeamRule = "choose" | "deal" | "assign";

/** What somebody is in a canvas. */
export type Role = "student" | "teacher" | "bot";

/** A team as everybody sees it. */
export type TeamInfo = {
  /** Its number in the canvas, from 1 on. */
  number: number;
  /** What it is called. */
  name: string;
  /** Its color, `#rrggbb`. */
  color: string;
  /** Cells in which nobody else may draw. */
  region: Area | null;
  /** Whether its own people may draw nowhere else. */
  is_confined: boolean;
};

/** A class timer. */
export type Timer = {
  /** When it ends, in milliseconds since the Unix epoch by the server's clock. */
  ends_ms: number;
  /** What for; empty if that is not said. */
  label: string;
  /** Whether the canvas is frozen when it ends. */
  freezes: boolean;
};

/** What a teacher says to everybody. */
export type Announcement = {
  /** Its number on this server. */
  id: number;
  /** What is said. */
  text: string;
  /** Who says it; empty for the server itself. */
  from: string;
  /** When it was said, in milliseconds since the Unix epoch. */
  at_ms: number;
  /** When it is over. */
  ends_ms: number;
};

/** What holds for everybody besides the rules of drawing. */
export type Lesson = {
  /** Where people may write. */
  chat: ChatMode;
  /** Seconds between two messages of a person; 0 for no slow mode. */
  slow_s: number;
  /** What is told about who placed a pixel. */
  names: Names;
  /** Whether the scores are shown. */
  scores: boolean;
  /** From whom the picture is hidden. */
  curtain: Curtain;
  /** The class timer, if one runs. */
  timer: Timer | null;
  /** When the canvas opens by its hours, if it is closed by them, in milliseconds since the Unix epoch. */
  opens_ms: number | null;
  /** When the canvas closes by its hours, if it is open by them. */
  closes_ms: number | null;
  /** The teams, by number. */
  teams: Array<TeamInfo>;
  /** Where only teachers may draw: areas that have no cell in common, from the top; of more than [`PROTECTED_TOLD_MAX_AREAS`] only the largest.
  * [`PROTECTED_TOLD_MAX_AREAS`]: crate::limits::PROTECTED_TOLD_MAX_AREAS */
  protected: Array<Area>;
  /** How people come to their team. */
  team_rule: TeamRule;
  /** Whether students may have bots. */
  bots: boolean;
  /** What is being announced. */
  announcements: Array<Announcement>;
  /** The server's clock as this was said, in milliseconds since the Unix epoch: clocks of laptops differ. */
  now_ms: number;
};

/** What holds for the person who is told. */
export type You = {
  /** The seat; 0 for a teacher who has not drawn yet. */
  seat: number;
  /** What the person is called. */
  nickname: string;
  /** What the person is. */
  role: Role;
  /** The team; 0 for none. */
  team: number;
  /** Whether the seat may draw. */
  status: Status;
  /** Until when the person may not write, in milliseconds since the Unix epoch; 0 if it may, 9007199254740991 until the teacher lifts it. */
  muted_until_ms: number;
};

/** Somebody who is here. */
export type Person = {
  /** The seat. */
  seat: number;
  /** What the person is called; `null` for one who was forgotten. */
  nickname: string | null;
  /** What the person is. */
  role: Role;
  /** The team; 0 for none. */
  team: number;
};

/** What somebody wrote. */
export type ChatMessage = {
  /** Its number on this server; later messages have higher ones. */
  id: number;
  /** The team that can read it; 0 for the whole class. */
  channel: number;
  /** Who wrote it; 0 for a teacher without a seat. */
  seat: number;
  /** What that person is called; `null` for one who was forgotten. */
  nickname: string | null;
  /** What that person is. */
  role: Role;
  /** The person's team at that time; 0 for none. */
  team: number;
  /** When, in milliseconds since the Unix epoch. */
  at_ms: number;
  /** What was written; empty once it is deleted. */
  text: string;
  /** The message that this one answers. */
  reply_to: number | null;
  /** Seats that it mentions. */
  mentions: Array<number>;
  /** Whether it was deleted. */
  is_deleted: boolean;
};

/** Server to client. */
export type ServerText = {
  type: "welcome";
  /** Version of the protocol. */
  protocol: number;
  /** The canvas. */
  canvas: CanvasInfo;
  /** The connection's seat; `null` for one that only watches. */
  seat: SeatInfo | null;
  /** What holds for the person; `null` for one that only watches. */
  you: You | null;
  /** What holds for everybody. */
  lesson: Lesson;
  /** Names the journal: another one, another history. Seqs of one say nothing in the other. */
  history: string;
  /** Where the canvas is. */
  seq: number;
  /** Pixels that may be placed right now. */
  saved: number;
  /** Milliseconds until `saved` grows by one; 0 when it is full. */
  next_ms: number;
  /** People here: those with a seat, each once, without bots. */
  online: number;
  /** The server's version. */
  version: string;
} | {
  type: "beat";
  /** Where the canvas is. */
  seq: number;
} | {
  type: "presence";
  /** People here: those with a seat, each once, without bots. */
  online: number;
} | {
  type: "allowance";
  /** Pixels that may be placed right now. */
  saved: number;
  /** Milliseconds until `saved` grows by one; 0 when it is full. */
  next_ms: number;
} | {
  type: "rules";
  /** Whether the canvas takes pixels. */
  mode: Mode;
  /** Time in which one pixel grows back, in milliseconds. */
  cooldown_ms: number;
  /** Most pixels that may be saved up. */
  saved_max: number;
  /** Time in which one's last pixel can be taken back, in milliseconds. */
  undo_ms: number;
} | {
  type: "lesson";
  /** What holds now. */
  lesson: Lesson;
} | {
  type: "you";
  /** What holds now. */
  you: You;
} | {
  type: "people";
  /** Who is here, new or changed. */
  here: Array<Person>;
  /** Seats that left. */
  left: Array<number>;
} | {
  type: "chat";
  /** What. */
  message: ChatMessage;
} | {
  type: "chat_deleted";
  /** Which. */
  id: number;
} | {
  type: "chat_changed";
  /** What it is now. */
  message: ChatMessage;
} | {
  type: "forgotten";
  /** Their seats. */
  seats: Array<number>;
} | {
  type: "chat_refused";
  /** Your number for it. */
  token: number;
  /** Why, in a word that stays the same. */
  code: string;
  /** Why, in a sentence, for clients that do not know the word. */
  text: string;
  /** Milliseconds until it may be tried again; 0 if that is of no use. */
  wait_ms: number;
  /** The number in the rule: the characters of a message, the seconds between two; 0 for a rule without one. */
  limit: number;
} | {
  type: "chat_taken";
  /** Your number for it. */
  token: number;
  /** Its number. */
  id: number;
} | {
  type: "announcement";
  /** What. */
  announcement: Announcement;
} | {
  type: "announcement_over";
  /** Which. */
  id: number;
} | {
  type: "hidden" } | {
  type: "desk";
  /** What, in a word: `people`, `reports`, `settings`. */
  what: string;
} | {
  type: "reload";
  /** Why, in a word. */
  reason: string;
} | {
  type: "notice";
  /** What it is about, in a word. */
  code: string;
  /** The sentence. */
  text: string;
} | {
  type: "error";
  /** What was wrong, in a word. */
  code: string;
  /** What was wrong, in a sentence. */
  text: string;
};

/** Client to server. */
export type ClientText = {
  type: "chat";
  /** Comes back with the answer. */
  token: number;
  /** The team that can read it; 0 for the whole class. */
  channel: number;
  /** What. */
  text: string;
  /** The message that this one answers. */
  reply_to?: number;
} | {
  type: "undo";
  /** Comes back with the answer, which is that of a placement. */
  token: number;
} | {
  type: "watch";
  /** The seq of the board that the client holds; without it, from now. */
  since?: number;
};

/** Why a placement was refused. The discriminants are the wire's reason bytes: append only. */
export type RefusalName = "cooldown" | "out_of_bounds" | "unknown_color" | "frozen" | "closed" | "busy" | "malformed" | "no_seat" | "storage" | "stopping" | "protected" | "region" | "seat_frozen" | "banned" | "nothing_to_undo" | "too_late" | "drawn_over";
