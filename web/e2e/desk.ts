import { expect } from "vitest";
import type { Person } from "./person";
import type { World } from "./world";

export const NAME = "Ms Rivera";
export const PASSWORD = "correct horse";

/** A teacher's browser at the desk. The first one sets the server up by its printed link. */
export async function atDesk(world: World, person: Person): Promise<void> {
  const { page } = person;
  await person.open(await world.server.setupPath());
  const welcome = page.getByRole("heading", { name: "Welcome" });
  const used = page.getByRole("heading", { name: "This link has been used" });
  await welcome.or(used).waitFor();
  if (await used.isVisible()) return logIn(person);
  await page.getByLabel("Name", { exact: true }).fill(NAME);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Open my desk" }).click();
  await page.getByRole("button", { name: NAME }).waitFor();
}

export async function logIn(person: Person): Promise<void> {
  const { page } = person;
  await person.open("teach");
  await page.getByLabel("Name", { exact: true }).fill(NAME);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("button", { name: NAME }).waitFor();
}

/** What a browser says of a used link, a desk without a log-in, and a canvas before one joins. */
export const AT_THE_DOOR = /status of (401|403|404|410)|response code: 403/;

/** A canvas made by the form; its id. */
export async function makeCanvas(
  { page }: Person,
  name: string,
  teams: readonly string[] = [],
): Promise<string> {
  await page.getByRole("button", { name: "New canvas" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("radio", { name: /^Small/ }).check();
  await page.getByRole("radio", { name: "No waiting" }).check();
  if (teams.length > 0) await page.getByRole("switch", { name: "Draw in teams" }).check();
  for (const [at, team] of teams.entries()) {
    if (at >= 2) await page.getByRole("button", { name: "Add a team" }).click();
    await page.getByLabel(`Name of team ${at + 1}`).fill(team);
  }
  await page.getByRole("button", { name: "Make the canvas" }).click();
  await page.waitForURL(/\/teach\/[^/]+$/);
  await page.getByRole("heading", { name, exact: true }).waitFor();
  return decodeURIComponent(new URL(page.url()).pathname.split("/").at(-1) ?? "");
}

/** Opens a canvas by the teacher's link, with a nickname. */
export async function joinClass(
  world: World,
  student: Person,
  id: string,
  nickname: string,
  team?: string,
): Promise<void> {
  const invite = (await world.server.admin("GET", `api/canvases/${id}/invite`)) as { key: string };
  const { page } = student;
  await student.open(`c/${id}#key=${invite.key}`);
  await page.getByLabel("Nickname").fill(nickname);
  if (team !== undefined) await page.getByRole("radio", { name: team }).check({ force: true });
  await page.getByRole("button", { name: "Start drawing" }).click();
  await page.getByRole("radiogroup", { name: "Colors" }).waitFor();
  await student.live();
}

/** The colors of the board, as the server has them. */
export async function inkedCells(world: World, id: string): Promise<number> {
  const { seq } = (await world.server.admin("GET", `api/canvases/${id}`)) as { seq: number };
  let cells: Uint8Array = new Uint8Array();
  await expect
    .poll(async () => {
      const board = await world.server.board(id);
      cells = new Uint8Array(board).subarray(16);
      return Number(new DataView(board).getBigUint64(8, true));
    })
    .toBeGreaterThanOrEqual(seq);
  return cells.filter((color) => color !== 0).length;
}
