//! A crowd on a canvas, connected and ready; and what is read off it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{Duration, Instant};

use place_core::rules::Reason;
use serde::Serialize;

use crate::api::{Api, ApiError, LoadCanvas};
use crate::crowd::{Crowd, Member, Tally};
use crate::drive::{self, Drive, Pace};
use crate::fleet::{Fleet, FleetError};
use crate::histogram::Summary;
use crate::log;
use crate::process::{Cpu, Memory};
use crate::server::ServerError;
use crate::websocket;

/// Longest wait for all viewers' first beat.
const WATCH_TIMEOUT: Duration = Duration::from_secs(30);

/// Longest wait for the last deltas and the server's final board.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(20);

/// Everything that ends a run early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error(transparent)]
    Fleet(#[from] FleetError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("the viewers were not all live within {WATCH_TIMEOUT:?}")]
    NotLive,
    #[error("{0}")]
    Wrong(String),
}

/// Who is on a canvas.
#[derive(Clone, Copy, Debug)]
pub(crate) struct People {
    pub(crate) viewers: usize,
    pub(crate) placers: usize,
    /// Whether the placers are connections of their own that do not watch;
    /// else they are the first of the viewers.
    pub(crate) apart: bool,
    /// Viewers that keep a copy of the canvas.
    pub(crate) samples: usize,
}

/// A crowd on a canvas.
pub(crate) struct Stage {
    pub(crate) canvas: LoadCanvas,
    pub(crate) fleet: Fleet,
    pub(crate) crowd: Crowd,
    pub(crate) placers: Range<usize>,
    /// Whether the loader spins while it measures (see [`Fleet::spin`]).
    pub(crate) spins: bool,
}

impl Stage {
    /// Seats and connects everybody.
    pub(crate) fn set(
        api: &Api,
        canvas: LoadCanvas,
        people: People,
        seed: u64,
    ) -> Result<Self, LoadError> {
        let cookies = (0..people.placers)
            .map(|number| api.join(&canvas.id, &format!("Load {number}")))
            .collect::<Result<Vec<_>, _>>()?;
        let placers = if people.apart {
            people.viewers..people.viewers + people.placers
        } else {
            0..people.placers.min(people.viewers)
        };
        let board = api.board(&canvas.id)?;
        let stride = people.viewers.div_ceil(people.samples.max(1)).max(1);
        let sampled = |number: usize| people.samples > 0 && number.is_multiple_of(stride);
        let viewer = |number| Member::viewer(sampled(number).then(|| board.clone()));
        let apart = if people.apart { people.placers } else { 0 };
        let members: Vec<_> =
            (0..people.viewers).map(viewer).chain((0..apart).map(|_| Member::placer())).collect();
        let count = members.len();
        let mut crowd = Crowd::new(canvas.shape, 0, members, seed);
        let (host, path) = (api.address.to_string(), format!("/api/canvases/{}/ws", canvas.id));
        let request = |number: usize| {
            let cookie = number.checked_sub(placers.start).and_then(|place| cookies.get(place));
            websocket::upgrade_request(&host, &path, cookie.map(String::as_str))
        };
        let mut fleet = Fleet::new()?;
        fleet.connect(api.address, (0..count).map(request), &mut crowd)?;
        if !drive::listen(&mut fleet, &mut crowd, WATCH_TIMEOUT, Crowd::is_watching)? {
            return Err(LoadError::NotLive);
        }
        Ok(Self { canvas, fleet, crowd, placers, spins: true })
    }

    /// Warms up, measures, and hears the last answers.
    pub(crate) fn measure(
        &mut self,
        pid: Option<u32>,
        pace: Pace,
        warm_up: Duration,
        duration: Duration,
    ) -> Result<Window, LoadError> {
        self.fleet.spin = self.spins;
        let mut drive = Drive::new(&mut self.fleet, &mut self.crowd, self.placers.clone(), pace);
        drive.run(warm_up)?;
        let before = Marks::take(drive.crowd, pid);
        drive.run(duration)?;
        let after = Marks::take(drive.crowd, pid);
        drive.drain()?;
        self.fleet.spin = false;
        let memory = pid.map(Memory::of);
        Ok(Window { before, after, memory })
    }

    /// Waits for the end of everything under way, and compares every sampled
    /// viewer with the server's board.
    pub(crate) fn check(&mut self, api: &Api) -> Result<Check, LoadError> {
        let acknowledged = self.crowd.acknowledged_seq();
        let deadline = Instant::now() + SETTLE_TIMEOUT;
        let mut board = api.board(&self.canvas.id)?;
        while board.seq() < acknowledged && Instant::now() < deadline {
            drive::listen(&mut self.fleet, &mut self.crowd, Duration::from_millis(200), |_| false)?;
            board = api.board(&self.canvas.id)?;
        }
        let settled = |crowd: &Crowd| {
            let mut samples = crowd.members.iter().filter_map(|member| member.sample.as_ref());
            samples.all(|sample| sample.mirror.seq() >= board.seq())
        };
        drive::listen(&mut self.fleet, &mut self.crowd, SETTLE_TIMEOUT, settled)?;
        // Where others go on placing, a copy may be ahead of the board already:
        // then the two can't be compared.
        let samples = self.crowd.members.iter().filter_map(|member| member.sample.as_ref());
        let samples = samples.filter(|sample| sample.mirror.seq() <= board.seq());
        let (same, other): (Vec<_>, Vec<_>) = samples.partition(|sample| sample.mirror == board);
        let tally = self.crowd.tally;
        Ok(Check {
            samples_identical: same.len(),
            samples_different: other.len(),
            acknowledged_seq: acknowledged,
            board_seq: board.seq(),
            unanswered: tally.sent - tally.answered(),
            gaps: tally.gaps,
            reloads: tally.reloads,
        })
    }
}

