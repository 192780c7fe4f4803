import { describe, expect, it } from "vitest";
import { settled, violations } from "./axe";
import { AT_THE_DOOR, atDesk, inkedCells, joinClass, makeCanvas, NAME, PASSWORD } from "./desk";
import { CHROMEBOOK, type Person, PHONE, PROJECTOR } from "./person";
import { useWorld } from "./world";

const TRICK = "<img src=x onerror=alert(1)>";

describe("a teacher", () => {
  const world = useWorld();

  it("opens a desk by the printed link, once, and logs in with the password after that", async () => {
    world.expectComplaints(AT_THE_DOOR);
    const grace = await world.arrive();
    const { page } = grace;
    const path = await world.server.setupPath();
    await grace.open(path);
    await page.getByLabel("Name", { exact: true }).fill(NAME);
    await page.getByLabel("Password").fill("short");
    await page.getByRole("button", { name: "Open my desk" }).click();
    await page.getByText("A password needs at least 8 characters").waitFor();
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Open my desk" }).click();
    await page.getByRole("heading", { name: "My canvases" }).waitFor();
    // The secret is gone from the address bar.
    expect(page.url()).not.toContain("link=");

    await page.getByRole("button", { name: NAME }).click();
    await page.getByRole("button", { name: "Log out here" }).click();
    await page.getByRole("heading", { name: "Teacher's desk" }).waitFor();
    await grace.open(path);
    await page.getByRole("heading", { name: "This link has been used" }).waitFor();
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByLabel("Name", { exact: true }).fill(NAME);
    await page.getByLabel("Password").fill("wrong password");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.locator(".field-problem:not(:empty)").waitFor();
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("heading", { name: "My canvases" }).waitFor();
  });

  it("makes a token that is shown once, and revokes it", async () => {
    world.expectComplaints(AT_THE_DOOR);
    const grace = await world.arrive();
    const { page } = grace;
    await atDesk(world, grace);
    await page.getByRole("button", { name: NAME }).click();
    await page.getByText("Tokens for programs").click();
    await page.getByLabel("What for").fill("Script of the art club");
    await page.getByRole("button", { name: "Make a token" }).click();
    const field = page.getByLabel(/^Your new token/);
    await field.waitFor();
    const token = await field.inputValue();
    const asked = await fetch(`${world.server.url}api/teacher`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(asked.status).toBe(200);
    const revoke = page.getByRole("button", { name: "Revoke Script of the art club" });
    await revoke.click();
    await page.getByText("The program stops working at once, for good.").waitFor();
    await revoke.click();
    await page.locator(".key", { hasText: "art club" }).waitFor({ state: "detached" });
    const again = await fetch(`${world.server.url}api/teacher`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(again.status).toBe(401);
  });

  it("makes a canvas with two teams, and leads a lesson", async () => {
    world.expectComplaints(AT_THE_DOOR);
    const grace = await world.arrive();
    const { page } = grace;
    await atDesk(world, grace);
    const id = await makeCanvas(grace, "Class 5b", ["Foxes", "Owls"]);

    const ada = await world.arrive();
    await joinClass(world, ada, id, "Ada", "Owls");
    const row = page.getByRole("button", { name: /^Ada/ });
    await row.waitFor();

    await page.getByRole("radio", { name: "Frozen" }).check({ force: true });
    await ada.page.getByText(/The canvas is frozen/).waitFor();
    await page.getByRole("radio", { name: "Open" }).check({ force: true });
    await ada.page.getByText(/The canvas is frozen/).waitFor({ state: "detached" });

    await page.getByRole("button", { name: "Announce" }).click();
    await page.getByLabel("What you want to say").fill("Five more minutes");
    await page.getByRole("dialog").getByRole("button", { name: "Announce" }).click();
    await ada.page.getByText("Five more minutes").waitFor();
    const said = page.locator(".saying", { hasText: "Everybody sees it now" });
    await said.getByRole("button", { name: "Undo" }).click();
    await ada.page.getByText("Five more minutes").waitFor({ state: "detached" });

    await row.click();
    const sheet = page.getByRole("dialog", { name: "Ada" });
    await sheet.getByRole("button", { name: "5 min", exact: true }).click();
    await sheet.getByText("Muted").waitFor();
    await sheet.getByRole("button", { name: "Let write again" }).click();
    await sheet.getByText("Muted").waitFor({ state: "detached" });
  });

  it("takes pixels back after seeing what that does, and takes that back", async () => {
    world.expectComplaints(AT_THE_DOOR);
    const grace = await world.arrive();
    const { page } = grace;
    await atDesk(world, grace);
    const id = await makeCanvas(grace, "Rows");
    const ada = await world.arrive();
    await joinClass(world, ada, id, "Ada");
    const spot = await ada.lookAt(20, 20);
    await ada.choose("Red");
    for (const x of [19, 20, 21]) await ada.click(spot.cell(x, 20));
    await expect.poll(() => inkedCells(world, id)).toBe(3);

    await page.getByRole("button", { name: /^Ada/ }).click();
    const sheet = page.getByRole("dialog", { name: "Ada" });
    await sheet.getByRole("radio", { name: "All", exact: true }).check({ force: true });
    await sheet.getByText("3 cells would change").waitFor();
    expect(await inkedCells(world, id)).toBe(3);
    await sheet.getByRole("button", { name: "Take back" }).click();
    await expect.poll(() => inkedCells(world, id)).toBe(0);
    const taken = page.locator(".saying", { hasText: "The pixels of Ada are taken back" });
    await taken.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => inkedCells(world, id)).toBe(3);

    // The same with a rectangle, by keys alone.
    await page.getByRole("tab", { name: "Area" }).click();
    await page.getByText("Choose by numbers").click();
    await page.getByLabel("x, from the left").fill("20");
    await page.getByRole("button", { name: "Erase" }).click();
    await expect.poll(() => inkedCells(world, id)).toBe(1);
    const erased = page.locator(".saying", { hasText: "Erased" });
    await erased.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => inkedCells(world, id)).toBe(3);
  });

  it("sees names of all kinds as text", async () => {
    world.expectComplaints(AT_THE_DOOR);
    const grace = await world.arrive();
    const { page } = grace;
    let alerts = 0;
    page.on("dialog", () => {
      alerts += 1;
    });
    await atDesk(world, grace);
    const id = await makeCanvas(grace, TRICK, ["<b>Foxes</b>", "Owls"]);
    const ada = await world.arrive();
    await joinClass(world, ada, id, "<i>Ada</i>", "Owls");
    await page.getByText("<i>Ada</i>").first().waitFor();
    await page.getByRole("tab", { name: "Teams" }).click();
    expect(await page.getByLabel("Name of team 1").inputValue()).toBe("<b>Foxes</b>");
    for (const path of [`p/${id}`, `teach/${id}/cards`, "teach"]) {
      await grace.open(path);
      await page.getByText(TRICK).first().waitFor({ state: "attached" });
      expect(await page.locator("img[src=x]").count(), path).toBe(0);
    }
    expect(alerts).toBe(0);
  });

  it("deletes a canvas by typing its name, and nothing else", async () => {
    world.expectComplaints(AT_THE_DOOR);
    const grace = await world.arrive();
    const { page } = grace;
    await atDesk(world, grace);
    await makeCanvas(grace, "Old");
    await grace.open("teach");
    await page.getByRole("button", { name: "More for Old" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    const sheet = page.getByRole("dialog", { name: "Delete Old?" });
    await sheet.getByLabel("Type “Old” to go on").fill("old");
    await sheet.getByRole("button", { name: "Delete for good" }).click();
    await sheet.getByText("That is not “Old”").waitFor();
    await sheet.getByLabel("Type “Old” to go on").fill("Old");
    await sheet.getByRole("button", { name: "Delete for good" }).click();
    await page.getByRole("article", { name: "Old" }).waitFor({ state: "detached" });
  });
});

describe("the projector", () => {
  const world = useWorld();

  it("shows code, people and announcements, hides behind the curtain, and names nobody", async () => {
    world.expectComplaints(AT_THE_DOOR);
    const grace = await world.arrive();
    await atDesk(world, grace);
    const id = await makeCanvas(grace, "Wall");
    const ada = await world.arrive();
    await joinClass(world, ada, id, "Ada");
    const wall = await world.secondTab(grace);
    await wall.page.setViewportSize(PROJECTOR.viewport!);
    await wall.open(`p/${id}`);
    const { code } = (await world.server.admin("GET", `api/canvases/${id}/invite`)) as {
      code: string;
    };
    await wall.page.getByText(`${code.slice(0, 3)} ${code.slice(3)}`).waitFor();
    const qr = wall.page.getByRole("img", { name: "QR code to join" });
    await expect
      .poll(() => qr.evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBeGreaterThan(0);
    await wall.page.getByRole("img", { name: "Wall" }).waitFor();
    expect(await wall.page.getByText("Ada").count()).toBe(0);

    await grace.page.getByRole("radio", { name: "Class only" }).check({ force: true });
    await wall.page.getByText("The picture is hidden for now").waitFor();
    await grace.page.getByRole("radio", { name: "All", exact: true }).check({ force: true });
    await wall.page.getByRole("img", { name: "Wall" }).waitFor();
    await grace.page.getByRole("radio", { name: "Closed" }).check({ force: true });
    await wall.page.getByText("The canvas is closed").waitFor();
    await settled(wall);
    expect(await violations(wall)).toEqual([]);
  });
});

describe("the desk's looks", () => {
  const world = useWorld();

  it.each([
    ["phone", PHONE],
    ["chromebook", CHROMEBOOK],
  ])("%s: nothing serious on any page", async (screen, size) => {
    world.expectComplaints(AT_THE_DOOR);
    const grace = await world.arrive(size);
    const { page } = grace;
    const look = async (name: string) => {
      await settled(grace);
      expect(await violations(grace), `${name}, ${screen}`).toEqual([]);
    };
    await grace.open("teach");
    await page.getByRole("heading", { name: "Teacher's desk" }).waitFor();
    await look("login");
    await atDesk(world, grace);
    await look("desk");
    await page.getByRole("button", { name: NAME }).click();
    await page.getByText("Tokens for programs").click();
    await look("account");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "New canvas" }).click();
    await page.getByRole("switch", { name: "Draw in teams" }).check();
    await page.getByRole("switch", { name: "Open only at certain times" }).check();
    await look("form");
    await page.getByRole("button", { name: "Back to my canvases" }).click();
    const id = await makeCanvas(grace, `Looks ${screen}`, ["Foxes", "Owls"]);
    const ada = await world.arrive();
    await joinClass(world, ada, id, "Ada", "Foxes");
    await look("live");
    for (const tab of ["People", "Chat", "More"]) {
      await openTab(grace, screen, tab);
      await look(tab);
    }
    for (const panel of ["Names and cards", "Settings", "Record", "Sharing and forgetting"]) {
      await openTab(grace, screen, "More");
      await page.getByRole("button", { name: panel }).click();
      await page.getByRole("heading", { name: panel }).waitFor();
      await look(panel);
    }
    await openTab(grace, screen, "People");
    await page.getByRole("button", { name: /^Ada/ }).click();
    await page.getByText("Name, card, forget").click();
    await look("student");
    await grace.open(`teach/${id}/cards`);
    await page.getByRole("heading", { name: "Cards to print" }).waitFor();
    await look("cards");
  });

  async function openTab({ page }: Person, screen: string, tab: string): Promise<void> {
    const role = screen === "phone" ? "button" : "tab";
    const place = screen === "phone" ? page.locator(".phone-tabs") : page.locator(".side-tabs");
    await place.getByRole(role, { name: tab }).click();
  }
});
