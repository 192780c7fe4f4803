import { readFileSync } from "node:fs";
import type { HtmlTagDescriptor, Plugin } from "vite";
import catalogue from "../../assets/lang/en.json" with { type: "json" };
import { CELL_FILL, LETTER, LETTER_WIDTH_CELLS, markCells } from "../src/ui/mark.ts";
import { encodePng } from "./png.ts";

/** The same three colors as in src/ui/theme.css: ink, paper and accent on ink. */
const INK = 0x1d1a16;
const PAPER = 0xfbf9f5;
const ACCENT = 0x7c93ff;

/** The icons are part of the script; their licence goes along with it. */
const ICONS_LICENSE = new URL("../../assets/icons/LICENSE", import.meta.url);

/** The icon's side in cells: the letter is five high, with a margin of one. */
const ICON_CELLS = 7;
const LETTER_LEFT_CELLS = (ICON_CELLS - LETTER_WIDTH_CELLS) / 2;

/** A maskable icon may lose a tenth at each side, so its letter sits further in. */
const MASKABLE_CELLS = 9;

const hex = (color: number) => `#${color.toString(16).padStart(6, "0")}`;

/**
 * Icons, manifest and the words of index.html, all made from the mark and the
 * message catalogue, so that neither is drawn or written twice.
 */
export function identity(): Plugin {
  const files = identityFiles();
  return {
    name: "place:identity",
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const file = files.get((request.url ?? "").replace(/^\//, ""));
        if (file === undefined) return next();
        response.setHeader("Content-Type", file.type);
        response.end(file.source);
      });
    },
    generateBundle() {
      for (const [fileName, { source }] of files) {
        this.emitFile({ type: "asset", fileName, source });
      }
    },
    transformIndexHtml: {
      order: "post",
      handler: (html) => ({
        html: html
          .replace("<!--loading-->", loadingMark())
          .replace(/%([a-z_.]+)%/g, (_, key: string) => message(key)),
        tags: headTags(),
      }),
    },
  };
}

function message(key: string): string {
  const text = (catalogue as Record<string, string>)[key];
  if (text === undefined) throw new Error(`index.html names an unknown message: ${key}`);
  return text;
}

function headTags(): HtmlTagDescriptor[] {
  const link = (attrs: Record<string, string>): HtmlTagDescriptor => ({
    tag: "link",
    attrs,
    injectTo: "head",
  });
  return [
    link({ rel: "icon", href: "./favicon.svg", type: "image/svg+xml" }),
    link({ rel: "apple-touch-icon", href: "./icon-192.png" }),
    link({ rel: "manifest", href: "./manifest.webmanifest" }),
  ];
}

interface IdentityFile {
  type: string;
  source: string | Buffer;
}

function identityFiles(): Map<string, IdentityFile> {
  const png = (sizePx: number, cells: number): IdentityFile => ({
    type: "image/png",
    source: iconPng(sizePx, cells),
  });
  return new Map<string, IdentityFile>([
    ["favicon.svg", { type: "image/svg+xml", source: iconSvg() }],
    ["icon-192.png", png(192, ICON_CELLS)],
    ["icon-512.png", png(512, ICON_CELLS)],
    ["icon-maskable-512.png", png(512, MASKABLE_CELLS)],
    ["icons-license.txt", { type: "text/plain", source: readFileSync(ICONS_LICENSE) }],
    ["manifest.webmanifest", { type: "application/manifest+json", source: manifest() }],
  ]);
}

function iconSvg(): string {
  const inset = (1 - CELL_FILL) / 2;
  const cells = markCells(LETTER).map(
    ({ x, y, placed }) =>
      `<rect x="${(x + LETTER_LEFT_CELLS + inset).toFixed(2)}" y="${(y + 1 + inset).toFixed(2)}" ` +
      `width="${CELL_FILL}" height="${CELL_FILL}" fill="${hex(placed ? ACCENT : PAPER)}"/>`,
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${ICON_CELLS} ${ICON_CELLS}">` +
    `<rect width="${ICON_CELLS}" height="${ICON_CELLS}" rx="1.4" fill="${hex(INK)}"/>` +
    `${cells.join("")}</svg>`
  );
}

function iconPng(sizePx: number, sideCells: number): Buffer {
  const inked = new Map(markCells(LETTER).map((cell) => [`${cell.x},${cell.y}`, cell.placed]));
  const cellPx = sizePx / sideCells;
  const left = (sideCells - LETTER_WIDTH_CELLS) / 2;
  const top = (sideCells - LETTER.length) / 2;
  const inset = (1 - CELL_FILL) / 2;
  return encodePng(sizePx, (px, py) => {
    const x = (px + 0.5) / cellPx - left;
    const y = (py + 0.5) / cellPx - top;
    const placed = inked.get(`${Math.floor(x)},${Math.floor(y)}`);
    const onLine = [x - Math.floor(x), y - Math.floor(y)].some((f) => f < inset || f > 1 - inset);
    if (placed === undefined || onLine) return INK;
    return placed ? ACCENT : PAPER;
  });
}

/** What shows until the script runs; it is the script's loading state, too. */
function loadingMark(): string {
  const cells = markCells(LETTER).map(
    ({ x, y, placed }) =>
      `<rect class="${placed ? "cell placed" : "cell"}" x="${x}" y="${y}" ` +
      `width="${CELL_FILL}" height="${CELL_FILL}"/>`,
  );
  return (
    `<svg class="mark mark-loading" viewBox="0 0 ${LETTER_WIDTH_CELLS} ${LETTER.length}" ` +
    `role="img" aria-label="${message("loading")}">${cells.join("")}</svg>`
  );
}

function manifest(): string {
  return JSON.stringify({
    name: message("app.name"),
    short_name: message("app.name"),
    description: message("app.description"),
    start_url: ".",
    scope: ".",
    display: "standalone",
    background_color: hex(PAPER),
    theme_color: hex(PAPER),
    icons: [
      { src: "favicon.svg", type: "image/svg+xml", sizes: "any" },
      { src: "icon-192.png", type: "image/png", sizes: "192x192" },
      { src: "icon-512.png", type: "image/png", sizes: "512x512" },
      { src: "icon-maskable-512.png", type: "image/png", sizes: "512x512", purpose: "maskable" },
    ],
  });
}
