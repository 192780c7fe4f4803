//! One turn of a canvas's sequencer, its only writer: what waits is judged in
//! order, and what is allowed becomes one batch.

use crate::canvas::{Canvas, Proposal};
use crate::cooldown::Millis;
use crate::draft::{Draft, Receipt};
use crate::entry::{Batch, Entry, SeatNumber, Seq};
use crate::geometry::Cell;
use crate::limits::BATCH_MAX_ENTRIES;
use crate::palette::ColorIndex;
use crate::rules::{Refusal, Rules};

/// Something asked of a canvas. `T` stands for whoever is to be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<T, R = T> {
    /// Set a cell.
    Place(T, Proposal),
    /// Take a seat's last pixel back.
    Undo(T, SeatNumber),
    /// Change rules: the function is applied to the rules of the moment.
    SetRules(R, RulesChange),
}

/// A change of some rules; the others stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RulesChange {
    /// Who changes them; 0 for the server itself.
    pub teacher: crate::TeacherNumber,
    /// The new mode.
    pub mode: Option<crate::Mode>,
    /// The new cooldown, in milliseconds.
    pub cooldown_ms: Option<u32>,
    /// The new limit of saved-up pixels.
    pub saved_max: Option<u16>,
    /// The new time in which a pixel can be taken back, in milliseconds.
    pub undo_ms: Option<u32>,
}

impl RulesChange {
    /// Whether nothing changes.
    pub fn is_empty(self) -> bool {
        self == Self { teacher: self.teacher, ..Self::default() }
    }

    /// The rules after the change.
    pub fn on(self, rules: Rules) -> Rules {
        Rules {
            mode: self.mode.unwrap_or(rules.mode),
            cooldown_ms: self.cooldown_ms.unwrap_or(rules.cooldown_ms),
            saved_max: self.saved_max.unwrap_or(rules.saved_max),
            undo_ms: self.undo_ms.unwrap_or(rules.undo_ms),
        }
    }
}

/// A placement that was refused, with what its placer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// The cell's true color; `None` outside.
    pub color: Option<ColorIndex>,
    /// Pixels that the seat may place right now.
    pub saved: u16,
}

/// Whom and what an answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Who asked.
    pub seat: SeatNumber,
    /// About which cell.
    pub cell: Cell,
}

/// The outcome of one turn. Refusals may be told at once; receipts only after
/// the batch is durable and applied.
#[derive(Debug)]
pub struct Turn<T, R = T> {
    /// What must be made durable, unless nothing was accepted.
    pub batch: Option<Batch>,
    /// What seats may do: placements, and pixels taken back.
    pub receipts: Vec<(T, Subject, Receipt)>,
    /// What they may not.
    pub refusals: Vec<(T, Refused)>,
    /// Accepted changes of rules.
    pub changed: Vec<(R, Seq)>,
    /// Refused changes of rules, and why.
    pub unchanged: Vec<(R, crate::rules::RulesError)>,
}

/// Judges commands in order. They are at most
/// [`BATCH_MAX_ENTRIES`](crate::limits::BATCH_MAX_ENTRIES): whoever collects
/// them bounds them.
pub fn turn<T, R>(
    canvas: &Canvas,
    commands: impl IntoIterator<Item = Command<T, R>>,
    now: Millis,
) -> Turn<T, R> {
    let mut draft = Draft::new(canvas, now);
    let (mut receipts, mut refusals) = (Vec::new(), Vec::new());
    let (mut changed, mut unchanged) = (Vec::new(), Vec::new());
    for command in commands {
        let (who, seat, cell, outcome) = match command {
            Command::Place(who, proposal) => {
                let outcome = draft.place(canvas, &proposal);
                (who, proposal.seat, Some(proposal.cell), outcome)
            }
            Command::Undo(who, seat) => {
                let cell = draft.last_cell(canvas, seat);
                (who, seat, cell, draft.undo(canvas, seat))
            }
            Command::SetRules(who, change) => {
                match draft.set_rules(change.teacher, change.on(draft.rules())) {
                    Ok(seq) => changed.push((who, seq)),
                    Err(error) => unchanged.push((who, error)),
                }
                continue;
            }
        };
        match (outcome, cell) {
            (Ok(receipt), Some(cell)) => receipts.push((who, Subject { seat, cell }, receipt)),
            (Ok(_), None) => unreachable!("what was allowed has a cell"),
            (Err(refusal), cell) => {
                let saved = draft.allowance(canvas, seat).saved;
                let color = cell.and_then(|cell| canvas.color_at(cell));
                refusals.push((who, Refused { refusal, color, saved }));
            }
        }
    }
    Turn { batch: draft.finish(), receipts, refusals, changed, unchanged }
}

/// Decisions that can't be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecreeError {
    /// They name a cell, a seat, a color, a team or rules that there can't be.
    #[error("there is no such cell, seat, color or team")]
    Unknown,
    /// They are more than happen at once.
    #[error("these are more than {BATCH_MAX_ENTRIES} decisions at once")]
    TooMany,
}

/// The batch of a teacher's decisions, which all happen together or not at
/// all.
///
/// # Panics
/// If there are none.
pub fn decree(canvas: &Canvas, decrees: Vec<Entry>, now: Millis) -> Result<Batch, DecreeError> {
    assert!(!decrees.is_empty(), "a batch holds some entries");
    if decrees.len() > BATCH_MAX_ENTRIES {
        Err(DecreeError::TooMany)
    } else if decrees.iter().all(|decree| canvas.can_obey(decree)) {
        let at_ms = now.max(canvas.at_ms());
        Ok(Batch { first_seq: canvas.seq() + 1, at_ms, entries: decrees })
    } else {
        Err(DecreeError::Unknown)
    }
}
