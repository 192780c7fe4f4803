//! The journal read again: what stood where at a moment, and who did what.
//!
//! Most of it reads the whole journal, a million placements in some tenths of a
//! second: call it off the workers.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

use place_core::cooldown::Millis;
use place_core::revert::Revert;
use place_core::travel::{Replay, Without};
use place_core::{
    Area, Batch, Canvas, Cause, Cell, ColorIndex, Entry, Mark, Patch, SeatNumber, Seq, Size,
    TeacherNumber,
};

use crate::store::{Journal, Store, StoreError, Until};

/// Changes of one cell that are told, newest first.
const CHANGES_MAX: usize = 200;

/// What stood on a canvas at a moment, or would stand there without somebody's
/// pixels. Begins at a checkpoint, if there is one ahead of everything that is
/// asked about.
pub fn replay(
    store: &Store,
    canvas: u32,
    size: Size,
    until: Until,
    without: Option<Without>,
) -> Result<Replay, StoreError> {
    let early = match without {
        Some(Without { from_ms: 0, .. }) => None,
        Some(Without { from_ms, .. }) => Some(Until::Time(from_ms - 1)),
        None => Some(until),
    };
    let start = match early {
        Some(early) => store.checkpoint_until(canvas, early)?.filter(|state| is_in(state, until)),
        None => None,
    };
    let (mut replay, from) = match start {
        Some(state) => (Replay::from_state(&state, without), state.seq() + 1),
        None => (Replay::new(size, without), 1),
    };
    for batch in store.journal(canvas).follow(from)? {
        let batch = batch?;
        match until {
            Until::Time(time) if batch.at_ms > time => break,
            Until::Seq(seq) if batch.first_seq > seq => break,
            Until::Seq(seq) if batch.last_seq() > seq => {
                let entries = batch.entries.iter().take((seq - batch.first_seq + 1) as usize);
                entries.for_each(|entry| replay.follow_entry(entry, batch.at_ms));
                break;
            }
            _ => replay.follow(&batch),
        }
    }
    Ok(replay)
}

fn is_in(state: &Canvas, until: Until) -> bool {
    match until {
        Until::Seq(seq) => state.seq() <= seq,
        Until::Time(time) => state.at_ms() <= time,
    }
}

/// What takes back what teachers decided at some seqs.
pub fn revert(
    store: &Store,
    canvas: u32,
    seqs: &RangeInclusive<Seq>,
) -> Result<Revert, StoreError> {
    let before = store.state_at(canvas, seqs.start() - 1)?;
    let mut revert = Revert::new(before, *seqs.end());
    for batch in store.journal(canvas).follow(*seqs.start())? {
        let batch = batch?;
        revert.follow(&batch).map_err(|error| StoreError::Damaged {
            canvas,
            seq: batch.first_seq,
            reason: error.to_string(),
        })?;
    }
    Ok(revert)
}

/// One change of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellChange {
    /// Its seq.
    pub seq: Seq,
    /// When.
    pub at_ms: Millis,
    /// Who did it: a seat, or a teacher's tool.
    pub by: By,
    /// What stood there before.
    pub before: Mark,
    /// What stood there after.
    pub after: Mark,
}

/// Who changed a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Somebody drew.
    Seat(SeatNumber),
    /// Somebody took a pixel back.
    Undo(SeatNumber),
    /// A teacher's tool.
    Teacher(TeacherNumber, Cause),
}

/// The last changes of a cell, newest first.
pub fn cell_changes(
    store: &Store,
    canvas: u32,
    size: Size,
    cell: Cell,
) -> Result<Vec<CellChange>, StoreError> {
    let Some(index) = size.index(cell) else { return Ok(Vec::new()) };
    let mut changes = VecDeque::new();
    let mut before = Mark::default();
    for batch in store.journal(canvas).follow(1)? {
        let batch = batch?;
        for (seq, entry) in (batch.first_seq..).zip(&batch.entries) {
            let Some((by, after)) = change_of(entry, cell, index) else { continue };
            if changes.len() == CHANGES_MAX {
                changes.pop_back();
            }
            changes.push_front(CellChange { seq, at_ms: batch.at_ms, by, before, after });
            before = after;
        }
    }
    Ok(changes.into())
}

fn change_of(entry: &Entry, cell: Cell, index: u32) -> Option<(By, Mark)> {
    match entry {
        Entry::Place { seat, cell: at, color } if *at == cell => {
            Some((By::Seat(*seat), Mark { color: *color, owner: *seat }))
        }
        Entry::Undo { seat, cell: at, mark } if *at == cell => Some((By::Undo(*seat), *mark)),
        Entry::Patch { teacher, cause, patch } => {
            Some((By::Teacher(*teacher, *cause), patch.at(index)?))
        }
        _ => None,
    }
}

