//! What is known about a canvas from the outside.

use place_core::{Mirror, Seq};

use crate::harness::{Told, color_of};

/// Width and height of the canvas: each cell is colored once in a whole story,
/// so that there is never a doubt about its color.
pub(crate) const SIDE: u16 = 1024;

/// What people were told and shown.
pub(crate) struct Known {
    /// Cells that somebody was told of, or has seen.
    certain: Vec<bool>,
    /// Cells that somebody asked for.
    asked: Vec<bool>,
    /// The furthest seq that anybody has heard of.
    seq: Seq,
    colors: usize,
}

impl Known {
    /// Of an empty canvas with so many colors.
    pub(crate) fn new(colors: usize) -> Self {
        let cells = usize::from(SIDE) * usize::from(SIDE);
        Self { certain: vec![false; cells], asked: vec![false; cells], seq: 1, colors }
    }

    /// Cells there are.
    pub(crate) fn cells(&self) -> u32 {
        self.asked.len() as u32
    }

    /// Takes in what placers were told, and what viewers have seen.
    pub(crate) fn learn(&mut self, told: &[Told], mirrors: &[Mirror]) {
        for Told { cell, seq, .. } in told {
            let index = usize::from(cell.y) * usize::from(SIDE) + usize::from(cell.x);
            self.asked[index] = true;
            if let Some(seq) = seq {
                self.certain[index] = true;
                self.seq = self.seq.max(*seq);
            }
        }
        for mirror in mirrors {
            self.seq = self.seq.max(mirror.seq());
            for (certain, color) in self.certain.iter_mut().zip(mirror.cells()) {
                *certain |= *color != 0;
            }
        }
    }

    /// A board must have all of it, and nothing else.
    #[track_caller]
    pub(crate) fn compare(&self, board: &Mirror, when: &str) {
        assert!(board.seq() >= self.seq, "{when}: back to {} from {}", board.seq(), self.seq);
        let mut colored = 0;
        for (index, color) in board.cells().iter().enumerate() {
            if *color == 0 {
                assert!(!self.certain[index], "{when}: cell {index} is lost");
                continue;
            }
            assert!(self.asked[index], "{when}: nobody asked for cell {index}");
            assert_eq!(*color, color_of(index as u32, self.colors), "{when}: cell {index}");
            colored += 1;
        }
        // One entry for the canvas itself, one for each cell.
        assert_eq!(board.seq(), 1 + colored, "{when}: the grid is not the fold");
    }
}
