//! The server's cost of a delivered frame, against the floor's, both measured
//! in the same run: they take turns, so that whatever else the machine does
//! meets both alike.

use std::io::Write;
use std::process::Command;
use std::time::Duration;

use serde::Serialize;

use super::Output;
use crate::args::{RATE_MAX, Target, connections, seconds};
use crate::drive::Pace;
use crate::fleet::{Fleet, FleetError, Listener};
use crate::process::Cpu;
use crate::schedule::Schedule;
use crate::server::{Server, Started};
use crate::stage::{Check, LoadError, People, Stage};
use crate::text::{checked, line};
use crate::websocket::{self, Frame};

/// Time before each window in which nothing is counted yet.
const WARM_UP: Duration = Duration::from_millis(500);

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    target: Target,
    /// Connections that watch.
    #[arg(long, default_value_t = 1000, value_parser = connections)]
    viewers: usize,
    /// Connections that place.
    #[arg(long, default_value_t = 60, value_parser = connections)]
    placers: usize,
    /// Placements a second; this sets the size of a frame.
    #[arg(long, default_value_t = 2900, value_parser = clap::value_parser!(u64).range(1..=RATE_MAX))]
    rate: u64,
    /// Send the placements of so many milliseconds at once; 0 for evenly.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=10_000))]
    burst_ms: u64,
    /// Width and height of the canvas, in cells.
    #[arg(long, default_value_t = 2000)]
    side: u16,
    /// Alternations; the median counts.
    #[arg(long, default_value_t = 5)]
    rounds: u8,
    /// Seconds of each window.
    #[arg(long, default_value_t = 4.0, value_parser = seconds)]
    seconds: f64,
    /// Viewers that keep a copy of the canvas, compared at the end.
    #[arg(long, default_value_t = 4, value_parser = connections)]
    samples: usize,
}

impl Args {
    fn setup(&self) -> Setup {
        Setup {
            viewers: self.viewers,
            placers: self.placers,
            schedule: Schedule::new(self.rate, self.burst_ms),
            side: self.side,
            samples: self.samples,
            rounds: usize::from(self.rounds.max(1)),
            window: Duration::from_secs_f64(self.seconds),
        }
    }
}

pub(super) fn perform(args: &Args, output: Output) -> Result<bool, LoadError> {
    let server = args.target.open(2 * (args.viewers + args.placers))?;
    let ratio = measure(&server, args.setup())?;
    output.show(&ratio, text);
    Ok(ratio.check.passed())
}

/// What is compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setup {
    pub(crate) viewers: usize,
    pub(crate) placers: usize,
    pub(crate) schedule: Schedule,
    pub(crate) side: u16,
    pub(crate) samples: usize,
    pub(crate) rounds: usize,
    pub(crate) window: Duration,
}

/// One round: the server with viewers, the same placing without any, the floor.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Round {
    pub(crate) frames_per_second: f64,
    pub(crate) frame_bytes: usize,
    pub(crate) server_us: f64,
    /// The server's cost of taking in the same placements with nobody watching,
    /// per frame that would have been delivered.
    pub(crate) placing_us: f64,
    pub(crate) floor_us: f64,
}

impl Round {
    /// All that the server did, per floor.
    fn whole(&self) -> f64 {
        self.server_us / self.floor_us
    }

    /// Its fan-out alone, per floor.
    fn fan_out(&self) -> f64 {
        (self.server_us - self.placing_us) / self.floor_us
    }
}

/// The medians of all rounds.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Ratio {
    pub(crate) viewers: usize,
    pub(crate) frames_per_second: f64,
    pub(crate) frame_bytes: f64,
    pub(crate) server_us: f64,
    pub(crate) placing_us: f64,
    pub(crate) floor_us: f64,
    /// Server over floor, nothing subtracted.
    pub(crate) whole: f64,
    /// The same without what placing costs by itself.
    pub(crate) fan_out: f64,
    pub(crate) rounds: Vec<Round>,
    pub(crate) check: Check,
}

/// Measures.
pub(crate) fn measure(server: &Server, setup: Setup) -> Result<Ratio, LoadError> {
    let Some(pid) = server.pid else {
        return Err(LoadError::Wrong("the server's pid is needed to read its cost".to_owned()));
    };
    let api = &server.api;
    let people =
        |viewers, samples| People { viewers, placers: setup.placers, apart: true, samples };
    let canvas = || api.create_canvas(setup.side, "studio-32");
    let mut watched = Stage::set(api, canvas()?, people(setup.viewers, setup.samples), 1)?;
    let mut alone = Stage::set(api, canvas()?, people(0, 0), 2)?;
    let mut floor = Floor::start(setup.viewers)?;
    let pace = Pace::Open(setup.schedule);
    let mut rounds = Vec::new();
    for _ in 0..setup.rounds {
        let watching = watched.measure(Some(pid), pace, WARM_UP, setup.window)?;
        let placed = alone.measure(Some(pid), pace, WARM_UP, setup.window)?;
        let deliveries = watching.deliveries();
        if deliveries == 0 {
            return Err(LoadError::Wrong("nothing was delivered".to_owned()));
        }
        let frames_per_second = deliveries as f64 / setup.viewers as f64 / watching.seconds();
        let frame_bytes = watching.payload_bytes();
        let floor_us = floor.measure(frames_per_second, frame_bytes, setup.window)?;
        // Both placed at the same rate; were the windows not of equal length,
        // this would make them so.
        let share = watching.seconds() / placed.seconds();
        rounds.push(Round {
            frames_per_second,
            frame_bytes,
            server_us: watching.cpu_ns() as f64 / 1e3 / deliveries as f64,
            placing_us: placed.cpu_ns() as f64 * share / 1e3 / deliveries as f64,
            floor_us,
        });
    }
    let middle = |value: fn(&Round) -> f64| median(rounds.iter().map(value).collect());
    Ok(Ratio {
        viewers: setup.viewers,
        frames_per_second: middle(|round| round.frames_per_second),
        frame_bytes: middle(|round| round.frame_bytes as f64),
        server_us: middle(|round| round.server_us),
        placing_us: middle(|round| round.placing_us),
        floor_us: middle(|round| round.floor_us),
        whole: middle(Round::whole),
        fan_out: middle(Round::fan_out),
        check: watched.check(api)?,
        rounds,
    })
}

