//! `soak`: everything that a school day has, for as long as one likes, and
//! whether anything grows.

mod company;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::Output;
use crate::args::Target;
use crate::drive::Pace;
use crate::process::{self, Cpu, Memory, SPARE_FILES};
use crate::schedule::Schedule;
use crate::stage::{Check, LoadError, People, Stage};
use crate::stats::{Trend, trend};
use crate::svg::{self, Line, Plot};
use crate::text::{checked, line};

/// Those whose waiting is measured: two classes that draw.
const CLASS: People = People { viewers: 60, placers: 60, apart: false, samples: 8 };
const PER_SECOND: u64 = 50;
const SIDE: u16 = 1000;

/// Placers and time that fill what has a bound, such as the history for those
/// who come back: growth up to a bound is not what is looked for.
const FILL: People = People { viewers: 1, placers: 100, apart: true, samples: 1 };
const FILL_WINDOW: usize = 32;
const FILL_TIME: Duration = Duration::from_secs(8);

/// Time between two samples.
const SAMPLE: Duration = Duration::from_secs(5);

/// The part of the run, of a hundred, that is left out of the trends: until
/// everybody is there and buffers have found their size.
const LEFT_OUT_PERCENT: usize = 20;

/// A series is called flat if the trend over the whole run is below so much of
/// its mean, or less than three times its own standard error.
const FLAT_SHARE: f64 = 0.05;
const ERRORS: f64 = 3.0;

/// Checkpoints and pictures come often here, so that there are many of them.
const OFTEN: [&str; 6] =
    ["--checkpoint-interval", "20s", "--checkpoint-entries", "5000", "--snapshot-interval", "15s"];

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    target: Target,
    /// How long, in minutes.
    #[arg(long, default_value_t = 10.0, value_parser = minutes)]
    minutes: f64,
    /// Where `soak.csv` and `soak.svg` go.
    #[arg(long, value_name = "DIR", default_value = "benches")]
    out: PathBuf,
}

/// Longest run, in minutes: visitors take about 80 seats a minute of the 10,000
/// that a canvas has.
const MINUTES_MAX: f64 = 100.0;

fn minutes(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(minutes) if (0.5..=MINUTES_MAX).contains(&minutes) => Ok(minutes),
        _ => Err(format!("a number of minutes from 0.5 to {MINUTES_MAX}")),
    }
}

/// One moment.
#[derive(Clone, Copy, Debug, Serialize)]
struct Sample {
    seconds: f64,
    resident_mib: f64,
    files: f64,
    threads: f64,
    connections: f64,
    /// Of a core, in hundredths.
    processor: f64,
    p50_ms: f64,
    p99_ms: f64,
}

