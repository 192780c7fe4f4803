import { describe, expect, it } from "vitest";
import { Teacher } from "./lesson";
import { type Person, PHONE } from "./person";
import { onEveryScreen } from "./screens";
import { useWorld } from "./world";

/** What a browser says of a name that is taken or refused, a full class, and no network. */
const REFUSED =
  /status of (400|403|404|409|422|429)|response code: 403|ERR_INTERNET_DISCONNECTED|ERR_FAILED/;

/** Names as children everywhere have them; the second reads from the right. */
const NAMES = ["Zoë O'Neil-Müller", "مريم العلي", "王小明", "🦊 Fox", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦"];

describe("a newcomer's first minute", () => {
  const world = useWorld();

  async function classOf(name: string, rules: Record<string, unknown> = {}) {
    const id = await world.server.createCanvas({ name, width: 64, height: 64, ...rules });
    const teacher = new Teacher(world.server, id);
    await teacher.settings({ join: "code", look: "seats" });
    world.expectComplaints(REFUSED);
    return { id, teacher, ...(await teacher.invite()) };
  }

  it("from the code to the first pixel: two texts to type, and four taps", async () => {
    const { code } = await classOf("First");
    const ada = await world.arrive(PHONE);
    const { page } = ada;
    await ada.open("");
    const tap = counter();
    await page.getByLabel("Class code").fill(code);
    await tap(page.getByRole("button", { name: "Go" }).tap());
    await page.getByLabel("Nickname").waitFor();
    // The field has the focus: one can start typing.
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute("name")))
      .toBe("nickname");
    await page.keyboard.type("Ada");
    await tap(page.getByRole("button", { name: "Start drawing" }).tap());
    await ada.seated();
    await onEveryScreen(ada, "first");
    await page.setViewportSize({ width: 390, height: 844 });
    await tap(page.getByRole("radio", { name: "Red", exact: true }).tap({ force: true }));
    // Four cells meet in the middle.
    const { x, y } = await ada.middle();
    const cell = { x: x + 2, y: y + 2 };
    await tap(page.touchscreen.tap(cell.x, cell.y));
    await ada.sees(cell, "#d72238");
    expect(tap.count()).toBe(4);
  });

  it("with a nickname that is taken, refused, or of blanks", async () => {
    const { id, key } = await classOf("Names");
    const [ada, ben] = [await world.arrive(), await world.arrive()];
    await joins(ada, id, key, "Ada");
    await ada.seated();
    const { page } = ben;
    await joins(ben, id, key, "ada");
    await page.getByText("Somebody here has that nickname already. Pick another.").waitFor();
    await onEveryScreen(ben, "taken");
    await page.getByLabel("Nickname").fill("fuck");
    await page.keyboard.press("Enter");
    await page.getByText("Please pick another nickname.").waitFor();
    await page.getByLabel("Nickname").fill("   ");
    await page.keyboard.press("Enter");
    await page.getByText("Type a nickname first").waitFor();
    await page.getByLabel("Nickname").fill("Ben");
    await page.keyboard.press("Enter");
    await ben.seated();
  });

  it("whatever alphabet the name is of", async () => {
    const { id, key } = await classOf("World");
    const people: Person[] = [];
    for (const name of NAMES) {
      const person = await world.arrive();
      await joins(person, id, key, name);
      await person.seated();
      people.push(person);
    }
    const reader = people[0]!;
    for (const person of people) {
      await person.page.keyboard.press("t");
      await person.page.locator("input[name=message]").fill(`@${NAMES[1]} (hi) 1:0!`);
      await person.page.keyboard.press("Enter");
      await person.page.locator(".chat-message").last().waitFor();
    }
    await reader.page
      .locator(".chat-message")
      .nth(NAMES.length - 1)
      .waitFor();
    await onEveryScreen(reader, "world-chat");
    await reader.page.keyboard.press("Escape");
    await reader.page.setViewportSize({ width: 1366, height: 768 });
    await reader.page.keyboard.press("p");
    for (const name of NAMES) await reader.page.locator(".person", { hasText: name }).waitFor();
    await onEveryScreen(reader, "world-people");
  });

  it("offline in the middle: told so, and it works when the network is back", async () => {
    const { id, key } = await classOf("Train");
    const ada = await world.arrive();
    const { page } = ada;
    await ada.open(`c/${id}#key=${key}`);
    await page.getByLabel("Nickname").fill("Ada");
    await ada.context.setOffline(true);
    await page.getByRole("button", { name: "Start drawing" }).click();
    await page.getByText("You're offline. What you typed stays here").waitFor();
    await onEveryScreen(ada, "offline-at-door");
    await ada.context.setOffline(false);
    await page.getByRole("button", { name: "Start drawing" }).click();
    await ada.seated();
  });
});

async function joins(person: Person, id: string, key: string, name: string): Promise<void> {
  await person.open(`c/${id}#key=${key}`);
  await person.page.getByLabel("Nickname").fill(name);
  await person.page.getByRole("button", { name: "Start drawing" }).click();
}

interface Counter {
  (tapped: Promise<void>): Promise<void>;
  count(): number;
}

function counter(): Counter {
  let taps = 0;
  const tap = async (tapped: Promise<void>) => {
    taps += 1;
    await tapped;
  };
  return Object.assign(tap, { count: () => taps });
}
