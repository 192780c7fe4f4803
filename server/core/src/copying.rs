//! A copy of a canvas, made in steps while placements go on.
//!
//! The whole grid of the largest canvas takes some milliseconds to copy, in
//! which nothing could be placed. So it is copied in parts, each as it is at its
//! moment, and what changed since the first part is written over it at the end.

use crate::canvas::Canvas;
use crate::entry::Seq;
use crate::marks::Marks;
use crate::wire::Delta;

/// Cells copied at a time: some microseconds each.
const STEP_CELLS: usize = 1 << 16;

/// A copy in the making.
#[derive(Debug)]
pub struct Copying {
    from: Seq,
    marks: Marks,
}

impl Copying {
    /// Begins a copy; nothing is copied yet.
    pub fn begin(canvas: &Canvas) -> Self {
        Self { from: canvas.seq, marks: Marks::with_capacity(canvas.size) }
    }

    /// Copies some more cells of the same canvas; whether those were the last.
    pub fn step(&mut self, canvas: &Canvas) -> bool {
        self.marks.copy_some(&canvas.marks, STEP_CELLS)
    }

    /// The seq since which the changes are needed at the end.
    pub fn seq(&self) -> Seq {
        self.from
    }

    /// The canvas as it is now. `changes` leads from [`Copying::seq`] to the
    /// canvas's own; `None` if it does not, or if there are steps left.
    pub fn finish(mut self, canvas: &Canvas, changes: &Delta) -> Option<Canvas> {
        let fits = (changes.from, changes.to) == (self.from, canvas.seq);
        if !fits || self.marks.colors.len() != canvas.marks.colors.len() {
            return None;
        }
        // Whose a cell is does not travel to viewers: it is taken from the canvas.
        for (index, _) in &changes.changes {
            self.marks.set(*index, canvas.marks.at(*index));
        }
        Some(Canvas {
            seq: canvas.seq,
            at_ms: canvas.at_ms,
            size: canvas.size,
            palette: canvas.palette.clone(),
            rules: canvas.rules,
            marks: self.marks,
            protected: canvas.protected.clone(),
            teams: canvas.teams.clone(),
            seats: canvas.seats.clone(),
        })
    }
}
