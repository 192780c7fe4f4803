import { describe, expect, it } from "vitest";
import { cardIn, carried, carry, keyIn } from "./carried";

describe("links", () => {
  it.each([
    ["#key=ACDEFG", "ACDEFG"],
    ["#x=1,y=2", null],
    ["#key=", null],
    ["#key=<b>", null],
    ["", null],
  ])("%j carries the key %j", (hash, key) => expect(keyIn(hash)).toBe(key));

  it.each([
    ["#ACDEFGHJK", "ACDEFGHJK"],
    ["#ACD-EFG-HJK", "ACD-EFG-HJK"],
    ["#ACD%20EFG", "ACD EFG"],
    ["#%E0%A4%A", null],
    ["#", null],
  ])("%j is the card %j", (hash, card) => expect(cardIn(hash)).toBe(card));
});

it("what is carried is for one canvas, until it is put down", () => {
  carry("code", "art", "ACDEFG");
  expect([carried("code", "art"), carried("code", "music"), carried("key", "art")]).toEqual([
    "ACDEFG",
    null,
    null,
  ]);
  carry("code", "art", null);
  expect(carried("code", "art")).toBeNull();
});
