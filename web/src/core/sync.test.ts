import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  INITIAL_SYNC,
  isLive,
  MAX_MISMATCHED_BEATS,
  type SyncAction,
  type SyncEvent,
  type SyncState,
  sync,
} from "./sync";

function run(...events: SyncEvent[]): { state: SyncState; actions: SyncAction[] } {
  let state = INITIAL_SYNC;
  const actions = events.map((event) => {
    const step = sync(state, event);
    state = step.state;
    return step.action;
  });
  return { state, actions };
}

const OPENING: SyncEvent = { type: "opening" };
const welcome = (seq: number): SyncEvent => ({ type: "welcome", seq });
const board = (seq: number): SyncEvent => ({ type: "board", seq });
const beat = (seq: number): SyncEvent => ({ type: "beat", seq });
const catchUp = (from: number, to: number): SyncEvent => ({
  type: "delta",
  from,
  to,
  catchUp: true,
});
const live = (from: number, to: number): SyncEvent => ({ type: "delta", from, to, catchUp: false });

describe("sync", () => {
  it.each([
    ["the board first", [OPENING, board(5), welcome(7)]],
    ["the socket first", [OPENING, welcome(7), board(5)]],
    ["a board that is newer than the welcome", [OPENING, board(9), welcome(7)]],
  ])("watches when it has both: %s", (_name, events) => {
    const { state, actions } = run(...events);
    expect(actions.at(-1)).toBe("watch");
    expect(actions.filter((action) => action !== "ignore")).toHaveLength(1);
    expect(isLive(state)).toBe(false);
  });

  it("is live when a beat names its seq", () => {
    const { state } = run(OPENING, board(5), welcome(7), catchUp(5, 8), beat(8));
    expect([state.seq, isLive(state)]).toEqual([8, true]);
  });

  it("asks once for what is missing, and passes over what the old watch still brings", () => {
    const { actions, state } = run(
      ...[OPENING, board(5), welcome(5), beat(5)],
      ...[live(6, 7), live(7, 8), catchUp(5, 8), beat(8)],
    );
    expect(actions.slice(4)).toEqual(["watch", "ignore", "apply", "ignore"]);
    expect([state.seq, isLive(state)]).toEqual([8, true]);
  });

  it("passes over what it has, and applies what reaches beyond it", () => {
    const { actions, state } = run(
      ...[OPENING, board(5), welcome(5), beat(5)],
      ...[catchUp(3, 5), catchUp(4, 5), catchUp(5, 5), catchUp(3, 6)],
    );
    expect(actions.slice(4)).toEqual(["ignore", "ignore", "ignore", "apply"]);
    expect(state.seq).toBe(6);
  });

  it("follows the live deltas once a beat has named its seq, and not before", () => {
    const { actions, state } = run(
      ...[OPENING, board(5), welcome(5), live(5, 6), beat(5)],
      ...[live(5, 6), live(6, 9)],
    );
    expect(actions.slice(3)).toEqual(["ignore", "ignore", "apply", "apply"]);
    expect(state.seq).toBe(9);
  });

  it.each([live(4, 5), live(3, 6), live(6, 7)])(
    "asks at a live delta that does not follow: %o",
    (odd) => {
      const { actions, state } = run(OPENING, board(5), welcome(5), beat(5), odd);
      expect([actions.at(-1), state.seq, isLive(state)]).toEqual(["watch", 5, false]);
    },
  );

  it("asks again when a beat disagrees, and reloads when that does not help", () => {
    const beats = Array.from({ length: MAX_MISMATCHED_BEATS }, () => beat(9));
    const { actions } = run(OPENING, board(5), welcome(5), ...beats);
    expect(actions.slice(3)).toEqual([
      ...Array.from({ length: MAX_MISMATCHED_BEATS - 1 }, () => "watch"),
      "fetch",
    ]);
  });

  it("gets the board again on reload, and ignores the feed until then", () => {
    const { actions, state } = run(
      ...[OPENING, board(5), welcome(5), beat(5)],
      ...[{ type: "reload" } as const, live(5, 6), beat(6), board(6)],
    );
    expect(actions.slice(4)).toEqual(["fetch", "ignore", "ignore", "watch"]);
    expect(isLive(state)).toBe(false);
  });

  it("goes on from its board after a reconnect", () => {
    const { actions } = run(OPENING, board(5), welcome(5), { type: "closed" }, OPENING, welcome(9));
    expect(actions.at(-1)).toBe("watch");
  });

  it("drops its board when the server's history is shorter than the one it saw", () => {
    const { actions } = run(OPENING, board(5), welcome(5), { type: "closed" }, OPENING, welcome(4));
    expect(actions.at(-1)).toBe("fetch");
  });

  it("does nothing about a late message on a closed connection", () => {
    const { actions } = run(
      ...[OPENING, board(5), welcome(5), { type: "closed" } as const],
      ...[catchUp(5, 6), beat(6), { type: "probe" } as const],
    );
    expect(actions.slice(4)).toEqual(["ignore", "ignore", "ignore"]);
  });
});

