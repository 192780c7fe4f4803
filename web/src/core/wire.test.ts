import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Code, cellOfNumber, colorBits, decodeChanges, MAX_CHANGES } from "./packed";
import { catchUp, encodeChanges, liveDelta, numberOfCell, ordered } from "./packed.fixture";
import {
  decodeFrame,
  encodePlace,
  REFUSALS,
  type ServerFrame,
  type Shape,
  WireError,
} from "./wire";

const SHAPE: Shape = { width: 20, height: 30, colors: 17 };
/** Where the viewer is. */
const AT = 0x10412;

function hex(text: string): ArrayBuffer {
  const pairs = text.replace(/\s/g, "").match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)).buffer;
}

const shapes = fc.record({
  width: fc.integer({ min: 1, max: 4096 }),
  height: fc.integer({ min: 1, max: 4096 }),
  colors: fc.integer({ min: 1, max: 255 }),
});

/** A shape, and some changes that fit it, sorted. */
const changesOfShape = shapes.chain((shape) =>
  fc
    .uniqueArray(fc.nat(shape.width * shape.height - 1), { minLength: 1, maxLength: 60 })
    .chain((cells) =>
      fc
        .array(fc.nat(shape.colors - 1), { minLength: cells.length, maxLength: cells.length })
        .map((colors) => ({
          shape,
          changes: {
            cells: Uint32Array.from(cells.sort((a, b) => a - b)),
            colors: Uint8Array.from(colors),
          },
        })),
    ),
);

const codes: fc.Arbitrary<Code> = fc.record({
  short: fc.option(fc.nat(7)),
  // A small parameter makes huge gaps long: keep the tests' messages short.
  rice: fc.integer({ min: 12, max: 24 }),
});

describe("encodePlace", () => {
  it("writes the ten bytes of the protocol's example", () => {
    expect(new Uint8Array(encodePlace(7, 3, 5, 10))).toEqual(
      new Uint8Array(hex("01 07000000 0300 0500 0a")),
    );
  });
});

