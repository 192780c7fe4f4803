/** Relative luminance by WCAG 2: 0 for black, 1 for white. */
export function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Where black and white text contrast equally with a background. */
const MIDDLE_LUMINANCE = 0.179;

/** Black or white: whichever is easier to read on this color. */
export function inkOn(hex: string): "#000000" | "#ffffff" {
  return luminance(hex) > MIDDLE_LUMINANCE ? "#000000" : "#ffffff";
}
