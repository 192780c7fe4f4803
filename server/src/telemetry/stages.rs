//! Where the time of one placement goes, stage by stage.
//!
//! Measured all the time, so each observation is three relaxed additions and no
//! lock: some nanoseconds against the microseconds of the stages themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::{
    EncodeLabelSet, EncodeLabelValue, EncodeMetric, LabelValueEncoder, MetricEncoder, NoLabelSet,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::{Registry, Unit};

/// Edges of the buckets: from 1 µs, doubling to 1 s; one more for the rest.
const EDGES: usize = 21;

/// A part of a placement's way, in the order in which it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// From hearing the message to handing the placement on.
    Decode,
    /// In the canvas's queue until its sequencer takes it: the wake-up, the
    /// turn before, and what waits for a fuller commit.
    Queue,
    /// Judging the whole batch.
    Check,
    /// Encoding the batch for the journal.
    Encode,
    /// Until the disk writer has the batch.
    Handover,
    /// Writing the rows.
    Write,
    /// The commit: the log written and synced to the disk.
    Sync,
    /// Until the sequencer knows.
    Return,
    /// Folding the batch into the canvas.
    Apply,
    /// Until the delta's turn: none for a lone placement.
    Hold,
    /// Encoding the delta, once for everybody.
    Frame,
    /// Until a worker has heard of the delta. Counted once for each delta.
    Wake,
    /// Sending it to all of a worker's viewers. Counted once for each delta.
    Send,
    /// From the placement's happening to its placer's answer in the socket.
    Answer,
}

impl Stage {
    /// All of them, in order.
    pub const ALL: [Self; 14] = [
        Self::Decode,
        Self::Queue,
        Self::Check,
        Self::Encode,
        Self::Handover,
        Self::Write,
        Self::Sync,
        Self::Return,
        Self::Apply,
        Self::Hold,
        Self::Frame,
        Self::Wake,
        Self::Send,
        Self::Answer,
    ];

    /// Its name in `/metrics`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Queue => "queue",
            Self::Check => "check",
            Self::Encode => "encode",
            Self::Handover => "handover",
            Self::Write => "write",
            Self::Sync => "sync",
            Self::Return => "return",
            Self::Apply => "apply",
            Self::Hold => "hold",
            Self::Frame => "frame",
            Self::Wake => "wake",
            Self::Send => "send",
            Self::Answer => "answer",
        }
    }
}

impl EncodeLabelValue for Stage {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        self.name().encode(encoder)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StageLabel {
    stage: Stage,
}

/// What was seen of one stage.
#[derive(Debug, Default)]
struct Times {
    buckets: [AtomicU64; EDGES + 1],
    /// Nanoseconds, summed over placements.
    sum_ns: AtomicU64,
    /// Nanoseconds, summed over batches: how long the stage itself was busy.
    busy_ns: AtomicU64,
}

impl Times {
    fn observe(&self, took: Duration, count: u64) {
        let ns = nanos(took);
        self.buckets[bucket_of(ns)].fetch_add(count, Ordering::Relaxed);
        self.sum_ns.fetch_add(ns.saturating_mul(count), Ordering::Relaxed);
        self.busy_ns.fetch_add(ns, Ordering::Relaxed);
    }
}

/// The times of all stages.
#[derive(Clone, Debug, Default)]
pub(super) struct Stages(Arc<[Times; Stage::ALL.len()]>);

impl Stages {
    /// So many placements spent this long in a stage, together.
    pub(super) fn observe(&self, stage: Stage, took: Duration, count: u64) {
        if count > 0 {
            self.0[stage as usize].observe(took, count);
        }
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "stage",
            "Where the time of a placement goes: how long each was in a stage",
            Unit::Seconds,
            StageTimes(self.clone()),
        );
        registry.register_with_unit(
            "stage_busy",
            "How long a stage took, counted once for all placements of a batch",
            Unit::Seconds,
            StageBusy(self.clone()),
        );
    }

