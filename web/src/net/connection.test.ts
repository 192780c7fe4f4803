import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Grid } from "../core/grid";
import { LESSON, MESSAGE } from "../core/lesson.fixture";
import { ApiError } from "./api";
import { FIRST_WAIT_MS, MAX_WAIT_MS } from "./backoff";
import {
  type Connection,
  type ConnectionEvent,
  HIDDEN_PROBE_MS,
  MAX_UNANSWERED,
  openConnection,
  PROBE_TIMEOUT_MS,
  SILENCE_TIMEOUT_MS,
  STABLE_AFTER_MS,
  WAKE_SPREAD_MS,
  WELCOME_TIMEOUT_MS,
} from "./connection";
import type { Change, Environment, SocketLike } from "./environment";
import { MAX_RELOADS_IN_A_ROW } from "./mirror";

/** A change on the canvas of these tests, 4 by 2 in three colors, with k = 4: 0 nnnn cc 1. */
function oneChange(x: number, y: number, color: number): number {
  return ((x * 2 + y) << 3) | (color << 1) | 1;
}

class FakeSocket implements SocketLike {
  binaryType: BinaryType = "blob";
  readyState = 0;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  readonly sent: (string | ArrayBuffer)[] = [];
  closedWith: number | undefined;

  send(data: string | ArrayBuffer): void {
    this.sent.push(data);
  }

  close(code?: number): void {
    this.readyState = 3;
    this.closedWith = code;
  }

  text(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) } as MessageEvent);
  }

  bytes(...bytes: number[]): void {
    this.onmessage?.({ data: Uint8Array.from(bytes).buffer } as MessageEvent);
  }

  welcome(seq: number, canvas: object = {}, history = "h"): void {
    this.readyState = 1;
    const color = { name: "A", hex: "#000000" };
    this.text({
      type: "welcome",
      protocol: 1,
      canvas: {
        ...{ id: "a", name: "A", width: 4, height: 2, palette: [color, color, color] },
        ...{ mode: "open", cooldown_ms: 1_000, saved_max: 20, undo_ms: 5_000 },
        ...canvas,
      },
      ...{ seat: null, you: null, lesson: LESSON },
      ...{ history, seq, saved: 20, next_ms: 0, online: 1, version: "0.1.0" },
    });
  }

  beat(seq: number): void {
    this.text({ type: "beat", seq });
  }

  pixel(to: number, x: number, y: number, color: number): void {
    this.bytes(0xc4, to - 1, 0, oneChange(x, y, color));
  }

  placed(token: number, seq: number): void {
    this.bytes(0x81, token, 0, 0, 0, seq, 0, 0, 0, 0, 0, 0, 0, 19, 0, 100, 0, 0, 0);
  }

  die(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code } as CloseEvent);
  }
}

/** A world in which the test plays the server, the network and the clock. */
class World implements Environment {
  readonly sockets: FakeSocket[] = [];
  readonly boards: {
    give: (grid: Grid) => void;
    refuse: (error: unknown) => void;
    signal: AbortSignal;
  }[] = [];
  readonly events: ConnectionEvent[] = [];
  luck = 1;
  network = true;
  notify: (change: Change) => void = () => {};
  listening = false;
  readonly connection: Connection;

  constructor() {
    this.connection = openConnection({
      id: "a",
      onEvent: (event) => this.events.push(event),
      environment: this,
    });
  }

  openSocket(): FakeSocket {
    this.sockets.push(new FakeSocket());
    return this.socket;
  }

  loadBoard(_id: string, signal: AbortSignal): Promise<Grid> {
    return new Promise((give, refuse) => this.boards.push({ give, refuse, signal }));
  }

  random = () => this.luck;
  isOnline = () => this.network;

