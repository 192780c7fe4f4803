import { parseHex, type Rgba } from "../core/color";
import type { Theme } from "../render/renderer";

/** Each color of what is drawn past the style sheet, and its name in theme.css. */
const NAMES: { [K in keyof Theme]: string } = {
  table: "--table",
  dot: "--table-dot",
  edge: "--sheet-edge",
  shadow: "--sheet-shadow",
  gridLine: "--grid-line",
  outlineDark: "--outline-dark",
  outlineLight: "--outline-light",
  hatchDark: "--hatch-dark",
  hatchLight: "--hatch-light",
};

/**
 * Reads them where the browser has worked them out: a custom property alone
 * would say `light-dark(…)`, not which of the two.
 */
export function readStageTheme(): Theme {
  const probe = document.createElement("span");
  // Where the system forces its colors, all of these would be the text's.
  probe.style.setProperty("forced-color-adjust", "none");
  document.body.append(probe);
  const read = (name: string): Rgba => {
    probe.style.color = `var(${name})`;
    return rgbaOf(getComputedStyle(probe).color);
  };
  const theme = Object.fromEntries(
    Object.entries(NAMES).map(([key, name]) => [key, read(name)]),
  ) as { [K in keyof Theme]: Rgba };
  probe.remove();
  return theme;
}

/** Reads `rgb(1, 2, 3)` and `rgba(1, 2, 3, 0.5)`: what computed colors look like. */
export function rgbaOf(text: string): Rgba {
  const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
  return /^rgb/.test(text) ? [red / 255, green / 255, blue / 255, alpha] : parseHex(text);
}
