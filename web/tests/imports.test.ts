import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const SRC = fileURLToPath(new URL("../src", import.meta.url));

/** What each folder may import besides itself. Only app knows everybody. */
const ALLOWED: Record<string, { folders: string[]; packages: string[] }> = {
  core: { folders: [], packages: [] },
  net: { folders: ["core"], packages: [] },
  input: { folders: ["core"], packages: [] },
  render: { folders: ["core"], packages: [] },
  ui: { folders: ["core"], packages: ["preact", "@preact/signals"] },
  app: {
    folders: ["core", "net", "input", "render", "ui"],
    packages: ["preact", "@preact/signals"],
  },
};

const IMPORT =
  /(?:import|export)\s(?:[^"';]*?\sfrom\s)?["']([^"']+)["']|import\(\s*["']([^"']+)["']/g;

function sources(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
    .sort();
}

function importsOf(path: string): string[] {
  const text = readFileSync(join(SRC, path), "utf8");
  return [...text.matchAll(IMPORT)].map((match) => (match[1] ?? match[2]) as string);
}

function folderOf(path: string): string {
  return path.split(/[\\/]/)[0] as string;
}

/** Why `path` may not import `target`, or null when it may. */
function violation(path: string, target: string): string | null {
  const folder = folderOf(path);
  const allowed = ALLOWED[folder];
  if (allowed === undefined) return `src/${folder} is not in the import graph`;
  if (!target.startsWith(".")) {
    const known = allowed.packages.some((name) => target === name || target.startsWith(`${name}/`));
    return known ? null : `src/${folder} may not import the package ${target}`;
  }
  const inside = relative(SRC, resolve(SRC, dirname(path), target));
  // Outside src there are only the catalogue and the icons, which are data.
  if (inside.startsWith("..")) {
    return /assets[\\/](lang|icons)[\\/]/.test(inside) ? null : `${target} is outside src`;
  }
  const to = folderOf(inside);
  return to === folder || allowed.folders.includes(to)
    ? null
    : `src/${folder} may not import src/${to}`;
}

describe("the import graph", () => {
  it("reads the sources", () => {
    expect(sources().length).toBeGreaterThan(0);
  });

  it("has no forbidden edge", () => {
    const found = sources().flatMap((path) =>
      importsOf(path)
        .map((target) => violation(path, target))
        .filter((reason) => reason !== null)
        .map((reason) => `${path}: ${reason}`),
    );
    expect(found).toEqual([]);
  });

  it("notices a forbidden edge", () => {
    expect(violation("core/grid.ts", "../net/api")).toBe("src/core may not import src/net");
    expect(violation("ui/dock.tsx", "../render/scene")).toBe("src/ui may not import src/render");
    expect(violation("core/wire.ts", "preact")).toBe("src/core may not import the package preact");
    expect(violation("app/main.tsx", "../ui/dock")).toBeNull();
  });
});
