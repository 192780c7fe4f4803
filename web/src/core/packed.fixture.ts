// Writes deltas for the tests, as docs/protocol.md says, in any code that is asked for.
import { BAND_ROWS, type Changes, type Code, colorBits } from "./packed";
import type { Shape } from "./wire";

class BitWriter {
  private readonly bits: number[] = [];

  write(value: number, count: number): void {
    for (let shift = count - 1; shift >= 0; shift--) this.bits.push((value >>> shift) & 1);
  }

  writeUnary(ones: number): void {
    for (let i = 0; i < ones; i++) this.bits.push(1);
    this.bits.push(0);
  }

  finish(): number[] {
    while (this.bits.length % 8 !== 0) this.bits.push(1);
    const bytes = [];
    for (let i = 0; i < this.bits.length; i += 8) {
      bytes.push(Number.parseInt(this.bits.slice(i, i + 8).join(""), 2));
    }
    return bytes;
  }
}

/** The counterpart of cellOfNumber. */
export function numberOfCell(cell: number, width: number, height: number): number {
  const [x, y] = [cell % width, Math.floor(cell / width)];
  const top = y - (y % BAND_ROWS);
  return top * width + x * Math.min(BAND_ROWS, height - top) + y - top;
}

/** The same changes in the order in which they are written. */
export function ordered({ cells, colors }: Changes, { width, height }: Shape): Changes {
  const byNumber = Array.from(cells, (cell, i) => ({ cell, color: colors[i]! })).sort(
    (a, b) => numberOfCell(a.cell, width, height) - numberOfCell(b.cell, width, height),
  );
  return {
    cells: Uint32Array.from(byNumber, ({ cell }) => cell),
    colors: Uint8Array.from(byNumber, ({ color }) => color),
  };
}

/** The counterpart of decodeChanges. */
export function encodeChanges(changes: Changes, { short, rice }: Code, shape: Shape): number[] {
  const perColor = colorBits(shape.colors);
  const writer = new BitWriter();
  let [next, before] = [0, 0];
  const { cells, colors } = ordered(changes, shape);
  cells.forEach((cell, i) => {
    const number = numberOfCell(cell, shape.width, shape.height);
    const [gap, color] = [number - next, colors[i]!];
    let kind = 3;
    if (short !== null) {
      if (gap >>> short === 0) kind = color === before ? 1 : 2;
      if (gap === 0 && kind === 1) kind = 0;
      writer.write([0b0, 0b10, 0b110, 0b111][kind]!, Math.min(kind + 1, 3));
    }
    if (kind === 1 || kind === 2) writer.write(gap, short!);
    if (kind === 3) {
      writer.writeUnary(gap >>> rice);
      writer.write(gap, rice);
    }
    if (kind > 1) writer.write(color, perColor);
    [next, before] = [number + 1, color];
  });
  return writer.finish();
}

function low(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);
}

function varint(value: number): number[] {
  const bytes = [];
  for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

function coded(kind: number, header: number[], changes: Changes, code: Code, shape: Shape) {
  const tag = 0xc0 | kind | (code.short === null ? code.rice : 0x1f);
  const parameters = code.short === null ? [] : [(code.short << 5) | code.rice];
  const bytes = [tag, ...header, ...parameters, ...encodeChanges(changes, code, shape)];
  return Uint8Array.from(bytes).buffer;
}

export function liveDelta(from: number, changes: Changes, code: Code, shape: Shape): ArrayBuffer {
  return coded(0, low(from, 2), changes, code, shape);
}

export function catchUp(
  from: number,
  span: number,
  changes: Changes,
  code: Code,
  shape: Shape,
): ArrayBuffer {
  return coded(0x20, [...low(from, 4), ...varint(span)], changes, code, shape);
}
