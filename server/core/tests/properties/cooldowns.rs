//! The cooldown against a model that keeps a list of saved-up pixels on their
//! way back, where the core keeps one timestamp.

use std::collections::BTreeMap;

use place_core::cooldown::{Allowance, Cooldown};
use place_core::sequencer::{Command, RulesChange, Turn, turn};
use place_core::{Canvas, Mode, Proposal, Reason, Refusal, Rules, SeatNumber};
use proptest::prelude::*;

use crate::support::{BIRTH_MS, canvas, cell, size};

const fn cooldown(interval_ms: u32, saved_max: u16) -> Cooldown {
    Cooldown { interval_ms, saved_max }
}

#[test]
fn the_first_pixels_are_free_then_one_an_interval() {
    let rule = cooldown(1000, 3);
    let mut tat = 0;
    for (now, expected) in [
        (10_000, Ok(11_000)),
        (10_000, Ok(12_000)),
        (10_000, Ok(13_000)),
        (10_000, Err(1000)),
        (10_999, Err(1)),
        (11_000, Ok(14_000)),
        (11_001, Err(999)),
        (14_000, Ok(15_000)),
        (20_000, Ok(21_000)),
    ] {
        let taken = rule.take(tat, now);
        assert_eq!(taken, expected, "at {now} with a TAT of {tat}");
        tat = taken.unwrap_or(tat);
    }
}

#[test]
fn allowances_at_their_edges() {
    for (rule, debt, saved, next_ms) in [
        (cooldown(0, 5), 0, 5, 0),
        (cooldown(0, 5), 1_000_000, 5, 0),
        (cooldown(1000, 5), 0, 5, 0),
        (cooldown(1000, 5), 1, 4, 1),
        (cooldown(1000, 5), 1000, 4, 1000),
        (cooldown(1000, 5), 1001, 3, 1),
        (cooldown(1000, 5), 5000, 0, 1000),
        (cooldown(1000, 5), 4999, 0, 999),
        (cooldown(1000, 1), 1000, 0, 1000),
        (cooldown(86_400_000, 1000), 86_400_000_000, 0, 86_400_000),
    ] {
        let expected = Allowance { saved, next_ms };
        assert_eq!(rule.allowance(BIRTH_MS + debt, BIRTH_MS), expected, "{rule:?}, {debt} ms");
    }
}

#[test]
fn no_cooldown_means_no_wait_whatever_was_before() {
    assert_eq!(cooldown(0, 1).take(BIRTH_MS + 5000, BIRTH_MS), Ok(BIRTH_MS + 5000));
}

#[test]
fn dates_at_the_end_of_time_are_survived() {
    let rule = cooldown(86_400_000, 1000);
    for (tat, now) in [(u64::MAX, u64::MAX), (u64::MAX, 0), (0, u64::MAX), (u64::MAX - 1, 1)] {
        let _ = (rule.take(tat, now), rule.allowance(tat, now));
    }
}

proptest! {
    #[test]
    fn an_allowance_is_what_take_allows(interval in 0u32..50, saved_max in 1u16..6, debt in 0u64..400) {
        let rule = cooldown(interval, saved_max);
        let Allowance { saved, next_ms } = rule.allowance(BIRTH_MS + debt, BIRTH_MS);
        let mut tat = BIRTH_MS + debt;
        if interval > 0 {
            for left in (0..saved).rev() {
                tat = rule.take(tat, BIRTH_MS).map_err(|wait| TestCaseError::fail(format!("{left} left, wait {wait}")))?;
            }
            let wait = rule.take(tat, BIRTH_MS).expect_err("no more than that");
            let then = rule.allowance(BIRTH_MS + debt, BIRTH_MS + u64::from(next_ms));
            prop_assert!(rule.take(tat, BIRTH_MS + u64::from(wait)).is_ok(), "the wait is enough");
            prop_assert!(rule.take(tat, BIRTH_MS + u64::from(wait) - 1).is_err(), "and no longer");
            prop_assert_eq!(then.saved, if next_ms == 0 { saved } else { saved + 1 });
        } else {
            prop_assert!(rule.take(tat, BIRTH_MS).is_ok());
        }
    }
}

/// One seat's missing pixels: when each comes back, soonest first.
#[derive(Clone, Debug, Default)]
struct Model(Vec<u64>);

impl Model {
    fn saved(&self, rule: Cooldown, now: u64) -> u16 {
        rule.saved_max - self.0.iter().filter(|back| **back > now).count() as u16
    }

    /// `Ok`, or how long to wait.
    fn place(&mut self, rule: Cooldown, now: u64) -> Result<(), u32> {
        self.0.retain(|back| *back > now);
        if self.saved(rule, now) == 0 {
            return Err((self.0[0] - now) as u32);
        }
        let back = self.0.last().copied().unwrap_or(now) + u64::from(rule.interval_ms);
        if back > now {
            self.0.push(back);
        }
        Ok(())
    }

