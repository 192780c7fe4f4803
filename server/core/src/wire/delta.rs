//! What changed from one seq to another, in as few bytes as it takes.

use super::bits::{BitReader, BitWriter, put_varint, take_varint};
use super::{WireError, tag};
use crate::entry::Seq;
use crate::geometry::Size;
use crate::palette::{ColorIndex, Palette};

/// Bytes of a `Pixels` message before its changes.
const PIXELS_HEADER_BYTES: usize = 13;

/// Bytes of one change in a `Pixels` message.
const CHANGE_BYTES: usize = 5;

/// Largest Rice parameter: a gap is below 2^24, the cells of the largest canvas.
const RICE_MAX: u32 = 24;

/// Cells that changed between two seqs, each once, sorted by index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// The seq before. On the wire only its low 32 bits.
    pub from: Seq,
    /// The seq after. On the wire only its low 32 bits.
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

    /// The shortest of the three forms. `colors` is the palette's length.
    pub fn encode(&self, size: Size, colors: usize) -> Vec<u8> {
        if let ([(index, color)], true) = (self.changes.as_slice(), self.to == self.from + 1) {
            return self.encode_pixel(size, *index, *color);
        }
        let plain_bytes = PIXELS_HEADER_BYTES + CHANGE_BYTES * self.changes.len();
        match self.encode_packed(colors) {
            Some(packed) if packed.len() < plain_bytes => packed,
            _ => self.encode_pixels(size, plain_bytes),
        }
    }

    fn encode_pixel(&self, size: Size, index: u32, color: ColorIndex) -> Vec<u8> {
        let mut out = Vec::with_capacity(10);
        out.push(tag::PIXEL);
        out.extend((self.to as u32).to_le_bytes());
        put_change(&mut out, size, index, color);
        out
    }

    fn encode_pixels(&self, size: Size, bytes: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes);
        out.push(tag::PIXELS);
        out.extend((self.from as u32).to_le_bytes());
        out.extend((self.to as u32).to_le_bytes());
        out.extend((self.changes.len() as u32).to_le_bytes());
        for (index, color) in &self.changes {
            put_change(&mut out, size, *index, *color);
        }
        out
    }

    /// The packed form; `None` where it can't stand: no change, or a span that
    /// 32 bits don't hold.
    pub fn encode_packed(&self, colors: usize) -> Option<Vec<u8>> {
        let span = u32::try_from(self.to - self.from).ok()?;
        if self.changes.is_empty() {
            return None;
        }
        let rice = self.best_rice();
        let color_bits = Palette::bits_for(colors);
        let mut out = Vec::with_capacity(16 + self.changes.len() * 3);
        out.push(tag::PACKED);
        out.extend((self.to as u32).to_le_bytes());
        put_varint(&mut out, span);
        put_varint(&mut out, self.changes.len() as u32);
        out.push(rice as u8);
        let mut bits = BitWriter::new(&mut out);
        for (gap, color) in self.gaps() {
            bits.put_unary(gap >> rice);
            bits.put(gap, rice);
            bits.put(u32::from(color), color_bits);
        }
        bits.finish();
        Some(out)
    }

    /// Distances from cell to cell, less the one that each is at least apart.
    fn gaps(&self) -> impl Iterator<Item = (u32, ColorIndex)> + '_ {
        let mut next = 0;
        self.changes.iter().map(move |(index, color)| {
            let gap = index - next;
            next = index + 1;
            (gap, *color)
        })
    }

    /// The Rice parameter with the fewest bits. The cost has one minimum near
    /// the logarithm of the mean gap, so the neighbours of that are enough.
    fn best_rice(&self) -> u32 {
        let (last, count) = match self.changes.last() {
            Some((last, _)) => (*last, self.changes.len() as u32),
            None => return 0,
        };
        let guess = (last / count).checked_ilog2().unwrap_or(0);
        (guess.saturating_sub(1)..=(guess + 1).min(RICE_MAX))
            .min_by_key(|rice| {
                self.gaps().map(|(gap, _)| u64::from((gap >> rice) + rice)).sum::<u64>()
            })
            .unwrap_or(guess)
    }

    /// Reads any of the three forms. `from` and `to` hold the low 32 bits
    /// only.
    pub fn decode(bytes: &[u8], size: Size, colors: usize) -> Result<Self, WireError> {
        let (tag, rest) = bytes.split_first().ok_or(WireError::Length)?;
        match *tag {
            tag::PIXEL => decode_pixel(rest, size, colors),
            tag::PIXELS => decode_pixels(rest, size, colors),
            tag::PACKED => decode_packed(rest, size, colors),
            other => Err(WireError::Tag(other)),
        }
    }
}

