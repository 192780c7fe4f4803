//! A viewer's copy of a canvas, kept in step as `docs/protocol.md` says: what
//! the browser does, for programs in Rust.

use crate::entry::Seq;
use crate::geometry::Size;
use crate::palette::ColorIndex;
use crate::wire::{Delta, WireError, board};

/// A grid and the seq it has reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    size: Size,
    seq: Seq,
    cells: Vec<ColorIndex>,
}

/// A delta that does not start where the mirror is: ask for a catch-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the change starts at seq {from}, the mirror is at {at}")]
pub struct Gap {
    /// Where the mirror is.
    pub at: Seq,
    /// Where the delta starts.
    pub from: Seq,
}

impl Mirror {
    /// A mirror of a downloaded board.
    pub fn from_board(bytes: &[u8]) -> Result<Self, WireError> {
        let (size, seq, cells) = board::decode(bytes)?;
        Ok(Self { size, seq, cells: cells.to_vec() })
    }

    /// Follows one delta.
    pub fn apply(&mut self, delta: &Delta) -> Result<(), Gap> {
        self.follow(delta.from, delta)
    }

    fn follow(&mut self, from: Seq, delta: &Delta) -> Result<(), Gap> {
        if from != self.seq {
            return Err(Gap { at: self.seq, from });
        }
        for (index, color) in &delta.changes {
            self.cells[*index as usize] = *color;
        }
        self.seq = delta.to;
        Ok(())
    }

    /// Follows a catch-up, which may have been made for where the mirror was some
    /// time ago: it holds the latest color of each of its cells, so that the part
    /// that is known already does no harm. Tells whether there was news in it.
    pub fn catch_up(&mut self, delta: &Delta) -> Result<bool, Gap> {
        if delta.to <= self.seq {
            return Ok(false);
        }
        let from = delta.from.max(self.seq);
        self.follow(from, delta).map(|()| true)
    }

    /// The seq it has reached.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// The size of the canvas.
    pub fn size(&self) -> Size {
        self.size
    }

    /// All cells, row by row from the top.
    pub fn cells(&self) -> &[ColorIndex] {
        &self.cells
    }
}
