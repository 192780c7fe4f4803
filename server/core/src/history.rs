//! The last changes of a canvas, in order: what viewers that come back, or
//! that read too slowly, are caught up from.

use std::collections::VecDeque;

use crate::entry::Seq;
use crate::limits::{CATCH_UP_MAX_CHANGES, HISTORY_MAX_CHANGES};
use crate::palette::ColorIndex;
use crate::wire::Delta;

/// A contiguous suffix of the journal, placements only; entries of other kinds
/// keep their place without a change.
#[derive(Debug)]
pub struct History {
    /// The seq before the first change kept.
    base: Seq,
    changes: VecDeque<Option<(u32, ColorIndex)>>,
}

impl History {
    /// Begins after `base`.
    pub fn new(base: Seq) -> Self {
        Self { base, changes: VecDeque::new() }
    }

    /// The seq of the last entry.
    pub fn end(&self) -> Seq {
        self.base + self.changes.len() as Seq
    }

    /// Adds the entry at `seq`, which must be the next one.
    pub fn push(&mut self, seq: Seq, change: Option<(u32, ColorIndex)>) {
        assert_eq!(seq, self.end() + 1, "history has no gaps");
        if self.changes.len() == HISTORY_MAX_CHANGES {
            self.changes.pop_front();
            self.base += 1;
        }
        self.changes.push_back(change);
    }

    /// Whether it is known what changed from one seq to another, and no more
    /// than a catch-up may hold.
    pub fn spans(&self, from: Seq, to: Seq) -> bool {
        from >= self.base
            && to <= self.end()
            && from <= to
            && to - from <= CATCH_UP_MAX_CHANGES as Seq
    }

    /// What changed from one seq to another; `None` when that is not known any
    /// more (or not yet), or is more than a catch-up may hold.
    pub fn delta(&self, from: Seq, to: Seq) -> Option<Delta> {
        if !self.spans(from, to) {
            return None;
        }
        let (start, end) = ((from - self.base) as usize, (to - self.base) as usize);
        let changes = self.changes.range(start..end).copied().flatten().collect();
        Some(Delta::coalesce(from, to, changes))
    }
}
