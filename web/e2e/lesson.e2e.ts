import { describe, expect, it } from "vitest";
import { settled, violations } from "./axe";
import { Teacher } from "./lesson";
import { type Person, PHONE } from "./person";
import { useWorld } from "./world";

const RED = "#d72238";
const WHITE = "#ffffff";

describe("during a lesson", () => {
  const world = useWorld();

  async function lesson(name: string) {
    const id = await world.server.createCanvas({ name, width: 64, height: 64, undo_ms: 60_000 });
    return { id, teacher: new Teacher(world.server, id) };
  }

  it("one takes the last pixel back, by key and by button", async () => {
    const { id } = await lesson("Undo");
    const ada = await world.arrive();
    await ada.join(id, "Ada");
    const spot = await ada.lookAt(20, 20);
    await ada.choose("Red");
    await ada.click(spot.cell(20, 20));
    await ada.sees(spot.cell(20, 20), RED);
    await ada.page.keyboard.press("Control+z");
    await ada.notice("Taken back");
    await ada.sees(spot.cell(20, 20), WHITE);
    await ada.page.keyboard.press("Control+z");
    await ada.notice("There is no pixel to take back");

    await ada.click(spot.cell(22, 20));
    await ada.sees(spot.cell(22, 20), RED);
    await ada.page.getByRole("button", { name: "Take your last pixel back" }).click();
    await ada.sees(spot.cell(22, 20), WHITE);
  });

  it("one can't take back what somebody has drawn over", async () => {
    const { id } = await lesson("Over");
    const [ada, ben] = [await world.arrive(), await world.arrive()];
    await ada.join(id, "Ada");
    await ben.join(id, "Ben");
    const hers = await ada.lookAt(20, 20);
    const his = await ben.lookAt(20, 20);
    await ada.choose("Red");
    await ada.click(hers.cell(20, 20));
    await ben.sees(his.cell(20, 20), RED);
    await ben.choose("Blue");
    await ben.click(his.cell(20, 20));
    await ada.sees(hers.cell(20, 20), "#1c63fe");
    await ada.page.keyboard.press("Control+z");
    await ada.notice("Somebody has drawn over that pixel");
    await ada.sees(hers.cell(20, 20), "#1c63fe");
  });

  it("one asks who placed a pixel: by mouse, by key, by a long press", async () => {
    const { id } = await lesson("Who");
    const ada = await world.arrive();
    const ben = await world.arrive(PHONE);
    await ada.join(id, "Ada");
    await ben.join(id, "Ben");
    const spot = await ada.lookAt(20, 20);
    await ada.choose("Red");
    await ada.click(spot.cell(20, 20));
    // Others see what the server knows.
    const his = await ben.lookAt(20, 20);
    await ben.sees(his.cell(20, 20), RED);

    const { page } = ada;
    const asked = page.getByTestId("asked");
    const at = spot.cell(20, 20);
    await page.keyboard.down("Shift");
    await page.mouse.click(at.x, at.y);
    await page.keyboard.up("Shift");
    await asked.getByText("Placed by Ada").waitFor();
    await settled(ada);
    expect(await violations(ada)).toEqual([]);
    await page.keyboard.press("Escape");
    await asked.waitFor({ state: "detached" });

    // The pointer is on the cell still; the cursor starts from there.
    await page.locator(".stage").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("i");
    await asked.getByText("Nobody has drawn here").waitFor();
    await expect
      .poll(() => page.getByTestId("spoken").textContent())
      .toBe("x 20, y 21, White. Nobody has drawn here");

    const cdp = await ben.context.newCDPSession(ben.page);
    const point = his.cell(20, 20);
    await cdp.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
    await ben.page.getByTestId("asked").getByText("Placed by Ada").waitFor();
    await cdp.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  });

  it("the teacher hides the picture and shows it again", async () => {
    // A board that is hidden is refused.
    world.expectComplaints(/status of 403/);
    const { id, teacher } = await lesson("Surprise");
    const ada = await world.arrive();
    await ada.join(id, "Ada");
    const spot = await ada.lookAt(20, 20);
    await ada.choose("Red");
    await ada.click(spot.cell(20, 20));
    await ada.sees(spot.cell(20, 20), RED);
    await teacher.settings({ curtain: "everyone" });
    await ada.page.getByText("Hidden until your teacher shows it").waitFor();
    await settled(ada);
    expect(await violations(ada)).toEqual([]);
    // Who comes now stands before the curtain, too.
    await ada.page.reload();
    await ada.page.getByText("Hidden until your teacher shows it").waitFor();
    await ada.live();
    await teacher.settings({ curtain: "none" });
    await ada.page.locator(".curtain").waitFor({ state: "detached" });
    const again = await ada.lookAt(20, 20);
    await ada.sees(again.cell(20, 20), RED);
  });

  it("the teacher says something to everybody, and sets the clock", async () => {
    const { id, teacher } = await lesson("News");
    const ada = await world.arrive();
    const ben = await world.arrive(PHONE);
    await ada.join(id, "Ada");
    await ben.join(id, "Ben");
    await teacher.does("POST", "announce", { text: "Tidy up in five minutes", minutes: 5 });
    await teacher.does("POST", "timer", { seconds: 300, label: "Until the break" });
    for (const { page } of [ada, ben]) {
      await page.getByText("Tidy up in five minutes").waitFor();
      await page
        .getByRole("timer")
        .filter({ hasText: /4:5\d|5:00/ })
        .waitFor();
    }
    for (const person of [ada, ben]) {
      await settled(person);
      expect(await violations(person)).toEqual([]);
    }
    const band = ada.page.locator(".band", { hasText: "Tidy up" });
    await band.getByRole("button", { name: "Dismiss" }).click();
    await band.waitFor({ state: "detached" });
    await ben.page.reload();
    await ben.page.getByText("Tidy up in five minutes").waitFor();
  });

  it("who is paused is told so, and so is who may draw again", async () => {
    const { id, teacher } = await lesson("Pause");
    const ada = await world.arrive();
    await ada.join(id, "Ada");
    await teacher.to("Ada", "standing", { status: "frozen" });
    await ada.page.getByText("Your teacher has paused you").waitFor();
    await teacher.to("Ada", "standing", { status: "active" });
    await ada.notice("You can draw again");
  });

  it("where another team draws alone, one is told whose part it is", async () => {
    const { id, teacher } = await lesson("Parts");
    await teacher.settings({ team_rule: "choose" });
    const region = { x: 0, y: 0, width: 32, height: 64 };
    await teacher.teams([
      { name: "Foxes", color: "#d72238", region },
      { name: "Owls", color: "#1c63fe" },
    ]);
    const ada = await world.arrive();
    await ada.open(`c/${id}`);
    await ada.page.getByRole("radio", { name: "Owls" }).check({ force: true });
    await ada.page.getByLabel("Nickname").fill("Ada");
    await ada.page.getByRole("button", { name: "Start drawing" }).click();
    await ada.seated();
    const spot = await ada.lookAt(20, 20);
    await ada.choose("Red");
    await ada.click(spot.cell(20, 20));
    await ada.notice("That part belongs to another team: Foxes");
    // The hatching is over it, and no red.
    const { x, y } = spot.cell(20, 20);
    await expect.poll(() => ada.row({ x: x - 8, y }, 16)).not.toContain(RED);
  });

  it("a bot is made, its token shown once, and taken away again", async () => {
    const { id, teacher } = await lesson("Bots");
    await teacher.settings({ bots: true });
    const ada = await world.arrive();
    await ada.join(id, "Ada");
    await openBots(ada);
    const { page } = ada;
    await page.getByLabel("What is it called?").fill("Robo");
    await page.keyboard.press("Enter");
    expect(await page.getByTestId("token").textContent()).not.toBe("");
    await page.keyboard.press("Escape");
    await openBots(ada);
    await page.getByText("Robo").waitFor();
    expect(await page.getByTestId("token").count()).toBe(0);
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByLabel("What is it called?").waitFor();
  });
});

async function openBots({ page }: Person): Promise<void> {
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("button", { name: "Your bot" }).click();
}
