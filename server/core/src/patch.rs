//! Many cells set at once: what a teacher's tools do to a canvas, written down
//! as what came of it, so that every fold of the journal agrees.

use bincode::error::{DecodeError, EncodeError};
use bincode::{Decode, Encode};

use crate::entry::SeatNumber;
use crate::geometry::{Area, Cell, Size};
use crate::limits::{PATCH_MAX_BYTES, SEATS_MAX};
use crate::marks::{Mark, Marks};

/// Cells next to each other, in the order of their indices, that become the
/// same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first cell's index.
    pub start: u32,
    /// Number of cells; at least 1.
    pub length: u32,
    /// What they become.
    pub mark: Mark,
}

/// Cells and what they become, in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    spans: Vec<Span>,
}

impl Patch {
    /// The patch of these changes, in ascending order of their indices.
    pub fn of(changes: impl IntoIterator<Item = (u32, Mark)>) -> Self {
        let mut patch = Self::default();
        for (index, mark) in changes {
            patch.push(index, mark);
        }
        patch
    }

    /// As many patches as it takes to keep each within [`PATCH_MAX_BYTES`].
    pub fn split(changes: impl IntoIterator<Item = (u32, Mark)>) -> Vec<Self> {
        let (mut patches, mut patch, mut bytes) = (Vec::new(), Self::default(), 0);
        for (index, mark) in changes {
            if patch.push(index, mark) {
                bytes += SPAN_MAX_BYTES;
            }
            if bytes + SPAN_MAX_BYTES > PATCH_MAX_BYTES {
                patches.push(std::mem::take(&mut patch));
                bytes = 0;
            }
        }
        if !patch.spans.is_empty() {
            patches.push(patch);
        }
        patches
    }

    /// What changes where `from` differs from `to`, among these indices.
    pub fn between(
        from: &Marks,
        to: &Marks,
        indices: impl IntoIterator<Item = u32>,
    ) -> impl Iterator<Item = (u32, Mark)> {
        let change = |index: u32| (index, to.at(index));
        indices.into_iter().map(change).filter(|(index, mark)| from.at(*index) != *mark)
    }

    /// Adds a cell behind all others; tells whether that began a span.
    fn push(&mut self, index: u32, mark: Mark) -> bool {
        if let Some(last) = self.spans.last_mut() {
            let end = last.start + last.length;
            assert!(index >= end, "a patch is made in ascending order");
            if index == end && mark == last.mark {
                last.length += 1;
                return false;
            }
        }
        self.spans.push(Span { start: index, length: 1, mark });
        true
    }

    /// Its spans.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Each cell's index and what it becomes.
    pub fn cells(&self) -> impl Iterator<Item = (u32, Mark)> {
        let each = |span: &Span| {
            let mark = span.mark;
            (span.start..span.start + span.length).map(move |index| (index, mark))
        };
        self.spans.iter().flat_map(each)
    }

    /// What a cell becomes; `None` if it stays.
    pub fn at(&self, index: u32) -> Option<Mark> {
        let after = self.spans.partition_point(|span| span.start <= index);
        let span = self.spans[..after].last()?;
        (index - span.start < span.length).then_some(span.mark)
    }

    /// The smallest area of a canvas that it fits in which all its cells lie;
    /// `None` without any.
    pub fn extent(&self, size: Size) -> Option<Area> {
        let (first, last) = (self.spans.first()?, self.spans.last()?);
        let (mut left, mut right) = (u16::MAX, 0);
        for span in &self.spans {
            let (from, to) = (size.cell(span.start), size.cell(span.start + span.length - 1));
            let is_one_row = from.y == to.y;
            left = left.min(if is_one_row { from.x } else { 0 });
            right = right.max(if is_one_row { to.x } else { size.width() - 1 });
        }
        let (top, bottom) = (size.cell(first.start).y, size.cell(last.start + last.length - 1).y);
        Area::new(Cell { x: left, y: top }, right - left + 1, bottom - top + 1).ok()
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.spans.iter().map(|span| span.length as usize).sum()
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Whether it can be laid on a canvas of this size with so many colors.
    pub fn fits(&self, size: Size, colors: usize) -> bool {
        let end = self.spans.last().map_or(0, |span| span.start + span.length);
        end as usize <= size.cells()
            && self.spans.iter().all(|span| usize::from(span.mark.color) < colors)
    }
}

/// The most that a span takes: three numbers of up to 28 bits in groups of
/// seven, and a color.
const SPAN_MAX_BYTES: usize = 3 * 4 + 1;

/// The stored form: a length in bytes, then for each span the cells between it
/// and the one before, its length, its color, and its owner; numbers in groups
/// of seven bits, the lowest first, as in `LEB128`.
impl Encode for Patch {
    fn encode<E: bincode::enc::Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        let mut bytes = Vec::new();
        let mut end = 0;
        for Span { start, length, mark } in &self.spans {
            put_number(&mut bytes, start - end);
            put_number(&mut bytes, *length);
            bytes.push(mark.color);
            put_number(&mut bytes, mark.owner);
            end = start + length;
        }
        bytes.encode(encoder)
    }
}

impl<C> Decode<C> for Patch {
    fn decode<D: bincode::de::Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let bytes = Vec::<u8>::decode(decoder)?;
        read_spans(&bytes)
            .map(|spans| Self { spans })
            .ok_or(DecodeError::Other("a patch that is none"))
    }
}

bincode::impl_borrow_decode!(Patch);

fn read_spans(mut bytes: &[u8]) -> Option<Vec<Span>> {
    let mut spans = Vec::new();
    let mut end = 0u32;
    while !bytes.is_empty() {
        let start = end.checked_add(take_number(&mut bytes)?)?;
        let length = take_number(&mut bytes)?;
        let (color, rest) = bytes.split_first()?;
        bytes = rest;
        let owner: SeatNumber = take_number(&mut bytes)?;
        end = start.checked_add(length)?;
        if length == 0 || owner > SEATS_MAX {
            return None;
        }
        spans.push(Span { start, length, mark: Mark { color: *color, owner } });
    }
    Some(spans)
}

fn put_number(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take_number(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0;
    for group in 0..4 {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(byte & 0x7f) << (7 * group);
        if byte & 0x80 == 0 {
            // One number has one form: none ends in an empty group.
            return (group == 0 || *byte != 0).then_some(number);
        }
    }
    None
}
