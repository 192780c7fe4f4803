/** A place to write: the class, or a team. */
export interface ChatChannel {
  /** The team's number; 0 for the class. */
  number: number;
  name: string;
  /** The team's color; null for the class. */
  color: string | null;
  /** Messages that were not seen yet. */
  unread: number;
  /** Why one can't write there now, as a sentence; null when one can. */
  closed: string | null;
}

/** Why a message was not taken. */
export interface ChatRefusal {
  text: string;
  /** Until it may be tried again; 0 if that is of no use, or right away. */
  waitMs: number;
}

/** What older messages are like: still loading, to be asked for, not there, not to be had. */
export type ChatHistory = "loading" | "more" | "all" | "failed";
