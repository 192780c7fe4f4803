//! PLACE as one of several servers whose fan-out is compared: it makes frames
//! from bursts of placements, and what placing costs is told apart.

use std::time::Duration;

use serde::Serialize;

use crate::args::Target;
use crate::drive::{self, Drive, Pace};
use crate::process::{self, Cpu};
use crate::schedule::Schedule;
use crate::script::Script;
use crate::server::Server;
use crate::stage::{LoadError, People, Stage};

/// Connections that place. Few with many pixels each: their reads and answers
/// are not what is measured.
const PLACERS: u64 = 32;

/// Placements that one of them sends at once: below the 64 that the server lets
/// be unanswered.
const PLACEMENTS_EACH: u64 = 60;

/// Side of the canvas, in cells.
const SIDE: u16 = 2000;

/// Longest window of placing alone: it does not depend on who watches.
const ALONE_MAX: Duration = Duration::from_secs(1);

/// Silence for the last frames to arrive in.
const QUIET: Duration = Duration::from_millis(150);

/// The server's threads that judge placements and save them. They never touch
/// a viewer's socket.
const PLACING_THREADS: [&str; 2] = ["place", "store-writer"];

/// How frames of a length are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Burst {
    pub(crate) per_second: u64,
    /// Cells of a burst, about: often its first cells make a frame of their
    /// own, because a lone change goes out at once.
    pub(crate) cells: u64,
    pub(crate) warm_up: Duration,
    pub(crate) window: Duration,
}

impl Burst {
    /// Brings the number of cells nearer to what makes frames of this length.
    pub(crate) fn aim(&mut self, wanted_bytes: u64, found_bytes: u64) {
        if let Some(cells) = (self.cells * wanted_bytes).checked_div(found_bytes) {
            self.cells = cells.clamp(1, PLACERS * PLACEMENTS_EACH);
        }
    }

    fn placers(&self) -> usize {
        self.cells.div_ceil(PLACEMENTS_EACH).clamp(1, PLACERS) as usize
    }

    fn pace(&self) -> Pace {
        Pace::Open(Schedule::bursts(self.per_second, self.cells))
    }
}

/// What a delivered frame costs a server, in microseconds of processor time.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Cost {
    pub(crate) name: String,
    /// All that the server did.
    pub(crate) us: f64,
    /// Without what placing costs: the threads that serve sockets alone, less
    /// what they use for the same placements when nobody watches.
    pub(crate) fan_out_us: Option<f64>,
}

/// One window.
pub(crate) struct Window {
    pub(crate) cost: Cost,
    pub(crate) frames_per_second: f64,
    /// What the first viewer got, and when.
    pub(crate) script: Script,
}

/// A PLACE server.
pub(crate) struct Place {
    name: String,
    server: Server,
    pid: u32,
    /// The same placements on a canvas that nobody watches.
    alone: Stage,
}

/// Processor time of all threads, and of those that serve sockets.
#[derive(Clone, Copy)]
struct Marks {
    all: Cpu,
    sockets: Cpu,
    delivered: u64,
}

/// What was used between two of them.
struct Used {
    all_ns: u64,
    sockets_ns: u64,
    delivered: u64,
}

impl Marks {
    fn take(pid: u32, stage_delivered: u64) -> Self {
        let sockets = Cpu::without(pid, &PLACING_THREADS);
        Self { all: Cpu::of(pid), sockets, delivered: stage_delivered }
    }

    fn since(self, earlier: Self) -> Used {
        Used {
            all_ns: self.all.since_ns(earlier.all),
            sockets_ns: self.sockets.since_ns(earlier.sockets),
            delivered: self.delivered - earlier.delivered,
        }
    }
}

