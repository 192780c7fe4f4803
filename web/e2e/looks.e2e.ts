import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { BrowserContextOptions } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { settled, violations } from "./axe";
import { CHROMEBOOK, type Person, PHONE, PROJECTOR } from "./person";
import { useWorld } from "./world";

const SHOTS = fileURLToPath(new URL("shots", import.meta.url));

const SCREENS: Record<string, BrowserContextOptions> = {
  phone: PHONE,
  chromebook: CHROMEBOOK,
  projector: PROJECTOR,
};
const THEMES = ["light", "dark", "contrast"] as const;

describe("how it looks", () => {
  const world = useWorld();

  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    await world.server.createCanvas({ name: "Class 5b", width: 64, height: 64 });
    await world.server.createCanvas({ name: "Ice", id: "ice", width: 64, height: 64 });
    await world.server.changeCanvas("ice", { mode: "frozen" });
  });

  const cases = Object.keys(SCREENS).flatMap((screen) =>
    THEMES.map((theme) => [screen, theme] as const),
  );

  it.each(cases)("%s, %s: nothing serious on any page", async (screen, theme) => {
    const ada = await arrive(screen, theme);
    const { page } = ada;
    const look = async (name: string) => {
      await settled(ada);
      await page.screenshot({ path: `${SHOTS}/${screen}-${theme}-${name}.png` });
      expect(await violations(ada), `${name}, ${screen}, ${theme}`).toEqual([]);
    };

    await ada.open("");
    await page.getByRole("link", { name: "Class 5b" }).waitFor();
    await look("lobby");

    await ada.open("c/playground");
    await page.getByRole("dialog").waitFor();
    await look("join");
    await page.getByLabel("Nickname").fill(`Ada ${screen} ${theme}`);
    await page.getByRole("button", { name: "Start drawing" }).click();
    await ada.seated();
    await page.getByRole("radiogroup").waitFor();
    await look("canvas");

    await page.keyboard.press("t");
    await page.locator("input[name=message]").fill("Hello, everybody");
    await page.keyboard.press("Enter");
    await page.locator(".chat-message").first().waitFor();
    await look("chat");
    await page.keyboard.press("Escape");
    await page.keyboard.press("p");
    await page.locator(".person").first().waitFor();
    await look("people");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("dialog", { name: "More" }).waitFor();
    await look("more");
    await page.keyboard.press("Escape");

    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "How it works" }).waitFor();
    await look("help");
    await page.keyboard.press("Escape");

    await ada.open("c/ice");
    await page.getByRole("button", { name: "Just watch" }).click();
    await page.getByText("The canvas is frozen").waitFor();
    await look("frozen");

    await ada.open("c/playground/gallery");
    await page.getByRole("heading", { name: "No snapshot yet" }).waitFor();
    await look("gallery-empty");

    world.expectComplaints(/status of 404/);
    await ada.open("nowhere/at/all");
    await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
    await look("nowhere");
  });

  async function arrive(screen: string, theme: (typeof THEMES)[number]): Promise<Person> {
    const ada = await world.arrive(SCREENS[screen]);
    await ada.context.addInitScript((name) => localStorage.setItem("place.theme", name), theme);
    return ada;
  }
});
