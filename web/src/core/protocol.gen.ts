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

/** Server to client. */
export type ServerText = {
  type: "welcome";
  /** Version of the protocol. */
  protocol: number;
  /** The canvas. */
  canvas: CanvasInfo;
  /** The connection's seat; `null` for one that only watches. */
  seat: SeatInfo | null;
  /** Names the journal: another one, another history. Seqs of one say nothing in the other. */
  history: string;
  /** Where the canvas is. */
  seq: number;
  /** Pixels that may be placed right now. */
  saved: number;
  /** Milliseconds until `saved` grows by one; 0 when it is full. */
  next_ms: number;
  /** People watching. */
  online: number;
  /** The server's version. */
  version: string;
} | {
  type: "beat";
  /** Where the canvas is. */
  seq: number;
} | {
  type: "presence";
  /** People watching. */
  online: number;
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
