//! The journal read again: what stood where at a moment, and who did what.
//!
//! Everything here reads the whole journal, a million placements in some tenths
//! of a second: call it off the workers.

use std::ops::RangeInclusive;

use place_core::cooldown::Millis;
use place_core::travel::{Replay, Without};
use place_core::{
    Batch, Cause, Cell, ColorIndex, Entry, Mark, Patch, SeatNumber, Seq, Size, TeacherNumber,
};

use crate::store::{Journal, Store, StoreError, Until};

/// Changes of one cell that are told, newest first.
const CHANGES_MAX: usize = 200;

/// What stood on a canvas at a moment, or would stand there without somebody's
/// pixels.
pub fn replay(
    store: &Store,
    canvas: u32,
    size: Size,
    until: Until,
    without: Option<Without>,
) -> Result<Replay, StoreError> {
    let mut replay = Replay::new(size, without);
    for batch in store.journal(canvas).follow(1)? {
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
    let mut changes = std::collections::VecDeque::new();
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

/// The patches among some seqs, with their causes.
pub fn patches(
    store: &Store,
    canvas: u32,
    seqs: &RangeInclusive<Seq>,
) -> Result<Vec<Patch>, StoreError> {
    let mut patches = Vec::new();
    for batch in store.journal(canvas).follow(*seqs.start())? {
        let batch = batch?;
        if batch.first_seq > *seqs.end() {
            break;
        }
        for (seq, entry) in (batch.first_seq..).zip(batch.entries) {
            if let (true, Entry::Patch { patch, .. }) = (seqs.contains(&seq), entry) {
                patches.push(patch);
            }
        }
    }
    Ok(patches)
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
    /// Set cells, so many of them.
    Patch(Cause, usize),
    /// Anything else.
    Other(Entry),
}

/// Everything that teachers did to a canvas, oldest first. Patches of one
/// teacher, moment and cause that follow each other are one deed.
pub fn deeds(store: &Store, canvas: u32) -> Result<Vec<Deed>, StoreError> {
    let mut deeds: Vec<Deed> = Vec::new();
    for batch in store.journal(canvas).follow(1)? {
        let Batch { first_seq, at_ms, entries } = batch?;
        for (seq, entry) in (first_seq..).zip(entries) {
            let Some((teacher, what)) = deed_of(entry) else { continue };
            let deed = Deed { seqs: seq..=seq, at_ms, teacher, what };
            if !deeds.last_mut().is_some_and(|last| last.goes_on(&deed)) {
                deeds.push(deed);
            }
        }
    }
    Ok(deeds)
}

impl Deed {
    /// Takes the next deed in, if it is a part of this one.
    fn goes_on(&mut self, next: &Self) -> bool {
        let (What::Patch(cause, cells), What::Patch(same, more)) = (&mut self.what, &next.what)
        else {
            return false;
        };
        let follows = *self.seqs.end() + 1 == *next.seqs.start();
        let is_part =
            follows && (*cause, self.at_ms, self.teacher) == (*same, next.at_ms, next.teacher);
        if is_part {
            *cells += more;
            self.seqs = *self.seqs.start()..=*next.seqs.end();
        }
        is_part
    }
}

fn deed_of(entry: Entry) -> Option<(TeacherNumber, What)> {
    match entry {
        Entry::Create { .. } | Entry::Place { .. } | Entry::Undo { .. } => None,
        Entry::Patch { teacher, cause, patch } => Some((teacher, What::Patch(cause, patch.len()))),
        Entry::SetRules { teacher, .. }
        | Entry::Protect { teacher, .. }
        | Entry::SetSeat { teacher, .. }
        | Entry::SetTeam { teacher, .. }
        | Entry::Award { teacher, .. } => Some((teacher, What::Other(entry))),
    }
}

/// The colors of an area after some patches, row by row.
pub fn preview(
    now: &place_core::Marks,
    size: Size,
    area: place_core::Area,
    patches: &[Patch],
) -> Vec<ColorIndex> {
    let at = |index| patches.iter().find_map(|patch| patch.at(index));
    area.indices(size).map(|index| at(index).unwrap_or_else(|| now.at(index)).color).collect()
}
