//! One turn of a canvas's sequencer, its only writer: what waits is judged in
//! order, and what is allowed becomes one batch.

use crate::canvas::{Canvas, Proposal};
use crate::cooldown::Millis;
use crate::draft::{Draft, Receipt};
use crate::entry::{Batch, Seq};
use crate::palette::ColorIndex;
use crate::rules::{Refusal, Rules};

/// Something asked of a canvas. `T` stands for whoever is to be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<T, R = T> {
    /// Set a cell.
    Place(T, Proposal),
    /// Change rules: the function is applied to the rules of the moment.
    SetRules(R, RulesChange),
}

/// A change of some rules; the others stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RulesChange {
    /// The new mode.
    pub mode: Option<crate::Mode>,
    /// The new cooldown, in milliseconds.
    pub cooldown_ms: Option<u32>,
    /// The new limit of saved-up pixels.
    pub saved_max: Option<u16>,
}

impl RulesChange {
    /// The rules after the change.
    pub fn on(self, rules: Rules) -> Rules {
        Rules {
            mode: self.mode.unwrap_or(rules.mode),
            cooldown_ms: self.cooldown_ms.unwrap_or(rules.cooldown_ms),
            saved_max: self.saved_max.unwrap_or(rules.saved_max),
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

/// The outcome of one turn. Refusals may be told at once; receipts only after
/// the batch is durable and applied.
#[derive(Debug)]
pub struct Turn<T, R = T> {
    /// What must be made durable, unless nothing was accepted.
    pub batch: Option<Batch>,
    /// Accepted placements.
    pub receipts: Vec<(T, Proposal, Receipt)>,
    /// Refused placements.
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
        match command {
            Command::Place(who, proposal) => match draft.place(canvas, &proposal) {
                Ok(receipt) => receipts.push((who, proposal, receipt)),
                Err(refusal) => {
                    let saved = draft.allowance(canvas, proposal.seat).saved;
                    let color = canvas.color_at(proposal.cell);
                    refusals.push((who, Refused { refusal, color, saved }));
                }
            },
            Command::SetRules(who, change) => match draft.set_rules(change.on(draft.rules())) {
                Ok(seq) => changed.push((who, seq)),
                Err(error) => unchanged.push((who, error)),
            },
        }
    }
    Turn { batch: draft.finish(), receipts, refusals, changed, unchanged }
}
