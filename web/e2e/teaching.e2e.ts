import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { settled, violations } from "./axe";
import { AT_THE_DOOR, atDesk, inkedCells, joinClass, logIn, makeCanvas, NAME } from "./desk";
import { CHROMEBOOK, type Person, PHONE } from "./person";
import { useWorld } from "./world";

/** What a browser says of a server that is away. */
const AWAY = /ERR_CONNECTION_(REFUSED|RESET)|status of 50\d|WebSocket connection/;

describe("leading a class", () => {
  const world = useWorld();

  /** A teacher who leads a canvas of her own. */
  async function leading(name: string, teams: readonly string[] = []) {
    world.expectComplaints(AT_THE_DOOR);
    const grace = await world.arrive();
    await atDesk(world, grace);
    const id = await makeCanvas(grace, name, teams);
    return { grace, page: grace.page, id };
  }

  it("takes the lesson home, and forgets the class: the picture stays", async () => {
    const { page, id } = await leading("Last day");
    const ada = await world.arrive();
    await joinClass(world, ada, id, "Ada");
    await ada.choose("Red");
    await ada.click((await ada.lookAt(20, 20)).cell(20, 20));
    await expect.poll(() => inkedCells(world, id)).toBe(1);

    const saved = async (link: string) => {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: link }).click(),
      ]);
      return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
    };
    await page.getByRole("tab", { name: "More" }).click();
    const picture = await saved("Picture (PNG)");
    expect(picture.name).toMatch(/\.png$/);
    expect(picture.bytes.subarray(1, 4).toString()).toBe("PNG");
    await openMore(page, "Record");
    const record = await saved("Save as CSV");
    expect(record.name).toMatch(/\.csv$/);
    expect(record.bytes.toString()).toMatch(/^\uFEFF?time,teacher,what,/);

    await openMore(page, "Sharing and forgetting");
    await page.getByRole("button", { name: "Forget the class" }).click();
    await page.getByLabel("Type “Last day” to go on").fill("Last day");
    await page.getByRole("button", { name: "Forget for good" }).click();
    await page.getByText("1 person is forgotten").waitFor();
    await openMore(page, "Record");
    const after = await saved("Save as CSV");
    expect(after.bytes.toString()).toContain(`${NAME},forget`);
    expect(after.bytes.toString()).not.toContain("Ada");
    expect(await inkedCells(world, id)).toBe(1);
  });

  it("a bot is made, its secret shown once, seen as one, and removed", async () => {
    const { page, id } = await leading("Robots");
    await openMore(page, "Bots");
    await page.getByLabel("Name of a new bot").fill("Robo");
    await page.getByRole("button", { name: "Make a bot" }).click();
    const token = await page.getByLabel("Its secret. Copy it now").inputValue();
    expect(await statusOf(id, token)).toBe(200);
    await page.getByRole("button", { name: "I have copied it" }).click();
    await page.getByLabel("Its secret. Copy it now").waitFor({ state: "detached" });
    await page.getByRole("tab", { name: "People" }).click();
    await page.getByRole("button", { name: /^Robo\s*Bot/ }).waitFor();

    await openMore(page, "Bots");
    await page.getByRole("button", { name: "Remove Robo" }).click();
    await page.getByText("Its secret ends for good").waitFor();
    await page.getByRole("button", { name: "Keep" }).click();
    expect(await statusOf(id, token)).toBe(200);
    await page.getByRole("button", { name: "Remove Robo" }).click();
    await page.getByRole("button", { name: "Remove Robo" }).click();
    await page.locator(".saying", { hasText: "Robo is removed" }).waitFor();
    expect(await statusOf(id, token)).toBe(401);
  });

  /** What a canvas's own list of bots answers to a program. */
  async function statusOf(id: string, token: string): Promise<number> {
    const headers = { authorization: `Bearer ${token}` };
    const me = await fetch(`${world.server.url}api/canvases/${id}/me`, { headers });
    if (!me.ok) return me.status;
    const { seat } = (await me.json()) as { seat: object | null };
    return seat === null ? 401 : 200;
  }

  it("students' bots are allowed by a switch, and that can be undone", async () => {
    const { page, id } = await leading("Allowed");
    await openMore(page, "Bots");
    const allowed = page.getByRole("switch", { name: "Students may make bots" });
    expect(await allowed.isChecked()).toBe(false);
    await allowed.click({ force: true });
    await page
      .locator(".saying", { hasText: "Students may make bots" })
      .getByRole("button", { name: "Undo" })
      .click();
    await expect.poll(async () => (await settingsOf(id)).bots).toBe(false);
  });

  async function settingsOf(id: string): Promise<Record<string, unknown>> {
    const answer = await world.server.admin("GET", `api/canvases/${id}/settings`);
    return (answer as { settings: Record<string, unknown> }).settings;
  }

  it("a rectangle is chosen by arrow keys alone, and filled", async () => {
    const { page, id } = await leading("Keys");
    await page.getByRole("tab", { name: "People" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.getByRole("heading", { name: "Area" }).waitFor();
    const layer = page.getByRole("application", { name: /Arrow keys move it/ });
    await layer.focus();
    await page.keyboard.press("ArrowRight");
    await page.getByRole("status").filter({ hasText: "8 × 8 at x 28, y 28" }).waitFor();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Shift+ArrowDown");
    await page.getByRole("status").filter({ hasText: "8 × 9 at x 27, y 28" }).waitFor();
    await page.getByText("Fill with a color").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Fill with Red" }).focus();
    await page.keyboard.press("Enter");
    await page.locator(".saying", { hasText: "Filled" }).waitFor();
    await expect.poll(() => inkedCells(world, id)).toBe(72);
  });

  it("a form that can't be sent leads to what is missing", async () => {
    world.expectComplaints(AT_THE_DOOR);
    const grace = await world.arrive();
    const { page } = grace;
    await atDesk(world, grace);
    await page.getByRole("button", { name: "New canvas" }).click();
    await page.getByRole("button", { name: "Make the canvas" }).click();
    await page.getByText("Give the canvas a name first.").waitFor();
    const name = page.getByLabel("Name", { exact: true });
    await expect.poll(() => name.evaluate((field) => field === document.activeElement)).toBe(true);
    expect(await name.getAttribute("aria-invalid")).toBe("true");
  });

  it("sees that the server is away, and that it is back", async () => {
    world.expectComplaints(AWAY);
    const { page } = await leading("Away");
    await world.server.stop();
    await page.getByText("What you see may be old").waitFor();
    await world.server.run();
    await page.getByRole("button", { name: "Try now" }).click();
    await page.getByText("What you see may be old").waitFor({ state: "detached" });
    await page.locator('.pill-state[data-status="live"]').waitFor();
  });

  it("is asked to log in again when the log-in was ended elsewhere", async () => {
    world.expectComplaints(AT_THE_DOOR);
    const { page } = await leading("Elsewhere");
    const other = await world.arrive();
    await logIn(other);
    await other.page.getByRole("button", { name: NAME }).click();
    await other.page
      .getByRole("button", { name: /^Log out / })
      .first()
      .waitFor();
    // All but the one she sits at.
    for (;;) {
      const ends = other.page
        .getByRole("dialog")
        .getByRole("button", { name: /^Log out (?!here)/ });
      const count = await ends.count();
      if (count === 0) break;
      await ends.first().click();
      await other.page.getByText("Whoever sits there must log in again").waitFor();
      await ends.first().click();
      await expect.poll(() => ends.count()).toBeLessThan(count);
    }
    await page.getByText("Your log-in has ended").waitFor();
    await page.getByLabel("Password").waitFor();
  });

  it("says that a canvas opens and closes by its hours", async () => {
    const { page, id } = await leading("Hours");
    const always = { zone: "UTC", slots: [{ days: 127, from_min: 0, until_min: 1440 }] };
    const change = (settings: object) =>
      world.server.admin("PATCH", `api/canvases/${id}/settings`, settings);
    await change({ hours: { ...always, slots: [dayAfterTomorrow()] } });
    await page.locator(".next-state", { hasText: /^(Opens .*by its hours|Open beyond)/ }).waitFor();
    await change({ hours: null });
    await page.locator(".next-state").waitFor({ state: "detached" });
  });

  /** A time that is not now in any zone. */
  function dayAfterTomorrow() {
    const day = (new Date().getUTCDay() + 6 + 2) % 7;
    return { days: 1 << day, from_min: 600, until_min: 660 };
  }

  it("two teachers see each other's deeds", async () => {
    const { grace, page, id } = await leading("Two");
    const tab = await world.secondTab(grace);
    await tab.open(`teach/${id}`);
    const frozen = (person: Person) => person.page.getByRole("radio", { name: "Frozen" });
    await tab.page.locator('.pill-state[data-status="live"]').waitFor();
    await frozen(grace).check({ force: true });
    await expect.poll(() => frozen(tab).isChecked()).toBe(true);
    await tab.page.getByRole("radio", { name: "Teams only" }).check({ force: true });
    const teamsOnly = page.getByRole("radio", { name: "Teams only" });
    await expect.poll(() => teamsOnly.isChecked()).toBe(true);
    // One word about the state, however often it was changed.
    await page.getByRole("radio", { name: "Closed" }).check({ force: true });
    await page.locator(".saying", { hasText: "The canvas is closed" }).waitFor();
    expect(await page.locator(".saying", { hasText: "The canvas is frozen" }).count()).toBe(0);
  });

  it("dealing the teams can be undone", async () => {
    const { page, id } = await leading("Deal", ["Foxes", "Owls"]);
    for (const name of ["Ada", "Ben"]) {
      const student = await world.arrive();
      await joinClass(world, student, id, name, "Foxes");
    }
    await page.getByRole("tab", { name: "Teams" }).click();
    await page.getByRole("button", { name: "Everybody anew" }).click();
    const said = page.locator(".saying", { hasText: /another team now/ });
    await expect.poll(() => teamsOf(id)).toEqual([1, 2]);
    await said.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => teamsOf(id)).toEqual([1, 1]);
  });

  async function teamsOf(id: string): Promise<number[]> {
    const { seats } = (await world.server.admin("GET", `api/canvases/${id}/desk`)) as {
      seats: { role: string; team: number }[];
    };
    return seats
      .filter(({ role }) => role === "student")
      .map(({ team }) => team)
      .sort();
  }
});

