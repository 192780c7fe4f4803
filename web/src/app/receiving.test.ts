import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../net/api";
import { receive } from "./receiving";
import type { Session } from "./session";
import { joinedSession, openSession, WHITE_RED_BLUE } from "./session.fixture";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const saying = (session: Session) => session.model.toasts.value.at(-1)?.text ?? "";
const retry = (session: Session) =>
  receive(session, { type: "status", status: "reconnecting", retryAt: Date.now() + 2000 });

describe("what the page shows", () => {
  it("is the canvas as soon as both its board and its palette are there", () => {
    const { session } = openSession();
    receive(session, { type: "status", status: "connecting" });
    expect(session.model.phase.value).toBe("loading");
    const { session: joined } = joinedSession();
    expect(joined.model.phase.value).toBe("ready");
    expect(joined.model.online.value).toBe(1);
  });

  it("is an explanation while the server does not answer, and the canvas once it does", () => {
    const { session } = openSession();
    retry(session);
    expect(session.model.phase.value).toBe("unreachable");
  });

  it.each([
    [404, "missing"],
    [503, "full"],
  ] as const)("follows the server's %i", (status, phase) => {
    const { session } = openSession();
    receive(session, { type: "problem", error: new ApiError(status, "x", "x") });
    expect(session.model.phase.value).toBe(phase);
  });

  it("stays the canvas when the connection breaks later", () => {
    const { session } = joinedSession();
    retry(session);
    expect(session.model.phase.value).toBe("ready");
    expect(session.model.link.value.status).toBe("reconnecting");
  });

  it("chooses a first color that shows on the empty sheet", () => {
    const { session } = joinedSession();
    expect(WHITE_RED_BLUE.palette[session.model.color.value]?.name).not.toBe("White");
  });
});

describe("what is said", () => {
  it("when the connection is back, but not when it first comes up", () => {
    const { session } = joinedSession();
    expect(saying(session)).toBe("");
    retry(session);
    receive(session, { type: "status", status: "live" });
    expect(saying(session)).toBe("You're back. Everything is up to date");
  });

  it("when pixels got no answer", () => {
    const { session } = joinedSession();
    receive(session, { type: "lost", tokens: [1, 2] });
    expect(saying(session)).toMatch(/2 pixels have no answer/);
  });

  it("before a planned stop, until the server is back", () => {
    const { session } = joinedSession();
    receive(session, { type: "notice", code: "stopping", text: "…" });
    expect(session.model.banner.value).toBe("stopping");
    retry(session);
    expect(session.model.banner.value).toBe("stopping");
    receive(session, { type: "status", status: "live" });
    expect(session.model.banner.value).toBeNull();
  });

  it("when only the live connection is refused, again and again", () => {
    const { session } = joinedSession();
    session.wasLive = false;
    for (let attempt = 0; attempt < 3; attempt++) retry(session);
    expect(session.model.banner.value).toBe("blocked");
  });

  it("goes by itself", () => {
    const { session } = joinedSession();
    receive(session, { type: "notice", code: "hello", text: "Tidy up, please" });
    expect(saying(session)).toBe("Tidy up, please");
    vi.advanceTimersByTime(10_000);
    expect(session.model.toasts.value).toEqual([]);
  });
});

describe("changed rules", () => {
  it("freeze and open the canvas", () => {
    const { session } = joinedSession();
    receive(session, { type: "rules", mode: "frozen", cooldownMs: 1000, savedMax: 2, undoMs: 0 });
    expect(session.model.banner.value).toBe("frozen");
    receive(session, { type: "rules", mode: "open", cooldownMs: 1000, savedMax: 2, undoMs: 0 });
    expect(session.model.banner.value).toBeNull();
    expect(saying(session)).toBe("The canvas is open. Go on drawing");
  });

  it("keep what was saved up within the new limit", () => {
    const { session } = joinedSession();
    receive(session, { type: "rules", mode: "open", cooldownMs: 5000, savedMax: 1, undoMs: 9 });
    expect(session.model.info.value).toMatchObject({ cooldown_ms: 5000, saved_max: 1, undo_ms: 9 });
    expect(session.model.charge.value).toMatchObject({ saved: 1, savedMax: 1, cooldownMs: 5000 });
  });
});
