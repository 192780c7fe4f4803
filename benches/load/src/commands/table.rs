//! The tables of `benches/README.md`, measured anew.

use std::time::Duration;

use super::idle;
use crate::args::{Pattern, Target};
use crate::drive::Pace;
use crate::schedule::Schedule;
use crate::stage::{LoadError, People, Report, Stage};
use crate::sync;

/// Each window.
const RUN_WINDOW: Duration = Duration::from_secs(8);

/// Warm-up ahead of it.
const WARM_UP: Duration = Duration::from_secs(1);

/// Side and palette of a canvas, and what is drawn on it.
type Sheet = (u16, &'static str, Pattern);

/// Where none of it matters.
const CANVAS: Sheet = (1000, "studio-32", Pattern::Uniform);

/// Writes that are timed for the disk's own speed.
const SYNC_ROUNDS: u64 = 500;

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    target: Target,
}

/// Measures everything and prints it; tells whether every check passed.
pub(super) fn perform(args: &Args) -> Result<bool, LoadError> {
    let target = &args.target;
    let mut passed = true;
    latency(target, &mut passed)?;
    bytes(target, &mut passed)?;
    throughput(target, &mut passed)?;
    memory(target, &mut passed)?;
    println!("\nEvery sampled copy identical with the server's board: {passed}");
    Ok(passed)
}

/// One run on a server of its own.
fn once(
    target: &Target,
    people: People,
    pace: Pace,
    (side, palette, pattern): Sheet,
    passed: &mut bool,
) -> Result<Report, LoadError> {
    let server = target.open(people.viewers + people.placers)?;
    let canvas = server.api.create_canvas(side, palette)?;
    let mut stage = Stage::set(&server.api, canvas, people, 1)?;
    pattern.set(&mut stage, 1);
    let window = stage.measure(server.pid, pace, WARM_UP, RUN_WINDOW)?;
    let report = window.report(&stage, people.viewers);
    *passed &= stage.check(&server.api)?.passed();
    Ok(report)
}

fn share(report: &Report) -> f64 {
    report.server.as_ref().map_or(0.0, |cost| cost.cpu_share * 100.0)
}

fn latency(target: &Target, passed: &mut bool) -> Result<(), LoadError> {
    let disk = sync::measure(&target.folder, SYNC_ROUNDS)?;
    println!("### Place → seen, durable\n");
    println!("One write and fdatasync: p50 {:.2}, p99 {:.2} ms.\n", disk.p50_ms, disk.p99_ms);
    println!(
        "| viewers | placements/s | acknowledged p50 / p99 ms | seen by the first p50 / p99 ms | seen by 8 viewers p50 / p99 / max ms | server, % of a core |"
    );
    println!("|---|---|---|---|---|---|");
    for (viewers, rate) in [(30, 5), (30, 50), (1000, 20), (1000, 400), (5000, 20)] {
        let placers = usize::min(viewers, 100);
        let people = People { viewers, placers, apart: false, samples: 8 };
        let report = once(target, people, Pace::Open(Schedule::new(rate, 0)), CANVAS, passed)?;
        println!(
            "| {viewers} | {rate} | {:.2} / {:.2} | {:.2} / {:.2} | {:.2} / {:.2} / {:.2} | {:.1} |",
            report.acknowledged.p50_ms,
            report.acknowledged.p99_ms,
            report.seen_by_first.p50_ms,
            report.seen_by_first.p99_ms,
            report.seen_by_sampled.p50_ms,
            report.seen_by_sampled.p99_ms,
            report.seen_by_sampled.max_ms,
            share(&report)
        );
    }
    Ok(())
}

fn bytes(target: &Target, passed: &mut bool) -> Result<(), LoadError> {
    println!("\n### Bytes on the wire, with WebSocket headers\n");
    println!(
        "| canvas, palette | drawn by | frames/s | cells a frame | bytes a frame | bytes a cell |"
    );
    println!("|---|---|---|---|---|---|");
    let large = |pattern| (2000, "studio-32", pattern);
    let small = |pattern| (256, "basic-16", pattern);
    for (sheet, rate) in [
        (large(Pattern::Uniform), 4950),
        (large(Pattern::People), 4950),
        (small(Pattern::Uniform), 900),
        (small(Pattern::People), 900),
        (small(Pattern::Uniform), 10),
        (small(Pattern::People), 10),
    ] {
        // So many that a delta comes every 33 ms, and gathers what the goal says.
        let people = People { viewers: 700, placers: 60, apart: true, samples: 4 };
        let report = once(target, people, Pace::Open(Schedule::new(rate, 0)), sheet, passed)?;
        let (side, palette, pattern) = sheet;
        println!(
            "| {side}², {palette} | {pattern:?} | {:.1} | {:.1} | {:.1} | {:.2} |",
            report.frames_per_second,
            report.cells_per_frame,
            report.frame_bytes,
            report.bytes_per_cell
        );
    }
    Ok(())
}

fn throughput(target: &Target, passed: &mut bool) -> Result<(), LoadError> {
    println!("\n### Placements taken in, durable, and viewers served\n");
    println!(
        "| viewers | placers | offered/s | accepted/s | refused | acknowledged p50 / p99 ms | deliveries/s | seen p50 / p99 ms | server, % of a core | µs a placement |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let open_loop = |rate, burst_ms| Pace::Open(Schedule::new(rate, burst_ms));
    let runs = [
        (1, 500, open_loop(50_000, 0), "50,000"),
        (1, 500, open_loop(100_000, 0), "100,000"),
        (1, 200, Pace::Closed(64), "as many as it takes"),
        (10_000, 60, open_loop(10, 0), "10"),
        (10_000, 60, open_loop(500, 100), "500 in 10 bursts"),
    ];
    for (viewers, placers, pace, offered) in runs {
        let people = People { viewers, placers, apart: true, samples: viewers.min(8) };
        let report = once(target, people, pace, CANVAS, passed)?;
        let cost = report.server.as_ref().map_or(0.0, |cost| cost.cpu_us_per_placement);
        println!(
            "| {viewers} | {placers} | {offered} | {:.0} | {} | {:.2} / {:.2} | {:.0} | {:.2} / {:.2} | {:.1} | {cost:.2} |",
            report.accepted_per_second,
            report.refused.values().sum::<u64>(),
            report.acknowledged.p50_ms,
            report.acknowledged.p99_ms,
            report.deliveries_per_second,
            report.seen_by_sampled.p50_ms,
            report.seen_by_sampled.p99_ms,
            share(&report)
        );
    }
    Ok(())
}

fn memory(target: &Target, passed: &mut bool) -> Result<(), LoadError> {
    println!("\n### Resident memory\n");
    println!(
        "| viewers | without them, MiB | with them, MiB | bytes an idle viewer | bytes a viewer after traffic | most, MiB |"
    );
    println!("|---|---|---|---|---|---|");
    for viewers in [1000, 10_000] {
        let server = target.open(viewers + 100)?;
        let found = idle::measure(&server, viewers, Duration::from_secs(3))?;
        *passed &= found.check.passed();
        println!(
            "| {viewers} | {:.1} | {:.1} | {:.0} | {:.0} | {:.1} |",
            found.without_kib as f64 / 1024.0,
            found.with_kib as f64 / 1024.0,
            found.bytes_per_idle_viewer,
            found.bytes_per_viewer_after_traffic,
            found.peak_kib as f64 / 1024.0
        );
    }
    Ok(())
}
