import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { BrowserContextOptions } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { CHROMEBOOK, type Person, PHONE, PROJECTOR } from "./person";
import { useWorld } from "./world";

const SHOTS = fileURLToPath(new URL("shots", import.meta.url));
const AXE_SOURCE = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);

const SCREENS: Record<string, BrowserContextOptions> = {
  phone: PHONE,
  chromebook: CHROMEBOOK,
  projector: PROJECTOR,
};
const THEMES = ["light", "dark", "contrast"] as const;

interface Violation {
  id: string;
  impact: string;
  nodes: string[];
}

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
    await page.getByLabel("Nickname").fill("Ada");
    await page.getByRole("button", { name: "Start drawing" }).click();
    await ada.live();
    await page.getByRole("radiogroup").waitFor();
    await look("canvas");

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

/** Waits until what comes in with a movement has come in. */
async function settled({ page }: Person): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    const finite = document
      .getAnimations()
      .filter(
        (motion) => motion.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY,
      );
    await Promise.all(finite.map((motion) => motion.finished.catch(() => null)));
  });
}

async function violations({ page }: Person): Promise<Violation[]> {
  // Through the driver, past the page's policy: axe is no part of the product.
  await page.evaluate(AXE_SOURCE);
  return page.evaluate(async () => {
    const axe = (globalThis as unknown as { axe: Axe }).axe;
    const { violations: found } = await axe.run(document);
    return found
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => html) }));
  });
}

interface Axe {
  run(root: Document): Promise<{
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  }>;
}
