import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ICONS = fileURLToPath(new URL("../../assets/icons", import.meta.url));
const UI = fileURLToPath(new URL("../src/ui", import.meta.url));

const iconsIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".svg"))
    .map((name) => name.slice(0, -".svg".length));

const icons = iconsIn(ICONS);
const deskIcons = iconsIn(join(ICONS, "desk"));

describe("the icons", () => {
  it("are all shown somewhere: each one costs every visitor some bytes", () => {
    const sources = readdirSync(UI, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".tsx") && !name.endsWith("icon.tsx"))
      .map((name) => readFileSync(join(UI, name), "utf8"))
      .join("\n");
    const all = [...icons, ...deskIcons];
    expect(all.filter((icon) => !sources.includes(`"${icon}"`))).toEqual([]);
    expect(deskIcons.filter((icon) => icons.includes(icon))).toEqual([]);
  });

  it("carry their licence", () => {
    expect(readFileSync(join(ICONS, "LICENSE"), "utf8")).toMatch(/ISC License/);
  });
});
