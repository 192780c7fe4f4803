//! The last changes of a canvas, in order: what viewers that come back, or
//! that read too slowly, are caught up from.

use std::collections::VecDeque;

use crate::entry::{Entry, Seq};
use crate::geometry::Size;
use crate::limits::{CATCH_UP_MAX_CHANGES, HISTORY_MAX_CHANGES, PATCHES_MAX_CELLS};
use crate::palette::ColorIndex;
use crate::wire::Delta;

/// A cell's index and its new color.
pub type Change = (u32, ColorIndex);

/// A contiguous suffix of the journal, changed cells only; entries of other
/// kinds keep their place without a change.
#[derive(Debug)]
pub struct History {
    /// The seq before the first change kept.
    base: Seq,
    changes: VecDeque<Option<Change>>,
    /// The cells of entries that changed more than one, in order.
    patches: VecDeque<(Seq, Vec<Change>)>,
    patched: usize,
}

impl History {
    /// Begins after `base`.
    pub fn new(base: Seq) -> Self {
        Self { base, changes: VecDeque::new(), patches: VecDeque::new(), patched: 0 }
    }

    /// The seq of the last entry.
    pub fn end(&self) -> Seq {
        self.base + self.changes.len() as Seq
    }

    /// Adds the entry at `seq`, which must be the next one.
    pub fn record(&mut self, seq: Seq, entry: &Entry, size: Size) {
        assert_eq!(seq, self.end() + 1, "history has no gaps");
        if self.changes.len() == HISTORY_MAX_CHANGES {
            self.forget_through(self.base + 1);
        }
        let Entry::Patch { patch, .. } = entry else {
            self.changes.push_back(changes_of(entry, size).pop());
            return;
        };
        self.changes.push_back(None);
        if patch.len() > PATCHES_MAX_CELLS {
            self.forget_through(seq);
            return;
        }
        self.patched += patch.len();
        self.patches.push_back((seq, changes_of(entry, size)));
        while self.patched > PATCHES_MAX_CELLS {
            let (oldest, _) = self.patches[0];
            self.forget_through(oldest);
        }
    }

    /// Forgets everything up to a seq.
    fn forget_through(&mut self, seq: Seq) {
        self.changes.drain(..(seq - self.base) as usize);
        self.base = seq;
        while let Some((_, cells)) = self.patches.pop_front_if(|(patch, _)| *patch <= seq) {
            self.patched -= cells.len();
        }
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
        let mut patches = self.patches.iter().skip_while(|(seq, _)| *seq <= from).peekable();
        let mut changes = Vec::with_capacity(end - start);
        for (seq, change) in (from + 1..).zip(self.changes.range(start..end)) {
            match patches.next_if(|(patch, _)| *patch == seq) {
                Some((_, cells)) => changes.extend_from_slice(cells),
                None => changes.extend(change),
            }
        }
        Some(Delta::coalesce(from, to, changes))
    }
}

/// The cells that an entry changes.
pub fn changes_of(entry: &Entry, size: Size) -> Vec<Change> {
    let one = |cell, color| size.index(cell).map(|index| (index, color)).into_iter().collect();
    match entry {
        Entry::Place { cell, color, .. } => one(*cell, *color),
        Entry::Undo { cell, mark, .. } => one(*cell, mark.color),
        Entry::Patch { patch, .. } => {
            patch.cells().map(|(index, mark)| (index, mark.color)).collect()
        }
        _ => Vec::new(),
    }
}
