//! Placements that have happened and wait for their delta.

use std::time::Instant;

use crate::telemetry::{Metrics, Stage};

/// What viewers have not been sent yet. Its length is bounded by the commits
/// between two deltas.
#[derive(Debug, Default)]
pub(super) struct Unsent {
    /// When the oldest placement in it was read.
    oldest: Option<Instant>,
    /// When batches happened, and placements in them.
    batches: Vec<(Instant, usize)>,
}

impl Unsent {
    /// A batch has happened, whose oldest placement was read at `oldest`.
    pub(super) fn add(&mut self, happened: Instant, placements: usize, oldest: Option<Instant>) {
        self.oldest = self.oldest.or(oldest);
        self.batches.push((happened, placements));
    }

    /// They have gone out in a delta whose encoding began at `began`.
    pub(super) fn sent(&mut self, metrics: &Metrics, began: Instant) {
        let mut all = 0;
        for (happened, placements) in self.batches.drain(..) {
            metrics.stage(Stage::Hold, began.saturating_duration_since(happened), placements);
            all += placements;
        }
        metrics.stage(Stage::Frame, began.elapsed(), all);
        if let Some(read_at) = self.oldest.take() {
            metrics.feed_lag(read_at.elapsed());
        }
    }

    /// They have gone out with something else.
    pub(super) fn forget(&mut self) {
        self.oldest = None;
        self.batches.clear();
    }
}
