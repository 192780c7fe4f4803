//! `paces`: what a placement costs at different rates, with commits that
//! follow each other as fast as they can and with paced ones, in turns.

use std::time::Duration;

use super::Output;
use crate::args::Target;
use crate::drive::Pace;
use crate::metrics::Metrics;
use crate::schedule::Schedule;
use crate::stage::{LoadError, People, Stage};

/// A queue too small for the pace: the server then commits as fast as it can.
const UNPACED: [&str; 2] = ["--queue-capacity", "4095"];

/// Placements a second.
const RATES: [u64; 6] = [50, 400, 2_000, 10_000, 25_000, 50_000];

/// Warm-up ahead of what is measured.
const WARM_UP: Duration = Duration::from_secs(1);

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    target: Target,
    /// Seconds of each window.
    #[arg(long, default_value_t = 4.0, value_parser = crate::args::seconds)]
    seconds: f64,
    /// Alternations; the median counts.
    #[arg(long, default_value_t = 3)]
    rounds: u8,
    /// Connections that place; one more watches.
    #[arg(long, default_value_t = 500, value_parser = crate::args::connections)]
    placers: usize,
}

/// What one window told.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    cpu_us: f64,
    commits: f64,
    acknowledged_p50: f64,
    acknowledged_p99: f64,
    seen_p50: f64,
    seen_p99: f64,
}

pub(super) fn perform(args: &Args, _: Output) -> Result<bool, LoadError> {
    let mut passed = true;
    println!("### Processor time of a placement, by rate and pace\n");
    println!(
        "| placements/s | commits | commits/s | µs a placement | acknowledged p50 / p99 ms | seen p50 / p99 ms |"
    );
    println!("|---|---|---|---|---|---|");
    for rate in RATES {
        let (mut free, mut paced) = (Vec::new(), Vec::new());
        for _ in 0..args.rounds.max(1) {
            free.push(window(args, rate, &UNPACED, &mut passed)?);
            paced.push(window(args, rate, &[], &mut passed)?);
        }
        for (name, found) in [("at once", &free), ("paced", &paced)] {
            let Found { cpu_us, commits, acknowledged_p50, acknowledged_p99, seen_p50, seen_p99 } =
                medians(found);
            println!(
                "| {rate} | {name} | {commits:.0} | {cpu_us:.1} | {acknowledged_p50:.2} / {acknowledged_p99:.2} | {seen_p50:.2} / {seen_p99:.2} |"
            );
        }
    }
    println!("\nEvery sampled copy identical with the server's board: {passed}");
    Ok(passed)
}

fn window(args: &Args, rate: u64, extra: &[&str], passed: &mut bool) -> Result<Found, LoadError> {
    let mut target = args.target.clone();
    target.server_args.extend(extra.iter().map(|&arg| arg.to_owned()));
    let people = People { viewers: 1, placers: args.placers, apart: true, samples: 1 };
    let server = target.open(people.viewers + people.placers)?;
    let canvas = server.api.create_canvas(1000, "studio-32")?;
    let mut stage = Stage::set(&server.api, canvas, people, 1)?;
    let before = Metrics::parse(&server.api.metrics()?);
    let pace = Pace::Open(Schedule::new(rate, 0));
    let seconds = Duration::from_secs_f64(args.seconds);
    let window = stage.measure(server.pid, pace, WARM_UP, seconds)?;
    let after = Metrics::parse(&server.api.metrics()?);
    let report = window.report(&stage, people.viewers);
    *passed &= stage.check(&server.api)?.passed();
    let whole = (WARM_UP + seconds).as_secs_f64();
    Ok(Found {
        cpu_us: report.server.as_ref().map_or(0.0, |cost| cost.cpu_us_per_placement),
        commits: after.since(&before, "place_commit_seconds_count") / whole,
        acknowledged_p50: report.acknowledged.p50_ms,
        acknowledged_p99: report.acknowledged.p99_ms,
        seen_p50: report.seen_by_sampled.p50_ms,
        seen_p99: report.seen_by_sampled.p99_ms,
    })
}

fn medians(found: &[Found]) -> Found {
    let median = |of: fn(&Found) -> f64| {
        let mut values: Vec<f64> = found.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Found {
        cpu_us: median(|found| found.cpu_us),
        commits: median(|found| found.commits),
        acknowledged_p50: median(|found| found.acknowledged_p50),
        acknowledged_p99: median(|found| found.acknowledged_p99),
        seen_p50: median(|found| found.seen_p50),
        seen_p99: median(|found| found.seen_p99),
    }
}
