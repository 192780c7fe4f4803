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

  get remainingBits(): number {
    return this.endBit - this.bit;
  }

  /** `count` bits as a number, highest first; `count` from 0 to MAX_READ_BITS. */
  read(count: number): number {
    if (count > this.remainingBits) throw new WireError("the bits end too early");
    if (count === 0) return 0;
    const value = this.peek() >>> (32 - count);
    this.bit += count;
    return value;
  }

  /** How many one bits come before the next zero bit, which is consumed too. */
  readUnary(max: number): number {
    let ones = 0;
    for (;;) {
      const valid = 32 - (this.bit & 7);
      const run = Math.clz32(~this.peek());
      ones += run;
      if (ones > max) throw new WireError("a gap leaves the grid");
      this.bit += run;
      if (run < valid) break;
    }
    if (this.remainingBits < 1) throw new WireError("the bits end too early");
    this.bit += 1;
    return ones;
  }

  /** Checks that only the zero padding of the last byte is left. */
  finish(): void {
    if (this.remainingBits > 7) throw new WireError("bytes are left over");
    if (this.read(this.remainingBits) !== 0) throw new WireError("the padding is not zero");
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

/** The counterpart of BitReader; the last byte is padded with zeros. */
export class BitWriter {
  private readonly bytes: number[] = [];
  private free = 0;

  write(value: number, count: number): void {
    for (let shift = count - 1; shift >= 0; shift--) this.writeBit((value >>> shift) & 1);
  }

  writeUnary(ones: number): void {
    for (let i = 0; i < ones; i++) this.writeBit(1);
    this.writeBit(0);
  }

  finish(): number[] {
    return this.bytes;
  }

  private writeBit(bit: number): void {
    if (this.free === 0) {
      this.bytes.push(0);
      this.free = 8;
    }
    this.free -= 1;
    this.bytes[this.bytes.length - 1]! |= bit << this.free;
  }
}
