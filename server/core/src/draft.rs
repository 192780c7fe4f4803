//! A batch in the making: proposals judged one after another, before anything
//! is on disk and without touching the canvas.

use crate::canvas::{Canvas, Proposal, Tats};
use crate::cooldown::{Allowance, Millis};
use crate::entry::{Batch, Entry, SeatNumber, Seq};
use crate::limits::BATCH_MAX_ENTRIES;
use crate::rules::{Refusal, Rules, RulesError};

/// Collects the entries of the next batch.
///
/// The canvas itself stays as it is until the batch is durable; what the
/// collected entries would change for later ones (cooldowns, rules) is kept
/// here.
#[derive(Debug)]
pub struct Draft {
    first_seq: Seq,
    at_ms: Millis,
    rules: Rules,
    tats: Tats,
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
            tats: Tats::default(),
            furthest_tat: Millis::MAX,
            entries: Vec::new(),
        }
    }

    /// Judges a placement as if everything drafted so far had happened, and
    /// takes it in if it is allowed. `canvas` is the one the draft was begun
    /// from.
    pub fn place(&mut self, canvas: &Canvas, proposal: &Proposal) -> Result<Receipt, Refusal> {
        debug_assert_eq!(canvas.seq + 1, self.first_seq, "a draft belongs to one state");
        let tat = self.tat(canvas, proposal.seat);
        let (_, tat) = canvas.judge(proposal, self.rules, tat, self.at_ms)?;
        self.tats.insert(proposal.seat, tat);
        let Proposal { seat, cell, color } = *proposal;
        let seq = self.push(Entry::Place { seat, cell, color });
        Ok(Receipt { seq, allowance: self.rules.cooldown().allowance(tat, self.at_ms) })
    }

    /// Changes the rules for everything after.
    pub fn set_rules(&mut self, rules: Rules) -> Result<Seq, RulesError> {
        self.rules = rules.checked()?;
        let furthest = self.rules.cooldown().furthest_tat(self.at_ms);
        self.furthest_tat = self.furthest_tat.min(furthest);
        self.tats.values_mut().for_each(|tat| *tat = furthest.min(*tat));
        Ok(self.push(Entry::SetRules(rules)))
    }

    /// What a seat may do, with everything drafted so far.
    pub fn allowance(&self, canvas: &Canvas, seat: SeatNumber) -> Allowance {
        self.rules.cooldown().allowance(self.tat(canvas, seat), self.at_ms)
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

    fn tat(&self, canvas: &Canvas, seat: SeatNumber) -> Millis {
        let drafted = self.tats.get(&seat).copied();
        drafted.unwrap_or_else(|| canvas.tat(seat).min(self.furthest_tat))
    }

    fn push(&mut self, entry: Entry) -> Seq {
        assert!(!self.is_full(), "a batch holds no more than {BATCH_MAX_ENTRIES} entries");
        self.entries.push(entry);
        self.first_seq + self.entries.len() as Seq - 1
    }
}
