//! The last changes of a canvas, in order: what viewers that come back, or
//! that read too slowly, are caught up from.

use std::collections::VecDeque;

use crate::entry::{Entry, Seq};
use crate::geometry::Size;
use crate::limits::{
    CATCH_UP_MAX_CHANGES, CATCH_UP_PIECE_CHANGES, HISTORY_MAX_CHANGES, PATCHES_MAX_CELLS,
};
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
    /// The cells in them.
    patched: usize,
    /// The last entry that changed more cells than a piece of a catch-up holds.
    wall: Seq,
}

impl History {
    /// Begins after `base`.
    pub fn new(base: Seq) -> Self {
        Self { base, changes: VecDeque::new(), patches: VecDeque::new(), patched: 0, wall: base }
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
        if patch.len() > CATCH_UP_PIECE_CHANGES {
            self.wall = seq;
        }
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

    /// Whether a viewer at `from` can be caught up to the last entry.
    pub fn catches_up(&self, from: Seq) -> bool {
        self.spans(from, self.end()) && from >= self.wall
    }

    /// How far one piece of a catch-up leads a viewer at `from`, who
    /// [can be caught up](Self::catches_up).
    pub fn piece_end(&self, from: Seq) -> Seq {
        // An entry counts for one change, a patch for its cells.
        let (mut cells, mut patches, mut end) = (0, 0, self.end());
        for (seq, patch) in self.patches_after(from) {
            let before = (seq - from) as usize - 1 - patches + cells;
            if before + patch.len() > CATCH_UP_PIECE_CHANGES {
                end = seq - 1;
                break;
            }
            cells += patch.len();
            patches += 1;
        }
        end.min(from + (CATCH_UP_PIECE_CHANGES + patches - cells) as Seq)
    }

    fn patches_after(&self, from: Seq) -> impl Iterator<Item = &(Seq, Vec<Change>)> {
        self.patches.range(self.patches.partition_point(|(seq, _)| *seq <= from)..)
    }

    /// What changed from one seq to another; `None` when that is not known any
    /// more (or not yet), or is more than a message may hold.
    pub fn delta(&self, from: Seq, to: Seq) -> Option<Delta> {
        if !self.spans(from, to) {
            return None;
        }
        let between = self.patches_after(from).take_while(|(seq, _)| *seq <= to);
        let in_patches: usize = between.map(|(_, cells)| cells.len()).sum();
        if (to - from) as usize + in_patches > CATCH_UP_MAX_CHANGES {
            return None;
        }
        let (start, end) = ((from - self.base) as usize, (to - self.base) as usize);
        let mut patches = self.patches_after(from).peekable();
        let mut changes = Vec::with_capacity(end - start + in_patches);
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
            let mut changes = Vec::with_capacity(patch.len());
            changes.extend(patch.cells().map(|(index, mark)| (index, mark.color)));
            changes
        }
        _ => Vec::new(),
    }
}
