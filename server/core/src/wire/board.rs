//! The board: the whole grid at one seq, as it is downloaded.

use super::WireError;
use crate::canvas::Canvas;
use crate::entry::Seq;
use crate::geometry::Size;
use crate::palette::ColorIndex;

/// First bytes of a board.
const MAGIC: [u8; 4] = *b"PLC1";

/// Bytes before the cells.
const HEADER_BYTES: usize = 16;

/// The board of a canvas, before compression.
pub fn encode(canvas: &Canvas) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER_BYTES + canvas.cells().len());
    out.extend(MAGIC);
    out.extend(canvas.size().width().to_le_bytes());
    out.extend(canvas.size().height().to_le_bytes());
    out.extend(canvas.seq().to_le_bytes());
    out.extend_from_slice(canvas.cells());
    out
}

/// Reads a board: its size, its seq and its cells.
pub fn decode(bytes: &[u8]) -> Result<(Size, Seq, &[ColorIndex]), WireError> {
    let (header, cells) = bytes.split_first_chunk::<HEADER_BYTES>().ok_or(WireError::Length)?;
    let [m0, m1, m2, m3, w0, w1, h0, h1, seq @ ..] = *header;
    if [m0, m1, m2, m3] != MAGIC {
        return Err(WireError::Range("magic"));
    }
    let size = Size::new(u16::from_le_bytes([w0, w1]), u16::from_le_bytes([h0, h1]))
        .map_err(|_| WireError::Range("size"))?;
    if cells.len() != size.cells() {
        return Err(WireError::Length);
    }
    Ok((size, Seq::from_le_bytes(seq), cells))
}
