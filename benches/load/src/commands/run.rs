//! `run`: viewers and placers on one canvas.

use std::time::Duration;

use serde::Serialize;

use super::Output;
use crate::args::{Pattern, PeopleArgs, RATE_MAX, Target, seconds};
use crate::drive::Pace;
use crate::histogram::Summary;
use crate::schedule::Schedule;
use crate::stage::{Check, LoadError, Report, ServerCost, Stage};
use crate::sync;
use crate::text::{checked, line, times};

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    people: PeopleArgs,
    /// Placements a second, all placers together, whatever the server does.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(0..=RATE_MAX))]
    rate: u64,
    /// Send the placements of so many milliseconds at once; 0 for evenly.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=10_000))]
    burst_ms: u64,
    /// Instead of a rate: keep so many placements of each placer under way. It
    /// finds the highest rate; its latencies say nothing.
    #[arg(long, conflicts_with = "rate", value_parser = window)]
    window: Option<usize>,
    /// Seconds that are measured.
    #[arg(long, default_value_t = 10.0, value_parser = seconds)]
    seconds: f64,
    /// Seconds before them.
    #[arg(long, default_value_t = 1.0, value_parser = seconds)]
    warm_up: f64,
    /// Width and height of the canvas, in cells.
    #[arg(long, default_value_t = 1000)]
    side: u16,
    /// Palette of the canvas.
    #[arg(long, default_value = "studio-32")]
    palette: String,
    /// What is drawn.
    #[arg(long, value_enum, default_value_t = Pattern::Uniform)]
    pattern: Pattern,
    /// Seed of the dice that choose cells and colors.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Writes for the fsync time beside the latencies.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..100_000))]
    fsync_rounds: u64,
}

/// The outcome of `run`.
#[derive(Debug, Serialize)]
struct Outcome {
    viewers: usize,
    placers: usize,
    report: Report,
    fsync: Option<Summary>,
    check: Check,
}

pub(super) fn perform(args: &Args, output: Output) -> Result<bool, LoadError> {
    let outcome = measure(args)?;
    output.show(&outcome, text);
    Ok(outcome.check.passed())
}

fn measure(args: &Args) -> Result<Outcome, LoadError> {
    let people = args.people.people();
    let server = args.target.open(people.viewers + people.placers)?;
    let canvas = server.api.create_canvas(args.side, &args.palette)?;
    let mut stage = Stage::set(&server.api, canvas, people, args.seed)?;
    args.pattern.set(&mut stage, args.seed);
    let pace = match args.window {
        Some(window) => Pace::Closed(window),
        None => Pace::Open(Schedule::new(args.rate, args.burst_ms)),
    };
    let seconds = Duration::from_secs_f64;
    let window = stage.measure(server.pid, pace, seconds(args.warm_up), seconds(args.seconds))?;
    let report = window.report(&stage, people.viewers);
    let check = stage.check(&server.api)?;
    let fsync =
        server.data.as_ref().map(|data| sync::measure(data, args.fsync_rounds)).transpose()?;
    Ok(Outcome { viewers: people.viewers, placers: people.placers, report, fsync, check })
}

fn text(outcome: &Outcome) -> String {
    let Outcome { viewers, placers, report, fsync, check } = outcome;
    let mut out = format!("{viewers} viewers, {placers} placers, {:.1} s\n", report.seconds);
    placements(&mut out, report);
    deliveries(&mut out, report);
    line(&mut out, "place → acknowledged", &times(&report.acknowledged));
    line(&mut out, "place → seen by the first", &times(&report.seen_by_first));
    line(&mut out, "place → seen by the sampled", &times(&report.seen_by_sampled));
    if let Some(fsync) = fsync {
        line(&mut out, "one write and fdatasync", &times(fsync));
    }
    if let Some(cost) = &report.server {
        server(&mut out, cost);
    }
    line(&mut out, "check", &checked(check));
    out
}

fn placements(out: &mut String, report: &Report) {
    let refused = if report.refused.is_empty() {
        "none refused".to_owned()
    } else {
        let each = |(reason, count): (&&str, &u64)| format!("{count} {reason}");
        format!("refused: {}", report.refused.iter().map(each).collect::<Vec<_>>().join(", "))
    };
    let Report { sent, accepted, accepted_per_second, .. } = report;
    line(
        out,
        "placements",
        &format!("{sent} sent, {accepted} accepted ({accepted_per_second:.0}/s), {refused}"),
    );
}

fn deliveries(out: &mut String, report: &Report) {
    line(
        out,
        "deliveries",
        &format!(
            "{} ({:.0}/s), {:.1} frames/s of {:.1} B with {:.1} cells: {:.2} B a cell",
            report.deliveries,
            report.deliveries_per_second,
            report.frames_per_second,
            report.frame_bytes,
            report.cells_per_frame,
            report.bytes_per_cell
        ),
    );
    line(
        out,
        "received in all",
        &format!("{} messages, {} B", report.received_messages, report.received_bytes),
    );
}

fn server(out: &mut String, cost: &ServerCost) {
    line(
        out,
        "server's processor",
        &format!(
            "{:.2} s, {:.1} % of a core, {:.2} µs a delivery, {:.2} µs a placement",
            cost.cpu_seconds,
            cost.cpu_share * 100.0,
            cost.cpu_us_per_delivery,
            cost.cpu_us_per_placement
        ),
    );
    let memory = cost.memory;
    line(
        out,
        "server's memory",
        &format!("{} KiB resident, {} KiB at the most", memory.resident_kib, memory.peak_kib),
    );
}

fn window(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=64) => Ok(count),
        _ => Err("a number from 1 to 64, the most that the server lets be unanswered".to_owned()),
    }
}
