//! A batch in the making: proposals judged one after another, before anything
//! is on disk and without touching the canvas.

use foldhash::fast::FixedState;

use crate::canvas::{Canvas, Proposal, Seats};
use crate::cooldown::{Allowance, Millis};
use crate::entry::{Batch, Entry, SeatNumber, Seq, TeacherNumber};
use crate::geometry::{Cell, Size};
use crate::judge::{self, Outcome, View};
use crate::limits::BATCH_MAX_ENTRIES;
use crate::marks::Mark;
use crate::palette::ColorIndex;
use crate::people::{SeatState, TeamNumber};
use crate::rules::{Refusal, Rules, RulesError};

/// Cells that a draft has changed; hashed like the seats.
#[expect(clippy::disallowed_types, reason = "fast, and with a fixed hasher")]
type Drawn = std::collections::HashMap<u32, Mark, FixedState>;

/// Collects the entries of the next batch.
///
/// The canvas itself stays as it is until the batch is durable; what the
/// collected entries would change for later ones (cells, seats, rules) is kept
/// here.
#[derive(Debug)]
pub struct Draft {
    first_seq: Seq,
    at_ms: Millis,
    rules: Rules,
    seats: Seats,
    drawn: Drawn,
    /// The furthest TAT that drafted changes of rules leave to any seat.
    furthest_tat: Millis,
    entries: Vec<Entry>,
}

/// What an accepted proposal will be told once it is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its seq.
    pub seq: Seq,
    /// What the seat may do next.
    pub allowance: Allowance,
}

impl Draft {
    /// Starts a batch after `canvas`. A clock that went backwards is held at
    /// the canvas's own time.
    pub fn new(canvas: &Canvas, now: Millis) -> Self {
        Self {
            first_seq: canvas.seq + 1,
            at_ms: now.max(canvas.at_ms),
            rules: canvas.rules,
            seats: Seats::default(),
            drawn: Drawn::default(),
            furthest_tat: Millis::MAX,
            entries: Vec::new(),
        }
    }

    /// Judges a placement as if everything drafted so far had happened, and
    /// takes it in if it is allowed. `canvas` is the one the draft was begun
    /// from.
    pub fn place(&mut self, canvas: &Canvas, proposal: &Proposal) -> Result<Receipt, Refusal> {
        debug_assert_eq!(canvas.seq + 1, self.first_seq, "a draft belongs to one state");
        let outcome = judge::place(&Drafted { draft: self, canvas }, proposal, self.at_ms)?;
        let Proposal { seat, cell, color } = *proposal;
        Ok(self.settle(seat, outcome, Entry::Place { seat, cell, color }))
    }

    /// Judges a seat's wish to take its last pixel back, and takes it in if it
    /// is allowed.
    pub fn undo(&mut self, canvas: &Canvas, seat: SeatNumber) -> Result<Receipt, Refusal> {
        debug_assert_eq!(canvas.seq + 1, self.first_seq, "a draft belongs to one state");
        let outcome = judge::undo(&Drafted { draft: self, canvas }, seat, self.at_ms)?;
        let (cell, mark) = (canvas.size.cell(outcome.index), outcome.mark);
        Ok(self.settle(seat, outcome, Entry::Undo { seat, cell, mark }))
    }

    /// The cell that [`Draft::undo`] is about, if there is one.
    pub fn last_cell(&self, canvas: &Canvas, seat: SeatNumber) -> Option<Cell> {
        self.seat(canvas, seat).last.map(|last| canvas.size.cell(last.index))
    }

    fn settle(&mut self, seat: SeatNumber, outcome: Outcome, entry: Entry) -> Receipt {
        self.drawn.insert(outcome.index, outcome.mark);
        self.seats.insert(seat, outcome.seat);
        let allowance = outcome.seat.allowance(self.rules.cooldown(), self.at_ms);
        Receipt { seq: self.push(entry), allowance }
    }

    /// Changes the rules for everything after.
    pub fn set_rules(&mut self, teacher: TeacherNumber, rules: Rules) -> Result<Seq, RulesError> {
        self.rules = rules.checked()?;
        let furthest = self.rules.cooldown().furthest_tat(self.at_ms);
        self.furthest_tat = self.furthest_tat.min(furthest);
        self.seats.values_mut().for_each(|seat| seat.tat = furthest.min(seat.tat));
        Ok(self.push(Entry::SetRules { teacher, rules }))
    }

    /// What a seat may do, with everything drafted so far.
    pub fn allowance(&self, canvas: &Canvas, seat: SeatNumber) -> Allowance {
        self.seat(canvas, seat).allowance(self.rules.cooldown(), self.at_ms)
    }

    /// The rules, with everything drafted so far.
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// Whether no more entries fit.
    pub fn is_full(&self) -> bool {
        self.entries.len() >= BATCH_MAX_ENTRIES
    }

    /// The batch, unless nothing was accepted.
    pub fn finish(self) -> Option<Batch> {
        let Self { first_seq, at_ms, entries, .. } = self;
        (!entries.is_empty()).then_some(Batch { first_seq, at_ms, entries })
    }

    fn seat(&self, canvas: &Canvas, number: SeatNumber) -> SeatState {
        self.seats.get(&number).copied().unwrap_or_else(|| {
            let seat = canvas.seat(number);
            SeatState { tat: seat.tat.min(self.furthest_tat), ..seat }
        })
    }

    fn push(&mut self, entry: Entry) -> Seq {
        assert!(!self.is_full(), "a batch holds no more than {BATCH_MAX_ENTRIES} entries");
        self.entries.push(entry);
        self.first_seq + self.entries.len() as Seq - 1
    }
}

/// A canvas as it would be with everything drafted so far.
struct Drafted<'a> {
    draft: &'a Draft,
    canvas: &'a Canvas,
}

impl View for Drafted<'_> {
    fn size(&self) -> Size {
        self.canvas.size
    }

    fn has_color(&self, color: ColorIndex) -> bool {
        self.canvas.has_color(color)
    }

    fn rules(&self) -> Rules {
        self.draft.rules
    }

    fn seat(&self, seat: SeatNumber) -> SeatState {
        self.draft.seat(self.canvas, seat)
    }

    fn mark(&self, index: u32) -> Mark {
        self.draft.drawn.get(&index).copied().unwrap_or_else(|| self.canvas.mark(index))
    }

    fn is_protected(&self, index: u32) -> bool {
        self.canvas.is_protected(index)
    }

    fn allows_team(&self, team: TeamNumber, cell: Cell) -> bool {
        self.canvas.allows_team(team, cell)
    }
}
