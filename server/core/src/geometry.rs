//! The size of a canvas and the cells in it.

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::limits::{SIDE_MAX_CELLS, SIDE_MIN_CELLS};

/// Width and height of a canvas, in cells; both within
/// [`SIDE_MIN_CELLS`]`..=`[`SIDE_MAX_CELLS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Serialize)]
pub struct Size {
    width: u16,
    height: u16,
}

/// A size outside the allowed range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a canvas is {SIDE_MIN_CELLS} to {SIDE_MAX_CELLS} cells wide and high, not {width} x {height}"
)]
pub struct SizeError {
    /// The refused width, in cells.
    pub width: u16,
    /// The refused height, in cells.
    pub height: u16,
}

impl Size {
    /// A size, if both sides are within the limits.
    pub fn new(width: u16, height: u16) -> Result<Self, SizeError> {
        let side = SIDE_MIN_CELLS..=SIDE_MAX_CELLS;
        if side.contains(&width) && side.contains(&height) {
            Ok(Self { width, height })
        } else {
            Err(SizeError { width, height })
        }
    }

    /// Columns.
    pub const fn width(self) -> u16 {
        self.width
    }

    /// Rows.
    pub const fn height(self) -> u16 {
        self.height
    }

    /// Number of cells.
    pub const fn cells(self) -> usize {
        self.width as usize * self.height as usize
    }

    /// The index of a cell, row by row from the top; `None` outside.
    ///
    /// Both coordinates are checked: an index alone would let `x = width` wrap
    /// to the next row.
    pub const fn index(self, cell: Cell) -> Option<u32> {
        if cell.x < self.width && cell.y < self.height {
            Some(cell.y as u32 * self.width as u32 + cell.x as u32)
        } else {
            None
        }
    }

    /// The cell at an index; the inverse of [`Size::index`].
    pub const fn cell(self, index: u32) -> Cell {
        Cell { x: (index % self.width as u32) as u16, y: (index / self.width as u32) as u16 }
    }
}

impl<C> Decode<C> for Size {
    fn decode<D: bincode::de::Decoder<Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, bincode::error::DecodeError> {
        let (width, height) = (u16::decode(decoder)?, u16::decode(decoder)?);
        Self::new(width, height)
            .map_err(|_| bincode::error::DecodeError::Other("canvas size out of range"))
    }
}

bincode::impl_borrow_decode!(Size);

/// One square of a canvas: column and row from the top left corner.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
pub struct Cell {
    /// Column, from the left.
    pub x: u16,
    /// Row, from the top.
    pub y: u16,
}
