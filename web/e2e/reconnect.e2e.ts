import { describe, expect, it } from "vitest";
import { useWorld } from "./world";

const WHITE = "#ffffff";
const RED = "#d72238";
const BLUE = "#1c63fe";

/** What a browser says of a server that is gone. */
const GONE = /ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED|WebSocket connection to/;

describe("a server that goes away and comes back", () => {
  const world = useWorld();

  it("is waited for, and everybody catches up with what happened meanwhile", async () => {
    world.expectComplaints(GONE);
    const { server } = world;
    const id = await server.createCanvas({ name: "Storm", width: 64, height: 64 });
    const ada = await world.arrive();
    const ben = await world.arrive();
    await ada.join(id, "Ada");
    await ben.join(id, "Ben");
    const hers = await ada.lookAt(20, 20);
    const his = await ben.lookAt(20, 20);
    await ada.choose("Red");
    await ada.click(hers.cell(20, 20));
    await ben.sees(his.cell(20, 20), RED);

    await server.kill();
    await ada.page.getByText(/Reconnecting/).waitFor();
    // Nothing is placed into the void.
    await ada.click(hers.cell(22, 20));
    await ada.notice("Still connecting");
    await ada.sees(hers.cell(22, 20), WHITE);

    // Ada's network is down while Ben is back already and draws on.
    await ada.context.setOffline(true);
    await ada.page.getByText("You're offline").waitFor();
    await server.run();
    await ben.page.getByRole("button", { name: "Reconnect now" }).click();
    await ben.live();
    await ben.choose("Blue");
    await ben.click(his.cell(24, 20));
    await ben.sees(his.cell(24, 20), BLUE);
    await ada.sees(hers.cell(24, 20), WHITE);

    await ada.context.setOffline(false);
    await ada.live();
    await ada.notice("You're back");
    await ada.sees(hers.cell(24, 20), BLUE);
    await ada.sees(hers.cell(20, 20), RED);
    await ada.click(hers.cell(22, 20));
    await ben.sees(his.cell(22, 20), RED);
  });

  it("says so before a planned stop, and comes back by itself", async () => {
    world.expectComplaints(GONE);
    const { server } = world;
    const id = await server.createCanvas({ name: "Calm", width: 64, height: 64 });
    const ada = await world.arrive();
    await ada.join(id, "Ada");
    await server.stop();
    await ada.page.getByText("The server is restarting").waitFor();
    await server.run();
    await ada.live();
    expect(await ada.page.getByText("The server is restarting").count()).toBe(0);
  });

  it("is told apart from a canvas that does not exist", async () => {
    world.expectComplaints(/404|WebSocket connection to/);
    const ada = await world.arrive();
    await ada.open("c/nobody-made-this");
    await ada.page.getByRole("heading", { name: "There is no such canvas" }).waitFor();
    await ada.page.getByRole("link", { name: "See all canvases" }).click();
    await ada.page.getByRole("heading", { name: "Join your class" }).waitFor();
  });
});
