import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Changes, colorBits, decodeChanges, encodeChanges } from "./packed";
import {
  type DeltaFrame,
  decodeFrame,
  encodePlace,
  REFUSALS,
  type ServerFrame,
  type Shape,
  WireError,
} from "./wire";

const SHAPE: Shape = { width: 20, height: 30, colors: 17 };

function hex(text: string): ArrayBuffer {
  const pairs = text.replace(/\s/g, "").match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)).buffer;
}

function u32(value: number): number[] {
  return [value, value >>> 8, value >>> 16, value >>> 24].map((byte) => byte & 0xff);
}

function varint(value: number): number[] {
  const bytes = [];
  for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

function pixels(from: number, to: number, changes: Changes, width: number): ArrayBuffer {
  const bytes = [0x84, ...u32(from), ...u32(to), ...u32(changes.cells.length)];
  changes.cells.forEach((cell, i) => {
    const x = cell % width;
    const y = Math.floor(cell / width);
    bytes.push(x & 0xff, x >> 8, y & 0xff, y >> 8, changes.colors[i]!);
  });
  return Uint8Array.from(bytes).buffer;
}

function packed(
  span: number,
  to: number,
  changes: Changes,
  k: number,
  colors: number,
): ArrayBuffer {
  const head = [0x85, ...u32(to), ...varint(span), ...varint(changes.cells.length), k];
  return Uint8Array.from([...head, ...encodeChanges(changes, k, colors)]).buffer;
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
      "one pixel, as the low 32 bits wrap",
      "83 00000000 0300 0200 10",
      {
        kind: "delta",
        from: 0xffff_ffff,
        to: 0,
        cells: Uint32Array.of(43),
        colors: Uint8Array.of(16),
      },
    ],
    [
      "no change",
      "84 05000000 06000000 00000000",
      { kind: "delta", from: 5, to: 6, cells: new Uint32Array(), colors: new Uint8Array() },
    ],
    [
      "packed: cells 0 and 5, k = 2, colors of 5 bits",
      // 0 00 00001 | 10 00 10000 | padding
      "85 09000000 02 02 02 01 88 00",
      {
        kind: "delta",
        from: 7,
        to: 9,
        cells: Uint32Array.of(0, 5),
        colors: Uint8Array.of(1, 16),
      },
    ],
  ];
  it.each(good)("reads %s", (_name, bytes, frame) => {
    expect(decodeFrame(hex(bytes), SHAPE)).toEqual(frame);
  });

  it("knows every reason", () => {
    REFUSALS.forEach((reason, i) => {
      const code = (i + 1).toString(16).padStart(2, "0");
      const frame = decodeFrame(hex(`82 01000000 ${code} 00 0000 00000000`), SHAPE);
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
    ["refused for reason 11", "82 07000000 0b 04 0000 f4010000"],
    ["refused with a color beyond the palette", "82 07000000 01 11 0000 f4010000"],
    ["a pixel at x = width", "83 01000000 1400 0000 00"],
    ["a pixel at y = height", "83 01000000 0000 1e00 00"],
    ["a pixel with a color beyond the palette", "83 01000000 0000 0000 11"],
    ["pixels whose header ends early", "84 05000000 06000000 000000"],
    ["pixels with fewer changes than counted", "84 05000000 06000000 01000000 00000000"],
    ["pixels with more changes than counted", "84 05000000 06000000 00000000 0000000000"],
    ["pixels with a count beyond the grid", "84 05000000 06000000 ffffffff 0000000000"],
    ["pixels that name a cell twice", "84 05000000 06000000 02000000 0000000001 0000000002"],
    ["pixels that are not sorted", "84 05000000 06000000 02000000 0100000001 0000000002"],
    ["packed without a count", "85 09000000 02"],
    ["packed with a varint of six bytes", "85 09000000 808080808000 02 02 0188 00"],
    ["packed with a varint over 32 bits", "85 09000000 ffffffff1f 02 02 0188 00"],
    ["packed with count 0", "85 09000000 02 00 02 00"],
    ["packed with a count beyond the grid", "85 09000000 02 ffffffff0f 02 0188 00"],
    ["packed with a count beyond the message", "85 09000000 02 04 02 0188 00"],
    ["packed with k = 25", "85 09000000 02 01 19 00000000 00000000"],
    ["packed with a quotient beyond the grid", "85 09000000 02 01 0a c0 00 00"],
    ["packed with a gap beyond the grid", "85 09000000 02 01 0a 4b 02 00"],
    ["packed with a color beyond the palette", "85 09000000 02 01 02 11 00"],
    ["packed with padding that is not zero", "85 09000000 02 02 02 01 88 40"],
    ["packed with a byte left over", "85 09000000 02 02 02 01 88 00 00"],
    ["packed that ends inside a change", "85 09000000 02 02 02 01 88"],
  ];
  it.each(bad)("refuses %s", (_name, bytes) => {
    expect(() => decodeFrame(hex(bytes), SHAPE)).toThrow(WireError);
  });

  it("reads back what was written, plain and packed", () => {
    const position = fc.integer({ min: 0, max: 0xffff_ffff });
    const examples = fc.tuple(changesOfShape, position, position, fc.nat(24));
    fc.assert(
      fc.property(examples, ([{ shape, changes }, from, to, k]) => {
        const plain = decodeFrame(pixels(from, to, changes, shape.width), shape) as DeltaFrame;
        expect(plain).toEqual({ kind: "delta", from, to, ...changes });
        // A small k makes huge gaps long: keep the test's messages short.
        fc.pre(shape.width * shape.height < 2 ** (k + 12));
        const span = (to - from) >>> 0;
        const frame = packed(span, to, changes, k, shape.colors);
        expect(decodeFrame(frame, shape)).toEqual(plain);
      }),
    );
  });

  it("throws a WireError or nothing on any bytes, and gives only what fits", () => {
    const tag = fc.constantFrom(0x81, 0x82, 0x83, 0x84, 0x85, 0x00);
    const rest = fc.uint8Array({ maxLength: 60 });
    fc.assert(
      fc.property(shapes, tag, rest, (shape, first, bytes) => {
        const buffer = Uint8Array.of(first, ...bytes).buffer;
        try {
          const frame = decodeFrame(buffer, shape);
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
      fc.property(changesOfShape, fc.nat(), ({ shape, changes }, at) => {
        const bytes = new Uint8Array(packed(70, 100, changes, 20, shape.colors));
        const bit = at % (bytes.length * 8);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        try {
          decodeFrame(bytes.buffer, shape);
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

  it("reads unary runs across words", () => {
    const changes = { cells: Uint32Array.of(700, 701, 4000), colors: Uint8Array.of(1, 0, 1) };
    const bytes = Uint8Array.from(encodeChanges(changes, 0, 2));
    expect(decodeChanges(bytes, 0, 3, 0, 4096, 2)).toEqual(changes);
  });
});
