//! Taking a teacher's decisions back: what held before them holds again, except
//! where something was decided or drawn since.
//!
//! Each thing is judged by itself. A cell goes back if it still stands as the
//! tool left it; whether a cell is protected, a seat's status, its team, a
//! team's rule and each rule of the canvas go back if nobody has decided about
//! just that since; gifts are taken back as far as they were not used yet.

use std::collections::{BTreeMap, BTreeSet};

use crate::canvas::{Canvas, FoldError, Protected};
use crate::entry::{Batch, Cause, Entry, SeatNumber, Seq, TeacherNumber};
use crate::geometry::Area;
use crate::marks::Marks;
use crate::patch::Patch;
use crate::people::TeamNumber;
use crate::rules::Rules;

/// Something that is decided by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Mode,
    Cooldown,
    Saved,
    UndoTime,
    Status(SeatNumber),
    TeamOf(SeatNumber),
    Region(TeamNumber),
    Confinement(TeamNumber),
}

/// Decisions that are to be taken back, and what has become of them.
#[derive(Debug)]
pub struct Revert {
    last: Seq,
    /// The state ahead of the decisions.
    before: Canvas,
    /// The state after everything followed.
    after: Canvas,
    has_decisions: bool,
    /// What tools left in cells; nothing, if there were no tools.
    laid: Option<Laid>,
    /// Cells whose protection was decided last by these decisions.
    protected: Protected,
    /// Things that were decided last by these decisions.
    things: BTreeSet<Thing>,
    /// Pixels given to seats; less than 0 where gifts were taken back.
    given: BTreeMap<SeatNumber, i64>,
}

/// What tools left in cells.
#[derive(Debug)]
struct Laid {
    cells: Vec<bool>,
    marks: Marks,
}

impl Revert {
    /// Takes back what was decided behind `before`, through `last`.
    pub fn new(before: Canvas, last: Seq) -> Self {
        let after = before.clone();
        Self {
            last,
            before,
            after,
            has_decisions: false,
            laid: None,
            protected: Protected::default(),
            things: BTreeSet::new(),
            given: BTreeMap::new(),
        }
    }

    /// Follows the next batch, to the present; what is already in the state
    /// ahead of the decisions is passed over.
    pub fn follow(&mut self, batch: &Batch) -> Result<(), FoldError> {
        for (seq, entry) in (batch.first_seq..).zip(&batch.entries) {
            if seq <= self.after.seq() {
                continue;
            }
            if seq <= self.last {
                self.note(entry);
            } else {
                self.leave_newer(entry);
            }
            let gifts = (seq <= self.last).then(|| self.gifts(entry));
            self.after.follow_entry(entry, batch.at_ms)?;
            for (seat, had) in gifts.into_iter().flatten() {
                let has = self.after.seat(seat).awarded;
                *self.given.entry(seat).or_default() += i64::from(has) - i64::from(had);
            }
        }
        Ok(())
    }

    /// Whether there was anything that can be taken back.
    pub fn has_decisions(&self) -> bool {
        self.has_decisions
    }

    /// The seats that it is about, one by one.
    pub fn seats(&self) -> BTreeSet<SeatNumber> {
        let seat = |thing: &Thing| match thing {
            Thing::Status(seat) | Thing::TeamOf(seat) => Some(*seat),
            _ => None,
        };
        self.things.iter().filter_map(seat).collect()
    }

    /// Whether it is about which cells are protected.
    pub fn has_protection(&self) -> bool {
        !self.protected.is_empty()
    }

    /// Whether it is about teams' rules.
    pub fn has_teams(&self) -> bool {
        self.teams().next().is_some()
    }

    /// What takes the decisions back on the canvas as it is now.
    pub fn decrees(&self, teacher: TeacherNumber, now: &Canvas) -> Vec<Entry> {
        let mut decrees = self.patches(teacher, now);
        decrees.extend(self.protection(teacher, now));
        decrees.extend(self.rules(teacher, now));
        decrees.extend(self.teams().filter_map(|team| self.team(teacher, now, team)));
        decrees.extend(self.seats().into_iter().filter_map(|seat| {
            let standing = self.standing(now, seat);
            let is_new = standing != now.seat(seat).standing;
            is_new.then_some(Entry::SetSeat { teacher, seat, standing })
        }));
        decrees.extend(self.gifts_back(teacher, now));
        decrees
    }

    fn note(&mut self, entry: &Entry) {
        self.has_decisions |= is_decision(entry);
        self.things.extend(things(entry, &self.after));
        match entry {
            Entry::Patch { patch, .. } => {
                let size = self.before.size();
                let none = || Laid { cells: vec![false; size.cells()], marks: Marks::empty(size) };
                let laid = self.laid.get_or_insert_with(none);
                for (index, mark) in patch.cells() {
                    laid.cells[index as usize] = true;
                    laid.marks.set(index, mark);
                }
            }
            Entry::Protect { area, .. } => self.protected.set(*area, self.before.size(), true),
            _ => {}
        }
    }

    /// What is decided later stays.
    fn leave_newer(&mut self, entry: &Entry) {
        for thing in things(entry, &self.after) {
            self.things.remove(&thing);
        }
        if let Entry::Protect { area, .. } = entry {
            self.protected.set(*area, self.before.size(), false);
        }
    }