/// Whether the promises were kept.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Check {
    pub(crate) samples_identical: usize,
    pub(crate) samples_different: usize,
    pub(crate) acknowledged_seq: u64,
    pub(crate) board_seq: u64,
    pub(crate) unanswered: u64,
    pub(crate) gaps: u64,
    pub(crate) reloads: u64,
}

impl Check {
    pub(crate) fn passed(&self) -> bool {
        self.samples_different == 0
            && self.board_seq >= self.acknowledged_seq
            && self.unanswered == 0
            && self.gaps == 0
    }
}

/// A moment.
#[derive(Clone, Copy)]
struct Marks {
    at_ns: u64,
    tally: Tally,
    placements: usize,
    cpu: Cpu,
}

impl Marks {
    fn take(crowd: &Crowd, pid: Option<u32>) -> Self {
        Self {
            at_ns: crowd.now_ns(),
            tally: crowd.tally,
            placements: crowd.placements.len(),
            cpu: pid.map(Cpu::of).unwrap_or_default(),
        }
    }
}

/// What happened between two moments.
pub(crate) struct Window {
    before: Marks,
    after: Marks,
    memory: Option<Memory>,
}

impl Window {
    pub(crate) fn seconds(&self) -> f64 {
        (self.after.at_ns - self.before.at_ns) as f64 / 1e9
    }

    /// The server's processor time, in nanoseconds.
    pub(crate) fn cpu_ns(&self) -> u64 {
        self.after.cpu.since_ns(self.before.cpu)
    }

    /// Deltas that viewers got.
    pub(crate) fn deliveries(&self) -> u64 {
        self.after.tally.deltas - self.before.tally.deltas
    }

    /// Placements that were accepted.
    pub(crate) fn accepted(&self) -> u64 {
        self.after.tally.accepted - self.before.tally.accepted
    }

    fn delta_bytes(&self) -> u64 {
        self.after.tally.delta_bytes - self.before.tally.delta_bytes
    }

    /// All of it, in words and numbers.
    pub(crate) fn report(&self, stage: &Stage, viewers: usize) -> Report {
        let (before, after) = (&self.before.tally, &self.after.tally);
        let seconds = self.seconds();
        let deliveries = self.deliveries() as f64;
        let per = |sum: f64, count: f64| if count > 0.0 { sum / count } else { 0.0 };
        let placements = &stage.crowd.placements[self.before.placements..self.after.placements];
        let samples = stage.crowd.members.iter().filter_map(|member| member.sample.as_ref());
        let cells = (after.cells - before.cells) as f64;
        let refused = Reason::ALL.iter().zip(after.refused.iter().zip(before.refused));
        Report {
            seconds,
            sent: after.sent - before.sent,
            accepted: self.accepted(),
            accepted_per_second: self.accepted() as f64 / seconds,
            refused: refused
                .map(|(reason, (after, before))| (reason.name(), after - before))
                .filter(|(_, count)| *count > 0)
                .collect(),
            deliveries: self.deliveries(),
            deliveries_per_second: deliveries / seconds,
            frames_per_second: per(deliveries, viewers as f64) / seconds,
            frame_bytes: per(self.delta_bytes() as f64, deliveries),
            cells_per_frame: per(cells, deliveries),
            bytes_per_cell: per(self.delta_bytes() as f64, cells),
            received_bytes: after.bytes - before.bytes,
            received_messages: after.messages - before.messages,
            acknowledged: log::acknowledged(placements).summary(),
            seen_by_first: log::seen(placements, [&stage.crowd.first_seen]).summary(),
            seen_by_sampled: log::seen(placements, samples.map(|sample| &sample.seen)).summary(),
            server: self.memory.map(|memory| ServerCost {
                cpu_seconds: self.cpu_ns() as f64 / 1e9,
                cpu_share: self.cpu_ns() as f64 / 1e9 / seconds,
                cpu_us_per_delivery: per(self.cpu_ns() as f64 / 1e3, deliveries),
                cpu_us_per_placement: per(self.cpu_ns() as f64 / 1e3, self.accepted() as f64),
                memory,
            }),
        }
    }
}

/// What is told of a window.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) seconds: f64,
    pub(crate) sent: u64,
    pub(crate) accepted: u64,
    pub(crate) accepted_per_second: f64,
    pub(crate) refused: BTreeMap<&'static str, u64>,
    pub(crate) deliveries: u64,
    pub(crate) deliveries_per_second: f64,
    pub(crate) frames_per_second: f64,
    pub(crate) frame_bytes: f64,
    pub(crate) cells_per_frame: f64,
    pub(crate) bytes_per_cell: f64,
    pub(crate) received_bytes: u64,
    pub(crate) received_messages: u64,
    pub(crate) acknowledged: Summary,
    pub(crate) seen_by_first: Summary,
    pub(crate) seen_by_sampled: Summary,
    pub(crate) server: Option<ServerCost>,
}

/// What the server used.
#[derive(Debug, Serialize)]
pub(crate) struct ServerCost {
    pub(crate) cpu_seconds: f64,
    /// Of one core.
    pub(crate) cpu_share: f64,
    pub(crate) cpu_us_per_delivery: f64,
    pub(crate) cpu_us_per_placement: f64,
    pub(crate) memory: Memory,
}
