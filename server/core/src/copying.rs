//! A copy of a canvas, made in steps while placements go on.
//!
//! The whole grid of the largest canvas takes some milliseconds to copy, in
//! which nothing could be placed. So it is copied in parts, each as it is at its
//! moment, and what changed since the first part is written over it at the end.

use crate::canvas::Canvas;
use crate::entry::Seq;
use crate::palette::ColorIndex;
use crate::wire::Delta;

/// Cells copied at a time: some microseconds each.
const STEP_CELLS: usize = 1 << 16;

/// A copy in the making.
#[derive(Debug)]
pub struct Copying {
    from: Seq,
    cells: Vec<ColorIndex>,
}

impl Copying {
    /// Begins a copy; nothing is copied yet.
    pub fn begin(canvas: &Canvas) -> Self {
        Self { from: canvas.seq, cells: Vec::with_capacity(canvas.cells.len()) }
    }

    /// Copies some more cells of the same canvas; whether those were the last.
    pub fn step(&mut self, canvas: &Canvas) -> bool {
        let start = self.cells.len();
        let end = canvas.cells.len().min(start + STEP_CELLS);
        self.cells.extend_from_slice(&canvas.cells[start..end]);
        end == canvas.cells.len()
    }

    /// The seq since which the changes are needed at the end.
    pub fn seq(&self) -> Seq {
        self.from
    }

    /// The canvas as it is now. `changes` leads from [`Copying::seq`] to the
    /// canvas's own; `None` if it does not, or if there are steps left.
    pub fn finish(mut self, canvas: &Canvas, changes: &Delta) -> Option<Canvas> {
        let fits = (changes.from, changes.to) == (self.from, canvas.seq);
        if !fits || self.cells.len() != canvas.cells.len() {
            return None;
        }
        for (index, color) in &changes.changes {
            *self.cells.get_mut(*index as usize)? = *color;
        }
        Some(Canvas {
            seq: canvas.seq,
            at_ms: canvas.at_ms,
            size: canvas.size,
            palette: canvas.palette.clone(),
            rules: canvas.rules,
            cells: self.cells,
            tats: canvas.tats.clone(),
        })
    }
}
