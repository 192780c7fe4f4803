import { describe, expect, it } from "vitest";
import { settled, violations } from "./axe";
import { Teacher } from "./lesson";
import { type Person, PHONE } from "./person";
import { useWorld } from "./world";

/** What a browser says of a code that opens nothing, and of a door that is shut. */
const NOT_YET = /status of (403|404|429)|response code: 403/;

const TEAMS = [
  { name: "Foxes", color: "#d72238" },
  { name: "Owls", color: "#1c63fe" },
];

describe("coming in", () => {
  const world = useWorld();

  async function classOf(name: string, settings: Record<string, unknown>): Promise<Class> {
    const id = await world.server.createCanvas({ name, width: 64, height: 64 });
    const teacher = new Teacher(world.server, id);
    await teacher.settings(settings);
    return { id, teacher, ...(await teacher.invite()) };
  }

  it("by the class code from the front page, typed as people type", async () => {
    const { id, code } = await classOf("Art", { join: "code", look: "seats" });
    const ada = await world.arrive();
    const { page } = ada;
    await ada.open("");
    // The field has the focus: one can start typing.
    const field = page.getByLabel("Class code");
    await expect
      .poll(() => field.evaluate((element) => element === document.activeElement))
      .toBe(true);
    await page.keyboard.type(`${code.slice(0, 3).toLowerCase()}-${code.slice(3).toLowerCase()}`);
    await expect.poll(() => field.inputValue()).toBe(`${code.slice(0, 3)} ${code.slice(3)}`);
    world.expectComplaints(NOT_YET);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Draw on Art" }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/c/${id}`);
    // The code was given already: only the nickname is asked for.
    expect(await page.getByLabel("Class code").count()).toBe(0);
    await settled(ada);
    expect(await violations(ada)).toEqual([]);
    await page.keyboard.type("Ada");
    await page.keyboard.press("Enter");
    await ada.live();
    await page.getByText("Your personal code").waitFor();
    await settled(ada);
    expect(await violations(ada)).toEqual([]);
  });

  it("a wrong code is said kindly, and another try works", async () => {
    const { code } = await classOf("Music", { join: "code" });
    world.expectComplaints(NOT_YET);
    const ada = await world.arrive(PHONE);
    const { page } = ada;
    await ada.open("");
    const field = page.getByLabel("Class code");
    await field.fill("acd");
    await page.keyboard.press("Enter");
    await page.getByText("A class code has 6 letters").waitFor();
    await field.fill(code === "ACDEFG" ? "GFEDCA" : "ACDEFG");
    await page.keyboard.press("Enter");
    await page.getByText("This code opens nothing").waitFor();
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
    await settled(ada);
    expect(await violations(ada)).toEqual([]);
    await field.fill(code);
    await page.keyboard.press("Enter");
    await page.getByLabel("Nickname").waitFor();
  });

  it("by a link with a key, which leaves the address bar", async () => {
    const { id, key } = await classOf("Link", { join: "code", look: "seats" });
    world.expectComplaints(NOT_YET);
    const ada = await world.arrive();
    const { page } = ada;
    await ada.open(`c/${id}#key=${key}`);
    await page.getByLabel("Nickname").waitFor();
    expect(await page.getByLabel("Class code").count()).toBe(0);
    expect(page.url()).not.toContain(key);
    await page.getByLabel("Nickname").fill("Ada");
    await page.getByRole("button", { name: "Start drawing" }).click();
    await ada.live();
  });

  it("waiting at the door, until the teacher lets one in", async () => {
    const { id, key, teacher } = await classOf("Club", { join: "approve", look: "seats" });
    world.expectComplaints(NOT_YET);
    const ada = await world.arrive(PHONE);
    const { page } = ada;
    await ada.open(`c/${id}#key=${key}`);
    await page.getByLabel("Nickname").fill("Ada");
    await page.getByRole("button", { name: "Start drawing" }).click();
    await page.getByText("Your teacher will let you in in a moment").waitFor();
    await settled(ada);
    expect(await violations(ada)).toEqual([]);
    // Waiting survives a reload.
    await page.reload();
    await page.getByRole("heading", { name: "Hello, Ada" }).waitFor();
    await teacher.to("Ada", "admit");
    await page.getByRole("radiogroup", { name: "Colors" }).waitFor();
    await ada.live();
  });

  it("by a personal card, in another browser, as the same person", async () => {
    const { id, key } = await classOf("Cards", { join: "code", look: "seats" });
    world.expectComplaints(NOT_YET);
    const ada = await world.arrive();
    await ada.open(`c/${id}#key=${key}`);
    await ada.page.getByLabel("Nickname").fill("Ada");
    await ada.page.getByRole("button", { name: "Start drawing" }).click();
    const card = (await ada.page.getByTestId("card").textContent())?.replaceAll(" ", "") ?? "";
    expect(card).toMatch(/^[A-Z0-9]{9}$/);

    const typed = await world.arrive();
    await typed.open("");
    await typed.page.getByLabel("Class code").fill(card);
    await typed.page.keyboard.press("Enter");
    await isAda(typed);

    const scanned = await world.arrive(PHONE);
    await scanned.open(`card#${card}`);
    await isAda(scanned);
    expect(scanned.page.url()).not.toContain(card);
  });

  it("and choosing a team by its color, with the keyboard alone", async () => {
    const { id, key, teacher } = await classOf("Teams", { join: "code", team_rule: "choose" });
    await teacher.teams(TEAMS);
    const ada = await world.arrive();
    const { page } = ada;
    await ada.open(`c/${id}#key=${key}`);
    await page.getByRole("radio", { name: "Owls" }).waitFor();
    await page.getByLabel("Nickname").focus();
    await page.keyboard.type("Ada");
    await page.keyboard.press("Enter");
    await page.getByText("Choose a team first").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await ada.seated();
    await page.getByRole("button", { name: "People" }).click();
    await page.getByRole("heading", { name: /^(Foxes|Owls)/ }).waitFor();
  });

  it("and leaving, so that the next one at this computer starts anew", async () => {
    const id = await world.server.createCanvas({ name: "Shared", width: 64, height: 64 });
    const ada = await world.arrive();
    const { page } = ada;
    await ada.join(id, "Ada");
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("button", { name: "This is not me: leave" }).click();
    await page.getByRole("dialog", { name: "Draw on Shared" }).waitFor();
    expect(await page.getByLabel("Nickname").inputValue()).toBe("");
  });

  it("sent out, one comes back by the personal code", async () => {
    const { id, key, teacher } = await classOf("Out", { join: "code", look: "seats" });
    world.expectComplaints(NOT_YET);
    const ada = await world.arrive();
    const { page } = ada;
    await ada.open(`c/${id}#key=${key}`);
    await page.getByLabel("Nickname").fill("Ada");
    await page.getByRole("button", { name: "Start drawing" }).click();
    await ada.live();
    const card = (await page.getByTestId("card").textContent()) ?? "";
    await teacher.to("Ada", "kick");
    await page.getByRole("heading", { name: "You were sent out" }).waitFor();
    await settled(ada);
    expect(await violations(ada)).toEqual([]);
    await page.getByLabel("Personal code").fill(card);
    await page.keyboard.press("Enter");
    await isAda(ada);
  });
});

interface Class {
  id: string;
  teacher: Teacher;
  code: string;
  key: string;
}

async function isAda(person: Person): Promise<void> {
  const { page } = person;
  await page.getByRole("radiogroup", { name: "Colors" }).waitFor();
  await person.live();
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("dialog", { name: "More" }).getByText("Ada", { exact: true }).waitFor();
}
