import { describe, expect, it } from "vitest";
import { LESSON } from "../core/lesson.fixture";
import { describeAnswer } from "./asked-box";

const open = { isProtected: false, region: null };
const ada = { nickname: "Ada", team: 1, role: "student" } as const;

describe("who placed a pixel, in words", () => {
  it.each([
    [{ ...open, by: ada }, ["Placed by Ada, Foxes"]],
    [{ ...open, by: { ...ada, team: null } }, ["Placed by Ada"]],
    [{ ...open, by: { ...ada, nickname: null } }, ["Placed by Foxes"]],
    [{ ...open, by: { nickname: null, team: null, role: "teacher" } }, ["Placed by a teacher"]],
    [{ ...open, by: { nickname: null, team: null, role: "student" } }, ["Placed by somebody"]],
    [{ ...open, by: null }, ["Nobody has drawn here"]],
    [
      { by: null, isProtected: true, region: 2 },
      ["Nobody has drawn here", "This part is protected", "Only Owls draw here"],
    ],
    ["failed", ["That can't be looked up right now"]],
  ] as const)("%j", (answer, words) => {
    expect(describeAnswer(answer, LESSON)).toEqual(words);
  });

  it("does not say nobody where nobody is told", () => {
    const secret = { ...LESSON, names: "nobody" } as const;
    expect(describeAnswer({ ...open, by: null }, secret)).toEqual([
      "Who draws what isn't told here",
    ]);
  });
});
