import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as p from "./pending";

describe("pending placements", () => {
  it("shows the latest of a cell, and what is below it when it is refused", () => {
    const pending = p.createPending();
    p.add(pending, 1, 7, 3);
    p.add(pending, 2, 7, 4);
    expect(p.pendingCells(pending)).toEqual([expect.objectContaining({ index: 7, color: 4 })]);
    expect(p.refuse(pending, 2)).toMatchObject({ index: 7, color: 4 });
    expect(p.pendingColor(pending, 7)).toBe(3);
    p.refuse(pending, 1);
    expect(p.pendingColor(pending, 7)).toBeNull();
  });

  it("stays until the board has come as far as its seq", () => {
    const pending = p.createPending();
    p.add(pending, 1, 7, 3);
    p.settle(pending, 1, 50, 48);
    p.advance(pending, 49);
    expect(p.pendingColor(pending, 7)).toBe(3);
    p.advance(pending, 50);
    expect(p.pendingColor(pending, 7)).toBeNull();
  });

  it("is not lost when an older board is loaded in between", () => {
    const pending = p.createPending();
    p.add(pending, 1, 7, 3);
    p.add(pending, 2, 8, 3);
    p.settle(pending, 1, 50, 40);
    p.advance(pending, 30);
    expect([p.pendingColor(pending, 7), p.pendingColor(pending, 8)]).toEqual([3, 3]);
  });

  it("goes at once when the feed came before the answer", () => {
    const pending = p.createPending();
    p.add(pending, 1, 7, 3);
    p.settle(pending, 1, 50, 51);
    expect(p.pendingCells(pending)).toEqual([]);
  });

  it("shows the journal's order among placed ones, whatever order they were answered in", () => {
    const pending = p.createPending();
    p.add(pending, 1, 7, 3);
    p.add(pending, 2, 7, 4);
    p.settle(pending, 2, 50, 40);
    expect(p.pendingColor(pending, 7)).toBe(4);
    p.settle(pending, 1, 51, 40);
    expect(p.pendingColor(pending, 7)).toBe(3);
  });

  it("ignores tokens it does not know, and counts the unanswered", () => {
    const pending = p.createPending();
    p.add(pending, 1, 7, 3);
    p.add(pending, 2, 9, 3);
    p.settle(pending, 2, 5, 0);
    expect([p.refuse(pending, 5), p.settle(pending, 6, 1, 1)]).toEqual([null, null]);
    expect(p.unanswered(pending)).toBe(1);
  });

  it("shows what a naive list of placements says", () => {
    type Entry = { token: number; index: number; color: number; seq: number | null };
    const step = fc.record({
      act: fc.constantFrom("add", "settle", "refuse", "advance", "reload"),
      pick: fc.nat(20),
      index: fc.nat(3),
      color: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const pending = p.createPending();
        let model: Entry[] = [];
        let board = 0;
        let seq = 0;
        let token = 0;
        for (const { act, pick, index, color } of steps) {
          const waiting = model.filter((entry) => entry.seq === null);
          const chosen = waiting[pick % Math.max(1, waiting.length)];
          if (act === "add") {
            token += 1;
            p.add(pending, token, index, color);
            model.push({ token, index, color, seq: null });
          } else if (act === "settle" && chosen) {
            seq += 1;
            chosen.seq = seq;
            p.settle(pending, chosen.token, seq, board);
          } else if (act === "refuse" && chosen) {
            model = model.filter((entry) => entry !== chosen);
            p.refuse(pending, chosen.token);
          } else if (act === "advance" || act === "reload") {
            board = act === "advance" ? Math.min(seq, board + pick) : Math.max(0, board - pick);
            p.advance(pending, board);
          }
          model = model.filter((entry) => entry.seq === null || entry.seq > board);
          for (let cell = 0; cell <= 3; cell++) {
            const here = model.filter((entry) => entry.index === cell);
            const settled = here.every((entry) => entry.seq !== null);
            const sorted = settled ? here.sort((a, b) => a.seq! - b.seq!) : here;
            expect(p.pendingColor(pending, cell)).toBe(sorted.at(-1)?.color ?? null);
          }
        }
      }),
    );
  });
});