    /// Whom an entry gives pixels or takes some from, with what they have.
    fn gifts(&self, entry: &Entry) -> Vec<(SeatNumber, u16)> {
        match entry {
            Entry::Award { seats, .. } | Entry::Withdraw { seats, .. } => {
                seats.iter().map(|seat| (*seat, self.after.seat(*seat).awarded)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn patches(&self, teacher: TeacherNumber, now: &Canvas) -> Vec<Entry> {
        let Some(laid) = &self.laid else { return Vec::new() };
        let stands = |index: &u32| {
            laid.cells[*index as usize] && now.marks.at(*index) == laid.marks.at(*index)
        };
        let cells = (0..now.size().cells() as u32).filter(stands);
        let cause = Cause::Revert(self.before.seq() + 1, self.last);
        let patches = Patch::split(Patch::between(&now.marks, &self.before.marks, cells));
        patches.into_iter().map(|patch| Entry::Patch { teacher, cause, patch }).collect()
    }

    fn protection(&self, teacher: TeacherNumber, now: &Canvas) -> Vec<Entry> {
        let size = now.size();
        let becomes = |on: bool| {
            let changes = |index: u32| {
                self.protected.contains(index)
                    && self.before.protected.contains(index) == on
                    && now.protected.contains(index) != on
            };
            Area::cover(size, changes)
        };
        if self.protected.is_empty() {
            return Vec::new();
        }
        let entry = |on| move |area| Entry::Protect { teacher, area, on };
        let on = becomes(true).into_iter().map(entry(true));
        on.chain(becomes(false).into_iter().map(entry(false))).collect()
    }

    fn rules(&self, teacher: TeacherNumber, now: &Canvas) -> Option<Entry> {
        let (was, is) = (self.before.rules(), now.rules());
        let mut rules = is;
        for thing in &self.things {
            match thing {
                Thing::Mode => rules.mode = was.mode,
                Thing::Cooldown => rules.cooldown_ms = was.cooldown_ms,
                Thing::Saved => rules.saved_max = was.saved_max,
                Thing::UndoTime => rules.undo_ms = was.undo_ms,
                _ => {}
            }
        }
        (rules != is).then_some(Entry::SetRules { teacher, rules })
    }

    fn teams(&self) -> impl Iterator<Item = TeamNumber> {
        let team = |thing: &Thing| match thing {
            Thing::Region(team) | Thing::Confinement(team) => Some(*team),
            _ => None,
        };
        self.things.iter().filter_map(team).collect::<BTreeSet<_>>().into_iter()
    }

    fn team(&self, teacher: TeacherNumber, now: &Canvas, team: TeamNumber) -> Option<Entry> {
        let (was, is) = (self.before.team(team), now.team(team));
        let mut rules = is;
        if self.things.contains(&Thing::Region(team)) {
            rules.region = was.region;
        }
        if self.things.contains(&Thing::Confinement(team)) {
            rules.is_confined = was.is_confined;
        }
        (rules != is).then_some(Entry::SetTeam { teacher, team, rules })
    }

    fn standing(&self, now: &Canvas, seat: SeatNumber) -> crate::people::Standing {
        let was = self.before.seat(seat).standing;
        let mut standing = now.seat(seat).standing;
        if self.things.contains(&Thing::Status(seat)) {
            standing.status = was.status;
        }
        if self.things.contains(&Thing::TeamOf(seat)) {
            standing.team = was.team;
        }
        standing
    }

    /// Those to whom the same is given or from whom the same is taken share an
    /// entry.
    fn gifts_back(&self, teacher: TeacherNumber, now: &Canvas) -> Vec<Entry> {
        let mut alike: BTreeMap<i64, Vec<SeatNumber>> = BTreeMap::new();
        for (seat, given) in &self.given {
            let pixels = (-given).max(-i64::from(now.seat(*seat).awarded));
            alike.entry(pixels).or_default().push(*seat);
        }
        let entry = |(change, seats): (i64, Vec<SeatNumber>)| {
            let pixels = u16::try_from(change.unsigned_abs()).unwrap_or(u16::MAX);
            match change {
                0 => None,
                1.. => Some(Entry::Award { teacher, seats, pixels }),
                _ => Some(Entry::Withdraw { teacher, seats, pixels }),
            }
        };
        alike.into_iter().filter_map(entry).collect()
    }
}

fn is_decision(entry: &Entry) -> bool {
    !matches!(entry, Entry::Create { .. } | Entry::Place { .. } | Entry::Undo { .. })
}

/// What an entry decides anew: where it repeats what holds, nothing.
fn things(entry: &Entry, now: &Canvas) -> Vec<Thing> {
    match entry {
        Entry::SetRules { rules, .. } => {
            let Rules { mode, cooldown_ms, saved_max, undo_ms } = now.rules();
            let changes = [
                (Thing::Mode, rules.mode != mode),
                (Thing::Cooldown, rules.cooldown_ms != cooldown_ms),
                (Thing::Saved, rules.saved_max != saved_max),
                (Thing::UndoTime, rules.undo_ms != undo_ms),
            ];
            changed(&changes)
        }
        Entry::SetSeat { seat, standing, .. } => {
            let was = now.seat(*seat).standing;
            changed(&[
                (Thing::Status(*seat), standing.status != was.status),
                (Thing::TeamOf(*seat), standing.team != was.team),
            ])
        }
        Entry::SetTeam { team, rules, .. } => {
            let was = now.team(*team);
            changed(&[
                (Thing::Region(*team), rules.region != was.region),
                (Thing::Confinement(*team), rules.is_confined != was.is_confined),
            ])
        }
        _ => Vec::new(),
    }
}

fn changed(things: &[(Thing, bool)]) -> Vec<Thing> {
    things.iter().filter(|(_, is_new)| *is_new).map(|(thing, _)| *thing).collect()
}
