//! `calm`: whether pictures, boards, checkpoints, snapshots and backups stay
//! out of the way of placing. Windows with and without them take turns.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::Output;
use crate::args::Target;
use crate::drive::Pace;
use crate::histogram::{Histogram, Summary};
use crate::process;
use crate::schedule::Schedule;
use crate::server::{SERVER_CORE, Server};
use crate::stage::{LoadError, People, Stage};

/// Who watches and places: a class at its busiest.
const PEOPLE: People = People { viewers: 30, placers: 30, apart: false, samples: 4 };

/// Placements a second: enough for a p99 of a few seconds.
const RATE: u64 = 200;

/// Width and height of the canvases.
const SIDES: [u16; 2] = [1000, 4096];

/// How long the canvas is filled with noise before, as fast as that goes.
const FILL: Duration = Duration::from_secs(3);

/// Warm-up of each window.
const WARM_UP: Duration = Duration::from_millis(500);

/// Settings with which the server keeps checkpoints and snapshots all the time.
const KEEPING: [&str; 4] = ["--checkpoint-interval", "1s", "--snapshot-interval", "1s"];

/// Settings with which it keeps none during a run.
const RESTING: [&str; 4] = ["--checkpoint-interval", "1d", "--snapshot-interval", "0"];

/// What goes on beside placing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beside {
    /// Pictures of the whole canvas, one after another.
    Pictures,
    /// Boards for people who join, one after another.
    Boards,
    /// A checkpoint and a snapshot every second.
    Keeping,
    /// `place backup`, again and again, on the server's core.
    Backups,
}

impl Beside {
    const ALL: [Self; 4] = [Self::Pictures, Self::Boards, Self::Keeping, Self::Backups];

    fn name(self) -> &'static str {
        match self {
            Self::Pictures => "pictures",
            Self::Boards => "boards",
            Self::Keeping => "checkpoints and snapshots",
            Self::Backups => "backups",
        }
    }
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    target: Target,
    /// Seconds of each window.
    #[arg(long, default_value_t = 4.0, value_parser = crate::args::seconds)]
    seconds: f64,
    /// Alternations; the median counts.
    #[arg(long, default_value_t = 5)]
    rounds: u8,
    /// Only canvases of this width and height, in cells.
    #[arg(long)]
    side: Option<u16>,
    /// Let the server use both cores, one of them with the load.
    #[arg(long)]
    two_cores: bool,
}

pub(super) fn perform(args: &Args, _: Output) -> Result<bool, LoadError> {
    let mut passed = true;
    println!("### Placing beside heavy work\n");
    println!(
        "| canvas | beside | times, each p50 / max ms | acknowledged p50 / p99 ms without | with | p99, ratio | seen p99 ms without | with | ratio |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for side in SIDES.into_iter().filter(|side| args.side.is_none_or(|only| only == *side)) {
        for beside in Beside::ALL {
            passed &= compare(args, side, beside)?;
        }
    }
    println!("\nEvery sampled copy identical with the server's board: {passed}");
    Ok(passed)
}

/// A server and its crowd.
struct Scene {
    // In this order: the connections go before the server.
    stage: Stage,
    server: Server,
}

impl Scene {
    fn set(args: &Args, side: u16, settings: &[&str]) -> Result<Self, LoadError> {
        let mut target = args.target.clone();
        target.server_args.extend(settings.iter().map(|&setting| setting.to_owned()));
        let server = target.open(PEOPLE.viewers + PEOPLE.placers)?;
        if let (true, Some(pid)) = (args.two_cores, server.pid) {
            process::unpin(pid)?;
        }
        let canvas = server.api.create_canvas(side, "studio-32")?;
        let mut stage = Stage::set(&server.api, canvas, PEOPLE, 1)?;
        stage.measure(server.pid, Pace::Closed(64), Duration::ZERO, FILL)?;
        Ok(Self { stage, server })
    }

    fn window(&mut self, args: &Args) -> Result<(Summary, Summary), LoadError> {
        let pace = Pace::Open(Schedule::new(RATE, 0));
        let seconds = Duration::from_secs_f64(args.seconds);
        let window = self.stage.measure(self.server.pid, pace, WARM_UP, seconds)?;
        let report = window.report(&self.stage, PEOPLE.viewers);
        Ok((report.acknowledged, report.seen_by_sampled))
    }
}