/// One thing that a teacher did to a canvas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// The seqs that it took.
    pub seqs: RangeInclusive<Seq>,
    /// When.
    pub at_ms: Millis,
    /// Who.
    pub teacher: TeacherNumber,
    /// What; a patch without its cells.
    pub what: What,
}

/// What a teacher did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Set cells, so many of them, which lie in an area.
    Patch(Cause, usize, Option<Area>),
    /// Anything else.
    Other(Entry),
}

/// An entry as a deed, if a teacher decided it.
pub fn deed(seq: Seq, at_ms: Millis, entry: Entry, size: Size) -> Option<Deed> {
    let (teacher, what) = deed_of(entry, size)?;
    Some(Deed { seqs: seq..=seq, at_ms, teacher, what })
}

/// The last things that teachers did to a canvas ahead of a seq, newest first,
/// of those that somebody wants to know of. Patches of one teacher, moment and
/// cause that follow each other are one deed.
pub fn deeds(
    store: &Store,
    canvas: u32,
    size: Size,
    most: usize,
    wants: impl Fn(&Deed) -> bool,
) -> Result<Vec<Deed>, StoreError> {
    let mut deeds: VecDeque<Deed> = VecDeque::new();
    for batch in store.journal(canvas).follow(1)? {
        let Batch { first_seq, at_ms, entries } = batch?;
        for (seq, entry) in (first_seq..).zip(entries) {
            let Some(deed) = deed(seq, at_ms, entry, size) else { continue };
            if deeds.front_mut().is_some_and(|last| last.goes_on(&deed)) || !wants(&deed) {
                continue;
            }
            deeds.truncate(most - 1);
            deeds.push_front(deed);
        }
    }
    Ok(deeds.into())
}

impl Deed {
    /// Takes the next deed in, if it is a part of this one.
    pub fn goes_on(&mut self, next: &Self) -> bool {
        let (What::Patch(cause, cells, area), What::Patch(same, more, further)) =
            (&mut self.what, &next.what)
        else {
            return false;
        };
        let follows = *self.seqs.end() + 1 == *next.seqs.start();
        let is_part =
            follows && (*cause, self.at_ms, self.teacher) == (*same, next.at_ms, next.teacher);
        if is_part {
            *cells += more;
            *area = match (*area, *further) {
                (Some(area), Some(further)) => Some(area.with(further)),
                (area, further) => area.or(further),
            };
            self.seqs = *self.seqs.start()..=*next.seqs.end();
        }
        is_part
    }

    /// The cells that it is about, if it is about some.
    pub fn area(&self) -> Option<Area> {
        match &self.what {
            What::Patch(Cause::Fill(area) | Cause::Restore(area, _), ..)
            | What::Other(Entry::Protect { area, .. }) => Some(*area),
            What::Patch(_, _, area) => *area,
            What::Other(Entry::SetTeam { rules, .. }) => rules.region,
            What::Other(_) => None,
        }
    }

    /// Whether it is about somebody.
    pub fn is_about(&self, seat: SeatNumber) -> bool {
        match &self.what {
            What::Patch(Cause::Remove(whose, _), ..)
            | What::Other(Entry::SetSeat { seat: whose, .. }) => *whose == seat,
            What::Other(Entry::Award { seats, .. } | Entry::Withdraw { seats, .. }) => {
                seats.contains(&seat)
            }
            _ => false,
        }
    }
}

fn deed_of(entry: Entry, size: Size) -> Option<(TeacherNumber, What)> {
    match entry {
        Entry::Create { .. } | Entry::Place { .. } | Entry::Undo { .. } => None,
        // About nobody: it stands where a repair found something lost.
        Entry::Withdraw { ref seats, .. } if seats.is_empty() => None,
        Entry::Patch { teacher, cause, patch } => {
            Some((teacher, What::Patch(cause, patch.len(), patch.extent(size))))
        }
        Entry::SetRules { teacher, .. }
        | Entry::Protect { teacher, .. }
        | Entry::SetSeat { teacher, .. }
        | Entry::SetTeam { teacher, .. }
        | Entry::Award { teacher, .. }
        | Entry::Withdraw { teacher, .. } => Some((teacher, What::Other(entry))),
    }
}

/// The colors of an area after some patches, row by row.
pub fn preview(
    now: &place_core::Marks,
    size: Size,
    area: Area,
    patches: &[Patch],
) -> Vec<ColorIndex> {
    let at = |index| patches.iter().find_map(|patch| patch.at(index));
    area.indices(size).map(|index| at(index).unwrap_or_else(|| now.at(index)).color).collect()
}
