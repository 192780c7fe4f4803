//! `hostile`: how long honest people wait while others mean harm.

mod attacks;

use std::time::Duration;

use serde::Serialize;

use super::Output;
use crate::args::{Target, seconds};
use crate::attack::Attack;
use crate::drive::Pace;
use crate::histogram::Summary;
use crate::process::{self, Memory, SPARE_FILES};
use crate::schedule::Schedule;
use crate::server::Server;
use crate::stage::{LoadError, People, Stage};

/// The honest: a class that draws.
const HONEST: People = People { viewers: 30, placers: 30, apart: false, samples: 8 };
const HONEST_PER_SECOND: u64 = 50;

/// Side of their canvas, in cells.
const SIDE: u16 = 1000;

/// Time in which an attack gets going, or an end is felt.
const WARM_UP: Duration = Duration::from_secs(2);

/// Most connections of an attack.
const CONNECTIONS_MAX: u64 = 10_000;

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    target: Target,
    /// Only these; all without it.
    #[arg(long, value_delimiter = ',', value_parser = attacks::names())]
    only: Vec<String>,
    /// Seconds of each window: before an attack, and during it.
    #[arg(long, default_value_t = 8.0, value_parser = seconds)]
    seconds: f64,
}

/// One attack.
#[derive(Debug, Serialize)]
struct Row {
    name: &'static str,
    before: Summary,
    during: Summary,
    after: Summary,
    /// Of one core, during the attack.
    server_share: f64,
    ended: u64,
    sent_bytes: u64,
    resident_kib: [u64; 3],
    files: [usize; 3],
    /// Counters of `/metrics` that say what the server did about it.
    counted: Vec<(String, f64)>,
    passed: bool,
}

pub(super) fn perform(args: &Args, output: Output) -> Result<bool, LoadError> {
    process::raise_open_files(CONNECTIONS_MAX + SPARE_FILES);
    let mut rows = Vec::new();
    for name in attacks::names() {
        if args.only.is_empty() || args.only.iter().any(|only| only == name) {
            eprintln!("{name}");
            rows.push(suffer(args, name)?);
        }
    }
    output.show(&rows, |rows| text(rows));
    Ok(rows.iter().all(|row| row.passed))
}

/// An attack on a server of its own, with the brakes that it has by default.
fn suffer(args: &Args, name: &'static str) -> Result<Row, LoadError> {
    let window = Duration::from_secs_f64(args.seconds);
    let pace = Pace::Open(Schedule::new(HONEST_PER_SECOND, 0));
    let server = args.target.open_with_brakes()?;
    let pid =
        server.pid.ok_or_else(|| LoadError::Wrong("the server's pid is needed".to_owned()))?;
    let canvas = server.api.create_canvas(SIDE, "studio-32")?;
    let mut honest = Stage::set(&server.api, canvas, HONEST, 1)?;
    // The attackers are on the same core, and must find time to attack.
    honest.spins = false;
    let attack = attacks::prepare(name, &server, &honest.canvas.id)?;
    let noise = attack.noise.map(|noise| noise.begin(server.api.address, pid));
    let measure = |honest: &mut Stage| honest.measure(Some(pid), pace, WARM_UP, window);
    let before = measure(&mut honest)?.report(&honest, HONEST.viewers);
    let (counters, resident, files) =
        (counters(&server)?, Memory::of(pid).resident_kib, process::open_files(pid));
    let under_way = attack.attack.begin(server.api.address, pid);
    let during = measure(&mut honest)?.report(&honest, HONEST.viewers);
    let outcome = under_way.end();
    let after = measure(&mut honest)?.report(&honest, HONEST.viewers);
    if let Some(noise) = noise {
        noise.end();
    }
    Ok(Row {
        name,
        before: before.seen_by_sampled,
        during: during.seen_by_sampled,
        after: after.seen_by_sampled,
        server_share: during.server.map_or(0.0, |cost| cost.cpu_share),
        ended: outcome.ended,
        sent_bytes: outcome.sent_bytes,
        resident_kib: [resident, outcome.resident_kib, Memory::of(pid).resident_kib],
        files: [files, outcome.files, process::open_files(pid)],
        counted: grown(&counters, &self::counters(&server)?),
        passed: honest.check(&server.api)?.passed(),
    })
}