fn compare(args: &Args, side: u16, beside: Beside) -> Result<bool, LoadError> {
    let mut quiet = Scene::set(args, side, &RESTING)?;
    let mut keeping = match beside {
        Beside::Keeping => Some(Scene::set(args, side, &KEEPING)?),
        _ => None,
    };
    let (mut without, mut with, mut times) = (Vec::new(), Vec::new(), Histogram::new());
    for _ in 0..args.rounds.max(1) {
        without.push(quiet.window(args)?);
        if let Some(keeping) = &mut keeping {
            with.push(keeping.window(args)?);
        } else {
            let work = Work::start(beside, &quiet, &args.target.place);
            with.push(quiet.window(args)?);
            work.stop(&mut times);
        }
    }
    show(side, beside, &times.summary(), &without, &with);
    let mut passed = quiet.stage.check(&quiet.server.api)?.passed();
    if let Some(mut keeping) = keeping {
        passed &= keeping.stage.check(&keeping.server.api)?.passed();
    }
    Ok(passed)
}

fn show(
    side: u16,
    beside: Beside,
    times: &Summary,
    without: &[(Summary, Summary)],
    with: &[(Summary, Summary)],
) {
    let acknowledged = |of: fn(&Summary) -> f64| {
        move |windows: &[(Summary, Summary)]| median(windows.iter().map(|(first, _)| of(first)))
    };
    let (p50, p99) = (acknowledged(|times| times.p50_ms), acknowledged(|times| times.p99_ms));
    let seen = |windows: &[(Summary, Summary)]| median(windows.iter().map(|(_, seen)| seen.p99_ms));
    let each = match times.count {
        0 => "one a second".to_owned(),
        _ => format!("{:.0} / {:.0} ({})", times.p50_ms, times.max_ms, times.count),
    };
    println!(
        "| {side}² | {} | {each} | {:.2} / {:.2} | {:.2} / {:.2} | {:.2} | {:.2} | {:.2} | {:.2} |",
        beside.name(),
        p50(without),
        p99(without),
        p50(with),
        p99(with),
        p99(with) / p99(without),
        seen(without),
        seen(with),
        seen(with) / seen(without)
    );
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// Something heavy, done again and again on a thread until it is stopped.
struct Work {
    ends: Arc<AtomicBool>,
    thread: thread::JoinHandle<Vec<u64>>,
}

impl Work {
    fn start(beside: Beside, scene: &Scene, place: &Path) -> Self {
        let ends = Arc::new(AtomicBool::new(false));
        let (watch, api) = (Arc::clone(&ends), scene.server.api.clone());
        let id = scene.stage.canvas.id.clone();
        let (place, data) = (place.to_owned(), scene.server.data.clone());
        let thread = thread::spawn(move || {
            let mut times = Vec::new();
            while !watch.load(Ordering::Relaxed) {
                let began = Instant::now();
                let done = match beside {
                    Beside::Pictures => api.download(&format!("/api/canvases/{id}/image.png")),
                    Beside::Boards => api.download(&format!("/api/canvases/{id}/board")),
                    Beside::Backups => back_up(&place, data.as_ref()),
                    Beside::Keeping => return times,
                };
                if !done {
                    eprintln!("{} failed", beside.name());
                    return times;
                }
                times.push(began.elapsed().as_nanos() as u64);
            }
            times
        });
        Self { ends, thread }
    }

    fn stop(self, times: &mut Histogram) {
        self.ends.store(true, Ordering::Relaxed);
        for time in self.thread.join().unwrap_or_default() {
            times.record(time);
        }
    }
}

fn back_up(place: &Path, data: Option<&PathBuf>) -> bool {
    let Some(data) = data else { return false };
    // The child inherits the core of this thread, which does nothing else.
    let _ = process::pin(Some(SERVER_CORE));
    let folder = data.with_extension("backup");
    if std::fs::create_dir_all(&folder).is_err() {
        return false;
    }
    let mut command = Command::new(place);
    command.arg("backup").arg(folder.join("place.backup")).arg("--data").arg(data);
    let status = command.stdout(Stdio::null()).status();
    let _ = std::fs::remove_dir_all(&folder);
    status.is_ok_and(|status| status.success())
}
