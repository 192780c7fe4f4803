import { describe, expect, it } from "vitest";
import { useWorld } from "./world";

const RED = "#d72238";

describe("the gallery", () => {
  const world = useWorld({ snapshotInterval: "1s" });

  it("shows what was drawn, by day, and gives it away", async () => {
    const id = await world.server.createCanvas({ name: "Fair", width: 64, height: 64 });
    const ada = await world.arrive();
    const { page } = ada;
    await ada.join(id, "Ada");
    const spot = await ada.lookAt(20, 20);
    await ada.choose("Red");
    await ada.click(spot.cell(20, 20));
    await ada.sees(spot.cell(20, 20), RED);

    await expect
      .poll(() => snapshotsOf(world.server.url, id), { timeout: 20_000 })
      .not.toHaveLength(0);
    await page.getByRole("link", { name: "Gallery" }).click();
    await page.getByRole("heading", { name: /^Today/ }).waitFor();
    const picture = page.locator(".shot img").first();
    await expect
      .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBeGreaterThan(0);

    const download = page.waitForEvent("download");
    await page
      .getByRole("link", { name: /^Download the snapshot/ })
      .first()
      .click();
    expect((await download).suggestedFilename()).toMatch(/\.png$/);
  });
});

describe("under a base path", () => {
  const world = useWorld({ basePath: "/school/place" });

  it("everything is found, drawn and led back to", async () => {
    const id = await world.server.createCanvas({ name: "Below", width: 64, height: 64 });
    const ada = await world.arrive();
    const { page } = ada;
    await ada.open("");
    await page.getByRole("link", { name: "Below" }).click();
    expect(new URL(page.url()).pathname).toBe(`/school/place/c/${id}`);
    await page.getByLabel("Nickname").fill("Ada");
    await page.getByRole("button", { name: "Start drawing" }).click();
    await ada.live();
    const spot = await ada.lookAt(20, 20);
    await ada.choose("Red");
    await ada.click(spot.cell(20, 20));
    await ada.sees(spot.cell(20, 20), RED);
    await page.getByRole("link", { name: "Gallery" }).click();
    await page.getByRole("heading", { name: "No snapshot yet" }).waitFor();
    await page.reload();
    await page.getByRole("link", { name: "Back to the canvas" }).first().click();
    await ada.live();
    expect(await page.getByRole("dialog").count()).toBe(0);
  });
});

async function snapshotsOf(url: string, id: string): Promise<unknown[]> {
  const response = await fetch(`${url}api/canvases/${id}/snapshots`);
  return ((await response.json()) as { snapshots: unknown[] }).snapshots;
}
