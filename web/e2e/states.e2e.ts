import { describe, expect, it } from "vitest";
import { type Invite, Teacher } from "./lesson";
import type { Person } from "./person";
import { onEveryScreen } from "./screens";
import { useWorld } from "./world";

/** What a browser says of a door that is shut, and of a code that opens nothing. */
const SHUT = /status of (401|403|404|409|429)|response code: 403/;

const MINUTE_MS = 60_000;

const TEAMS = [
  { name: "Foxes", color: "#d72238" },
  { name: "Owls", color: "#1c63fe" },
];

interface Class extends Invite {
  id: string;
  teacher: Teacher;
}

describe("what becomes of somebody", () => {
  const world = useWorld();

  async function classOf(name: string, settings: Record<string, unknown> = {}): Promise<Class> {
    const id = await world.server.createCanvas({ name, width: 64, height: 64, undo_ms: 60_000 });
    const teacher = new Teacher(world.server, id);
    await teacher.settings({ join: "code", look: "seats", ...settings });
    return { id, teacher, ...(await teacher.invite()) };
  }

  /** Somebody who came in by the link; and the personal code. */
  async function seated({ id, key }: Class, nickname: string): Promise<[Person, string]> {
    world.expectComplaints(SHUT);
    const person = await world.arrive();
    await person.open(`c/${id}#key=${key}`);
    await person.page.getByLabel("Nickname").fill(nickname);
    await person.page.getByRole("button", { name: "Start drawing" }).click();
    await person.seated();
    const card = (await person.page.getByTestId("card").textContent()) ?? "";
    await person.page.getByRole("button", { name: "Got it" }).click();
    return [person, card];
  }

  it("taken off the canvas, and let back", async () => {
    const lesson = await classOf("Off");
    const [ada] = await seated(lesson, "Ada");
    const { page } = ada;
    await lesson.teacher.to("Ada", "standing", { status: "banned" });
    await page.getByRole("heading", { name: "You can't come in right now" }).waitFor();
    await onEveryScreen(ada, "banned");
    await page.reload();
    await page.getByRole("heading", { name: "You can't come in right now" }).waitFor();
    await lesson.teacher.to("Ada", "standing", { status: "active" });
    await page.getByRole("button", { name: "Try again" }).click();
    await ada.seated();
  });

  it("sent out, and back by the personal code; a wrong one is said", async () => {
    const lesson = await classOf("Out");
    const [ada, card] = await seated(lesson, "Ada");
    const { page } = ada;
    await lesson.teacher.to("Ada", "kick");
    await page.getByRole("heading", { name: "You were sent out" }).waitFor();
    await onEveryScreen(ada, "kicked");
    await page.getByLabel("Personal code").fill("ACDEFGHJK");
    await page.keyboard.press("Enter");
    await page.getByText("This code opens nothing").waitFor();
    await onEveryScreen(ada, "kicked-wrong");
    await page.getByLabel("Personal code").fill(card);
    await page.keyboard.press("Enter");
    await ada.seated();
  });

  it("whose card was made anew: the old one is over, the new one works", async () => {
    const lesson = await classOf("Anew");
    const [ada, old] = await seated(lesson, "Ada");
    const { page } = ada;
    const { card } = (await lesson.teacher.to("Ada", "renew")) as { card: string };
    await page.getByRole("heading", { name: "Your seat has ended" }).waitFor();
    await onEveryScreen(ada, "seat-ended");
    await page.getByLabel("Personal code").fill(old);
    await page.keyboard.press("Enter");
    await page.getByText("This code opens nothing").waitFor();
    await page.getByLabel("Personal code").fill(card);
    await page.keyboard.press("Enter");
    await ada.seated();
  });

  it("whose canvas was put away, and taken out again", async () => {
    const lesson = await classOf("Away");
    const [ada] = await seated(lesson, "Ada");
    const { page } = ada;
    await lesson.teacher.does("POST", "archive", { on: true });
    await page.getByRole("heading", { name: "This canvas was put away" }).waitFor();
    await onEveryScreen(ada, "gone");
    await lesson.teacher.does("POST", "archive", { on: false });
    await ada.open(`c/${lesson.id}`);
    await ada.seated();
  });

  it("waiting at the door, and not let in", async () => {
    const lesson = await classOf("Club", { join: "approve" });
    world.expectComplaints(SHUT);
    const ada = await world.arrive();
    const { page } = ada;
    await ada.open(`c/${lesson.id}#key=${lesson.key}`);
    await page.getByLabel("Nickname").fill("Ada");
    await page.getByRole("button", { name: "Start drawing" }).click();
    await page.getByText("Your teacher will let you in in a moment").waitFor();
    await onEveryScreen(ada, "waiting");
    await lesson.teacher.to("Ada", "refuse");
    await page.getByText("Your teacher didn't let you in").waitFor();
    await onEveryScreen(ada, "not-let-in");
    // Asking again is possible.
    await page.getByLabel("Nickname").fill("Ada L");
    await page.getByRole("button", { name: "Start drawing" }).click();
    await page.getByRole("heading", { name: "Hello, Ada L" }).waitFor();
    await lesson.teacher.to("Ada L", "admit");
    await ada.seated();
  });

  it("on the teacher's list: by the card's link, by its code, and not without", async () => {
    const lesson = await classOf("List", { join: "roster" });
    await lesson.teacher.teams(TEAMS);
    const made = (await lesson.teacher.does("POST", "seats", {
      csv: "Name,Team\nZoë K.,Foxes\nPat O'Neil,Owls\n",
    })) as { seats: { nickname: string; card: string }[] };
    const [zoe, pat] = made.seats.map(({ card }) => card);
    world.expectComplaints(SHUT);
    const typed = await world.arrive();
    await typed.open(`c/${lesson.id}`);
    await typed.page.getByText("Everybody in this class has a personal code").waitFor();
    await onEveryScreen(typed, "roster");
    await typed.page.keyboard.type(zoe!.toLowerCase());
    await typed.page.keyboard.press("Enter");
    await typed.seated();
    await isCalled(typed, "Zoë K., Foxes");

    const scanned = await world.arrive();
    await scanned.open(`card#${pat}`);
    await scanned.seated();
    await isCalled(scanned, "Pat O'Neil, Owls");
    expect(scanned.page.url()).not.toContain(pat);
  });

  it("whose cookie was lost: the personal code brings the same seat back", async () => {
    const lesson = await classOf("Lost", { team_rule: "choose" });
    const [ada, card] = await seated(lesson, "Ada");
    const { page } = ada;
    const before = await lesson.teacher.seatOf("Ada");
    const spot = await ada.lookAt(20, 20);
    await ada.choose("Red");
    await ada.click(spot.cell(20, 20));
    await page.getByRole("button", { name: "Take your last pixel back" }).waitFor();
    await ada.context.clearCookies();
    await page.reload();
    await page.getByRole("button", { name: "I have a personal code" }).click();
    await onEveryScreen(ada, "card");
    await page.getByLabel("Personal code").fill(card);
    await page.keyboard.press("Enter");
    await ada.seated();
    await isCalled(ada, "Ada");
    expect(await lesson.teacher.seatOf("Ada")).toBe(before);
    const { seats } = (await lesson.teacher.does("GET", "seats")) as { seats: unknown[] };
    expect(seats).toHaveLength(1);
  });

  it("muted for some minutes, until further notice, and no more", async () => {
    const lesson = await classOf("Quiet");
    const [ada] = await seated(lesson, "Ada");
    const { page } = ada;
    await page.keyboard.press("t");
    await page.locator("input[name=message]").fill("Hello");
    await page.keyboard.press("Enter");
    await page.locator(".chat-message", { hasText: "Hello" }).waitFor();
    await lesson.teacher.to("Ada", "mute", { minutes: 5 });
    await page.getByText(/You can write again in [45]:\d\d/).waitFor();
    await onEveryScreen(ada, "muted");
    await lesson.teacher.to("Ada", "mute", { minutes: null });
    await page.getByText("Your teacher asked you to be quiet for now").waitFor();
    await lesson.teacher.to("Ada", "unmute");
    await page.locator("input[name=message]").fill("Back");
    await page.keyboard.press("Enter");
    await page.locator(".chat-message", { hasText: "Back" }).waitFor();
  });

  it("in slow mode, with only team chats, and without any", async () => {
    const lesson = await classOf("Slow");
    const [ada] = await seated(lesson, "Ada");
    const { page } = ada;
    await lesson.teacher.settings({ slow_s: 60 });
    await page.keyboard.press("t");
    await page.locator("input[name=message]").fill("Hello");
    await page.keyboard.press("Enter");
    await page.locator(".chat-message", { hasText: "Hello" }).waitFor();
    await page.locator(".composer-wait", { hasText: /^\d\d$/ }).waitFor();
    await page.getByText("Slow mode").waitFor();
    await onEveryScreen(ada, "slow");
    await lesson.teacher.settings({ slow_s: 0, chat: "team" });
    await page.getByText("Only team chats are open right now, and you have no team").waitFor();
    await lesson.teacher.teams(TEAMS);
    await lesson.teacher.to("Ada", "standing", { team: 1 });
    await page.getByRole("tab", { name: "Foxes" }).waitFor();
    await page.getByText("Only team chats are open right now.").waitFor();
    await onEveryScreen(ada, "team-only");
    await page.getByRole("tab", { name: "Foxes" }).click();
    await page
      .getByRole("textbox", { name: "Write to Foxes" })
      .or(page.getByRole("combobox", { name: "Write to Foxes" }))
      .fill("Psst");
    await page.keyboard.press("Enter");
    await page.locator(".chat-message", { hasText: "Psst" }).waitFor();
    await lesson.teacher.settings({ chat: "off" });
    await page.getByText("The chat is off right now.").waitFor();
    await onEveryScreen(ada, "chat-off");
  });

  it("outside of the opening hours, closed, and frozen", async () => {
    const lesson = await classOf("Hours");
    const [ada] = await seated(lesson, "Ada");
    const { page } = ada;
    const now = new Date();
    const minute = now.getUTCHours() * 60 + now.getUTCMinutes();
    const slot = (from: number, until: number) => ({ days: 127, from_min: from, until_min: until });
    // It opens within the hour; around midnight that is tomorrow.
    const from = (minute + 30) % 1410;
    await lesson.teacher.settings({ hours: { zone: "UTC", slots: [slot(from, from + 10)] } });
    const isSoon = from > minute;
    const banner = page.locator(".banner");
    await banner.getByText(/The canvas is closed\. Opens /).waitFor();
    if (isSoon) await banner.getByText(/^(29|30):\d\d$/).waitFor();
    await onEveryScreen(ada, "hours");
    await lesson.teacher.settings({ hours: null });
    await world.server.changeCanvas(lesson.id, { mode: "closed" });
    await banner.getByText("The canvas is closed").waitFor();
    await onEveryScreen(ada, "closed");
    await world.server.changeCanvas(lesson.id, { mode: "frozen" });
    await banner.getByText("The canvas is frozen").waitFor();
    await world.server.changeCanvas(lesson.id, { mode: "open" });
    await ada.notice("The canvas is open");
    await banner.waitFor({ state: "detached" });
  });

  it("counting down to the end of the opening hours", async () => {
    const lesson = await classOf("Bell");
    const [ada] = await seated(lesson, "Ada");
    const soon = new Date(Date.now() + 8 * MINUTE_MS);
    const until = soon.getUTCHours() * 60 + soon.getUTCMinutes() || 1440;
    await lesson.teacher.settings({
      hours: {
        zone: "UTC",
        slots: [{ days: 127, from_min: Math.max(0, until - 60), until_min: until }],
      },
    });
    await ada.page.getByRole("timer").getByText("until the canvas closes").waitFor();
    await onEveryScreen(ada, "bell");
  });

  it("before the curtain, and when it is drawn back", async () => {
    const lesson = await classOf("Surprise");
    const [ada] = await seated(lesson, "Ada");
    const { page } = ada;
    const spot = await ada.lookAt(20, 20);
    await ada.choose("Red");
    await ada.click(spot.cell(20, 20));
    await ada.sees(spot.cell(20, 20), "#d72238");
    await lesson.teacher.settings({ curtain: "everyone" });
    await page.getByText("Hidden until your teacher shows it").waitFor();
    await onEveryScreen(ada, "curtain");
    await lesson.teacher.settings({ curtain: "none" });
    await page.locator(".curtain").waitFor({ state: "detached" });
    const again = await ada.lookAt(20, 20);
    await ada.sees(again.cell(20, 20), "#d72238");
    await onEveryScreen(ada, "revealed");
  });

  it("taking the last pixel back, and not where somebody drew over it", async () => {
    const lesson = await classOf("Undo");
    const [[ada], [ben]] = [await seated(lesson, "Ada"), await seated(lesson, "Ben")];
    const hers = await ada.lookAt(20, 20);
    const his = await ben.lookAt(20, 20);
    await ada.choose("Red");
    await ada.click(hers.cell(20, 20));
    await ben.sees(his.cell(20, 20), "#d72238");
    await onEveryScreen(ada, "undo");
    await ben.choose("Blue");
    await ben.click(his.cell(20, 20));
    await ben.page.getByRole("button", { name: "Take your last pixel back" }).waitFor();
    await ada.page.getByRole("button", { name: "Take your last pixel back" }).click();
    await ada.notice("Somebody has drawn over that pixel");
    await ada.page.screenshot({ path: "e2e/shots/drawn-over-chromebook.png" });
  });
});

async function isCalled({ page }: Person, words: string): Promise<void> {
  await page.getByRole("button", { name: "More", exact: true }).click();
  const sheet = page.getByRole("dialog", { name: "More" });
  await sheet.getByText(words, { exact: true }).waitFor();
  await page.keyboard.press("Escape");
}
