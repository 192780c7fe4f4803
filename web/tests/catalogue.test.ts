import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import desk from "../../assets/lang/en.desk.json" with { type: "json" };
import english from "../../assets/lang/en.json" with { type: "json" };
import { t, tn } from "../src/ui/strings";

const WEB = fileURLToPath(new URL("..", import.meta.url));

/** Everything that may name a message, as one text. */
function readers(): string {
  const sources = readdirSync(join(WEB, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => join(WEB, "src", path));
  return [join(WEB, "index.html"), join(WEB, "build/identity.ts"), ...sources]
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
}

/** Families of which a part is filled in at run time: `refused.${reason}`, `${phase}.title`. */
const FAMILIES = [
  ...["refused.", "mode.", "theme.", "banner.", "status.", "role.", "full.", "unreachable."],
  ...["kicked.", "banned.", "gone.", "seat_ended."],
];

/** The same in the teachers' catalogue. */
const DESK_FAMILIES = [
  ...["tab.", "day.", "size.", "team.", "deed.", "wall.", "cards.", "seat_state."],
  ...["mode_set.", "code_set.", "chat_set.", "curtain_set.", "status_set.", "record.hours_"],
  ...["join_rule.", "look.", "chat_mode.", "team_rule.", "names_shown.", "curtain."],
  ...["wish.join_", "wish.look_", "wish.chat_"],
];

describe("the message catalogue", () => {
  it.each([
    ["everybody's", english, FAMILIES],
    ["teachers'", desk, DESK_FAMILIES],
  ])("has no message that nobody says: %s", (_, messages, families) => {
    const text = readers();
    const unused = Object.keys(messages).filter((key) => {
      const stem = key.replace(/\.(one|other)$/, "");
      return !text.includes(stem) && !families.some((family) => key.startsWith(family));
    });
    expect(unused).toEqual([]);
  });

  it("says each message once: teachers' come on top of everybody's", () => {
    expect(Object.keys(desk).filter((key) => key in english)).toEqual([]);
  });

  it("fills in names and picks the form for a number", () => {
    expect(t("refused.cooldown", { s: 4 })).toBe("Wait 4 s");
    expect(tn("people", 1)).toBe("1 person");
    expect(tn("people", 1200)).toBe("1,200 people");
  });

  it("leaves an unknown name visible instead of hiding it", () => {
    expect(t("spot.at", { x: 3 })).toBe("x 3, y {y}");
  });
});