/**
 * A server that numbers single-cell changes, and a client behind a line that drops and doubles
 * messages. Whatever happens: when the client is live, its cells are the server's as of its seq;
 * and when the line is left alone, it becomes live at the server's seq.
 */
describe("sync against a naive model", () => {
  const CELLS = 4;
  type Message = SyncEvent & { cells?: Map<number, number> };

  class World {
    readonly history: { cell: number; color: number }[] = [];
    client = INITIAL_SYNC;
    cells: number[] = [];
    line: Message[] = [];
    feedAt: number | null = null;
    fetching = false;

    at(seq: number): number[] {
      const cells = new Array<number>(CELLS).fill(0);
      for (const { cell, color } of this.history.slice(0, seq)) cells[cell] = color;
      return cells;
    }

    place(cell: number, color: number): void {
      this.history.push({ cell, color });
    }

    /** The server sends one merged delta from its cursor to now. */
    flush(catchUp = false): void {
      const to = this.history.length;
      if (this.feedAt === null || this.feedAt === to) return;
      const cells = new Map<number, number>();
      for (const change of this.history.slice(this.feedAt)) cells.set(change.cell, change.color);
      this.line.push({ type: "delta", from: this.feedAt, to, catchUp, cells });
      this.feedAt = to;
    }

    connect(): void {
      this.line = [];
      this.feedAt = null;
      this.tell({ type: "closed" });
      this.tell({ type: "opening" });
      this.fetching ||= this.client.seq === null;
      this.line.push({ type: "welcome", seq: this.history.length });
    }

    deliverBoard(ageOfBoard: number): void {
      if (!this.fetching) return;
      this.fetching = false;
      const seq = Math.max(0, this.history.length - ageOfBoard);
      this.cells = this.at(seq);
      this.tell({ type: "board", seq });
    }

    beat(catchUp = false): void {
      if (this.feedAt === null) return;
      this.flush(catchUp);
      this.line.push({ type: "beat", seq: this.history.length });
    }

    tell(message: Message): void {
      const { state, action } = sync(this.client, message);
      this.client = state;
      if (action === "apply") for (const [cell, color] of message.cells!) this.cells[cell] = color;
      if (action === "fetch") this.fetching = true;
      if (action === "watch") {
        this.feedAt = state.seq;
        this.beat(true);
      }
      if (state.seq !== null) expect(this.cells).toEqual(this.at(state.seq));
    }
  }

  const step = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constant("place"), fc.nat(CELLS - 1), fc.nat(9)) },
    { weight: 4, arbitrary: fc.tuple(fc.constant("flush"), fc.nat(), fc.nat()) },
    { weight: 8, arbitrary: fc.tuple(fc.constant("deliver"), fc.nat(), fc.nat()) },
    { weight: 2, arbitrary: fc.tuple(fc.constant("drop"), fc.nat(), fc.nat()) },
    { weight: 2, arbitrary: fc.tuple(fc.constant("double"), fc.nat(), fc.nat()) },
    { weight: 2, arbitrary: fc.tuple(fc.constant("beat"), fc.nat(), fc.nat()) },
    { weight: 2, arbitrary: fc.tuple(fc.constant("board"), fc.nat(5), fc.nat()) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("connect"), fc.nat(), fc.nat()) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("reload"), fc.nat(), fc.nat()) },
  );

  it("never shows a wrong cell, and always gets in step", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const world = new World();
        world.connect();
        for (const [act, a, b] of steps) {
          if (act === "place") world.place(a, b);
          else if (act === "flush") world.flush();
          else if (act === "beat") world.beat();
          else if (act === "board") world.deliverBoard(a);
          else if (act === "connect") world.connect();
          else if (act === "reload") world.line.push({ type: "reload" });
          else if (act === "drop") world.line.shift();
          else if (act === "double" && world.line[0]) world.line.splice(1, 0, world.line[0]);
          else if (world.line.length > 0) world.tell(world.line.shift()!);
        }
        // Left alone; a dropped welcome is the one thing that takes a new connection.
        if (!world.client.open && !world.line.some(({ type }) => type === "welcome"))
          world.connect();
        for (let turn = 0; turn < 20 && !(turn > 0 && isLive(world.client)); turn++) {
          while (world.line.length > 0) world.tell(world.line.shift()!);
          world.deliverBoard(0);
          world.beat();
        }
        while (world.line.length > 0) world.tell(world.line.shift()!);
        expect(isLive(world.client)).toBe(true);
        expect(world.cells).toEqual(world.at(world.history.length));
      }),
      { numRuns: 500 },
    );
  });
});
