//! A journal with a hole, put together again: what was lost is bridged, and
//! everything that is whole stays.
//!
//! What stands behind a hole was judged by a state that only what was lost led
//! to. So it is not judged again: where it does not follow any more, what it did
//! to its cell is kept as a patch. A checkpoint behind the hole tells what was
//! lost, as far as nothing that is whole changed it again.

use std::collections::BTreeMap;

use crate::canvas::{Canvas, FoldError};
use crate::entry::{Batch, Cause, Entry, Seq, TeacherNumber};
use crate::geometry::Area;
use crate::limits::BATCH_MAX_ENTRIES;
use crate::marks::Mark;
use crate::patch::Patch;

/// Who bridges a hole: the server itself.
const SERVER: TeacherNumber = 0;

/// A fold that goes on behind a hole.
#[derive(Clone, Debug)]
pub struct Mend {
    state: Canvas,
}

impl Mend {
    /// Begins where a whole journal has led to.
    pub fn from_state(state: Canvas) -> Self {
        Self { state }
    }

    /// The first batch of a journal that lost it, from any later state.
    pub fn genesis(known: &Canvas) -> Batch {
        // The date is lost; the earliest moves nothing that follows.
        Canvas::genesis(known.size(), known.palette().clone(), known.rules(), 0)
    }

    /// What the journal leads to so far.
    pub fn state(&self) -> &Canvas {
        &self.state
    }

    /// Takes in a whole batch. Gives the one to be stored in its place, if it
    /// does not follow as it is.
    pub fn follow(&mut self, batch: &Batch) -> Result<Option<Batch>, FoldError> {
        let expected = self.state.seq() + 1;
        if batch.first_seq != expected {
            return Err(FoldError::Order { expected, found: batch.first_seq });
        }
        let at_ms = batch.at_ms.max(self.state.at_ms());
        let mut mended = (at_ms != batch.at_ms).then(|| Batch { at_ms, ..batch.clone() });
        for (number, entry) in batch.entries.iter().enumerate() {
            let Err(error) = self.state.follow_entry(entry, at_ms) else { continue };
            let kept = self.kept(entry).ok_or(error)?;
            self.state.follow_entry(&kept, at_ms)?;
            mended.get_or_insert_with(|| batch.clone()).entries[number] = kept;
        }
        Ok(mended)
    }

    /// What somebody's pixel, or its taking back, did to its cell.
    fn kept(&self, entry: &Entry) -> Option<Entry> {
        let (cell, mark) = match *entry {
            Entry::Place { seat, cell, color } => (cell, Mark { color, owner: seat }),
            Entry::Undo { cell, mark, .. } => (cell, mark),
            _ => return None,
        };
        let patch = Patch::of([(self.state.size().index(cell)?, mark)]);
        let cause = Cause::Restore(Area::new(cell, 1, 1).ok()?, self.state.at_ms());
        Some(Entry::Patch { teacher: SERVER, cause, patch })
    }

    /// Bridges a hole that ends with `last`: with decisions that give back what
    /// was lost, and otherwise with such that change nothing.
    ///
    /// # Panics
    /// If the hole ends before it begins.
    pub fn bridge(
        &mut self,
        last: Seq,
        decisions: impl IntoIterator<Item = Entry>,
    ) -> Result<Vec<Batch>, FoldError> {
        assert!(last > self.state.seq(), "a hole holds something");
        let mut decisions = decisions.into_iter();
        let mut batches = Vec::new();
        while self.state.seq() < last {
            let room = (last - self.state.seq()).min(BATCH_MAX_ENTRIES as Seq);
            let entries = (0..room).map(|_| decisions.next().unwrap_or_else(nothing));
            let (first_seq, at_ms) = (self.state.seq() + 1, self.state.at_ms());
            for batch in (Batch { first_seq, at_ms, entries: entries.collect() }).cut() {
                self.state.apply(&batch)?;
                batches.push(batch);
            }
        }
        Ok(batches)
    }

    /// What leads from here to a known state of the same seq, as far as decisions
    /// can: cells, rules, teams, and what was decided about people. Goes on from
    /// there.
    pub fn learn(&mut self, known: Canvas) -> Vec<Entry> {
        let (here, size) = (&self.state, known.size());
        let mut learned = Vec::new();
        let cells = Patch::between(here.marks(), known.marks(), 0..size.cells() as u32);
        let cause = Cause::Restore(Area::whole(size), known.at_ms());
        let patch = |patch| Entry::Patch { teacher: SERVER, cause, patch };
        learned.extend(Patch::split(cells).into_iter().map(patch));
        if here.rules() != known.rules() {
            learned.push(Entry::SetRules { teacher: SERVER, rules: known.rules() });
        }
        let teams: BTreeMap<_, _> = here.teams.0.iter().chain(&known.teams.0).collect();
        let teams = teams.into_keys().filter(|team| here.team(**team) != known.team(**team));
        learned.extend(teams.map(|team| {
            let rules = known.team(*team);
            Entry::SetTeam { teacher: SERVER, team: *team, rules }
        }));
        learned.extend(known.standings().filter_map(|(seat, standing)| {
            let is_news = here.seat(seat).standing() != standing;
            is_news.then_some(Entry::SetSeat { teacher: SERVER, seat, standing })
        }));
        self.state = known;
        learned
    }
}

/// A decision about nobody.
fn nothing() -> Entry {
    Entry::Withdraw { teacher: SERVER, seats: Vec::new(), pixels: 0 }
}
