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

/// A rectangle of cells, at least one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(try_from = "UncheckedArea")]
pub struct Area {
    x: u16,
    y: u16,
    width: u16,
    height: u16,
}

/// A rectangle that is empty, or reaches beyond what a cell's coordinates can
/// name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an area has a width and a height, and ends within {SIDE_MAX_CELLS} cells")]
pub struct AreaError;

#[derive(Deserialize)]
struct UncheckedArea {
    x: u16,
    y: u16,
    width: u16,
    height: u16,
}

impl TryFrom<UncheckedArea> for Area {
    type Error = AreaError;

    fn try_from(area: UncheckedArea) -> Result<Self, AreaError> {
        Self::new(Cell { x: area.x, y: area.y }, area.width, area.height)
    }
}

impl Area {
    /// The rectangle with this top left corner.
    pub fn new(corner: Cell, width: u16, height: u16) -> Result<Self, AreaError> {
        let Cell { x, y } = corner;
        let ends_within =
            |start: u16, length: u16| length > 0 && start.saturating_add(length) <= SIDE_MAX_CELLS;
        if ends_within(x, width) && ends_within(y, height) {
            Ok(Self { x, y, width, height })
        } else {
            Err(AreaError)
        }
    }

    /// A whole canvas.
    pub const fn whole(size: Size) -> Self {
        Self { x: 0, y: 0, width: size.width, height: size.height }
    }

    /// The top left cell.
    pub const fn corner(self) -> Cell {
        Cell { x: self.x, y: self.y }
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

    /// Whether a cell lies in it.
    pub const fn contains(self, cell: Cell) -> bool {
        cell.x >= self.x
            && cell.y >= self.y
            && cell.x - self.x < self.width
            && cell.y - self.y < self.height
    }

    /// Whether it has a cell in common with another one.
    pub const fn meets(self, other: Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }

    /// The smallest area that holds this one and another one.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (self.x + self.width).max(other.x + other.width);
        let bottom = (self.y + self.height).max(other.y + other.height);
        Self { x, y, width: right - x, height: bottom - y }
    }

    /// Whether all of it lies on a canvas.
    pub const fn fits(self, size: Size) -> bool {
        // Ends are at most `SIDE_MAX_CELLS`, far below where they would wrap.
        self.x + self.width <= size.width && self.y + self.height <= size.height
    }

    /// The part of it that lies on a canvas.
    pub fn within(self, size: Size) -> Option<Self> {
        let width = self.width.min(size.width.saturating_sub(self.x));
        let height = self.height.min(size.height.saturating_sub(self.y));
        Self::new(self.corner(), width, height).ok()
    }

    /// The same area in strips of at most so many cells, or of one row each,
    /// from the top.
    pub fn strips(self, cells: usize) -> impl Iterator<Item = Self> {
        let rows = (cells / usize::from(self.width)).clamp(1, usize::from(self.height));
        (0..self.height).step_by(rows).map(move |above| Self {
            y: self.y + above,
            height: (self.height - above).min(rows as u16),
            ..self
        })
    }

    /// Areas that are made of exactly these cells of a canvas: what lies side by
    /// side in a row, together with the same below it.
    pub fn cover(size: Size, holds: impl Fn(u32) -> bool) -> Vec<Self> {
        let (mut areas, mut open): (Vec<Self>, Vec<Self>) = (Vec::new(), Vec::new());
        for y in 0..size.height {
            let mut row = runs(size, y, &holds);
            let mut above = open.into_iter().peekable();
            for run in &mut row {
                while let Some(area) = above.next_if(|area| area.x <= run.x) {
                    if (area.x, area.width) == (run.x, run.width) {
                        *run = Self { height: area.height + 1, ..area };
                    } else {
                        areas.push(area);
                    }
                }
            }
            areas.extend(above);
            open = row;
        }
        areas.append(&mut open);
        areas
    }

    /// The indices of its cells on a canvas that it fits, row by row from the
    /// top.
    pub fn indices(self, size: Size) -> impl Iterator<Item = u32> {
        debug_assert!(self.fits(size), "an area is cut to the canvas first");
        let row = u32::from(size.width);
        (u32::from(self.y)..u32::from(self.y) + u32::from(self.height)).flat_map(move |y| {
            let start = y * row + u32::from(self.x);
            start..start + u32::from(self.width)
        })
    }
}

/// The cells of a row that lie side by side, as areas.
fn runs(size: Size, y: u16, holds: &impl Fn(u32) -> bool) -> Vec<Area> {
    let mut runs: Vec<Area> = Vec::new();
    for x in (0..size.width).filter(|x| holds(u32::from(y) * u32::from(size.width) + u32::from(*x)))
    {
        match runs.last_mut() {
            Some(last) if last.x + last.width == x => last.width += 1,
            _ => runs.push(Area { x, y, width: 1, height: 1 }),
        }
    }
    runs
}

impl<C> Decode<C> for Area {
    fn decode<D: bincode::de::Decoder<Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, bincode::error::DecodeError> {
        let corner = Cell::decode(decoder)?;
        let (width, height) = (u16::decode(decoder)?, u16::decode(decoder)?);
        Self::new(corner, width, height)
            .map_err(|_| bincode::error::DecodeError::Other("area out of range"))
    }
}

bincode::impl_borrow_decode!(Area);
