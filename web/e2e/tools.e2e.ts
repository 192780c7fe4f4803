import { describe, expect, it } from "vitest";
import { CHROMEBOOK } from "./person";
import { useWorld } from "./world";

const RED = "#d72238";

describe("the tools around the canvas", () => {
  const world = useWorld();

  it("the eyedropper takes a color from a cell", async () => {
    const id = await world.server.createCanvas({ name: "Drops", width: 64, height: 64 });
    const ada = await world.arrive();
    await ada.join(id, "Ada");
    const spot = await ada.lookAt(20, 20);
    await ada.choose("Red");
    await ada.click(spot.cell(20, 20));
    await ada.sees(spot.cell(20, 20), RED);
    await ada.choose("Blue");

    await ada.page.getByRole("button", { name: "Pick a color from the canvas" }).click();
    await ada.click(spot.cell(20, 20));
    await ada.notice("Picked Red");
    expect(await ada.page.getByRole("radio", { name: "Red", exact: true }).isChecked()).toBe(true);
    // It has put itself away: the next click places.
    await ada.click(spot.cell(22, 20));
    await ada.sees(spot.cell(22, 20), RED);
  });

  it("a link leads somebody else to the same spot", async () => {
    const id = await world.server.createCanvas({ name: "Map", width: 256, height: 256 });
    const ada = await world.arrive({
      ...CHROMEBOOK,
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await ada.join(id, "Ada");
    const spot = await ada.lookAt(200, 150, 24);
    await ada.choose("Red");
    await ada.click(spot.cell(200, 150));
    await ada.sees(spot.cell(200, 150), RED);
    await ada.page.getByRole("button", { name: "Copy link to this spot" }).click();
    await ada.notice("Link copied");
    const link = await ada.page.evaluate(() => navigator.clipboard.readText());
    expect(link).toMatch(/\/c\/map#x=200,y=150,z=24$/);

    const ben = await world.arrive();
    await ben.page.goto(link);
    await ben.page.getByRole("button", { name: "Just watch" }).click();
    await ben.live();
    await ben.sees(await ben.middle(), RED);
  });

  it("the address follows the view quietly", async () => {
    const id = await world.server.createCanvas({ name: "Path", width: 256, height: 256 });
    const ada = await world.arrive();
    await ada.join(id, "Ada");
    const entries = await ada.page.evaluate(() => history.length);
    await ada.page.getByRole("button", { name: "Zoom in" }).click();
    await expect.poll(() => ada.page.url()).toMatch(/#x=\d+,y=\d+,z=/);
    await ada.page.getByRole("button", { name: "Show the whole canvas" }).click();
    await expect.poll(() => ada.page.url()).not.toContain("#");
    expect(await ada.page.evaluate(() => history.length)).toBe(entries);
  });

  it("the lobby lists the canvases, and the gallery leads back", async () => {
    await world.server.createCanvas({ name: "Class 5b", width: 64, height: 64 });
    const ada = await world.arrive();
    await ada.open("");
    await ada.page.getByRole("link", { name: "Class 5b" }).click();
    await ada.page.getByRole("dialog", { name: "Draw on Class 5b" }).waitFor();
    await ada.page.getByRole("button", { name: "Just watch" }).click();
    await ada.page.getByRole("link", { name: "Gallery" }).click();
    await ada.page.getByRole("heading", { name: "No snapshot yet" }).waitFor();
    await ada.page.getByRole("link", { name: "Back to the canvas" }).first().click();
    await ada.page.getByRole("heading", { name: "Class 5b", exact: true }).waitFor();
    await ada.page.getByRole("link", { name: "All canvases" }).click();
    await ada.page.getByRole("heading", { name: "Open to everybody" }).waitFor();
  });
});

describe("the front door", () => {
  const world = useWorld();

  it("asks for the code first, and offers below it what is open to everybody", async () => {
    const ada = await world.arrive();
    await ada.open("");
    const code = ada.page.getByLabel("Class code");
    await expect.poll(() => code.evaluate((field) => field === document.activeElement)).toBe(true);
    await ada.page.getByRole("link", { name: "Playground" }).click();
    await ada.page.getByRole("dialog", { name: "Draw on Playground" }).waitFor();
    expect(ada.page.url()).toMatch(/\/c\/playground/);
  });
});
