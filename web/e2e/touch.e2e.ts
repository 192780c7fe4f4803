import type { CDPSession } from "playwright-core";
import { describe, expect, it } from "vitest";
import { type Person, PHONE, type Point } from "./person";
import { useWorld } from "./world";

const WHITE = "#ffffff";
const RED = "#d72238";

describe("on a phone", () => {
  const world = useWorld();

  it("a tap places, a pinch zooms, a drag moves, and neither of these places", async () => {
    const id = await world.server.createCanvas({ name: "Pocket", width: 64, height: 64 });
    // A pixel that pops is larger for a moment: nothing to measure by.
    const ada = await world.arrive({ ...PHONE, reducedMotion: "reduce" });
    await ada.join(id, "Ada");
    await ada.choose("Red");
    const spot = await ada.lookAt(32, 32, 16);
    const middle = spot.cell(32, 32);
    await tap(ada, middle);
    await ada.sees(middle, RED);
    const width = await redWidth(ada, middle);

    const fingers = await Fingers.of(ada);
    await fingers.pinch(middle, 60, 150);
    await expect.poll(() => redWidth(ada, middle)).toBeGreaterThan(width * 1.8);
    await fingers.pinch(middle, 150, 60);
    await expect.poll(() => redWidth(ada, middle)).toBeLessThan(width * 1.3);

    await fingers.drag(middle, { x: middle.x + 80, y: middle.y + 50 });
    await ada.sees({ x: middle.x + 80, y: middle.y + 50 }, RED);
    await ada.sees(middle, WHITE);
    // One pixel was placed, by the one tap.
    const board = await boardOf(world.server.url, id);
    expect(board.filter((color) => color !== 0)).toHaveLength(1);
  });

  it("a tap from far away only zooms in, and says so", async () => {
    const id = await world.server.createCanvas({ name: "Wide", width: 512, height: 512 });
    const ada = await world.arrive(PHONE);
    await ada.join(id, "Ada");
    await ada.choose("Red");
    await tap(ada, { x: 195, y: 300 });
    await ada.notice("Zoomed in. Now choose a cell for Red");
    expect((await boardOf(world.server.url, id)).every((color) => color === 0)).toBe(true);
    await tap(ada, { x: 195, y: 300 });
    await ada.sees({ x: 195, y: 300 }, RED);
  });

  it("holding a finger on a cell tells about it and places nothing", async () => {
    const id = await world.server.createCanvas({ name: "Hold", width: 64, height: 64 });
    const ada = await world.arrive(PHONE);
    await ada.join(id, "Ada");
    await ada.choose("Red");
    const spot = await ada.lookAt(10, 12, 16);
    const fingers = await Fingers.of(ada);
    await fingers.down(spot.cell(10, 12));
    const asked = ada.page.getByTestId("asked");
    await asked.getByText("x 10, y 12, White").waitFor();
    await asked.getByText("Nobody has drawn here").waitFor();
    await fingers.up();
    expect((await boardOf(world.server.url, id)).every((color) => color === 0)).toBe(true);
  });
});

async function tap(person: Person, at: Point): Promise<void> {
  await person.page.touchscreen.tap(at.x, at.y);
}

/** How many pixels left and right of a point are red: how large the cell is drawn. */
async function redWidth(person: Person, at: Point): Promise<number> {
  let width = 0;
  while (width < 200 && (await person.colorAt({ x: at.x + width, y: at.y })) === RED) width += 2;
  return width;
}

/** The cells as they are now: a board may be some seconds old, so it is asked for until it is not. */
async function boardOf(url: string, id: string): Promise<number[]> {
  const canvas = `${url}api/canvases/${id}`;
  const { seq } = (await (await fetch(canvas)).json()) as { seq: number };
  let cells: number[] = [];
  const seqOfBoard = async () => {
    const board = await (await fetch(`${canvas}/board`)).arrayBuffer();
    cells = [...new Uint8Array(board).subarray(16)];
    return Number(new DataView(board).getBigUint64(8, true));
  };
  await expect.poll(seqOfBoard).toBeGreaterThanOrEqual(seq);
  return cells;
}

/** Real touch events, as the browser gets them from a screen. */
class Fingers {
  private readonly cdp: CDPSession;

  private constructor(cdp: CDPSession) {
    this.cdp = cdp;
  }

  static async of(person: Person): Promise<Fingers> {
    return new Fingers(await person.context.newCDPSession(person.page));
  }

  async down(...points: Point[]): Promise<void> {
    await this.send("touchStart", points);
  }

  async up(): Promise<void> {
    await this.send("touchEnd", []);
  }

  async drag(from: Point, to: Point): Promise<void> {
    await this.down(from);
    for (const part of STEPS) await this.send("touchMove", [between(from, to, part)]);
    await this.up();
  }

  /** Two fingers left and right of a point, from one distance to another. */
  async pinch(middle: Point, fromPx: number, toPx: number): Promise<void> {
    const pair = (px: number) => [
      { x: middle.x - px / 2, y: middle.y },
      { x: middle.x + px / 2, y: middle.y },
    ];
    await this.down(...pair(fromPx));
    for (const part of STEPS) {
      await this.send("touchMove", pair(fromPx + (toPx - fromPx) * part));
    }
    await this.up();
  }

  private async send(type: "touchStart" | "touchMove" | "touchEnd", points: Point[]) {
    const touchPoints = points.map(({ x, y }, id) => ({ x, y, id }));
    await this.cdp.send("Input.dispatchTouchEvent", { type, touchPoints });
  }
}

/** The parts of a movement after which a screen reports it. */
const STEPS = [0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1];

function between(from: Point, to: Point, part: number): Point {
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}