describe("the live page's looks", () => {
  const world = useWorld();

  it.each([
    ["phone", "light", PHONE],
    ["chromebook", "light", CHROMEBOOK],
    ["chromebook", "dark", CHROMEBOOK],
    ["chromebook", "contrast", CHROMEBOOK],
  ])("%s, %s: nothing serious on any panel", { timeout: 180_000 }, async (screen, theme, size) => {
    world.expectComplaints(AT_THE_DOOR);
    const grace = await world.arrive(size);
    await grace.context.addInitScript((name) => localStorage.setItem("place.theme", name), theme);
    const { page } = grace;
    const look = async (name: string) => {
      await settled(grace);
      expect(await violations(grace), `${name}, ${screen}, ${theme}`).toEqual([]);
    };
    await atDesk(world, grace);
    const id = await makeCanvas(grace, `Panels ${screen} ${theme}`, ["Foxes", "Owls"]);
    await world.server.admin("PATCH", `api/canvases/${id}/settings`, { bots: true });
    const open = (panel: string) => openPanel(grace, screen, panel);
    await open("Area");
    await page.getByText("Choose by numbers").click();
    await page.getByLabel("Width in cells").fill("20");
    await page.getByText("Fill with a color").click();
    await page.getByText("Who drew here").waitFor();
    await look("area");
    await open("Teams");
    await page.getByLabel("Name of team 1").waitFor();
    await look("teams");
    await open("Bots");
    await page.getByLabel("Name of a new bot").fill("Robo");
    await page.getByRole("button", { name: "Make a bot" }).click();
    await page.getByRole("button", { name: "I have copied it" }).waitFor();
    await page.getByRole("button", { name: "Remove Robo" }).click();
    await look("bots");
    if (screen === "chromebook") {
      for (const tool of ["Announce", "Timer", "Give pixels"]) {
        await page.getByRole("button", { name: tool, exact: true }).click();
        await page.getByRole("dialog").waitFor();
        await look(tool);
        await page.keyboard.press("Escape");
      }
      await page.getByRole("button", { name: "Show the class code large" }).click();
      await look("code");
      await page.keyboard.press("Escape");
    }
  });
});

async function openMore(page: Person["page"], panel: string): Promise<void> {
  await page.getByRole("tab", { name: "More" }).click();
  await page.locator(".side-panel").getByRole("button", { name: panel }).click();
  await page.getByRole("heading", { name: panel, exact: true }).waitFor();
}

const TABS = ["People", "Chat", "Area", "Teams", "More"];

async function openPanel({ page }: Person, screen: string, panel: string): Promise<void> {
  if (screen === "phone") {
    await page.locator(".phone-tabs").getByRole("button", { name: "More" }).click();
    await page.locator(".side-panel").getByRole("button", { name: panel, exact: true }).click();
  } else if (TABS.includes(panel)) {
    await page.getByRole("tab", { name: panel }).click();
  } else {
    await openMore(page, panel);
  }
}
