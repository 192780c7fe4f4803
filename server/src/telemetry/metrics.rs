//! The numbers behind `/metrics`.
//!
//! What happens for every frame is a plain atomic. What is counted per canvas
//! happens once a turn of its sequencer, and may look its counter up.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::processor::Processor;
use super::stages::{Stage, Stages};

/// The type of what [`Metrics::encode`] gives.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// From 0.1 ms, faster than any disk syncs, doubling to 1.6 s, where people
/// complain.
const SECONDS_BUCKETS: (f64, f64, u16) = (0.0001, 2.0, 15);

/// From a lone pixel to a full batch of 4,096.
const ENTRIES_BUCKETS: (f64, f64, u16) = (1.0, 2.0, 13);

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CanvasLabel {
    canvas: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PlacementLabels {
    canvas: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabel {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CodeLabel {
    code: u16,
}

/// Every number that the server keeps about itself.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    viewers: Family<CanvasLabel, Gauge>,
    queue_depth: Family<CanvasLabel, Gauge>,
    placements: Family<PlacementLabels, Counter>,
    commit_seconds: Histogram,
    commit_entries: Histogram,
    feed_lag: Histogram,
    stages: Stages,
    frames_sent: Counter,
    bytes_sent: Counter,
    board_builds: Counter,
    connections: Gauge,
    feed_batched: Gauge,
    connections_refused: Family<ReasonLabel, Counter>,
    requests_refused: Family<ReasonLabel, Counter>,
    connections_closed: Family<CodeLabel, Counter>,
    connections_halted: Family<ReasonLabel, Counter>,
    reloads: Counter,
    snapshots: Family<OutcomeLabel, Counter>,
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("place"),
            viewers: Family::default(),
            queue_depth: Family::default(),
            placements: Family::default(),
            commit_seconds: histogram(SECONDS_BUCKETS),
            commit_entries: histogram(ENTRIES_BUCKETS),
            feed_lag: histogram(SECONDS_BUCKETS),
            stages: Stages::default(),
            frames_sent: Counter::default(),
            bytes_sent: Counter::default(),
            board_builds: Counter::default(),
            connections: Gauge::default(),
            feed_batched: Gauge::default(),
            connections_refused: Family::default(),
            requests_refused: Family::default(),
            connections_closed: Family::default(),
            connections_halted: Family::default(),
            reloads: Counter::default(),
            snapshots: Family::default(),
        };
        metrics.register();
        metrics
    }

    /// The names lack the prefix `place_`, and the endings `_total`,
    /// `_seconds` and `_info`: the registry and the encoder add them.
    fn register(&mut self) {
        let registry = &mut self.registry;
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The running version", build);
        registry.register(
            "viewers",
            "Who watches a canvas: people, bots, onlookers, teachers' pages and projectors",
            self.viewers.clone(),
        );
        registry.register(
            "queue_depth",
            "Placements that waited when the sequencer last began a turn",
            self.queue_depth.clone(),
        );
        registry.register(
            "placements",
            "Placements answered, by outcome: placed, or the reason of the refusal",
            self.placements.clone(),
        );
        registry.register_with_unit(
            "commit",
            "Time until a batch was on disk",
            Unit::Seconds,
            self.commit_seconds.clone(),
        );
        registry.register(
            "commit_entries",
            "Journal entries in one batch",
            self.commit_entries.clone(),
        );
        registry.register_with_unit(
            "feed_lag",
            "Time from reading a placement to handing it to the sockets",
            Unit::Seconds,
            self.feed_lag.clone(),
        );
        self.stages.register(registry);
        registry.register("frames_sent", "Feed frames sent", self.frames_sent.clone());
        registry.register("bytes_sent", "Bytes of feed frames sent", self.bytes_sent.clone());
        registry.register(
            "board_builds",
            "Boards compressed; one serves everybody who asks at the time",
            self.board_builds.clone(),
        );
        registry.register("connections", "Open WebSocket connections", self.connections.clone());
        registry.register(
            "feed_batched",
            "1 if the feed is sent in batches by io_uring, 0 if one by one",
            self.feed_batched.clone(),
        );
        registry.register(
            "connections_refused",
            "Connections refused, by reason: full, descriptors (too few open files are allowed), \
             silent (ended without a whole request), flood (sent on and made no progress)",
            self.connections_refused.clone(),
        );
        registry.register(
            "connections_closed",
            "WebSocket connections that the server closed, by close code",
            self.connections_closed.clone(),
        );
        registry.register(
            "connections_halted",
            "Times that a connection was not read from for a while, by reason: pace (a WebSocket \
             said too much), unread (it does not read its answers), requests (too many), closed (it \
             sends on after its close)",
            self.connections_halted.clone(),
        );
        registry.register(
            "reloads",
            "Viewers that were too far behind and told to load the board again",
            self.reloads.clone(),
        );
        registry.register(
            "requests_refused",
            "Requests that were answered with an error, by its code",
            self.requests_refused.clone(),
        );
        registry.register("snapshots", "Snapshots, by outcome", self.snapshots.clone());
        registry.register_collector(Box::new(Processor));
    }

    /// How many people watch a canvas.
    pub fn viewers(&self, canvas: &str, online: u32) {
        self.viewers.get_or_create(&label(canvas)).set(i64::from(online));
    }

    /// How many placements wait for a canvas's sequencer.
    pub fn queue_depth(&self, canvas: &str, waiting: usize) {
        self.queue_depth
            .get_or_create(&label(canvas))
            .set(i64::try_from(waiting).unwrap_or(i64::MAX));
    }

    /// Placements were answered; `outcome` is `placed` or the name of a reason.
    pub fn placements(&self, canvas: &str, outcome: &'static str, count: u64) {
        let labels = PlacementLabels { canvas: canvas.to_owned(), outcome };
        self.placements.get_or_create(&labels).inc_by(count);
    }

    /// A batch was made durable.
    pub fn commit(&self, took: Duration, entries: usize) {
        self.commit_seconds.observe(took.as_secs_f64());
        self.commit_entries.observe(entries as f64);
    }

    /// A placement was handed to the sockets, this long after it was read.
    pub fn feed_lag(&self, lag: Duration) {
        self.feed_lag.observe(lag.as_secs_f64());
    }

    /// So many placements spent this long in a stage of their way, together.
    pub fn stage(&self, stage: Stage, took: Duration, placements: usize) {
        self.stages.observe(stage, took, placements as u64);
    }

    /// A frame of this many bytes went to a viewer.
    pub fn sent(&self, bytes: usize) {
        self.sent_many(1, bytes);
    }

    /// Frames went to viewers; for whoever sends many in a row, so that workers
    /// don't fight over one cache line.
    pub fn sent_many(&self, frames: usize, bytes: usize) {
        self.frames_sent.inc_by(frames as u64);
        self.bytes_sent.inc_by(bytes as u64);
    }

    /// A board was compressed.
    pub fn board_built(&self) {
        self.board_builds.inc();
    }

    /// Whether the feed is sent in batches.
    pub fn feed_batched(&self, is_batched: bool) {
        self.feed_batched.set(i64::from(is_batched));
    }

    /// A WebSocket connection began.
    pub fn connection_opened(&self) {
        self.connections.inc();
    }

    /// A WebSocket connection ended.
    pub fn connection_closed(&self) {
        self.connections.dec();
    }

    /// A connection was refused, with the reason.
    pub fn connection_refused(&self, reason: &'static str) {
        self.connections_refused.get_or_create(&ReasonLabel { reason }).inc();
    }

    /// The server closed a WebSocket connection with this code.
    pub fn connection_closed_with(&self, code: u16) {
        self.connections_closed.get_or_create(&CodeLabel { code }).inc();
    }

    /// A WebSocket connection is not read from for a while, with the reason.
    pub fn connection_halted(&self, reason: &'static str) {
        self.connections_halted.get_or_create(&ReasonLabel { reason }).inc();
    }

    /// A viewer was told to load the board again.
    pub fn viewer_reloaded(&self) {
        self.reloads.inc();
    }

    /// A request was answered with an error of this code.
    pub fn request_refused(&self, reason: &'static str) {
        self.requests_refused.get_or_create(&ReasonLabel { reason }).inc();
    }

    /// A snapshot was `written`, or has `failed`.
    pub fn snapshot(&self, outcome: &'static str) {
        self.snapshots.get_or_create(&OutcomeLabel { outcome }).inc();
    }

    /// All numbers as text, in the form that Prometheus reads.
    pub fn encode(&self) -> String {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)
            .expect("writing into a string does not fail");
        text
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

fn histogram((start, factor, length): (f64, f64, u16)) -> Histogram {
    Histogram::new(exponential_buckets(start, factor, length))
}

fn label(canvas: &str) -> CanvasLabel {
    CanvasLabel { canvas: canvas.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_its_name_and_labels() {
        let metrics = Metrics::new();
        metrics.viewers("playground", 7);
        metrics.queue_depth("playground", 3);
        metrics.placements("playground", "placed", 5);
        metrics.placements("playground", "cooldown", 1);
        metrics.commit(Duration::from_millis(2), 5);
        metrics.feed_lag(Duration::from_micros(50));
        metrics.sent(10);
        metrics.sent_many(2, 20);
        metrics.board_built();
        metrics.connection_opened();
        metrics.connection_opened();
        metrics.connection_closed();
        metrics.connection_refused("full");
        metrics.request_refused("slow_down");
        metrics.connection_closed_with(1009);
        metrics.connection_halted("pace");
        metrics.viewer_reloaded();
        metrics.snapshot("written");
        let text = metrics.encode();
        let version = env!("CARGO_PKG_VERSION");
        for line in [
            &format!("place_build_info{{version=\"{version}\"}} 1"),
            "place_viewers{canvas=\"playground\"} 7",
            "place_queue_depth{canvas=\"playground\"} 3",
            "place_placements_total{canvas=\"playground\",outcome=\"placed\"} 5",
            "place_placements_total{canvas=\"playground\",outcome=\"cooldown\"} 1",
            "place_commit_seconds_count 1",
            "place_commit_seconds_bucket{le=\"0.0016\"} 0",
            "place_commit_seconds_bucket{le=\"0.0032\"} 1",
            "place_commit_entries_bucket{le=\"4.0\"} 0",
            "place_commit_entries_bucket{le=\"8.0\"} 1",
            "place_commit_entries_bucket{le=\"4096.0\"} 1",
            "place_feed_lag_seconds_bucket{le=\"0.0001\"} 1",
            "place_frames_sent_total 3",
            "place_bytes_sent_total 30",
            "place_board_builds_total 1",
            "place_connections 1",
            "place_connections_refused_total{reason=\"full\"} 1",
            "place_requests_refused_total{reason=\"slow_down\"} 1",
            "place_connections_closed_total{code=\"1009\"} 1",
            "place_connections_halted_total{reason=\"pace\"} 1",
            "place_reloads_total 1",
            "place_snapshots_total{outcome=\"written\"} 1",
        ] {
            assert!(text.lines().any(|found| found == line), "no line {line:?} in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }
}
