import { describe, expect, it } from "vitest";
import { refusalText } from "./refusal";

const AT = new Date(2026, 10, 21, 10, 0).getTime();

const says = (code: string, wait_ms = 0, limit = 0) =>
  refusalText({ code, text: "The server's words.", wait_ms, limit }, AT);

describe("why a message was not taken", () => {
  it("is said in our words for each code of the protocol", () => {
    const codes = ["no_seat", "chat_off", "team_only", "channel", "no_such_team", "muted", "slow"];
    const all = [...codes, "busy", "pending", "reply", "text", "storage"].map((code) => says(code));
    expect(all).not.toContain("The server's words.");
    expect(new Set(all).size).toBe(all.length);
  });

  it("names the numbers", () => {
    expect(says("slow", 12_500, 30)).toContain("30 s");
    expect(says("text", 0, 200)).toContain("200");
    expect(says("muted", 300_000)).toContain("10:05");
  });

  it("is the server's sentence for a code of a later server", () => {
    expect(says("moon_phase")).toBe("The server's words.");
    expect(says("toString")).toBe("The server's words.");
  });
});
