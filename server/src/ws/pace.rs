//! How much a peer may say. The ceiling on placements answers "busy" to each
//! one above it; a peer that sends thousands of anything, pings or nonsense
//! included, would still have every one of them looked at, and those who share
//! its worker would wait behind them. So whoever has said too much is not read
//! from for a while: its own sends come to a halt, and it misses nothing.

use place_core::cooldown::Cooldown;

/// Messages a second, and at once, that anybody may say whatever the ceiling on
/// placements is: browsers say two when they connect, and a pong now and then.
const BASE_PER_SECOND: u32 = 100;
const BASE_AT_ONCE: u32 = 1000;

/// So many times the placements that the ceiling allows: those above it get
/// their "busy", and a client that keeps to what it is told is never halted.
const TIMES_THE_CEILING: u32 = 2;

/// How much one connection may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    per_second: u32,
    at_once: u32,
}

impl Pace {
    /// The pace above a ceiling on placements.
    pub(super) fn above(ceiling: Cooldown) -> Self {
        let placements = 1000 / ceiling.interval_ms.max(1);
        Self {
            per_second: BASE_PER_SECOND + TIMES_THE_CEILING * placements,
            at_once: BASE_AT_ONCE + TIMES_THE_CEILING * u32::from(ceiling.saved_max),
        }
    }
}

/// What is left of it to one connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Breath {
    pace: Pace,
    left: u32,
}

impl Breath {
    pub(super) fn new(pace: Pace) -> Self {
        Self { pace, left: pace.at_once }
    }

    /// One message was said. Tells whether it was the last for now.
    pub(super) fn spend(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left == 0
    }

    /// Whether another may be said.
    pub(super) fn is_left(&self) -> bool {
        self.left > 0
    }

    /// A second has gone by. Tells whether nothing was left before.
    pub(super) fn draw(&mut self) -> bool {
        let was_spent = self.left == 0;
        self.left = self.left.saturating_add(self.pace.per_second).min(self.pace.at_once);
        was_spent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_says_too_much_goes_on_a_second_later() {
        let ceiling = Cooldown { interval_ms: 5, saved_max: 400 };
        let pace = Pace::above(ceiling);
        assert_eq!(pace, Pace { per_second: 500, at_once: 1800 });
        let mut breath = Breath::new(pace);
        assert!((1..1800).all(|_| !breath.spend()) && breath.is_left());
        assert!(breath.spend() && !breath.is_left());
        assert!(breath.draw() && breath.is_left());
        assert!((1..500).all(|_| !breath.spend()));
        assert!(breath.spend());
        for _ in 0..10 {
            breath.draw();
        }
        assert!((1..1800).all(|_| !breath.spend()) && breath.spend(), "never more than at once");
        let none = Pace::above(Cooldown { interval_ms: 0, saved_max: 0 });
        assert!(none.per_second >= BASE_PER_SECOND);
    }
}
