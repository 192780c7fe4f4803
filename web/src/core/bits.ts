import { WireError } from "./error";

/** The most bits one read may take: with up to 7 bits of offset they still fit in 32. */
export const MAX_READ_BITS = 24;

/** Reads bits from the highest of each byte down, over a part of a byte array. */
export class BitReader {
  private readonly bytes: Uint8Array;
  private readonly endBit: number;
  private bit: number;

  constructor(bytes: Uint8Array, startByte: number) {
    this.bytes = bytes;
    this.bit = startByte * 8;
    this.endBit = bytes.length * 8;
  }

  /** `count` bits as a number, highest first; `count` from 0 to MAX_READ_BITS. */
  read(count: number): number {
    if (count === 0) return 0;
    const value = this.peek() >>> (32 - count);
    this.skip(count);
    return value;
  }

  /** How many one bits come before the next zero bit, which is consumed too. */
  readUnary(max: number): number {
    let ones = 0;
    for (;;) {
      const shown = 32 - (this.bit & 7);
      const run = Math.clz32(~this.peek());
      ones += run;
      if (ones > max) throw new WireError("a gap leaves the grid");
      if (run < shown) {
        this.skip(run + 1);
        return ones;
      }
      this.skip(run);
    }
  }

  /** How many one bits come before the next zero bit, which is consumed too, or three. */
  readKind(): number {
    const ones = Math.clz32(~this.peek());
    if (ones >= 3) {
      this.skip(3);
      return 3;
    }
    this.skip(ones + 1);
    return ones;
  }

  /** Whether nothing is left but the one bits that fill the last byte. */
  isDone(): boolean {
    const left = this.endBit - this.bit;
    return left < 8 && Math.clz32(~this.peek()) === left;
  }

  private skip(count: number): void {
    this.bit += count;
    if (this.bit > this.endBit) throw new WireError("the bits end too early");
  }

  /** The next 25 to 32 bits at the top of a word, with zeros after them and after the end. */
  private peek(): number {
    const at = this.bit >>> 3;
    const bytes = this.bytes;
    const word =
      ((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0);
    return word << (this.bit & 7);
  }
}
