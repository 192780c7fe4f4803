//! Bits in bytes, highest bit first, and unsigned LEB128 numbers.

use super::WireError;

/// Most bytes of a 32-bit LEB128 number.
const VARINT_MAX_BYTES: usize = 5;

/// Appends a number as LEB128: seven bits a byte, lowest first.
pub fn put_varint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Takes a LEB128 number off the front of `bytes`.
pub fn take_varint(bytes: &mut &[u8]) -> Result<u32, WireError> {
    let mut value = 0u64;
    for place in 0..VARINT_MAX_BYTES {
        let (byte, rest) = bytes.split_first().ok_or(WireError::Length)?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return u32::try_from(value).map_err(|_| WireError::Range("varint"));
        }
    }
    Err(WireError::Range("varint"))
}

/// Appends bits to a byte vector.
#[derive(Debug)]
pub struct BitWriter<'a> {
    out: &'a mut Vec<u8>,
    pending: u64,
    pending_bits: u32,
}

impl<'a> BitWriter<'a> {
    /// Writes behind what `out` already holds.
    pub fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, pending: 0, pending_bits: 0 }
    }

    /// The low `count` bits of `value`, highest first; `count` is at most 32.
    pub fn put(&mut self, value: u32, count: u32) {
        debug_assert!(count <= 32, "at most 32 bits at a time");
        let mask = (1u64 << count) - 1;
        self.pending = (self.pending << count) | (u64::from(value) & mask);
        self.pending_bits += count;
        while self.pending_bits >= 8 {
            self.pending_bits -= 8;
            self.out.push((self.pending >> self.pending_bits) as u8);
        }
    }

    /// `count` one bits and a zero bit.
    pub fn put_unary(&mut self, mut count: u32) {
        while count >= 32 {
            self.put(u32::MAX, 32);
            count -= 32;
        }
        self.put(((1u64 << (count + 1)) - 2) as u32, count + 1);
    }

    /// Fills the last byte with one bits: a run of ones without its zero is no
    /// number, so that the reader knows it for filling.
    pub fn finish(mut self) {
        if self.pending_bits > 0 {
            self.put(u32::MAX, 8 - self.pending_bits);
        }
    }
}

/// Bits that [`BitReader::peek`] shows at least.
const PEEK_BITS: u32 = 57;

/// Reads bits from a byte slice.
#[derive(Debug)]
pub struct BitReader<'a> {
    bytes: &'a [u8],
    /// Bits read.
    position: usize,
}

impl<'a> BitReader<'a> {
    /// Reads `bytes` from the first bit.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// Bits not yet read.
    pub fn remaining(&self) -> usize {
        self.bytes.len() * 8 - self.position
    }

    /// The next bits, the first one highest: at least [`PEEK_BITS`] of them,
    /// with zeros behind the end.
    fn peek(&self) -> u64 {
        let rest = &self.bytes[self.position / 8..];
        let word = rest.first_chunk().copied().unwrap_or_else(|| {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            word
        });
        u64::from_be_bytes(word) << (self.position % 8)
    }

    fn skip(&mut self, count: u32) -> Result<(), WireError> {
        if count as usize > self.remaining() {
            return Err(WireError::Length);
        }
        self.position += count as usize;
        Ok(())
    }

    /// The next `count` bits as a number, highest first; at most 32.
    pub fn take(&mut self, count: u32) -> Result<u32, WireError> {
        // In two steps: a shift by all 64 bits is not allowed.
        let value = self.peek() >> 32 >> (32 - count);
        self.skip(count)?;
        Ok(value as u32)
    }

    /// The number of one bits before the next zero bit, at most `limit`.
    pub fn take_unary(&mut self, limit: u32) -> Result<u32, WireError> {
        let mut count = 0;
        loop {
            let ones = self.peek().leading_ones().min(PEEK_BITS);
            count += ones;
            if count > limit {
                return Err(WireError::Range("number of ones"));
            }
            if ones < PEEK_BITS {
                self.skip(ones + 1)?;
                return Ok(count);
            }
            self.skip(ones)?;
        }
    }

    /// Whether nothing is left but the one bits that fill the last byte.
    pub fn is_done(&self) -> bool {
        let left = self.remaining();
        left < 8 && self.peek().leading_ones() as usize == left
    }
}
