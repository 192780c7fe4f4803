import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launch, Person } from "./person";
import { Server, type ServerOptions } from "./server";

export interface World {
  server: Server;
  arrive(options?: BrowserContextOptions): Promise<Person>;
  /** Another tab of somebody's browser: the same seat. */
  secondTab(person: Person): Promise<Person>;
  /** Complaints of this kind belong to the story; all others fail it. */
  expectComplaints(kind: RegExp): void;
}

/**
 * A server and a browser for the stories of one file. After each story
 * everybody leaves, and nobody's console may have complained.
 */
export function useWorld(options: ServerOptions = {}): World {
  let browser: Browser;
  const people: Person[] = [];
  let expected: RegExp[] = [];

  const world = {
    async arrive(options?: BrowserContextOptions) {
      const person = await Person.arrive(browser, world.server.url, options);
      people.push(person);
      return person;
    },
    async secondTab(person: Person) {
      const tab = await person.secondTab();
      people.push(tab);
      return tab;
    },
    expectComplaints(kind: RegExp) {
      expected.push(kind);
    },
  } as World;

  beforeAll(async () => {
    [world.server, browser] = await Promise.all([Server.start(options), launch()]);
  });
  afterEach(async () => {
    const complaints = people
      .flatMap((person) => person.complaints)
      .filter((complaint) => !expected.some((kind) => kind.test(complaint)));
    expected = [];
    for (const person of people.splice(0)) await person.leave();
    expect(complaints).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await world.server?.remove();
  });
  return world;
}