/// The middle one; the mean of the two middle ones of an even number.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        count => f64::midpoint(values[(count - 1) / 2], values[count / 2]),
    }
}

fn text(ratio: &Ratio) -> String {
    let mut out = format!(
        "{} viewers, {:.1} frames/s of {:.0} B, median of {}\n",
        ratio.viewers,
        ratio.frames_per_second,
        ratio.frame_bytes,
        ratio.rounds.len()
    );
    let us = |value: f64| format!("{value:.2} µs a delivered frame");
    line(&mut out, "server", &us(ratio.server_us));
    line(&mut out, "of it for placing", &us(ratio.placing_us));
    line(&mut out, "floor", &us(ratio.floor_us));
    line(&mut out, "server / floor", &format!("{:.2}", ratio.whole));
    line(&mut out, "(server − placing) / floor", &format!("{:.2}", ratio.fan_out));
    for (number, round) in ratio.rounds.iter().enumerate() {
        let text = format!(
            "server {:.2}, placing {:.2}, floor {:.2}",
            round.server_us, round.placing_us, round.floor_us
        );
        line(&mut out, &format!("round {}", number + 1), &text);
    }
    line(&mut out, "check", &checked(&ratio.check));
    out
}

/// The floor's process and its viewers.
struct Floor {
    started: Started,
    fleet: Fleet,
    heard: Heard,
}

/// Counts frames; looks at every byte, as the crowd does.
#[derive(Default)]
struct Heard {
    frames: u64,
    last: Vec<u8>,
    changed: u64,
}

impl Listener for Heard {
    fn message(
        &mut self,
        _connection: usize,
        frame: Frame<'_>,
        _frame_bytes: usize,
        _out: &mut Vec<u8>,
    ) -> Result<(), FleetError> {
        self.frames += 1;
        if self.last != frame.payload {
            self.last = frame.payload.to_vec();
            self.changed += 1;
        }
        Ok(())
    }
}

impl Floor {
    fn start(viewers: usize) -> Result<Self, LoadError> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("floor");
        let started = Started::new("the floor", command)?;
        let (mut fleet, mut heard) = (Fleet::new()?, Heard::default());
        let request = websocket::upgrade_request(&started.address.to_string(), "/", None);
        let requests = std::iter::repeat_n(request, viewers);
        fleet.connect(started.address, requests, &mut heard)?;
        Ok(Self { started, fleet, heard })
    }

    /// Its cost of one frame, in microseconds of processor time.
    fn measure(
        &mut self,
        per_second: f64,
        bytes: usize,
        window: Duration,
    ) -> Result<f64, LoadError> {
        let interval_us = Duration::from_secs_f64(1.0 / per_second).as_micros();
        self.order(&format!("{interval_us} {bytes}\n"))?;
        self.fleet.spin = true;
        self.listen(WARM_UP)?;
        let (frames, cpu) = (self.heard.frames, Cpu::of(self.started.pid()));
        self.listen(window)?;
        let cpu_ns = Cpu::of(self.started.pid()).since_ns(cpu);
        let frames = self.heard.frames - frames;
        self.fleet.spin = false;
        self.order("\n")?;
        self.listen(Duration::from_millis(200))?;
        if frames == 0 {
            return Err(LoadError::Wrong("the floor delivered nothing".to_owned()));
        }
        Ok(cpu_ns as f64 / 1e3 / frames as f64)
    }

    fn order(&mut self, text: &str) -> Result<(), LoadError> {
        if let Some(stdin) = self.started.stdin() {
            stdin.write_all(text.as_bytes())?;
            stdin.flush()?;
        }
        Ok(())
    }

    fn listen(&mut self, duration: Duration) -> Result<(), LoadError> {
        let end = std::time::Instant::now() + duration;
        while std::time::Instant::now() < end {
            self.fleet.poll(Duration::from_millis(5), &mut self.heard)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_odd_and_even_numbers() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
        assert!(median(Vec::new()).abs() < 1e-9);
    }

    #[test]
    fn placing_is_told_apart_from_fan_out() {
        let round = Round {
            frames_per_second: 30.0,
            frame_bytes: 256,
            server_us: 4.0,
            placing_us: 1.0,
            floor_us: 2.0,
        };
        assert!((round.whole() - 2.0).abs() < 1e-9);
        assert!((round.fan_out() - 1.5).abs() < 1e-9);
    }
}