  onChange(listener: (change: Change) => void): () => void {
    this.notify = listener;
    this.listening = true;
    return () => {
      this.listening = false;
    };
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  get statuses(): string[] {
    return this.events.flatMap((event) => (event.type === "status" ? [event.status] : []));
  }

  get status(): ConnectionEvent | undefined {
    return this.events.filter(({ type }) => type === "status").at(-1);
  }

  /** From now to the next attempt, as announced. */
  get retryInMs(): number {
    return (this.status as { retryAt: number }).retryAt - Date.now();
  }

  async retry(): Promise<void> {
    await vi.advanceTimersByTimeAsync(this.retryInMs);
  }

  watches(socket = this.socket): unknown[] {
    return socket.sent.filter((data) => typeof data === "string").map((data) => JSON.parse(data));
  }

  async board(seq: number, fill = 0): Promise<Grid> {
    const grid = { width: 4, height: 2, seq, cells: new Uint8Array(8).fill(fill) };
    this.boards.at(-1)!.give(grid);
    await vi.advanceTimersByTimeAsync(0);
    return grid;
  }

  async live(seq = 5): Promise<Grid> {
    const grid = await this.board(seq);
    this.socket.welcome(seq);
    this.socket.beat(seq);
    return grid;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("getting in step", () => {
  it("asks for board and socket together, watches from the board's seq, and is live on the beat", async () => {
    const world = new World();
    expect([world.sockets.length, world.boards.length, world.statuses]).toEqual([
      1,
      1,
      ["connecting"],
    ]);
    expect(world.socket.binaryType).toBe("arraybuffer");
    const grid = await world.board(5);
    world.socket.welcome(7);
    expect(world.watches()).toEqual([{ type: "watch", since: 5 }]);
    world.socket.bytes(0xe4, 5, 0, 0, 0, 2, oneChange(1, 1, 2));
    expect(world.statuses).toEqual(["connecting"]);
    world.socket.beat(7);
    expect(world.statuses).toEqual(["connecting", "live"]);
    expect([grid.seq, grid.cells[5]]).toEqual([7, 2]);
    expect(world.events.map(({ type }) => type)).toEqual([
      "status",
      "board",
      "welcome",
      "delta",
      "status",
    ]);
  });

  it("does so too when the welcome comes before the board", async () => {
    const world = new World();
    world.socket.welcome(7);
    expect(world.watches()).toEqual([]);
    await world.board(6);
    expect(world.watches()).toEqual([{ type: "watch", since: 6 }]);
  });

  it("watches again at a gap, without a word about it, and goes on", async () => {
    const world = new World();
    await world.live(5);
    world.socket.pixel(8, 0, 0, 1);
    expect(world.watches()).toEqual([
      { type: "watch", since: 5 },
      { type: "watch", since: 5 },
    ]);
    expect(world.statuses.at(-1)).toBe("live");
  });

  it("loads the board again on reload and says that it is not live meanwhile", async () => {
    const world = new World();
    await world.live(5);
    world.socket.text({ type: "reload", reason: "behind" });
    expect([world.boards.length, world.statuses.at(-1)]).toEqual([2, "reconnecting"]);
    await world.board(9);
    expect(world.watches().at(-1)).toEqual({ type: "watch", since: 9 });
    world.socket.beat(9);
    expect(world.statuses.at(-1)).toBe("live");
  });

  it("stops reloading in a loop", async () => {
    const world = new World();
    await world.live(5);
    for (let i = 0; i < MAX_RELOADS_IN_A_ROW; i++) {
      world.socket.text({ type: "reload", reason: "behind" });
      await world.board(9);
    }
    expect(world.sockets.length).toBe(1);
    world.socket.text({ type: "reload", reason: "behind" });
    expect(world.status).toMatchObject({ status: "reconnecting", retryAt: expect.any(Number) });
    expect(world.boards.length).toBe(1 + MAX_RELOADS_IN_A_ROW);
  });

  it("takes a new board when the canvas is another one now", async () => {
    const world = new World();
    await world.live(5);
    world.connection.reconnectNow();
    world.socket.welcome(9, { width: 2, height: 4 });
    expect(world.boards.length).toBe(2);
  });

  it("takes a new board when the server tells another history, however far it has come", async () => {
    const world = new World();
    await world.live(5);
    world.connection.reconnectNow();
    world.socket.welcome(9);
    expect(world.boards.length).toBe(1);
    world.connection.reconnectNow();
    world.socket.welcome(9, {}, "restored");
    expect(world.boards.length).toBe(2);
  });

  it("passes on presence, rules and notices", async () => {
    const world = new World();
    await world.live();
    world.socket.text({ type: "presence", online: 3 });
    world.socket.text({ type: "rules", mode: "frozen", cooldown_ms: 5, saved_max: 2, undo_ms: 0 });
    world.socket.text({ type: "notice", code: "stopping", text: "Back soon." });
    world.socket.text({ type: "weather", sunny: true });
    expect(world.events.slice(-3)).toEqual([
      { type: "presence", online: 3 },
      { type: "rules", mode: "frozen", cooldownMs: 5, savedMax: 2, undoMs: 0 },
      { type: "notice", code: "stopping", text: "Back soon." },
    ]);
  });
});

describe("placing", () => {
  it("gives tokens and passes on the answers", async () => {
    const world = new World();
    await world.live();
    expect([world.connection.place(3, 1, 2), world.connection.place(0, 0, 1)]).toEqual([1, 2]);
    expect(new Uint8Array(world.socket.sent.at(-2) as ArrayBuffer)).toEqual(
      Uint8Array.of(1, 1, 0, 0, 0, 3, 0, 1, 0, 2),
    );
    world.socket.placed(1, 6);
    world.socket.bytes(0x82, 2, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0);
    expect(world.events.slice(-2)).toEqual([
      { type: "placed", token: 1, seq: 6, saved: 19, nextMs: 100 },
      { type: "refused", token: 2, reason: "cooldown", color: 0, saved: 0, waitMs: 9 },
    ]);
  });

  it("passes over an answer to what it did not ask", async () => {
    const world = new World();
    await world.live();
    const before = world.events.length;
    world.socket.placed(77, 6);
    expect(world.events.length).toBe(before);
  });

  it("says no where nothing can be sent", async () => {
    const world = new World();
    expect(world.connection.place(0, 0, 0)).toBeNull();
    await world.live();
    for (const [x, y, color] of [
      [4, 0, 0],
      [0, 2, 0],
      [-1, 0, 0],
      [0, 0, 3],
    ] as const) {
      expect(world.connection.place(x, y, color)).toBeNull();
    }
    world.socket.readyState = 2;
    expect(world.connection.place(0, 0, 0)).toBeNull();
  });

  it("keeps to the limit on unanswered placements", async () => {
    const world = new World();
    await world.live();
    for (let i = 1; i <= MAX_UNANSWERED; i++) expect(world.connection.place(0, 0, 0)).toBe(i);
    expect(world.connection.place(0, 0, 0)).toBeNull();
    world.socket.placed(1, 6);
    expect(world.connection.place(0, 0, 0)).toBe(MAX_UNANSWERED + 1);
  });

  it("reports what was unanswered as lost when the socket dies", async () => {
    const world = new World();
    await world.live();
    world.connection.place(0, 0, 0);
    world.connection.place(1, 0, 0);
    world.socket.placed(1, 6);
    world.socket.die(1006);
    expect(world.events.filter(({ type }) => type === "lost")).toEqual([
      { type: "lost", tokens: [2] },
    ]);
  });
});

describe("a hidden picture", () => {
  const hidden = new ApiError(403, "hidden", "Hidden.");

  it("is no failure: the connection stays, and the board comes once it is shown", async () => {
    const world = new World();
    world.socket.welcome(7);
    world.boards[0]!.refuse(hidden);
    await pass(0);
    expect(world.events.map(({ type }) => type)).toEqual(["status", "welcome", "hidden", "status"]);
    expect(world.statuses.at(-1)).toBe("live");
    world.socket.text({ type: "reload", reason: "shown" });
    await world.board(9);
    expect(world.watches().at(-1)).toEqual({ type: "watch", since: 9 });
    expect(world.sockets.length).toBe(1);
  });

  it("takes the board away that was there", async () => {
    const world = new World();
    await world.live(5);
    world.socket.text({ type: "hidden" });
    expect(world.events.at(-1)).toEqual({ type: "hidden" });
    expect([world.boards.length, world.statuses.at(-1)]).toEqual([1, "live"]);
    world.socket.pixel(6, 0, 0, 1);
    expect(world.events.at(-1)).toEqual({ type: "hidden" });
    world.socket.text({ type: "reload", reason: "shown" });
    expect(world.boards.length).toBe(2);
  });

  it("is asked about, since nothing else is heard, and so its end can't be missed", async () => {
    const world = new World();
    await world.live(5);
    world.socket.text({ type: "hidden" });
    for (let i = 0; i < 4; i++) {
      await pass(HIDDEN_PROBE_MS);
      expect(world.watches().at(-1)).toEqual({ type: "watch" });
      world.socket.text({ type: "hidden" });
    }
    expect(world.sockets.length).toBe(1);
    await pass(HIDDEN_PROBE_MS);
    world.socket.beat(9);
    expect(world.boards.length).toBe(2);
  });
});

describe("an end that the server wants", () => {
  it.each([
    [4003, "kicked"],
    [4004, "banned"],
    [4005, "gone"],
    [4006, "seat_ended"],
  ])("by %i is told, and nothing is tried by itself", async (code, why) => {
    const world = new World();
    await world.live(5);
    world.socket.die(code);
    expect(world.events.at(-1)).toEqual({ type: "ended", why });
    world.notify("online");
    await pass(MAX_WAIT_MS);
    expect(world.sockets.length).toBe(1);
    world.connection.reconnectNow();
    expect(world.sockets.length).toBe(2);
  });
});

describe("what is asked for besides pixels", () => {
  it("goes out under tokens that no two share, and is lost with its connection", async () => {
    const world = new World();
    expect([world.connection.undo(), world.connection.say(0, "Hi", null)]).toEqual([null, null]);
    await world.live(5);
    const tokens = [
      world.connection.place(0, 0, 1),
      world.connection.undo(),
      world.connection.say(0, "Hi", null),
      world.connection.say(2, "You too", 7),
    ];
    expect(tokens).toEqual([1, 2, 3, 4]);
    const texts = world.socket.sent.filter((data) => typeof data === "string").slice(-3);
    expect(texts.map((text) => JSON.parse(text))).toEqual([
      { type: "undo", token: 2 },
      { type: "chat", token: 3, channel: 0, text: "Hi" },
      { type: "chat", token: 4, channel: 2, text: "You too", reply_to: 7 },
    ]);
    world.socket.text({ type: "chat_taken", token: 3, id: 9 });
    world.socket.die(1006);
    expect(world.events).toContainEqual({ type: "lost", tokens: [1, 2, 4] });
  });

  it("hands on what is said to people", async () => {
    const world = new World();
    await world.live(5);
    const people = { type: "people", here: [], left: [3] };
    world.socket.text(people);
    world.socket.text({ type: "chat", message: MESSAGE });
    expect(world.events.slice(-2)).toEqual([people, { type: "chat", message: MESSAGE }]);
  });
});

describe("failing and coming back", () => {
  it("goes on from its board, with waits that double up to a limit", async () => {
    const world = new World();
    await world.live(5);
    const waits = [];
    for (let i = 0; i < 7; i++) {
      world.socket.die(1001);
      const status = world.status as { retryAt: number };
      expect(status).toMatchObject({ status: "reconnecting", code: 1001 });
      waits.push(status.retryAt - Date.now());
      await pass(waits.at(-1)! - 1);
      expect(world.sockets.length).toBe(i + 1);
      await pass(1);
      expect(world.sockets.length).toBe(i + 2);
    }
    expect(waits.map((ms) => ms / FIRST_WAIT_MS)).toEqual([1, 2, 4, 8, 16, 30, 30]);
    expect(world.boards.length).toBe(1);
    world.socket.welcome(9);
    expect(world.watches()).toEqual([{ type: "watch", since: 5 }]);
  });

  it("forgets its failures only after being live for a while", async () => {
    const world = new World();
    await world.live(5);
    const waitAfter = async (liveMs: number) => {
      await world.retry();
      world.socket.welcome(5);
      world.socket.beat(5);
      await pass(liveMs);
      world.socket.die(1006);
      return world.retryInMs;
    };
    world.socket.die(1006);
    expect(await waitAfter(STABLE_AFTER_MS - 1)).toBe(2 * FIRST_WAIT_MS);
    expect(await waitAfter(STABLE_AFTER_MS)).toBe(FIRST_WAIT_MS);
  });

  it("gives up on a silent connection, and not on one that speaks", async () => {
    const world = new World();
    await world.live(5);
    await pass(SILENCE_TIMEOUT_MS - 1);
    world.socket.text({ type: "presence", online: 1 });
    await pass(SILENCE_TIMEOUT_MS - 1);
    expect(world.statuses.at(-1)).toBe("live");
    const { socket } = world;
    await pass(1);
    expect([world.statuses.at(-1), socket.closedWith]).toEqual(["reconnecting", 1000]);
  });

  it("gives up on a socket that never welcomes", async () => {
    const world = new World();
    await pass(WELCOME_TIMEOUT_MS);
    expect(world.statuses).toEqual(["connecting", "reconnecting"]);
    expect(world.boards[0]?.signal.aborted).toBe(false);
    await world.board(5);
    expect(world.events.some(({ type }) => type === "board")).toBe(true);
    await pass(FIRST_WAIT_MS);
    expect([world.sockets.length, world.boards.length]).toEqual([2, 1]);
  });

  it.each<[string, (socket: FakeSocket) => void]>([
    ["bytes that are no message", (socket) => socket.bytes(0x99)],
    ["a cell outside", (socket) => socket.pixel(6, 4, 0, 0)],
    ["text that is not JSON", (socket) => socket.onmessage?.({ data: "{" } as MessageEvent)],
    [
      "word that it was not understood",
      (socket) => socket.text({ type: "error", code: "x", text: "y" }),
    ],
  ])("starts over after %s", async (_name, speak) => {
    const world = new World();
    await world.live(5);
    speak(world.socket);
    expect(world.statuses.at(-1)).toBe("reconnecting");
    await pass(FIRST_WAIT_MS);
    expect(world.sockets.length).toBe(2);
  });

  it("starts over after a message before the welcome", () => {
    const world = new World();
    world.socket.pixel(6, 0, 0, 0);
    expect(world.statuses).toEqual(["connecting", "reconnecting"]);
  });

  it("waits as long as the server asks when the board is refused, and tells why", async () => {
    const world = new World();
    const error = new ApiError(503, "busy", "Too many.", 20_000);
    world.boards[0]!.refuse(error);
    await pass(0);
    expect(world.events.at(-1)).toEqual({ type: "problem", error });
    expect(world.status).toMatchObject({ retryAt: Date.now() + 20_000 });
    await pass(20_000);
    expect([world.sockets.length, world.boards.length]).toEqual([2, 2]);
  });

  it("starts over when the board does not fit the canvas", async () => {
    const world = new World();
    world.socket.welcome(5);
    await world.board(5, 3);
    expect(world.statuses.at(-1)).toBe("reconnecting");
    await pass(FIRST_WAIT_MS);
    expect(world.boards.length).toBe(2);
  });

  it("tries again where a socket can't even be opened", async () => {
    const failing = vi.spyOn(World.prototype, "openSocket").mockImplementationOnce(() => {
      throw new Error("blocked");
    });
    const world = new World();
    expect(world.sockets.length).toBe(0);
    await pass(FIRST_WAIT_MS);
    expect(world.sockets.length).toBe(1);
    failing.mockRestore();
  });
});

describe("the device's network", () => {
  it("is called offline when the device says so, and tries all the same", async () => {
    const world = new World();
    await world.live(5);
    world.network = false;
    world.socket.die(1006);
    expect(world.status).toMatchObject({ status: "offline", retryAt: expect.any(Number) });
    await pass(FIRST_WAIT_MS);
    expect(world.sockets.length).toBe(2);
  });

  it("tries again soon when the network is back, with the class spread out", async () => {
    const world = new World();
    await world.live(5);
    for (let i = 0; i < 5; i++) {
      world.socket.die(1006);
      await world.retry();
    }
    world.socket.die(1006);
    expect(world.retryInMs).toBe(MAX_WAIT_MS);
    const { length } = world.sockets;
    world.luck = 0.5;
    world.notify("online");
    await pass(WAKE_SPREAD_MS / 2 - 1);
    expect(world.sockets.length).toBe(length);
    await pass(1);
    expect(world.sockets.length).toBe(length + 1);
  });

  it.each<Change>(["online", "offline"])("doubts a live connection on %s", async (change) => {
    const world = new World();
    await world.live(5);
    world.notify(change);
    expect(world.watches().length).toBe(2);
    expect(world.statuses.at(-1)).toBe("live");
    world.socket.beat(5);
    await pass(PROBE_TIMEOUT_MS);
    expect(world.statuses.at(-1)).toBe("live");
    world.notify(change);
    await pass(PROBE_TIMEOUT_MS);
    expect(world.statuses.at(-1)).toBe("reconnecting");
  });

  it("doubts it on being looked at again after a long silence only", async () => {
    const world = new World();
    await world.live(5);
    await pass(10_000);
    world.notify("visible");
    expect(world.watches().length).toBe(1);
    await pass(10_000);
    world.notify("visible");
    expect(world.watches().length).toBe(2);
  });
});

describe("on request", () => {
  it("opens a fresh connection at once and keeps the board", async () => {
    const world = new World();
    await world.live(5);
    world.connection.place(0, 0, 0);
    world.connection.reconnectNow();
    expect(world.sockets[0]?.closedWith).toBe(1000);
    expect(world.events.some(({ type }) => type === "lost")).toBe(true);
    expect([world.sockets.length, world.boards.length]).toEqual([2, 1]);
    world.socket.welcome(6);
    expect(world.watches()).toEqual([{ type: "watch", since: 5 }]);
  });

  it("may be asked to reconnect from within an event", async () => {
    const world = new World();
    await world.board(5);
    const push = world.events.push.bind(world.events);
    let asked = false;
    world.events.push = (event: ConnectionEvent) => {
      if (event.type === "welcome" && !asked) {
        asked = true;
        world.connection.reconnectNow();
      }
      return push(event);
    };
    world.socket.welcome(5);
    expect(world.sockets.length).toBe(2);
    world.socket.welcome(5);
    world.socket.beat(5);
    expect(world.statuses.at(-1)).toBe("live");
  });

  it("closes for good: no event, no timer, no listener, no request is left", async () => {
    const world = new World();
    await world.live(5);
    world.connection.place(0, 0, 0);
    world.socket.text({ type: "reload", reason: "behind" });
    const before = world.events.length;
    world.connection.close();
    world.connection.reconnectNow();
    await pass(600_000);
    expect([world.events.length, world.sockets.length, world.listening]).toEqual([
      before,
      1,
      false,
    ]);
    expect(world.boards.at(-1)?.signal.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
