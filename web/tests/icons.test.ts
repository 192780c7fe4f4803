import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ICONS = fileURLToPath(new URL("../../assets/icons", import.meta.url));
const UI = fileURLToPath(new URL("../src/ui", import.meta.url));

const icons = readdirSync(ICONS)
  .filter((name) => name.endsWith(".svg"))
  .map((name) => name.slice(0, -".svg".length));

describe("the icons", () => {
  it("are all shown somewhere: each one costs every visitor some bytes", () => {
    const sources = readdirSync(UI, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".tsx") && name !== "icon.tsx")
      .map((name) => readFileSync(join(UI, name), "utf8"))
      .join("\n");
    expect(icons.filter((icon) => !sources.includes(`"${icon}"`))).toEqual([]);
  });

  it("carry their licence", () => {
    expect(readFileSync(join(ICONS, "LICENSE"), "utf8")).toMatch(/ISC License/);
  });
});