/// A series by name and unit.
type Series = (&'static str, fn(&Sample) -> f64);

const SERIES: [Series; 7] = [
    ("resident MiB", |sample| sample.resident_mib),
    ("open files", |sample| sample.files),
    ("threads", |sample| sample.threads),
    ("connections", |sample| sample.connections),
    ("processor %", |sample| sample.processor),
    ("seen p50 ms", |sample| sample.p50_ms),
    ("seen p99 ms", |sample| sample.p99_ms),
];

/// What is told at the end.
#[derive(Debug, Serialize)]
struct Report {
    minutes: f64,
    trends: Vec<Told>,
    class: Check,
    /// The first group of visitors that did not see the truth.
    wrong: Option<Check>,
    visitors: u64,
    requests: u64,
}

/// A series' trend.
#[derive(Debug, Serialize)]
struct Told {
    series: &'static str,
    mean: f64,
    per_hour: f64,
    error_per_hour: f64,
    flat: bool,
}

pub(super) fn perform(args: &Args, output: Output) -> Result<bool, LoadError> {
    let mut target = args.target.clone();
    target.server_args.extend(OFTEN.map(str::to_owned));
    let server = target.open(1000 + SPARE_FILES as usize)?;
    let pid =
        server.pid.ok_or_else(|| LoadError::Wrong("the server's pid is needed".to_owned()))?;
    let canvas = server.api.create_canvas(SIDE, "studio-32")?;
    let mut filling = Stage::set(&server.api, canvas.clone(), FILL, 9)?;
    filling.measure(None, Pace::Closed(FILL_WINDOW), Duration::ZERO, FILL_TIME)?;
    filling.fleet.hang_up();
    drop(filling);
    let mut class = Stage::set(&server.api, canvas, CLASS, 1)?;
    class.spins = false;
    let company = company::Company::begin(&server, &class.canvas.id, pid);
    let samples = measure(args, &server.api, pid, &mut class);
    let (visitors, requests, wrong) = company.end()?;
    let samples = samples?;
    let class = class.check(&server.api)?;
    keep(&args.out, &samples)?;
    let report = Report {
        minutes: args.minutes,
        trends: trends(&samples),
        class,
        wrong,
        visitors,
        requests,
    };
    output.show(&report, text);
    let is_true = report.class.passed() && report.wrong.is_none();
    Ok(is_true && report.trends.iter().all(|told| told.flat))
}

fn measure(
    args: &Args,
    api: &crate::api::Api,
    pid: u32,
    class: &mut Stage,
) -> Result<Vec<Sample>, LoadError> {
    let began = Instant::now();
    let end = began + Duration::from_secs_f64(args.minutes * 60.0);
    let pace = Pace::Open(Schedule::new(PER_SECOND, 0));
    let mut samples = Vec::new();
    while Instant::now() < end {
        let (at, cpu) = (Instant::now(), Cpu::of(pid));
        let window = class.measure(Some(pid), pace, Duration::ZERO, SAMPLE)?;
        company::say_something(class);
        let seen = window.report(class, CLASS.viewers).seen_by_sampled;
        let used_s = Cpu::of(pid).since_ns(cpu) as f64 / 1e9;
        samples.push(Sample {
            seconds: began.elapsed().as_secs_f64(),
            resident_mib: Memory::of(pid).resident_kib as f64 / 1024.0,
            files: process::open_files(pid) as f64,
            threads: process::thread_count(pid) as f64,
            connections: connections(&api.metrics()?),
            processor: used_s / at.elapsed().as_secs_f64() * 100.0,
            p50_ms: seen.p50_ms,
            p99_ms: seen.p99_ms,
        });
    }
    Ok(samples)
}

fn connections(metrics: &str) -> f64 {
    let line = metrics.lines().find_map(|line| line.strip_prefix("place_connections "));
    line.and_then(|value| value.trim().parse().ok()).unwrap_or(0.0)
}

fn trends(samples: &[Sample]) -> Vec<Told> {
    let kept = &samples[samples.len() * LEFT_OUT_PERCENT / 100..];
    let told = |(series, value): &Series| {
        let points: Vec<_> =
            kept.iter().map(|sample| (sample.seconds / 3600.0, value(sample))).collect();
        let hours = points.last()?.0 - points.first()?.0;
        let Trend { slope, error, mean } = trend(&points)?;
        let flat =
            (slope * hours).abs() <= FLAT_SHARE * mean.abs() || slope.abs() <= ERRORS * error;
        Some(Told { series, mean, per_hour: slope, error_per_hour: error, flat })
    };
    SERIES.iter().filter_map(told).collect()
}

/// Writes the samples as a table and as a picture.
fn keep(folder: &Path, samples: &[Sample]) -> Result<(), LoadError> {
    let mut csv = String::from("seconds");
    for (name, _) in SERIES {
        let _ = write!(csv, ",{}", name.replace(' ', "_"));
    }
    for sample in samples {
        let _ = write!(csv, "\n{:.1}", sample.seconds);
        for (_, value) in SERIES {
            let _ = write!(csv, ",{:.3}", value(sample));
        }
    }
    std::fs::write(folder.join("soak.csv"), csv + "\n")?;
    let drawn = |name, color, value: fn(&Sample) -> f64| Line {
        name,
        color,
        values: samples.iter().map(value).collect(),
    };
    let plot = |title: &str, lines| Plot { title: title.to_owned(), lines };
    let plots = [
        plot("Resident memory, MiB", vec![drawn("", "#06c", |sample| sample.resident_mib)]),
        plot(
            "Open files and connections",
            vec![
                drawn("files", "#06c", |sample| sample.files),
                drawn("connections", "#c60", |sample| sample.connections),
            ],
        ),
        plot("Threads", vec![drawn("", "#06c", |sample| sample.threads)]),
        plot("Processor, % of a core", vec![drawn("", "#06c", |sample| sample.processor)]),
        plot(
            "Place → seen, ms",
            vec![
                drawn("p50", "#06c", |sample| sample.p50_ms),
                drawn("p99", "#c60", |sample| sample.p99_ms),
            ],
        ),
    ];
    let seconds: Vec<f64> = samples.iter().map(|sample| sample.seconds).collect();
    std::fs::write(folder.join("soak.svg"), svg::draw("A mixed load", &seconds, &plots))?;
    Ok(())
}

fn text(report: &Report) -> String {
    let mut out = String::from("| series | mean | slope an hour | its standard error | |\n");
    out += "|---|---|---|---|---|\n";
    for Told { series, mean, per_hour, error_per_hour, flat } in &report.trends {
        let verdict = if *flat { "flat" } else { "NOT FLAT" };
        // Writing to a string can't fail, here and above.
        let _ = writeln!(
            out,
            "| {series} | {mean:.2} | {per_hour:+.2} | {error_per_hour:.2} | {verdict} |"
        );
    }
    let _ = writeln!(
        out,
        "\n{:.1} minutes, {} visitors came and went, {} requests",
        report.minutes, report.visitors, report.requests
    );
    line(&mut out, "check of the class", &checked(&report.class));
    if let Some(wrong) = &report.wrong {
        line(&mut out, "check of some visitors", &checked(wrong));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(resident_mib: impl Fn(f64) -> f64) -> Vec<Sample> {
        let sample = |number: u32| Sample {
            seconds: f64::from(number) * 5.0,
            resident_mib: resident_mib(f64::from(number)),
            files: 100.0,
            threads: 9.0,
            connections: 60.0 + f64::from(number % 3),
            processor: 5.0,
            p50_ms: 1.0,
            p99_ms: 5.0 + f64::from(number % 7),
        };
        (0..120).map(sample).collect()
    }

    #[test]
    fn what_grows_is_not_flat_and_what_wavers_is() {
        let flat = |samples: &[Sample]| {
            let not_flat = trends(samples).into_iter().filter(|told| !told.flat);
            not_flat.map(|told| told.series).collect::<Vec<_>>()
        };
        assert!(flat(&samples(|_| 40.0)).is_empty());
        // The beginning does not count.
        assert!(flat(&samples(|number| 40.0f64.min(20.0 + number))).is_empty());
        assert_eq!(flat(&samples(|number| 40.0 + number / 10.0)), ["resident MiB"]);
    }

    #[test]
    fn a_run_is_kept_as_a_table_and_a_picture() {
        let folder = tempfile::tempdir().unwrap();
        keep(folder.path(), &samples(|_| 40.0)).unwrap();
        let csv = std::fs::read_to_string(folder.path().join("soak.csv")).unwrap();
        assert_eq!(csv.lines().count(), 121);
        assert!(csv.starts_with("seconds,resident_MiB,open_files,"), "{csv}");
        assert!(folder.path().join("soak.svg").exists());
    }

    #[test]
    fn connections_are_read_off_the_metrics() {
        assert!((connections("place_viewers 3\nplace_connections 61\n") - 61.0).abs() < 1e-9);
    }
}