fn put_change(out: &mut Vec<u8>, size: Size, index: u32, color: ColorIndex) {
    let cell = size.cell(index);
    out.extend(cell.x.to_le_bytes());
    out.extend(cell.y.to_le_bytes());
    out.push(color);
}

fn take_u32(bytes: &mut &[u8]) -> Result<u32, WireError> {
    let (number, rest) = bytes.split_first_chunk().ok_or(WireError::Length)?;
    *bytes = rest;
    Ok(u32::from_le_bytes(*number))
}

fn take_change(bytes: &[u8], size: Size, colors: usize) -> Result<(u32, ColorIndex), WireError> {
    let [x0, x1, y0, y1, color] = *bytes else { return Err(WireError::Length) };
    let cell = crate::Cell { x: u16::from_le_bytes([x0, x1]), y: u16::from_le_bytes([y0, y1]) };
    let index = size.index(cell).ok_or(WireError::Range("cell"))?;
    Ok((index, checked_color(u32::from(color), colors)?))
}

fn checked_color(color: u32, colors: usize) -> Result<ColorIndex, WireError> {
    if (color as usize) < colors { Ok(color as ColorIndex) } else { Err(WireError::Range("color")) }
}

fn decode_pixel(mut rest: &[u8], size: Size, colors: usize) -> Result<Delta, WireError> {
    let to = take_u32(&mut rest)?;
    let change = take_change(rest, size, colors)?;
    Ok(Delta { from: Seq::from(to.wrapping_sub(1)), to: Seq::from(to), changes: vec![change] })
}

fn decode_pixels(mut rest: &[u8], size: Size, colors: usize) -> Result<Delta, WireError> {
    let from = Seq::from(take_u32(&mut rest)?);
    let to = Seq::from(take_u32(&mut rest)?);
    let count = take_u32(&mut rest)? as usize;
    // The length is checked before anything of that size is allocated.
    if count.checked_mul(CHANGE_BYTES) != Some(rest.len()) {
        return Err(WireError::Length);
    }
    let changes = rest
        .chunks_exact(CHANGE_BYTES)
        .map(|change| take_change(change, size, colors))
        .collect::<Result<Vec<_>, _>>()?;
    if changes.windows(2).all(|pair| pair[0].0 < pair[1].0) {
        Ok(Delta { from, to, changes })
    } else {
        Err(WireError::Range("order"))
    }
}

fn decode_packed(mut rest: &[u8], size: Size, colors: usize) -> Result<Delta, WireError> {
    let to = take_u32(&mut rest)?;
    let span = take_varint(&mut rest)?;
    let count = take_varint(&mut rest)?;
    let (rice, rest) = rest.split_first().ok_or(WireError::Length)?;
    let rice = u32::from(*rice);
    if rice > RICE_MAX {
        return Err(WireError::Range("rice parameter"));
    }
    let color_bits = Palette::bits_for(colors);
    // Every change takes at least a stop bit, the low bits and the color: a
    // count that the bytes can't hold is refused before allocating for it.
    let least_bits = u64::from(count) * u64::from(1 + rice + color_bits);
    if count == 0 || least_bits > rest.len() as u64 * 8 {
        return Err(WireError::Range("count"));
    }
    let cells = size.cells() as u32;
    let mut bits = BitReader::new(rest);
    let mut changes = Vec::with_capacity(count as usize);
    let mut next = 0u32;
    for _ in 0..count {
        let high = bits.take_unary(cells >> rice)?;
        let gap = (high << rice) | bits.take(rice)?;
        let index = next.checked_add(gap).filter(|index| *index < cells);
        let index = index.ok_or(WireError::Range("cell"))?;
        changes.push((index, checked_color(bits.take(color_bits)?, colors)?));
        next = index + 1;
    }
    bits.finish()?;
    Ok(Delta { from: Seq::from(to.wrapping_sub(span)), to: Seq::from(to), changes })
}
