import type { PaletteColor } from "./protocol.gen";

/** Red, green, blue and opacity, each from 0 to 1. */
export type Rgba = readonly [number, number, number, number];

/** Shown for a color that cannot be read: conspicuous, since it is a bug. */
const UNREADABLE: Rgba = [1, 0, 1, 1];

/** Reads #rgb, #rrggbb and #rrggbbaa. */
export function parseHex(hex: string): Rgba {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i.exec(hex.trim())?.[1];
  if (digits === undefined) return UNREADABLE;
  const full = digits.length === 3 ? digits.replace(/./g, "$&$&") : digits;
  const part = (at: number) => Number.parseInt(full.slice(at, at + 2), 16) / 255;
  return [part(0), part(2), part(4), full.length === 8 ? part(6) : 1];
}

/** Four bytes a color, as pixels of an image. */
export function paletteBytes(palette: readonly PaletteColor[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    palette.flatMap(({ hex }) => parseHex(hex).map((part) => Math.round(part * 255))),
  );
}