impl Place {
    /// Starts a server with more arguments than the target has.
    pub(crate) fn start(
        name: &str,
        target: &Target,
        more: &[String],
        viewers: usize,
    ) -> Result<Self, LoadError> {
        let mut target = target.clone();
        target.server_args.extend_from_slice(more);
        let server = target.open(viewers + 2 * PLACERS as usize)?;
        let pid = server.pid.ok_or_else(|| {
            LoadError::Wrong("the server's pid is needed to read its cost".to_owned())
        })?;
        let people = People { viewers: 0, placers: PLACERS as usize, apart: true, samples: 0 };
        let canvas = server.api.create_canvas(SIDE, "studio-32")?;
        let alone = Stage::set(&server.api, canvas, people, 2)?;
        Ok(Self { name: name.to_owned(), server, pid, alone })
    }

    /// Connects viewers, measures every kind of burst, and lets them go. Tells
    /// whether the sampled viewer's copy was the server's board.
    pub(crate) fn turn(
        &mut self,
        viewers: usize,
        bursts: &[Burst],
    ) -> Result<(Vec<Window>, bool), LoadError> {
        let people = People { viewers, placers: PLACERS as usize, apart: true, samples: 1 };
        let canvas = self.server.api.create_canvas(SIDE, "studio-32")?;
        let mut watched = Stage::set(&self.server.api, canvas, people, 1)?;
        let mut windows = Vec::new();
        for burst in bursts {
            windows.push(self.window(&mut watched, viewers, *burst)?);
        }
        let passed = watched.check(&self.server.api)?.passed();
        watched.fleet.hang_up();
        drop(watched);
        process::settle(self.pid);
        Ok((windows, passed))
    }

    fn window(
        &mut self,
        watched: &mut Stage,
        viewers: usize,
        burst: Burst,
    ) -> Result<Window, LoadError> {
        let began_ns = watched.crowd.now_ns();
        watched.crowd.taken_down = Some(Vec::new());
        let used = drive(self.pid, watched, burst, burst.window)?;
        let frames = watched.crowd.taken_down.take().unwrap_or_default();
        let frames: Vec<_> =
            frames.into_iter().map(|(at_ns, bytes)| (at_ns - began_ns, bytes)).collect();
        let alone_window = burst.window.min(ALONE_MAX);
        let alone = drive(self.pid, &mut self.alone, burst, alone_window)?;
        if used.delivered == 0 {
            return Err(LoadError::Wrong("nothing was delivered".to_owned()));
        }
        let seconds = burst.window.as_secs_f64();
        let alone_ns = alone.sockets_ns as f64 * seconds / alone_window.as_secs_f64();
        let each = |ns: f64| ns / 1e3 / used.delivered as f64;
        Ok(Window {
            cost: Cost {
                name: self.name.clone(),
                us: each(used.all_ns as f64),
                fan_out_us: Some(each(used.sockets_ns as f64 - alone_ns)),
            },
            frames_per_second: used.delivered as f64 / viewers as f64 / seconds,
            script: Script::heard(&frames),
        })
    }
}

/// Places in bursts, and measures all but the beginning.
fn drive(pid: u32, stage: &mut Stage, burst: Burst, window: Duration) -> Result<Used, LoadError> {
    let placers = stage.placers.start..stage.placers.start + burst.placers();
    stage.fleet.spin = true;
    let mut drive = Drive::new(&mut stage.fleet, &mut stage.crowd, placers, burst.pace());
    drive.run(burst.warm_up)?;
    let before = Marks::take(pid, drive.crowd.tally.delivered);
    drive.run(window)?;
    let used = Marks::take(pid, drive.crowd.tally.delivered).since(before);
    drive.drain()?;
    stage.fleet.spin = false;
    drive::listen(&mut stage.fleet, &mut stage.crowd, QUIET, |_| false)?;
    Ok(used)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_aims_at_its_length_and_stays_within_what_may_be_unanswered() {
        let second = Duration::from_secs(1);
        let mut burst = Burst { per_second: 10, cells: 100, warm_up: second, window: second };
        burst.aim(256, 128);
        assert_eq!((burst.cells, burst.placers()), (200, 4));
        burst.aim(1 << 20, 1);
        assert_eq!(burst.cells.div_ceil(burst.placers() as u64), PLACEMENTS_EACH);
        burst.aim(1, 1 << 40);
        assert_eq!((burst.cells, burst.placers()), (1, 1));
    }
}
