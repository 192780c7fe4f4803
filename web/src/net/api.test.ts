import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as api from "./api";

const SUMMARY = { id: "a", name: "A", width: 2, height: 1, mode: "open", seq: 3, online: 0 };

let answer: (url: URL, init: RequestInit) => Promise<Response>;
let asked: { href: string; init: RequestInit }[];

beforeEach(() => {
  asked = [];
  vi.stubGlobal("document", { baseURI: "https://school.example/place/" });
  vi.stubGlobal("fetch", (url: URL, init: RequestInit) => {
    asked.push({ href: url.href, init });
    return answer(url, init);
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function answers(body: unknown, init?: ResponseInit): void {
  answer = async () => Response.json(body, init);
}

describe("api", () => {
  it("asks under the page's base", async () => {
    answers({ canvases: [SUMMARY] });
    expect(await api.canvases()).toEqual([SUMMARY]);
    expect(asked[0]?.href).toBe("https://school.example/place/api/canvases");
    expect(api.socketUrl("a b")).toBe("wss://school.example/place/api/canvases/a%20b/ws");
    expect(api.socketUrl("a", "onlooker")).toMatch(/canvases\/a\/ws\?as=onlooker$/);
    expect(api.imageUrl("a", 4)).toBe(
      "https://school.example/place/api/canvases/a/image.png?scale=4",
    );
    expect(api.snapshotUrl("a", "1.png")).toMatch(/canvases\/a\/snapshots\/1\.png$/);
  });

  it("joins with a nickname", async () => {
    answers({ seat: { number: 3, nickname: "Ada" } }, { status: 201 });
    expect(await api.join("a", "Ada")).toEqual({ number: 3, nickname: "Ada" });
    expect(asked[0]?.init).toMatchObject({ method: "POST", body: '{"nickname":"Ada"}' });
  });

  it("knows a browser without a seat", async () => {
    answers({ seat: null });
    expect(await api.me("a")).toBeNull();
  });

  it("reads a board", async () => {
    const bytes = [0x50, 0x4c, 0x43, 0x31, 2, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0, 4, 5];
    answer = async () => new Response(Uint8Array.from(bytes));
    expect(await api.board("a")).toEqual({
      width: 2,
      height: 1,
      seq: 9,
      cells: Uint8Array.of(4, 5),
    });
  });

  it("passes on the server's words about an error, and when to retry", async () => {
    answers(
      { error: { code: "full", text: "No seat is free." } },
      { status: 503, headers: { "retry-after": "7" } },
    );
    await expect(api.join("a", "Ada")).rejects.toMatchObject({
      status: 503,
      code: "full",
      text: "No seat is free.",
      retryAfterMs: 7_000,
    });
  });

  it("makes do with an error that is not the server's own", async () => {
    answer = async () => new Response("<h1>Bad gateway</h1>", { status: 502 });
    await expect(api.me("a")).rejects.toMatchObject({ status: 502, code: "http_502" });
  });

  it.each([{}, { canvases: [{ ...SUMMARY, width: "2" }] }, [], null])(
    "calls %j unreadable",
    async (body) => {
      answers(body);
      await expect(api.canvases()).rejects.toMatchObject({ status: 0, code: "unreadable" });
    },
  );

  it("calls a page where JSON should be unreadable", async () => {
    answer = async () => new Response("<h1>Sign in to the Wi-Fi</h1>");
    await expect(api.me("a")).rejects.toMatchObject({ status: 0, code: "unreadable" });
  });

  it("names a network that fails", async () => {
    answer = async () => {
      throw new TypeError("Failed to fetch");
    };
    await expect(api.me("a")).rejects.toMatchObject({ status: 0, code: "network" });
  });

  const never = (_url: URL, init: RequestInit) =>
    new Promise<Response>((_resolve, reject) => {
      init.signal?.addEventListener("abort", () => reject(init.signal?.reason));
    });

  it("gives up on an answer that does not come", async () => {
    vi.useFakeTimers();
    answer = never;
    const outcome = expect(api.me("a")).rejects.toMatchObject({ status: 0, code: "timeout" });
    await vi.advanceTimersByTimeAsync(15_000);
    await outcome;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stops when the caller does", async () => {
    answer = never;
    const aborter = new AbortController();
    const outcome = expect(api.board("a", aborter.signal)).rejects.toMatchObject({
      code: "network",
    });
    aborter.abort();
    await outcome;
  });
});
