import { expect, it } from "vitest";
import type { Intent } from "./intent";
import { isSheetKey, type KeyInput, keyIntent } from "./keys";

function key(name: string, more: Partial<KeyInput> = {}): KeyInput {
  return { key: name, code: "", shift: false, repeat: false, ...more };
}

it.each<[KeyInput, Intent | null]>([
  [key("ArrowLeft"), { type: "moveCursor", dx: -1, dy: 0 }],
  [key("ArrowDown", { shift: true }), { type: "moveCursor", dx: 0, dy: 10 }],
  [key("Enter"), { type: "place", at: null, pointer: "keyboard" }],
  [key("w"), { type: "pan", dx: 0, dy: 128 }],
  [key("D"), { type: "pan", dx: -128, dy: 0 }],
  [key("ц", { code: "KeyW" }), { type: "pan", dx: 0, dy: 128 }],
  [key("+"), { type: "zoomStep", direction: 1 }],
  [key("="), { type: "zoomStep", direction: 1 }],
  [key("-"), { type: "zoomStep", direction: -1 }],
  [key("0"), { type: "fit" }],
  [key("1"), { type: "selectColor", index: 0 }],
  [key("9"), { type: "selectColor", index: 8 }],
  [key("["), { type: "stepColor", by: -1 }],
  [key("]"), { type: "stepColor", by: 1 }],
  [key("G"), { type: "toggleGrid" }],
  [key("e"), { type: "pick", at: null }],
  [key("i"), { type: "inspect", at: null }],
  [key("f"), { type: "fullScreen" }],
  [key("c"), { type: "copyLink" }],
  [key("?"), { type: "help" }],
  [key("z"), null],
  [key("Escape"), null],
  [key("constructor"), null],
])("%j", (input, intent) => {
  expect(keyIntent(input, 2)).toEqual(intent);
});

it("goes on moving while a key is held, but does nothing else twice", () => {
  const held = (name: string) => keyIntent(key(name, { repeat: true }), 1)?.type ?? null;
  expect(["ArrowUp", "s", "+", "]"].map(held)).toEqual([
    "moveCursor",
    "pan",
    "zoomStep",
    "stepColor",
  ]);
  expect(["Enter", "g", "e", "0", "?"].map(held)).toEqual([null, null, null, null, null]);
});

it("leaves the keys that press buttons to the buttons", () => {
  expect(["ArrowUp", "Enter", " "].every(isSheetKey)).toBe(true);
  expect(["g", "1", "toString"].some(isSheetKey)).toBe(false);
});
