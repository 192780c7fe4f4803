import { expect, it } from "vitest";
import { paletteBytes, parseHex } from "./color";

it.each([
  ["#000000", [0, 0, 0, 1]],
  ["#ff0080", [1, 0, 128 / 255, 1]],
  ["#f08", [1, 0, 136 / 255, 1]],
  [" #ffffff00 ", [1, 1, 1, 0]],
  ["red", [1, 0, 1, 1]],
  ["#12345", [1, 0, 1, 1]],
])("parseHex reads %s", (hex, rgba) => {
  expect(parseHex(hex)).toEqual(rgba);
});

it("paletteBytes gives each byte exactly", () => {
  const palette = Array.from({ length: 256 }, (_, i) => ({
    name: `${i}`,
    hex: `#${i.toString(16).padStart(2, "0").repeat(3)}`,
  }));
  const bytes = paletteBytes(palette);
  expect(bytes).toEqual(Uint8Array.from({ length: 1024 }, (_, i) => (i % 4 === 3 ? 255 : i >> 2)));
});