    /// New rules: whoever has a debt of time keeps it, but nobody owes more
    /// than all of the pixels that may now be saved up.
    fn change(&mut self, rule: Cooldown, now: u64) {
        let interval = u64::from(rule.interval_ms);
        let most = now + interval * u64::from(rule.saved_max);
        let mut back = self.0.last().copied().unwrap_or(0).min(most);
        self.0.clear();
        while back > now {
            self.0.insert(0, back);
            back -= interval;
        }
    }
}

/// Something that happens to a canvas.
#[derive(Clone, Debug)]
enum Event {
    Place(SeatNumber),
    Rules(u32, u16),
    /// What waits is judged, this long after the last time; before it, if the
    /// clock goes backwards.
    Turn(i64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        12 => (1u32..4).prop_map(Event::Place),
        1 => (0u32..25, 1u16..5).prop_map(|(interval, saved)| Event::Rules(interval, saved)),
        6 => (0i64..30).prop_map(Event::Turn),
        1 => (-40i64..0).prop_map(Event::Turn),
    ]
}

/// A canvas beside the models of its seats.
struct Compared {
    canvas: Canvas,
    rule: Cooldown,
    models: BTreeMap<SeatNumber, Model>,
}

impl Compared {
    fn new(rules: Rules) -> Self {
        Self {
            canvas: canvas(size(16, 16), 2, rules),
            rule: rules.cooldown(),
            models: BTreeMap::new(),
        }
    }

    /// Lets both judge what waits.
    fn turn(&mut self, waiting: Vec<Command<usize>>, now: u64) -> Result<(), TestCaseError> {
        let held = now.max(self.canvas.at_ms());
        let outcome = turn(&self.canvas, waiting.clone(), now);
        for command in waiting {
            match command {
                Command::Place(who, Proposal { seat, .. }) => {
                    self.compare(&outcome, who, seat, held)?;
                }
                Command::Undo(..) => unreachable!("nobody asks for it here"),
                Command::SetRules(_, change) => {
                    self.rule = change.on(self.canvas.rules()).cooldown();
                    self.models.values_mut().for_each(|model| model.change(self.rule, held));
                }
            }
        }
        if let Some(batch) = outcome.batch {
            self.canvas.apply(&batch).expect("a batch made from this state");
        }
        for (seat, model) in &self.models {
            let saved = self.canvas.allowance(*seat, held).saved;
            prop_assert_eq!(saved, model.saved(self.rule, held), "seat {}", seat);
        }
        Ok(())
    }

    fn compare(
        &mut self,
        outcome: &Turn<usize>,
        who: usize,
        seat: u32,
        held: u64,
    ) -> Result<(), TestCaseError> {
        let model = self.models.entry(seat).or_default();
        let verdict = model.place(self.rule, held);
        let saved = model.saved(self.rule, held);
        if let Err(wait_ms) = verdict {
            let refused = outcome.refusals.iter().find(|(token, _)| *token == who);
            let (_, refused) = refused.expect("the model forbids it");
            let refusal = Refusal { reason: Reason::Cooldown, wait_ms };
            prop_assert_eq!((refused.refusal, refused.saved), (refusal, 0));
        } else {
            let receipt = outcome.receipts.iter().find(|(token, ..)| *token == who);
            let (.., receipt) = receipt.expect("the model allows it");
            let back = model.0.iter().find(|back| **back > held);
            let next_ms = back.map_or(0, |back| back - held) as u32;
            prop_assert_eq!(receipt.allowance, Allowance { saved, next_ms });
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn every_verdict_is_the_model_s(events in prop::collection::vec(event(), 1..120)) {
        let mut compared = Compared::new(Rules { mode: Mode::Open, cooldown_ms: 10, saved_max: 3, undo_ms: 0 });
        let mut now = BIRTH_MS;
        let mut waiting = Vec::new();
        for event in events {
            let who = waiting.len();
            match event {
                Event::Place(seat) => {
                    waiting.push(Command::Place(who, Proposal { seat, cell: cell(0, 0), color: 1 }));
                }
                Event::Rules(cooldown_ms, saved_max) => {
                    let (cooldown_ms, saved_max) = (Some(cooldown_ms), Some(saved_max));
                    let change = RulesChange { cooldown_ms, saved_max, ..RulesChange::default() };
                    waiting.push(Command::SetRules(who, change));
                }
                Event::Turn(step) => {
                    now = now.saturating_add_signed(step);
                    compared.turn(std::mem::take(&mut waiting), now)?;
                }
            }
        }
    }
}