describe("decodeFrame", () => {
  const good: [string, string, ServerFrame][] = [
    [
      "placed",
      "81 07000000 1204000000000000 1300 e8030000",
      { kind: "placed", token: 7, seq: 1042, saved: 19, nextMs: 1000 },
    ],
    [
      "refused with the true color",
      "82 07000000 01 04 0000 f4010000",
      { kind: "refused", token: 7, reason: "cooldown", color: 4, saved: 0, waitMs: 500 },
    ],
    [
      "refused without a cell",
      "82 00000000 07 ff 0500 00000000",
      { kind: "refused", token: 0, reason: "malformed", color: null, saved: 5, waitMs: 0 },
    ],
    [
      "a live pixel, seen from where it follows",
      // 11 0 00010 | from | 1111110 10, 10000, 11: the cell at (3, 2) has the number 26 = 6 × 4 + 2
      "c2 1204 fd43",
      {
        kind: "delta",
        from: AT,
        to: AT + 1,
        catchUp: false,
        cells: Uint32Array.of(43),
        colors: Uint8Array.of(16),
      },
    ],
    [
      "a drawing, with a step of each kind",
      // 11 0 11111 | from | 010 00011 | 0, 10 01, 110 00 00101, 111 111110 110 00101
      "df 1404 43 4e0bfec5",
      {
        kind: "delta",
        from: AT + 2,
        to: AT + 6,
        catchUp: false,
        cells: Uint32Array.of(0, 40, 60, 46),
        colors: Uint8Array.of(0, 0, 5, 5),
      },
    ],
    [
      "a catch-up without a change",
      "e0 05000100 01",
      {
        kind: "delta",
        from: 0x10005,
        to: 0x10006,
        catchUp: true,
        cells: new Uint32Array(),
        colors: new Uint8Array(),
      },
    ],
  ];
  it.each(good)("reads %s", (_name, bytes, frame) => {
    expect(decodeFrame(hex(bytes), SHAPE, AT)).toEqual(frame);
  });

  it("knows every reason", () => {
    REFUSALS.forEach((reason, i) => {
      const code = (i + 1).toString(16).padStart(2, "0");
      const frame = decodeFrame(hex(`82 01000000 ${code} 00 0000 00000000`), SHAPE, AT);
      expect(frame).toMatchObject({ kind: "refused", reason });
    });
  });

  const bad: [string, string][] = [
    ["nothing", ""],
    ["an unknown tag", "80"],
    ["a client's tag", "01 07000000 0300 0500 0a"],
    ["placed, a byte short", "81 07000000 1204000000000000 1300 e80300"],
    ["placed, a byte long", "81 07000000 1204000000000000 1300 e8030000 00"],
    ["placed beyond 2^53", "81 07000000 0000000000002000 1300 e8030000"],
    ["refused for reason 0", "82 07000000 00 04 0000 f4010000"],
    ["refused for reason 18", "82 07000000 12 04 0000 f4010000"],
    ["refused with a color beyond the palette", "82 07000000 01 11 0000 f4010000"],
    ["a tag of no message", "bf 0000 00"],
    ["a live delta without a seq", "c2 12"],
    ["a live delta without a change", "c2 1204"],
    ["a live delta of filling only", "c2 1204 7f"],
    ["a live delta with k = 25", "d9 1204 00000000 00000000"],
    ["a gap that ends early", "c2 1204 ff"],
    ["a gap without its low bits", "c2 1204 fe"],
    ["a change without its color", "c2 1204 fd"],
    ["a quotient beyond the grid", "ca 1204 c00000"],
    ["a gap beyond the grid", "c9 1204 a587"],
    ["a color beyond the palette", "c2 1204 fd47"],
    ["filling that is not all ones", "c2 1204 fd41"],
    ["a byte of filling too much", "c2 1204 fd43 ff"],
    ["a drawing without its parameters", "df 1204"],
    ["a drawing without a change", "df 1204 43"],
    ["a drawing with k = 25", "df 1204 59 00"],
    ["a drawing whose short gap ends early", "df 1204 e3 bf"],
    ["a drawing with a color beyond the palette", "df 1204 43 c47f"],
    ["a catch-up without a seq", "e2 050001"],
    ["a catch-up without a span", "e2 05000100"],
    ["a catch-up with a varint of six bytes", "e2 05000100 808080808000 fd43"],
    ["a catch-up with a varint over 32 bits", "e2 05000100 ffffffff1f fd43"],
    ["a catch-up with drawing without parameters", "ff 05000100 01"],
  ];
  it.each(bad)("refuses %s", (_name, bytes) => {
    expect(() => decodeFrame(hex(bytes), SHAPE, AT)).toThrow(WireError);
  });

  it("reads back what was written, seen from anywhere near", () => {
    const seqs = fc.maxSafeNat().filter((seq) => seq > 2 ** 16);
    const examples = fc.tuple(changesOfShape, codes, seqs, fc.nat(0x7fff), fc.nat(0xffff_ffff));
    fc.assert(
      fc.property(examples, ([{ shape, changes }, code, from, away, span]) => {
        const told = { kind: "delta", from, ...ordered(changes, shape) };
        const live = liveDelta(from, changes, code, shape);
        const to = from + changes.cells.length;
        expect(decodeFrame(live, shape, from + away)).toEqual({ ...told, to, catchUp: false });
        expect(decodeFrame(live, shape, from - away)).toEqual({ ...told, to, catchUp: false });
        const frame = catchUp(from, span, changes, code, shape);
        const whole = { ...told, to: from + span, catchUp: true };
        expect(decodeFrame(frame, shape, from + away)).toEqual(whole);
        expect(decodeFrame(frame, shape, Math.max(0, from - away * 2 ** 16))).toEqual(whole);
      }),
    );
  });

  it("throws a WireError or nothing on any bytes, and gives only what fits", () => {
    const tag = fc.constantFrom(0x81, 0x82, 0xc0, 0xc9, 0xdf, 0xe4, 0xff, 0x00);
    const rest = fc.uint8Array({ maxLength: 60 });
    fc.assert(
      fc.property(shapes, tag, rest, (shape, first, bytes) => {
        const buffer = Uint8Array.of(first, ...bytes).buffer;
        try {
          const frame = decodeFrame(buffer, shape, AT);
          if (frame.kind !== "delta") return;
          expect(frame.cells.every((cell) => cell < shape.width * shape.height)).toBe(true);
          expect(frame.colors.every((color) => color < shape.colors)).toBe(true);
          expect(new Set(frame.cells).size).toBe(frame.cells.length);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("refuses or still fits when a bit of a good message flips", () => {
    fc.assert(
      fc.property(changesOfShape, codes, fc.nat(), ({ shape, changes }, code, at) => {
        const bytes = new Uint8Array(catchUp(70, 100, changes, code, shape));
        const bit = at % (bytes.length * 8);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        try {
          decodeFrame(bytes.buffer, shape, AT);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("packed changes", () => {
  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [16, 4],
    [17, 5],
    [32, 5],
    [255, 8],
  ])("a palette of %i colors takes %i bits", (colors, bits) => {
    expect(colorBits(colors)).toBe(bits);
  });

  it("numbers each cell once, in bands of eight rows", () => {
    for (const [width, height] of [
      [16, 16],
      [20, 30],
      [17, 19],
      [33, 8],
    ] as const) {
      const numbers = Array.from({ length: width * height }, (_, number) => number);
      const cells = numbers.map((number) => cellOfNumber(number, width, height));
      expect(cells.map((cell) => numberOfCell(cell, width, height))).toEqual(numbers);
      expect(new Set(cells).size).toBe(width * height);
      expect(cells.slice(0, 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((y) => y * width).concat(1));
    }
  });

  it("reads unary runs across words", () => {
    const shape = { width: 64, height: 64, colors: 2 };
    const changes = { cells: Uint32Array.of(6, 700, 4095), colors: Uint8Array.of(1, 0, 1) };
    const code = { short: null, rice: 0 };
    const bytes = Uint8Array.from(encodeChanges(changes, code, shape));
    expect(decodeChanges(bytes, 0, code, shape)).toEqual(ordered(changes, shape));
  });

  it("holds as many changes as a server sends at once, and not one more", () => {
    const shape = { width: 4096, height: 4096, colors: 2 };
    const code = { short: 0, rice: 0 };
    const most = new Uint8Array(MAX_CHANGES / 8);
    expect(decodeChanges(most, 0, code, shape).cells).toHaveLength(MAX_CHANGES);
    const more = new Uint8Array(most.length + 1);
    expect(() => decodeChanges(more, 0, code, shape)).toThrow(WireError);
  });
});
