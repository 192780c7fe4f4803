//! When placements are due. The schedule does not wait for answers: a server
//! that stalls is measured with every placement that people would have made
//! meanwhile, and each is timed from the moment it was due, not from the moment
//! it got its turn ("coordinated omission").

use crate::dice::Dice;

/// Nanoseconds a second.
const SECOND_NS: u128 = 1_000_000_000;

/// A steady stream of placements, each at a random moment of its own slot:
/// people do not keep step with the server's clock. Or in bursts, those of one
/// burst all at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    per_second: u64,
    per_burst: u64,
}

impl Schedule {
    /// `per_second` placements; with `bursts_ms` those of so many milliseconds
    /// at once.
    pub(crate) fn new(per_second: u64, bursts_ms: u64) -> Self {
        Self { per_second, per_burst: (per_second * bursts_ms / 1000).max(1) }
    }

    /// So many at once, so often a second.
    pub(crate) fn bursts(bursts_per_second: u64, placements: u64) -> Self {
        Self { per_second: bursts_per_second * placements, per_burst: placements.max(1) }
    }

    /// When the placement with this number is due, in nanoseconds from the
    /// start; `None` for a rate of zero. Never before the one ahead of it.
    pub(crate) fn due_ns(&self, number: u64) -> Option<u64> {
        let burst = u128::from(number / self.per_burst * self.per_burst);
        let slot = SECOND_NS.checked_div(u128::from(self.per_second))?;
        let began = (burst * SECOND_NS).checked_div(u128::from(self.per_second))?;
        let within = if self.per_burst == 1 { Dice(number).below(slot as u32) } else { 0 };
        Some(began as u64 + u64::from(within))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_placement_has_a_slot_of_its_own() {
        let schedule = Schedule::new(1000, 0);
        for number in [0, 1, 2, 59_999, 60_000] {
            let slot = number * 1_000_000..(number + 1) * 1_000_000;
            assert!(slot.contains(&schedule.due_ns(number).unwrap()), "{number}");
        }
        assert_eq!(Schedule::new(0, 0).due_ns(0), None, "never");
    }

    #[test]
    fn a_burst_comes_at_once() {
        let bursts = Schedule::new(1000, 100);
        assert_eq!((bursts.due_ns(0), bursts.due_ns(99)), (Some(0), Some(0)));
        assert_eq!(bursts.due_ns(100), Some(100_000_000));
        let slow = Schedule::new(5, 100);
        assert!(slow.due_ns(1) > slow.due_ns(0), "a burst has one placement at least");
    }
}
