import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as desk from "./desk";

const KEY = { id: 4, label: "Chrome", created_ms: 1, seen_ms: 2, is_this: true };

let answer: () => Response;
let asked: { href: string; method: string | undefined; body: unknown }[];

beforeEach(() => {
  asked = [];
  vi.stubGlobal("document", { baseURI: "https://school.example/place/" });
  vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
    const body = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    asked.push({ href: url.href, method: init.method, body });
    return answer();
  });
});

afterEach(() => vi.unstubAllGlobals());

const answers = (body: unknown, init?: ResponseInit) => {
  answer = () => Response.json(body, init);
};

describe("the desk's calls", () => {
  it("log a teacher in, under the page's base", async () => {
    answers({ teacher: { number: 2, name: "Ms Rivera", created_ms: 1 } });
    expect(await desk.logIn("Ms Rivera", "a long password")).toMatchObject({ name: "Ms Rivera" });
    expect(asked).toEqual([
      {
        href: "https://school.example/place/api/login",
        method: "POST",
        body: { name: "Ms Rivera", password: "a long password" },
      },
    ]);
  });

  it("know that nobody is logged in", async () => {
    answers({ error: { code: "not_allowed", text: "Log in first." } }, { status: 401 });
    const error = await desk.teacher().catch((caught: unknown) => caught);
    expect(desk.isLoggedOut(error)).toBe(true);
    expect(desk.isLoggedOut(new Error("else"))).toBe(false);
  });

  it("take an answer without a body", async () => {
    answer = () => new Response(null, { status: 204 });
    await desk.endLogin(4);
    expect(asked[0]).toMatchObject({ method: "DELETE", href: expect.stringMatching(/logins\/4$/) });
  });

  it("list log-ins and tokens, and call others unreadable", async () => {
    answers({ logins: [KEY] });
    expect(await desk.logins()).toEqual([KEY]);
    answers({ tokens: [{ ...KEY, seen_ms: "yesterday" }] });
    await expect(desk.tokens()).rejects.toMatchObject({ code: "unreadable" });
  });

  it("tell what a decision took, so that it can be reverted", async () => {
    answers({ seqs: [5, 9] });
    const area = { x: 1, y: 2, width: 3, height: 4 };
    expect(await desk.fill("a b", area, 0)).toEqual([5, 9]);
    expect(asked[0]).toMatchObject({
      href: "https://school.example/place/api/canvases/a%20b/areas/fill",
      body: { area, color: 0 },
    });
    answers({ seqs: null });
    expect(await desk.protect("a", area, true)).toBeNull();
    answers({ seqs: [5] });
    await expect(desk.revert("a", [5, 9])).rejects.toMatchObject({ code: "unreadable" });
  });

  it("ask for a preview without doing it", async () => {
    const preview = { cells: 2, area: { x: 0, y: 0, width: 2, height: 1 }, colors: "AAE=" };
    answers(preview);
    expect(await desk.previewRemoval("a", 3, 7)).toEqual(preview);
    expect(asked[0]?.body).toEqual({ from_ms: 7, preview: true });
  });

  it("name only the filters that are set", async () => {
    answers({ record: [] });
    await desk.deeds("a", { seat: 3 });
    expect(asked[0]?.href).toMatch(/canvases\/a\/record\?seat=3$/);
    expect(desk.recordCsvUrl("a", {})).toMatch(/record\?format=csv$/);
    expect(desk.cardQrUrl("a", 3)).toMatch(/canvases\/a\/seats\/3\/qr\.svg$/);
  });
});
