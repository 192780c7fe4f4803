//! Time travel: what stood on a canvas at another moment, or would stand there
//! without somebody's pixels, and the patches that lead there.
//!
//! A replay follows what entries did, not whether they were allowed: they were.

use std::collections::BTreeMap;

use crate::canvas::Canvas;
use crate::cooldown::Millis;
use crate::entry::{Batch, Cause, Entry, SeatNumber};
use crate::geometry::{Area, Size};
use crate::marks::{Mark, Marks};
use crate::patch::Patch;
use crate::people::LastPixel;

/// Pixels that a replay leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Without {
    /// Whose.
    pub seat: SeatNumber,
    /// From when on, in milliseconds since the Unix epoch.
    pub from_ms: Millis,
}

/// A replay of a journal from its beginning.
#[derive(Debug)]
pub struct Replay {
    size: Size,
    marks: Marks,
    without: Option<Without>,
    /// Cells whose last pixel was left out.
    left_out: Vec<bool>,
    /// Cells in which a pixel was ever left out.
    touched: Vec<bool>,
    /// What was below each seat's last pixel.
    last: BTreeMap<SeatNumber, Below>,
}

#[derive(Clone, Copy, Debug)]
struct Below {
    index: u32,
    mark: Mark,
    was_left_out: bool,
}

impl Replay {
    /// Begins with an empty canvas.
    pub fn new(size: Size, without: Option<Without>) -> Self {
        let left_out = if without.is_some() { vec![false; size.cells()] } else { Vec::new() };
        let (marks, touched) = (Marks::empty(size), left_out.clone());
        Self { size, marks, without, left_out, touched, last: BTreeMap::new() }
    }

    /// Begins where a fold has led to: a short cut for a replay of the whole
    /// journal, if nothing up to there is left out.
    pub fn from_state(state: &Canvas, without: Option<Without>) -> Self {
        let last = |(seat, last): (SeatNumber, LastPixel)| {
            (seat, Below { index: last.index, mark: last.before, was_left_out: false })
        };
        let last = state.last_pixels().map(last).collect();
        Self { marks: state.marks().clone(), last, ..Self::new(state.size(), without) }
    }

    /// Follows a batch.
    pub fn follow(&mut self, batch: &Batch) {
        for entry in &batch.entries {
            self.follow_entry(entry, batch.at_ms);
        }
    }

    /// Follows one entry of a batch at `at_ms`.
    pub fn follow_entry(&mut self, entry: &Entry, at_ms: Millis) {
        match entry {
            Entry::Place { seat, cell, color } => {
                let Some(index) = self.size.index(*cell) else { return };
                self.place(index, Mark { color: *color, owner: *seat }, at_ms);
            }
            Entry::Undo { seat, .. } => self.undo(*seat),
            Entry::Patch { patch, cause, .. } => {
                for (index, mark) in patch.cells() {
                    if self.brings_back(index, mark, *cause) {
                        self.left_out[index as usize] = true;
                    } else {
                        self.set(index, mark, false);
                    }
                }
            }
            _ => {}
        }
    }

    /// What stands on the canvas after everything followed.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    fn place(&mut self, index: u32, mark: Mark, at_ms: Millis) {
        let leaves_out = self.leaves_out(mark.owner, at_ms);
        let below =
            Below { index, mark: self.marks.at(index), was_left_out: self.is_left_out(index) };
        self.last.insert(mark.owner, below);
        if leaves_out {
            self.left_out[index as usize] = true;
            self.touched[index as usize] = true;
        } else {
            self.set(index, mark, false);
        }
    }

    /// Whether a patch has a left-out pixel stand again. One from before the
    /// moment is known by its date, or because there was never another.
    fn brings_back(&self, index: u32, mark: Mark, cause: Cause) -> bool {
        let Some(without) = self.without.filter(|without| without.seat == mark.owner) else {
            return false;
        };
        let is_older = matches!(cause, Cause::Restore(_, at_ms) if at_ms < without.from_ms);
        self.touched[index as usize] && !is_older
    }

    fn undo(&mut self, seat: SeatNumber) {
        let Some(below) = self.last.remove(&seat) else { return };
        self.set(below.index, below.mark, below.was_left_out);
    }

    fn set(&mut self, index: u32, mark: Mark, is_left_out: bool) {
        self.marks.set(index, mark);
        if let Some(left_out) = self.left_out.get_mut(index as usize) {
            *left_out = is_left_out;
        }
    }

    fn leaves_out(&self, seat: SeatNumber, at_ms: Millis) -> bool {
        self.without.is_some_and(|without| without.seat == seat && without.from_ms <= at_ms)
    }

    fn is_left_out(&self, index: u32) -> bool {
        self.left_out.get(index as usize).copied().unwrap_or(false)
    }

    /// What brings a canvas to where this replay is, in an area that fits it.
    pub fn restore(&self, now: &Marks, area: Area) -> Vec<Patch> {
        Patch::split(Patch::between(now, &self.marks, area.indices(self.size)))
    }

    /// What takes the left-out pixels off a canvas to whose moment this replay
    /// was followed: only where they still stand.
    pub fn remove(&self, now: &Marks) -> Vec<Patch> {
        let Some(without) = self.without else { return Vec::new() };
        let stands = |index: &u32| self.is_left_out(*index) && now.at(*index).owner == without.seat;
        Patch::split(Patch::between(now, &self.marks, (0..self.size.cells() as u32).filter(stands)))
    }
}
