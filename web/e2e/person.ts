import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import { expect } from "vitest";

const CHROMIUM = process.env.PLACE_CHROMIUM ?? "/usr/bin/chromium";

/** No host but ours is ever asked, so the browser's own errands are off, too. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-swiftshader",
];

/** How long to wait for what must happen; a loaded test machine is slow. */
export const PATIENCE_MS = 15_000;

export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};
export const CHROMEBOOK: BrowserContextOptions = { viewport: { width: 1366, height: 768 } };
export const PROJECTOR: BrowserContextOptions = { viewport: { width: 1920, height: 1080 } };

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** Somebody with a browser of their own, whose complaints are kept. */
export class Person {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console and the page, and requests to other hosts. */
  readonly complaints: string[] = [];
  private readonly home: string;

  private constructor(home: string, context: BrowserContext, page: Page) {
    this.home = home;
    this.context = context;
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("console", (message) => {
      // The driver's remark about reading back a software-drawn picture is not ours.
      if (message.type() === "error") this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(home)) this.complaints.push(`asked ${request.url()}`);
    });
  }

  static async arrive(
    browser: Browser,
    home: string,
    options: BrowserContextOptions = CHROMEBOOK,
  ): Promise<Person> {
    const context = await browser.newContext(options);
    return new Person(home, context, await context.newPage());
  }

  /** Another tab of the same browser: the same seat. */
  async secondTab(): Promise<Person> {
    return new Person(this.home, this.context, await this.context.newPage());
  }

  async open(path: string): Promise<void> {
    await this.page.goto(new URL(path, this.home).href);
  }

  /** Opens a canvas and takes a seat. */
  async join(id: string, nickname: string): Promise<void> {
    await this.open(`c/${id}`);
    await this.page.getByLabel("Nickname").fill(nickname);
    await this.page.getByRole("button", { name: "Start drawing" }).click();
    await this.page.getByRole("radiogroup", { name: "Colors" }).waitFor();
    await this.seated();
  }

  /** Waits until the connection knows of the seat: then there is a chat, too. */
  async seated(): Promise<void> {
    await this.page.getByRole("button", { name: /^Chat/ }).waitFor();
    await this.live();
  }

  async live(): Promise<void> {
    await this.page.locator('.pill-state[data-status="live"]').waitFor();
  }

  async choose(color: string): Promise<void> {
    await this.page.getByRole("radio", { name: color, exact: true }).check();
  }

  /** Brings a cell to the middle, each cell `zoom` CSS pixels wide, and tells where it is. */
  async lookAt(x: number, y: number, zoom = 20): Promise<Spot> {
    await this.page.evaluate(
      ([hash]) => {
        // The same hash again would go unnoticed.
        history.replaceState(null, "", location.pathname);
        location.hash = hash as string;
      },
      [`x=${x},y=${y},z=${zoom}`],
    );
    return new Spot(x, y, zoom, await this.middle());
  }

  /** The middle of what the panels leave free: where a link puts its cell. */
  middle(): Promise<Point> {
    return this.page.evaluate(() => {
      const box = (name: string) => document.querySelector(name)!.getBoundingClientRect();
      const top = box(".studio-start").bottom;
      return { x: innerWidth / 2, y: (top + box(".studio-dock").top) / 2 };
    });
  }

  async click(at: Point): Promise<void> {
    await this.page.mouse.click(at.x, at.y);
    // The pointer's outline would stand in the way of looking.
    await this.page.mouse.move(at.x, at.y + 60);
  }

  /** Waits until what is drawn at a point of the page is this color. */
  async sees(at: Point, hex: string): Promise<void> {
    await expect.poll(() => this.colorAt(at), { timeout: PATIENCE_MS }).toBe(hex);
  }

  /** The color on the screen, not in the memory: out of a screenshot. */
  async colorAt(at: Point): Promise<string> {
    return (await this.row(at, 1))[0]!;
  }

  /** The colors on the screen from a point on to the right, one for each CSS pixel. */
  async row({ x, y }: Point, width: number): Promise<string[]> {
    const clip = { x: Math.round(x), y: Math.round(y), width, height: 1 };
    const png = await this.page.screenshot({ clip, scale: "css" });
    return this.page.evaluate(readPixels, png.toString("base64"));
  }

  async notice(text: string | RegExp): Promise<void> {
    await this.page.locator(".toast", { hasText: text }).waitFor();
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}

export interface Point {
  x: number;
  y: number;
}

/** A view of a canvas in which cells have known places. */
export class Spot {
  private readonly x: number;
  private readonly y: number;
  private readonly zoom: number;
  private readonly middle: Point;

  constructor(x: number, y: number, zoom: number, middle: Point) {
    this.x = x;
    this.y = y;
    this.zoom = zoom;
    this.middle = middle;
  }

  /** The middle of a cell on the page. */
  cell(x: number, y: number): Point {
    return {
      x: this.middle.x + (x - this.x) * this.zoom,
      y: this.middle.y + (y - this.y) * this.zoom,
    };
  }
}

/** Runs in the page: decodes a picture of one row without asking for any address. */
async function readPixels(base64: string): Promise<string[]> {
  const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const context = new OffscreenCanvas(bitmap.width, 1).getContext("2d")!;
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, 1);
  return Array.from({ length: bitmap.width }, (_, i) => {
    const parts = [...data.slice(4 * i, 4 * i + 3)];
    return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  });
}
