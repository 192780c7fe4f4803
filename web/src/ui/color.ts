import { parseHex } from "../core/color";

/** Relative luminance by WCAG 2: 0 for black, 1 for white. */
export function luminance(hex: string): number {
  const [red, green, blue] = parseHex(hex);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}

/** Where black and white text contrast equally with a background. */
const MIDDLE_LUMINANCE = 0.179;

/** Black or white: whichever is easier to read on this color. */
export function inkOn(hex: string): "#000000" | "#ffffff" {
  return luminance(hex) > MIDDLE_LUMINANCE ? "#000000" : "#ffffff";
}
