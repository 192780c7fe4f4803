import { describe, expect, it } from "vitest";
import { settled, violations } from "./axe";
import { Teacher } from "./lesson";
import { type Person, PHONE } from "./person";
import { useWorld } from "./world";

const TRICK = '<img src=x onerror="document.title=1"> https://example.org';

describe("the chat", () => {
  const world = useWorld();

  async function two(settings: Record<string, unknown> = {}) {
    const id = await world.server.createCanvas({ name: "Talk", width: 64, height: 64 });
    const teacher = new Teacher(world.server, id);
    await teacher.settings(settings);
    const ada = await world.arrive();
    const ben = await world.arrive(PHONE);
    await ada.join(id, "Ada");
    await ben.join(id, "Ben");
    return { id, teacher, ada, ben };
  }

  it("goes from one to the other, with answers and mentions, and shows text as text", async () => {
    const { ada, ben } = await two();
    await ada.page.keyboard.press("t");
    await says(ada, TRICK);
    await ben.page.getByTestId("unread").waitFor();
    await ben.page.getByRole("button", { name: "Chat, 1 new message" }).click();
    const his = messages(ben).filter({ hasText: "https://example.org" });
    await his.waitFor();
    expect(await his.locator("img, a").count()).toBe(0);
    expect(await his.locator(".chat-text").textContent()).toBe(TRICK);
    expect(await ben.page.title()).not.toBe("1");

    // Ben answers, and mentions Ada by completing her name.
    await his.click();
    await his.getByRole("button", { name: "Answer" }).click();
    await ben.page.keyboard.type("Hi @a");
    await ben.page.getByRole("option", { name: "Ada" }).waitFor();
    await ben.page.keyboard.press("Enter");
    await expect.poll(() => field(ben).inputValue()).toBe("Hi @Ada ");
    await ben.page.keyboard.type("look");
    await ben.page.keyboard.press("Enter");
    const hers = messages(ada).filter({ hasText: "look" });
    await hers.waitFor();
    expect(await hers.getAttribute("data-mention")).toBe("true");
    expect(await hers.locator(".chat-quote").textContent()).toContain("Ada: <img");
    for (const person of [ada, ben]) {
      await settled(person);
      expect(await violations(person)).toEqual([]);
    }
    // Escape leads back to the canvas.
    await ada.page.keyboard.press("Escape");
    await field(ada).waitFor({ state: "detached" });
  });

  it("is complete after a reconnect: no gap, nothing twice", async () => {
    world.expectComplaints(/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|WebSocket connection/);
    const { ada, ben } = await two();
    await ada.page.keyboard.press("t");
    await ben.page.getByRole("button", { name: "Chat" }).click();
    await says(ben, "one");
    await messages(ada).filter({ hasText: "one" }).waitFor();
    await world.server.stop();
    await world.server.run();
    await ben.page.locator('.pill-state[data-status="live"]').waitFor({ state: "attached" });
    await says(ben, "two");
    await ada.live();
    await expect
      .poll(() => messages(ada).locator(".chat-text").allTextContents())
      .toEqual(["one", "two"]);
  });

  it("takes what is typed after a click, shortcuts of the canvas and all", async () => {
    const { ada } = await two();
    await ada.page.getByRole("button", { name: "Chat" }).click();
    await field(ada).waitFor();
    // Keys that choose colors, tools and help while the sheet has them.
    await ada.page.keyboard.type("3 eggs, what else?");
    await expect.poll(() => field(ada).inputValue()).toBe("3 eggs, what else?");
  });

  it("keeps a refused message in the field, with the reason", async () => {
    const { ada, teacher } = await two({ slow_s: 60 });
    await ada.page.keyboard.press("t");
    await says(ada, "first");
    await field(ada).fill("second");
    await ada.page.getByText("Slow mode").waitFor();
    await ada.page.keyboard.press("Enter");
    expect(await field(ada).inputValue()).toBe("second");
    await teacher.settings({ chat: "off" });
    await ada.page.getByText("The chat is off right now").waitFor();
    await teacher.settings({ chat: "on", slow_s: 0 });
    await expect.poll(() => field(ada).inputValue()).toBe("second");
  });

  it("is told apart: the class's and the team's, each with what is new in it", async () => {
    const id = await world.server.createCanvas({ name: "Teams", width: 64, height: 64 });
    const teacher = new Teacher(world.server, id);
    await teacher.settings({ team_rule: "choose" });
    await teacher.teams([{ name: "Foxes", color: "#d72238" }]);
    const people: Person[] = [];
    for (const name of ["Ada", "Ben"]) {
      const person = await world.arrive();
      await person.open(`c/${id}`);
      await person.page.getByRole("radio", { name: "Foxes" }).check({ force: true });
      await person.page.getByLabel("Nickname").fill(name);
      await person.page.getByRole("button", { name: "Start drawing" }).click();
      await person.seated();
      await person.page.keyboard.press("t");
      people.push(person);
    }
    const [ada, ben] = people as [Person, Person];
    await ada.page.getByRole("tab", { name: "Foxes" }).click();
    await says(ada, "only us");
    await ben.page.getByRole("tab", { name: "Foxes 1 new message" }).waitFor();
    expect(await messages(ben).count()).toBe(0);
    // From tab to tab with the arrow keys.
    await ben.page.getByRole("tab", { name: "Class" }).focus();
    await ben.page.keyboard.press("ArrowRight");
    await messages(ben).filter({ hasText: "only us" }).waitFor();
    await ben.page.getByRole("tab", { name: "Foxes", exact: true }).waitFor();
    await settled(ben);
    expect(await violations(ben)).toEqual([]);
  });

  it("tells the teacher about a message with one press", async () => {
    const { ada, ben, teacher } = await two();
    await ada.page.keyboard.press("t");
    await says(ada, "something mean");
    await ben.page.getByRole("button", { name: /^Chat/ }).click();
    const mean = messages(ben).filter({ hasText: "something mean" });
    await mean.click();
    await mean.getByRole("button", { name: "Report to the teacher" }).click();
    await ben.page.getByText("Reported. Your teacher will look at it").waitFor();
    const desk = (await teacher.does("GET", "desk")) as { reports: { message: { id: number } }[] };
    expect(desk.reports).toHaveLength(1);
    await teacher.does("DELETE", `chat/${desk.reports[0]!.message.id}`);
    await ada.page.getByText("This message was deleted").waitFor();
  });
});

const field = ({ page }: Person) => page.locator("input[name=message]");
const messages = ({ page }: Person) => page.locator(".chat-message");

async function says(person: Person, text: string): Promise<void> {
  await field(person).fill(text);
  await person.page.keyboard.press("Enter");
  await expect.poll(() => field(person).inputValue()).toBe("");
}
