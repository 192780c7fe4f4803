import { describe, expect, it } from "vitest";
import type { Person } from "./person";
import { useWorld } from "./world";

const RED = "#d72238";

/** The place of Red in the default palette, by its number key and by steps. */
const WHITE_TO_RED_STEPS = 5;

describe("by keyboard alone", () => {
  const world = useWorld();

  it("one joins, chooses a color, goes to a cell, hears where one is, and places", async () => {
    const id = await world.server.createCanvas({ name: "Keys", width: 64, height: 64 });
    const ada = await world.arrive();
    const { page } = ada;
    const press = (key: string) => page.keyboard.press(key);
    await ada.open(`c/${id}`);
    await page.getByRole("dialog", { name: "Draw on Keys" }).waitFor();
    await page.keyboard.type("Ada");
    await press("Enter");
    await page.getByRole("radiogroup", { name: "Colors" }).waitFor();
    await ada.live();

    await press("1");
    for (let step = 0; step < WHITE_TO_RED_STEPS; step++) await press("]");
    await hears(ada, "Red");

    // The first arrow shows the cursor; from there on it is steps.
    await press("ArrowRight");
    const from = await spokenCell(ada);
    await press("ArrowRight");
    await press("Shift+ArrowDown");
    await hears(ada, `x ${from.x + 1}, y ${from.y + 10}, White`);
    await press("Enter");
    await hears(ada, `Placed Red at x ${from.x + 1}, y ${from.y + 10}`);
    await press("ArrowUp");
    await press("ArrowDown");
    await hears(ada, `x ${from.x + 1}, y ${from.y + 10}, Red`);
    const spot = await ada.lookAt(from.x + 1, from.y + 10);
    await ada.sees(spot.cell(from.x + 1, from.y + 10), RED);
  });

  it("one reaches every control, and dialogs give the focus back", async () => {
    const id = await world.server.createCanvas({ name: "Tabs", width: 64, height: 64 });
    const ada = await world.arrive();
    const { page } = ada;
    await ada.join(id, "Ada");
    const reached = new Set<string>();
    for (let step = 0; step < 40; step++) {
      await page.keyboard.press("Tab");
      reached.add(
        await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? ""),
      );
    }
    for (const label of [
      "All canvases",
      "Pick a color from the canvas",
      "Grid lines",
      "Copy link to this spot",
      "Full screen",
      "Gallery",
      "Appearance",
      "Help and keys",
      "Zoom in",
      "Zoom out",
      "Show the whole canvas",
    ]) {
      expect([...reached]).toContain(label);
    }

    const help = page.getByRole("button", { name: "Help and keys" });
    await help.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "How it works" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await help.evaluate((button) => button === document.activeElement)).toBe(true);
  });

  it("letters do what the help says", async () => {
    const id = await world.server.createCanvas({ name: "Letters", width: 64, height: 64 });
    const ada = await world.arrive();
    const { page } = ada;
    await ada.join(id, "Ada");
    const grid = page.getByRole("button", { name: "Grid lines" });
    const before = await grid.getAttribute("aria-pressed");
    await page.keyboard.press("g");
    await expect.poll(() => grid.getAttribute("aria-pressed")).not.toBe(before);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "How it works" }).waitFor();
    // While it is open the keys are its own.
    await page.keyboard.press("g");
    await page.keyboard.press("Escape");
    await expect.poll(() => grid.getAttribute("aria-pressed")).not.toBe(before);
  });
});

async function hears(person: Person, text: string): Promise<void> {
  await expect.poll(() => person.page.getByTestId("spoken").textContent()).toBe(text);
}

async function spokenCell(person: Person): Promise<{ x: number; y: number }> {
  const spoken = person.page.getByTestId("spoken");
  await expect.poll(() => spoken.textContent()).toMatch(/^x \d+, y \d+/);
  const [, x, y] = /x (\d+), y (\d+)/.exec((await spoken.textContent()) ?? "") ?? [];
  return { x: Number(x), y: Number(y) };
}
