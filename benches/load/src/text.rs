//! Results for people.

use std::fmt::Write;

use crate::Outcome;
use crate::histogram::Summary;
use crate::idle::Idle;
use crate::ratio::Ratio;
use crate::stage::{Check, Report, ServerCost};

pub(crate) fn run(outcome: &Outcome) -> String {
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

pub(crate) fn ratio(ratio: &Ratio) -> String {
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

pub(crate) fn idle(idle: &Idle) -> String {
    let mut out = format!("{} viewers\n", idle.viewers);
    let kib = |kib: u64| format!("{kib} KiB resident");
    line(&mut out, "without them", &kib(idle.without_kib));
    line(&mut out, "with them", &kib(idle.with_kib));
    line(&mut out, "after traffic", &kib(idle.busy_kib));
    line(&mut out, "at the most", &kib(idle.peak_kib));
    line(&mut out, "each idle viewer", &format!("{:.0} B", idle.bytes_per_idle_viewer));
    line(&mut out, "each after traffic", &format!("{:.0} B", idle.bytes_per_viewer_after_traffic));
    line(&mut out, "check", &checked(&idle.check));
    out
}

pub(crate) fn fsync(summary: &Summary) -> String {
    format!("one write and fdatasync: {}", times(summary))
}

fn checked(check: &Check) -> String {
    let Check { samples_identical, samples_different, unanswered, gaps, reloads, .. } = check;
    let verdict = if check.passed() { "passed" } else { "FAILED" };
    format!(
        "{verdict}: {samples_identical} copies identical with the server's board, \
         {samples_different} different; {unanswered} unanswered, {gaps} gaps, {reloads} reloads"
    )
}

fn times(summary: &Summary) -> String {
    let Summary { count, p50_ms, p99_ms, max_ms } = summary;
    format!("p50 {p50_ms:.2}, p99 {p99_ms:.2}, max {max_ms:.2} ms ({count})")
}

fn line(out: &mut String, name: &str, value: &str) {
    // Writing to a string can't fail.
    let _ = writeln!(out, "  {name:<28}{value}");
}
