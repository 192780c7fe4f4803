//! What changed from one seq to another, in as few bytes as it takes.

use super::bits::{put_varint, take_varint};
use super::packed::{self, Code, Gaps, RICE_MAX};
use super::{WireError, tag};
use crate::entry::Seq;
use crate::geometry::Size;
use crate::palette::ColorIndex;

/// In the first byte: the header of a catch-up follows.
const CATCH_UP: u8 = 0x20;

/// In the first byte: the Rice parameter of scattered cells, or [`DRAWN`].
const CODE_MASK: u8 = 0x1f;

/// In place of a Rice parameter: one more byte says how the drawing is coded.
const DRAWN: u8 = 0x1f;

/// Cells that changed between two seqs, each once, sorted by index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// The seq before.
    pub from: Seq,
    /// The seq after.
    pub to: Seq,
    /// Cell index and color, sorted by index, each index once.
    pub changes: Vec<(u32, ColorIndex)>,
}

impl Delta {
    /// Coalesces changes that happened in this order: the last one on a cell
    /// stands.
    pub fn coalesce(from: Seq, to: Seq, mut changes: Vec<(u32, ColorIndex)>) -> Self {
        changes.sort_by_key(|(index, _)| *index);
        changes.reverse();
        changes.dedup_by_key(|(index, _)| *index);
        changes.reverse();
        Self { from, to, changes }
    }

    /// For viewers that are at `from` and have been told so: the header holds
    /// 16 bits of it, for them to check that nothing is missing. Where that
    /// does not do, because entries and cells are not as many, it is the same
    /// as [`Delta::encode`]. `colors` is the palette's length.
    pub fn encode_live(&self, size: Size, colors: usize) -> Vec<u8> {
        if self.to - self.from != self.changes.len() as u64 || self.changes.is_empty() {
            return self.encode(size, colors);
        }
        self.encode_behind(0, &(self.from as u16).to_le_bytes(), size, colors)
    }

    /// For viewers that may be anywhere between `from` and `to`: the header
    /// holds 32 bits of `from`, and the span. At most 2^32 − 1 entries.
    pub fn encode(&self, size: Size, colors: usize) -> Vec<u8> {
        let mut header = (self.from as u32).to_le_bytes().to_vec();
        put_varint(&mut header, (self.to - self.from) as u32);
        self.encode_behind(CATCH_UP, &header, size, colors)
    }

    fn encode_behind(&self, kind: u8, header: &[u8], size: Size, colors: usize) -> Vec<u8> {
        let gaps = Gaps::new(&self.changes, size, colors);
        let code = gaps.best_code();
        let bytes = gaps.bits(code).div_ceil(8) as usize;
        let mut out = Vec::with_capacity(2 + header.len() + bytes);
        match code {
            Code::Scattered { rice } => {
                out.push(tag::DELTA | kind | rice as u8);
                out.extend_from_slice(header);
            }
            Code::Drawn { short, rice } => {
                out.push(tag::DELTA | kind | DRAWN);
                out.extend_from_slice(header);
                out.push((short << 5 | rice) as u8);
            }
        }
        gaps.put(&mut out, code);
        out
    }

    /// Reads a delta. `at` is where the viewer is: the seqs are those nearest
    /// to it that have the bits of the header.
    pub fn decode(bytes: &[u8], size: Size, colors: usize, at: Seq) -> Result<Self, WireError> {
        let (first, mut rest) = bytes.split_first().ok_or(WireError::Length)?;
        if first & tag::DELTA != tag::DELTA {
            return Err(WireError::Tag(*first));
        }
        let (from, span) = if first & CATCH_UP != 0 {
            let low = u32::from_le_bytes(take(&mut rest)?);
            let ahead = i64::from(low.wrapping_sub(at as u32).cast_signed());
            (at.wrapping_add_signed(ahead), Some(take_varint(&mut rest)?))
        } else {
            let low = u16::from_le_bytes(take(&mut rest)?);
            let ahead = i64::from(low.wrapping_sub(at as u16).cast_signed());
            (at.wrapping_add_signed(ahead), None)
        };
        let code = take_code(first & CODE_MASK, &mut rest)?;
        let changes = packed::decode(rest, code, size, colors)?;
        if span.is_none() && changes.is_empty() {
            return Err(WireError::Range("count"));
        }
        let span = span.map_or(changes.len() as u64, u64::from);
        Ok(Self { from, to: from.wrapping_add(span), changes })
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], WireError> {
    let (taken, rest) = bytes.split_first_chunk().ok_or(WireError::Length)?;
    *bytes = rest;
    Ok(*taken)
}

fn take_code(first: u8, rest: &mut &[u8]) -> Result<Code, WireError> {
    let code = if first == DRAWN {
        let [parameters] = take(rest)?;
        Code::Drawn { short: u32::from(parameters >> 5), rice: u32::from(parameters & CODE_MASK) }
    } else {
        Code::Scattered { rice: u32::from(first) }
    };
    match code {
        Code::Drawn { rice, .. } | Code::Scattered { rice } if rice > RICE_MAX => {
            Err(WireError::Range("rice parameter"))
        }
        code => Ok(code),
    }
}
