//! What became of each placement, and when each viewer saw it.

use place_core::Seq;

use crate::histogram::Histogram;

/// One placement. Times are nanoseconds from the start of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Placement {
    /// When it was due.
    pub(crate) due_ns: u64,
    /// When its answer came; 0 while there is none.
    pub(crate) answered_ns: u64,
    /// Where it stands in the journal; 0 unless it was accepted.
    pub(crate) seq: Seq,
}

/// The seqs that a viewer has reached, and when.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timeline(Vec<(Seq, u64)>);

impl Timeline {
    /// Notes a seq; one that was reached before changes nothing.
    pub(crate) fn reach(&mut self, seq: Seq, at_ns: u64) {
        if self.0.last().is_none_or(|(last, _)| *last < seq) {
            self.0.push((seq, at_ns));
        }
    }

    /// When the placement with this seq could be seen.
    pub(crate) fn seen_ns(&self, seq: Seq) -> Option<u64> {
        let at = self.0.partition_point(|(reached, _)| *reached < seq);
        self.0.get(at).map(|(_, at_ns)| *at_ns)
    }
}

/// Times from due to acknowledged, of what was accepted.
pub(crate) fn acknowledged(placements: &[Placement]) -> Histogram {
    let mut times = Histogram::new();
    for placement in placements.iter().filter(|placement| placement.seq > 0) {
        times.record(placement.answered_ns.saturating_sub(placement.due_ns));
    }
    times
}

/// Times from due to seen, of what was accepted, on each of these viewers.
pub(crate) fn seen<'a>(
    placements: &[Placement],
    viewers: impl IntoIterator<Item = &'a Timeline>,
) -> Histogram {
    let mut times = Histogram::new();
    for viewer in viewers {
        for placement in placements.iter().filter(|placement| placement.seq > 0) {
            if let Some(seen_ns) = viewer.seen_ns(placement.seq) {
                times.record(seen_ns.saturating_sub(placement.due_ns));
            }
        }
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placement_is_seen_with_the_first_delta_that_covers_it() {
        let mut viewer = Timeline::default();
        viewer.reach(10, 100);
        viewer.reach(10, 150);
        viewer.reach(15, 200);
        assert_eq!(viewer.seen_ns(10), Some(100));
        assert_eq!(viewer.seen_ns(11), Some(200));
        assert_eq!(viewer.seen_ns(16), None);
    }

    #[test]
    fn refused_placements_count_for_nothing() {
        let mut viewer = Timeline::default();
        viewer.reach(2, 5_000_000);
        let placements = [
            Placement { due_ns: 1_000_000, answered_ns: 4_000_000, seq: 2 },
            Placement { due_ns: 1_000_000, answered_ns: 9_000_000, seq: 0 },
        ];
        assert_eq!(acknowledged(&placements).summary().count, 1);
        assert_eq!(acknowledged(&placements).quantile_ns(100), 3_000_000);
        assert_eq!(seen(&placements, [&viewer]).quantile_ns(100), 4_000_000);
    }
}
