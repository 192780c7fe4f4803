//! `stages`: where the time of one placement goes, as the server's own
//! histograms tell it.

use std::time::Duration;

use super::Output;
use crate::args::Target;
use crate::drive::Pace;
use crate::metrics::{Distribution, Metrics};
use crate::schedule::Schedule;
use crate::stage::{LoadError, People, Report, Stage};
use crate::sync;
use crate::text::times;

/// The stages in the order in which a placement goes through them.
const STAGES: [&str; 14] = [
    "decode", "queue", "check", "encode", "handover", "write", "sync", "return", "apply", "hold",
    "frame", "wake", "send", "answer",
];

/// Who places how much: a lone pixel now and then, a class at work, a flood.
const LOADS: [(&str, usize, usize, u64); 3] = [
    ("a lone pixel, 5 a second, 30 viewers", 30, 30, 5),
    ("a class at work, 50 a second, 30 viewers", 30, 30, 50),
    ("a flood, 50,000 a second, 500 placers, 1 viewer", 1, 500, 50_000),
];

/// Warm-up ahead of what is measured.
const WARM_UP: Duration = Duration::from_secs(1);

/// Writes that are timed at the pace of the lone pixel.
const SYNC_ROUNDS: u64 = 40;

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    target: Target,
    /// Seconds that each load is measured.
    #[arg(long, default_value_t = 10.0, value_parser = crate::args::seconds)]
    seconds: f64,
}

pub(super) fn perform(args: &Args, _: Output) -> Result<bool, LoadError> {
    let mut passed = true;
    let gap = Duration::from_millis(200);
    let disk = sync::measure(&args.target.folder, 500)?;
    let rare = sync::measure_paced(&args.target.folder, SYNC_ROUNDS, gap)?;
    println!("### Where the time of one placement goes\n");
    println!("One write and fdatasync, one after another: {}.", times(&disk));
    println!("The same, five a second: {}.", times(&rare));
    for (name, viewers, placers, rate) in LOADS {
        let people = People { viewers, placers, apart: placers > viewers, samples: 8 };
        let server = args.target.open(viewers + placers)?;
        let canvas = server.api.create_canvas(1000, "studio-32")?;
        let mut stage = Stage::set(&server.api, canvas, people, 1)?;
        let before = Metrics::parse(&server.api.metrics()?);
        let pace = Pace::Open(Schedule::new(rate, 0));
        let seconds = Duration::from_secs_f64(args.seconds);
        let window = stage.measure(server.pid, pace, WARM_UP, seconds)?;
        let after = Metrics::parse(&server.api.metrics()?);
        let report = window.report(&stage, viewers);
        passed &= stage.check(&server.api)?.passed();
        show(name, &report, &before, &after);
    }
    println!("\nEvery sampled copy identical with the server's board: {passed}");
    Ok(passed)
}

fn show(name: &str, report: &Report, before: &Metrics, after: &Metrics) {
    println!("\n#### {name}\n");
    println!("Acknowledged: {}.", times(&report.acknowledged));
    println!("Seen by the first: {}.", times(&report.seen_by_first));
    println!("Seen by the sampled: {}.\n", times(&report.seen_by_sampled));
    println!("| stage | counted | mean µs | p50 µs | p99 µs | busy, µs a placement |");
    println!("|---|---|---|---|---|---|");
    let placed = after.since(before, "place_stage_seconds_count{stage=\"queue\"}").max(1.0);
    for stage in STAGES {
        let label = format!("stage=\"{stage}\"");
        let seen = after.histogram_since(before, "place_stage_seconds", &label);
        let busy = after.since(before, &format!("place_stage_busy_seconds_total{{{label}}}"));
        row(stage, &seen, busy / placed);
    }
}

fn row(stage: &str, seen: &Distribution, busy: f64) {
    println!(
        "| {stage} | {:.0} | {:.1} | {:.1} | {:.1} | {:.2} |",
        seen.count(),
        seen.mean() * 1e6,
        seen.quantile(0.5) * 1e6,
        seen.quantile(0.99) * 1e6,
        busy * 1e6
    );
}