    fn each(
        &self,
        mut encoder: MetricEncoder<'_>,
        one: impl Fn(&Times, MetricEncoder<'_>) -> Result<(), std::fmt::Error>,
    ) -> Result<(), std::fmt::Error> {
        Stage::ALL.into_iter().zip(self.0.iter()).try_for_each(|(stage, times)| {
            one(times, encoder.encode_family(&StageLabel { stage })?)
        })
    }
}

/// The histogram of each stage.
#[derive(Debug)]
struct StageTimes(Stages);

impl EncodeMetric for StageTimes {
    fn encode(&self, encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        self.0.each(encoder, |times, mut encoder| {
            let edges = (0..=EDGES).map(edge_s);
            let counts = times.buckets.iter().map(|count| count.load(Ordering::Relaxed));
            let buckets: Vec<(f64, u64)> = edges.zip(counts).collect();
            let count = buckets.iter().map(|(_, count)| count).sum();
            encoder.encode_histogram::<NoLabelSet>(seconds(&times.sum_ns), count, &buckets, None)
        })
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}

/// The busy time of each stage.
#[derive(Debug)]
struct StageBusy(Stages);

impl EncodeMetric for StageBusy {
    fn encode(&self, encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        self.0.each(encoder, |times, mut encoder| {
            encoder.encode_counter::<NoLabelSet, f64, f64>(&seconds(&times.busy_ns), None)
        })
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Counter
    }
}

fn seconds(ns: &AtomicU64) -> f64 {
    Duration::from_nanos(ns.load(Ordering::Relaxed)).as_secs_f64()
}

/// Upper edge of a bucket, in seconds.
fn edge_s(bucket: usize) -> f64 {
    if bucket < EDGES { Duration::from_micros(1 << bucket).as_secs_f64() } else { f64::INFINITY }
}

/// The first bucket whose edge is not below `ns` nanoseconds.
fn bucket_of(ns: u64) -> usize {
    let micros = ns.div_ceil(1000).max(1);
    (micros.next_power_of_two().ilog2() as usize).min(EDGES)
}

fn nanos(took: Duration) -> u64 {
    u64::try_from(took.as_nanos()).unwrap_or(u64::MAX / 2).min(u64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_falls_below_the_edge_of_its_bucket() {
        for ns in [0, 1, 999, 1000, 1001, 2000, 2001, 1_000_000, 1_048_576_000] {
            let bucket = bucket_of(ns);
            let (ns, edge_ns) = (ns as f64, edge_s(bucket) * 1e9);
            assert!(ns <= edge_ns, "{ns} in a bucket up to {edge_ns}");
            assert!(bucket == 0 || ns > edge_s(bucket - 1) * 1e9, "{ns} is one too high");
        }
        assert_eq!(bucket_of(1_048_576_001), EDGES);
        assert_eq!(bucket_of(u64::MAX), EDGES);
    }

    #[test]
    fn a_batch_counts_for_all_its_placements_and_is_busy_once() {
        let stages = Stages::default();
        stages.observe(Stage::Sync, Duration::from_millis(2), 10);
        stages.observe(Stage::Sync, Duration::from_micros(3), 0);
        let mut registry = Registry::default();
        stages.register(&mut registry);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        for line in [
            "stage_seconds_sum{stage=\"sync\"} 0.02",
            "stage_seconds_count{stage=\"sync\"} 10",
            "stage_seconds_bucket{le=\"0.001024\",stage=\"sync\"} 0",
            "stage_seconds_bucket{le=\"0.002048\",stage=\"sync\"} 10",
            "stage_seconds_bucket{le=\"+Inf\",stage=\"sync\"} 10",
            "stage_seconds_count{stage=\"decode\"} 0",
            "stage_busy_seconds_total{stage=\"sync\"} 0.002",
        ] {
            assert!(text.lines().any(|found| found == line), "no line {line:?} in\n{text}");
        }
    }

    #[test]
    fn stages_stand_where_their_numbers_say() {
        for (number, stage) in Stage::ALL.into_iter().enumerate() {
            assert_eq!(stage as usize, number);
        }
    }
}
