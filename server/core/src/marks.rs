//! What stands on a canvas: each cell's color, and who put it there.

use std::ops::Range;

use bincode::{Decode, Encode};

use crate::entry::SeatNumber;
use crate::geometry::{Area, Size};
use crate::palette::ColorIndex;

/// What stands in one cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Mark {
    /// Its color.
    pub color: ColorIndex,
    /// Whose it is; 0 for nobody's.
    pub owner: SeatNumber,
}

/// What stands in all cells, row by row from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marks {
    pub(crate) colors: Vec<ColorIndex>,
    /// Two bytes a cell: a canvas has at most
    /// [`SEATS_MAX`](crate::limits::SEATS_MAX) seats.
    pub(crate) owners: Vec<u16>,
}

impl Marks {
    /// An empty canvas.
    pub fn empty(size: Size) -> Self {
        Self { colors: vec![0; size.cells()], owners: vec![0; size.cells()] }
    }

    /// Nothing yet, with room for all cells.
    pub(crate) fn with_capacity(size: Size) -> Self {
        let cells = size.cells();
        Self { colors: Vec::with_capacity(cells), owners: Vec::with_capacity(cells) }
    }

    /// Copies at most so many cells more of marks that this is a beginning of;
    /// whether those were the last.
    pub(crate) fn copy_some(&mut self, from: &Self, cells: usize) -> bool {
        let start = self.colors.len();
        let end = from.colors.len().min(start + cells);
        self.colors.extend_from_slice(&from.colors[start..end]);
        self.owners.extend_from_slice(&from.owners[start..end]);
        end == from.colors.len()
    }

    /// What stands at an index on the canvas.
    pub fn at(&self, index: u32) -> Mark {
        let index = index as usize;
        Mark { color: self.colors[index], owner: SeatNumber::from(self.owners[index]) }
    }

    /// Sets what stands at an index on the canvas.
    pub fn set(&mut self, index: u32, mark: Mark) {
        let index = index as usize;
        self.colors[index] = mark.color;
        self.owners[index] = owner_bytes(mark.owner);
    }

    /// Sets what stands in so many cells in a row.
    pub(crate) fn fill(&mut self, start: u32, length: u32, mark: Mark) {
        let cells = start as usize..(start + length) as usize;
        self.colors[cells.clone()].fill(mark.color);
        self.owners[cells].fill(owner_bytes(mark.owner));
    }

    /// All colors.
    pub fn colors(&self) -> &[ColorIndex] {
        &self.colors
    }

    /// Counts the cells of some indices in, as far as there are such, by their
    /// owners' numbers: index 0 is nobody's.
    pub fn count_standing(&self, cells: Range<usize>, counts: &mut Vec<u32>) {
        let end = cells.end.min(self.owners.len());
        count(&self.owners[cells.start.min(end)..end], counts);
    }

    /// Counts the cells of an area that fits the canvas in.
    pub fn count_owners(&self, area: Area, size: Size, counts: &mut Vec<u32>) {
        for row in area.strips(0) {
            let start = size.index(row.corner()).expect("the area fits") as usize;
            count(&self.owners[start..start + usize::from(row.width())], counts);
        }
    }
}

fn count(owners: &[u16], counts: &mut Vec<u32>) {
    // What one person drew lies side by side, and so does what nobody did.
    for run in owners.chunk_by(|a, b| a == b) {
        let owner = usize::from(run[0]);
        if counts.len() <= owner {
            counts.resize(owner + 1, 0);
        }
        counts[owner] += run.len() as u32;
    }
}

fn owner_bytes(owner: SeatNumber) -> u16 {
    u16::try_from(owner).expect("seat numbers end at SEATS_MAX")
}
