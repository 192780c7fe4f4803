import { describe, expect, it } from "vitest";
import { useWorld } from "./world";

const WHITE = "#ffffff";
const RED = "#d72238";
const BLUE = "#1c63fe";

describe("drawing together", () => {
  const world = useWorld();

  it("shows two people each other's pixels, and how many they are", async () => {
    const id = await world.server.createCanvas({ name: "Two", width: 64, height: 64 });
    const ada = await world.arrive();
    const ben = await world.arrive();
    await ada.join(id, "Ada");
    await ben.join(id, "Ben");
    await ada.page.getByText("2 people").waitFor();

    const hers = await ada.lookAt(20, 20);
    const his = await ben.lookAt(20, 20);
    await ada.choose("Red");
    await ada.click(hers.cell(20, 20));
    await ben.sees(his.cell(20, 20), RED);

    await ben.choose("Blue");
    await ben.click(his.cell(23, 18));
    await ada.sees(hers.cell(23, 18), BLUE);
    await ada.sees(hers.cell(20, 20), RED);
    await ada.sees(hers.cell(21, 20), WHITE);
  });

  it("takes a pixel back that came too early, and says how long to wait", async () => {
    const id = await world.server.createCanvas({
      name: "Slow",
      width: 64,
      height: 64,
      cooldown_ms: 60_000,
      saved_max: 1,
    });
    const ada = await world.arrive();
    await ada.join(id, "Ada");
    // A second tab of the same seat does not know that the first one used its pixel.
    const tab = await world.secondTab(ada);
    await tab.open(`c/${id}`);
    await tab.live();
    const there = await tab.lookAt(20, 20);
    await tab.choose("Blue");

    const here = await ada.lookAt(20, 20);
    await ada.choose("Red");
    await ada.click(here.cell(20, 20));
    await tab.sees(there.cell(20, 20), RED);
    await ada.page.getByText("0 of 1", { exact: true }).waitFor();

    await tab.click(there.cell(22, 20));
    await tab.notice(/^Wait \d+ s$/);
    await tab.sees(there.cell(22, 20), WHITE);
    expect(Number(await tab.page.getByTestId("wait").textContent())).toBeGreaterThan(30);
  });

  it("stops at once when the canvas is frozen, and goes on when it is open again", async () => {
    const id = await world.server.createCanvas({ name: "Ice", width: 64, height: 64 });
    const ada = await world.arrive();
    await ada.join(id, "Ada");
    const spot = await ada.lookAt(20, 20);
    await ada.choose("Red");

    await world.server.changeCanvas(id, { mode: "frozen" });
    await ada.page.getByText("The canvas is frozen. You can look around").waitFor();
    await ada.click(spot.cell(20, 20));
    await ada.notice("The canvas is frozen");
    await ada.sees(spot.cell(20, 20), WHITE);

    await world.server.changeCanvas(id, { mode: "open" });
    await ada.notice("The canvas is open");
    await ada.click(spot.cell(20, 20));
    await ada.sees(spot.cell(20, 20), RED);
  });

  it("asks who only watches for a nickname before the first pixel", async () => {
    const id = await world.server.createCanvas({ name: "Look", width: 64, height: 64 });
    const ada = await world.arrive();
    await ada.open(`c/${id}`);
    await ada.page.getByRole("button", { name: "Just watch" }).click();
    await ada.live();
    const spot = await ada.lookAt(20, 20);
    await ada.click(spot.cell(20, 20));
    await ada.page.getByRole("dialog", { name: "Draw on Look" }).waitFor();
    await ada.sees(spot.cell(20, 20), WHITE);
  });

  it("never places from far away: the first click only comes closer", async () => {
    const id = await world.server.createCanvas({ name: "Far", width: 256, height: 256 });
    const ada = await world.arrive();
    await ada.join(id, "Ada");
    await ada.choose("Red");
    const spot = await ada.lookAt(100, 100, 2);
    await ada.click(spot.cell(100, 100));
    await ada.notice("Zoomed in. Now choose a cell for Red");
    const near = await ada.lookAt(100, 100);
    await ada.sees(near.cell(100, 100), WHITE);
    await ada.click(near.cell(100, 100));
    await ada.sees(near.cell(100, 100), RED);
  });

  it("remembers the seat and shows the same drawing after the page is loaded anew", async () => {
    const id = await world.server.createCanvas({
      name: "Again",
      width: 64,
      height: 64,
      cooldown_ms: 60_000,
    });
    const ada = await world.arrive();
    await ada.join(id, "Ada");
    const spot = await ada.lookAt(30, 30);
    await ada.choose("Blue");
    await ada.click(spot.cell(30, 30));
    await ada.page.getByText("19 of 20", { exact: true }).waitFor();

    await ada.page.reload();
    await ada.live();
    expect(await ada.page.getByRole("dialog").count()).toBe(0);
    const again = await ada.lookAt(30, 30);
    await ada.sees(again.cell(30, 30), BLUE);
    expect(await ada.page.getByRole("radio", { name: "Blue", exact: true }).isChecked()).toBe(true);
  });
});
