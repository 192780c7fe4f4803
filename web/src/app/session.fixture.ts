import { LESSON } from "../core/lesson.fixture";
import type { CanvasInfo } from "../core/protocol.gen";
import type { CanvasActions } from "../ui/model";
import { receive } from "./receiving";
import { createSession, type Session } from "./session";

/** A small canvas for tests: 8 by 8, three colors, two pixels saved up at most. */
export const WHITE_RED_BLUE: CanvasInfo = {
  id: "test",
  name: "Test",
  width: 8,
  height: 8,
  palette: [
    { name: "White", hex: "#ffffff" },
    { name: "Red", hex: "#d72238" },
    { name: "Blue", hex: "#1c63fe" },
  ],
  mode: "open",
  cooldown_ms: 1000,
  saved_max: 2,
  undo_ms: 5000,
};

export interface Sent {
  x: number;
  y: number;
  color: number;
}

/** Requests for anything but pixels are taken, and go nowhere. */
let lastToken = 1000;
const next = () => ++lastToken;

/** A session whose connection only remembers what was sent; tokens count from 1. */
export function openSession(): { session: Session; sent: Sent[] } {
  const session = createSession("test", () => ({}) as CanvasActions);
  const sent: Sent[] = [];
  session.connection = {
    place: (x, y, color) => sent.push({ x, y, color }),
    undo: next,
    say: next,
    reconnectNow() {},
    close() {},
  };
  return { session, sent };
}

/** The same, welcomed, with an empty board and a seat. */
export function joinedSession(): { session: Session; sent: Sent[] } {
  const opened = openSession();
  const { session } = opened;
  receive(session, {
    type: "welcome",
    canvas: WHITE_RED_BLUE,
    seat: { number: 1, nickname: "Ada" },
    you: null,
    lesson: LESSON,
    saved: 2,
    nextMs: 0,
    online: 1,
    version: "test",
  });
  receive(session, {
    type: "board",
    grid: { width: 8, height: 8, seq: 10, cells: new Uint8Array(64) },
  });
  receive(session, { type: "status", status: "live" });
  return opened;
}
