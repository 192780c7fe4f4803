//! When placements are due. The schedule does not wait for answers: a server
//! that stalls is measured with every placement that people would have made
//! meanwhile, and each is timed from the moment it was due, not from the moment
//! it got its turn ("coordinated omission").

/// Nanoseconds a second.
const SECOND_NS: u64 = 1_000_000_000;

/// An even stream of placements, in bursts of one or more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    per_second: u64,
    per_burst: u64,
}

impl Schedule {
    /// `per_second` placements, one after another; with `bursts_ms` those of
    /// so many milliseconds all at once.
    pub(crate) fn new(per_second: u64, bursts_ms: u64) -> Self {
        Self { per_second, per_burst: (per_second * bursts_ms / 1000).max(1) }
    }

    /// When the placement with this number is due, in nanoseconds from the
    /// start; `None` for a rate of zero.
    pub(crate) fn due_ns(&self, number: u64) -> Option<u64> {
        let burst = number / self.per_burst * self.per_burst;
        let due = u128::from(burst) * u128::from(SECOND_NS);
        due.checked_div(u128::from(self.per_second)).map(|due| due as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placements_are_even_or_in_bursts() {
        let even = Schedule::new(1000, 0);
        assert_eq!((even.due_ns(0), even.due_ns(1)), (Some(0), Some(1_000_000)));
        assert_eq!(even.due_ns(60_000), Some(60 * SECOND_NS));
        let bursts = Schedule::new(1000, 100);
        assert_eq!((bursts.due_ns(99), bursts.due_ns(100)), (Some(0), Some(100_000_000)));
        assert_eq!(Schedule::new(0, 0).due_ns(0), None, "never");
        assert_eq!(Schedule::new(5, 100).due_ns(1), Some(200_000_000), "a burst has one at least");
    }
}