/// What an attack needs beside itself.
struct Prepared {
    attack: Attack,
    /// Load that goes on before, during and after it.
    noise: Option<Attack>,
}

/// Counters that grow with honest use as well say nothing about an attack.
const EVERYDAY: [&str; 7] = [
    "place_placements_total{canvas=\"load\",outcome=\"placed\"}",
    "place_commit",
    "place_feed_lag",
    "place_frames_sent",
    "place_bytes_sent",
    "place_stage",
    "place_processor",
];

/// All counters of `/metrics`.
fn counters(server: &Server) -> Result<Vec<(String, f64)>, LoadError> {
    let text = server.api.metrics()?;
    let counter = |line: &str| {
        let (name, value) = line.rsplit_once(' ')?;
        let is_counter = name.split('{').next()?.ends_with("_total");
        let is_everyday = EVERYDAY.iter().any(|everyday| name.starts_with(everyday));
        (is_counter && !is_everyday).then_some((name.to_owned(), value.parse().ok()?))
    };
    Ok(text.lines().filter_map(counter).collect())
}

fn grown(before: &[(String, f64)], after: &[(String, f64)]) -> Vec<(String, f64)> {
    let was =
        |name: &str| before.iter().find(|(known, _)| known == name).map_or(0.0, |(_, was)| *was);
    let growth = after.iter().map(|(name, now)| (name.clone(), now - was(name)));
    growth.filter(|(_, growth)| *growth > 0.0).collect()
}

fn text(rows: &[Row]) -> String {
    use std::fmt::Write;
    let mut out = String::from(
        "| attack | seen before p50 / p99 ms | during | p99 moved | after | server, % of a core | connections ended | sent MiB | resident MiB before / most / after | files before / most / after | counted |\n",
    );
    out += "|---|---|---|---|---|---|---|---|---|---|---|\n";
    for row in rows {
        let times = |summary: &Summary| format!("{:.2} / {:.2}", summary.p50_ms, summary.p99_ms);
        let [resident, most, resident_after] = row.resident_kib.map(|kib| kib as f64 / 1024.0);
        let [files, files_most, files_after] = row.files;
        let moved = (row.during.p99_ms / row.before.p99_ms - 1.0) * 100.0;
        let counted = row.counted.iter().map(|(name, growth)| {
            let name = name.trim_start_matches("place_").replace("_total", "").replace('|', "/");
            format!("`{name}` {growth}")
        });
        let counted = counted.collect::<Vec<_>>().join(", ");
        // Writing to a string can't fail.
        let _ = writeln!(
            out,
            "| {} | {} | {} | {moved:+.0} % | {} | {:.0} | {} | {:.1} | {resident:.1} / {most:.1} / {resident_after:.1} | {files} / {files_most} / {files_after} | {counted} |",
            row.name,
            times(&row.before),
            times(&row.during),
            times(&row.after),
            row.server_share * 100.0,
            row.ended,
            row.sent_bytes as f64 / f64::from(1 << 20),
        );
    }
    let passed = rows.iter().all(|row| row.passed);
    out + &format!("\nEvery honest copy identical with the server's board: {passed}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_grew_is_told() {
        let of = |name: &str, value| (name.to_owned(), value);
        let before = [of("a_total", 1.0), of("b_total", 2.0)];
        let after = [of("a_total", 1.0), of("b_total", 5.0), of("c_total", 1.0)];
        assert_eq!(grown(&before, &after), [of("b_total", 3.0), of("c_total", 1.0)]);
    }
}
