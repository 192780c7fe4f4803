import { describe, expect, it } from "vitest";
import { AT_THE_DOOR, atDesk } from "./desk";
import { Teacher } from "./lesson";
import { type Person, PHONE, type Point } from "./person";
import { onEveryScreen } from "./screens";
import { useWorld } from "./world";

const RED = "#d72238";
const WHITE = "#ffffff";

describe("where one may not draw", () => {
  const world = useWorld();

  async function lesson(name: string): Promise<{ id: string; teacher: Teacher }> {
    const id = await world.server.createCanvas({ name, width: 64, height: 64, cooldown_ms: 0 });
    return { id, teacher: new Teacher(world.server, id) };
  }

  const protect = (teacher: Teacher, area: object, on = true) =>
    teacher.does("POST", "areas/protect", { area, on });

  it("is hatched, with the reason where one points, and free again when it is freed", async () => {
    const { id, teacher } = await lesson("Sign");
    const [ada, ben] = [await world.arrive(), await world.arrive(PHONE)];
    await ada.join(id, "Ada");
    await ben.join(id, "Ben");
    await ada.choose("Red");
    const spot = await ada.lookAt(32, 32, 12);
    expect(await hatched(ada, spot.cell(30, 30))).toBe(false);
    await protect(teacher, { x: 24, y: 24, width: 16, height: 12 });
    await ada.page.getByText("You can't draw here").waitFor();
    await expect.poll(() => hatched(ada, spot.cell(30, 30))).toBe(true);
    expect(await hatched(ada, spot.cell(20, 30))).toBe(false);
    const at = spot.cell(30, 30);
    await ada.page.mouse.move(at.x, at.y);
    await ada.page.locator(".readout", { hasText: "Protected" }).waitFor();
    await ada.page.mouse.click(at.x, at.y);
    await ada.notice("That part is protected. Draw somewhere else");
    await ada.page.locator(".stage").focus();
    await ada.page.keyboard.press("ArrowRight");
    await expect
      .poll(() => ada.page.getByTestId("spoken").textContent())
      .toBe("x 31, y 30, White. Protected");
    await onEveryScreen(ada, "protected");

    await ben.page.getByText("You can't draw here").waitFor();
    await ben.lookAt(32, 32, 8);
    await ben.page.screenshot({ path: "e2e/shots/protected-on-a-phone.png" });

    await protect(teacher, { x: 0, y: 0, width: 64, height: 64 }, false);
    await ada.page.getByText("You can't draw here").waitFor({ state: "detached" });
    const again = await ada.lookAt(32, 32, 12);
    await expect.poll(() => hatched(ada, again.cell(30, 30))).toBe(false);
    await ada.click(again.cell(30, 30));
    await ada.sees(again.cell(30, 30), RED);
  });

  it("is another team's part, and where a team keeps to its own, all around it", async () => {
    const { id, teacher } = await lesson("Parts");
    await teacher.settings({ team_rule: "choose" });
    const half = { y: 0, width: 32, height: 64 };
    await teacher.does("PUT", "teams", {
      teams: [
        { name: "Foxes", color: "#d72238", region: { x: 0, ...half }, is_confined: false },
        {
          name: "Owls",
          color: "#1c63fe",
          region: { x: 40, y: 8, width: 16, height: 24 },
          is_confined: true,
        },
      ],
    });
    const ada = await world.arrive();
    const { page } = ada;
    await ada.open(`c/${id}`);
    await page.getByRole("radio", { name: "Owls" }).check({ force: true });
    await page.getByLabel("Nickname").fill("Ada");
    await page.getByRole("button", { name: "Start drawing" }).click();
    await ada.seated();
    await ada.choose("Red");
    const spot = await ada.lookAt(32, 32, 8);
    expect(await hatched(ada, spot.cell(20, 20))).toBe(true);
    expect(await hatched(ada, spot.cell(36, 40))).toBe(true);
    expect(await hatched(ada, spot.cell(48, 20))).toBe(false);
    const [foxes, outside] = [spot.cell(20, 20), spot.cell(36, 40)];
    await page.mouse.move(foxes.x, foxes.y);
    await page.locator(".readout", { hasText: "Only Foxes draw here" }).waitFor();
    await page.mouse.move(outside.x, outside.y);
    await page.locator(".readout", { hasText: "Outside your team's part" }).waitFor();
    await page.mouse.click(outside.x, outside.y);
    await ada.notice("Your team draws in its own part");
    await ada.sees(spot.cell(48, 20), WHITE);
    await onEveryScreen(ada, "regions");
  });

  it("is seen by the teacher on the live page, too", async () => {
    world.expectComplaints(AT_THE_DOOR);
    const { id, teacher } = await lesson("Live");
    const art = await world.arrive();
    await art.join(id, "Art");
    await protect(teacher, { x: 24, y: 24, width: 16, height: 12 });
    const rivera = await world.arrive();
    await atDesk(world, rivera);
    await rivera.open(`teach/${id}`);
    await rivera.page.getByText("Only you draw here").waitFor();
    await rivera.page.screenshot({ path: "e2e/shots/protected-live.png" });
  });
});

/** Whether the sheet is hatched around a point of the page: by its dark lines, half as often. */
async function hatched(person: Person, at: Point): Promise<boolean> {
  const row = await person.row({ x: at.x - 20, y: at.y + 3 }, 40);
  const isDark = (hex: string) => Number.parseInt(hex.slice(1, 3), 16) < 0xc8;
  return row.filter(isDark).length > 2;
}
