//! `fanout`: what a delivered frame costs PLACE, the kernel by itself, and other
//! servers, all in one run. They take turns: each connects its viewers, sends
//! frames of every size, and lets the viewers go, so that each may use all the
//! open files of the machine. PLACE goes first in each round; the others then
//! send frames of the same lengths at the same moments.

use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::Output;
use crate::args::{Target, connections, seconds};
use crate::peer::{Kind, Peer};
use crate::place::{Burst, Cost, Place};
use crate::script::Script;
use crate::stage::LoadError;
use crate::stats::median;

/// Viewers up to which half a window is enough: there are many bursts in it.
const FEW_VIEWERS: usize = 1000;

/// About the time before each window in which nothing is counted.
const WARM_UP_S: f64 = 0.3;

/// Bytes that a changed cell takes, about: the first guess of how many make a
/// frame.
const BYTES_A_CELL: u64 = 3;

/// Largest frame that can be asked for, in bytes: of placements that fit into
/// one turn of the sequencer.
const PAYLOAD_MAX_BYTES: u64 = 4096;

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    target: Target,
    /// Numbers of viewers.
    #[arg(long, value_delimiter = ',', default_value = "100,1000,5000,10000", value_parser = connections)]
    viewers: Vec<usize>,
    /// Mean lengths of a frame's payload.
    #[arg(long, value_delimiter = ',', default_value = "32,256,2048")]
    #[arg(value_parser = clap::value_parser!(u64).range(10..=PAYLOAD_MAX_BYTES))]
    bytes: Vec<u64>,
    /// Rounds; the median of their ratios counts.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..))]
    rounds: u8,
    /// Seconds of each window; half of it for up to 1,000 viewers.
    #[arg(long, default_value_t = 2.0, value_parser = seconds)]
    seconds: f64,
    /// PLACE once more with these arguments, such as `no-uring=--io-uring=off`;
    /// may be repeated.
    #[arg(long, value_name = "NAME=ARGS", value_parser = variant)]
    variant: Vec<Variant>,
    /// Folder of the other servers.
    #[arg(long, value_name = "DIR", default_value = "benches/peers")]
    peers: PathBuf,
    /// Only PLACE and the floors.
    #[arg(long)]
    no_peers: bool,
}

/// PLACE with arguments of its own.
#[derive(Clone, Debug)]
struct Variant {
    name: String,
    args: Vec<String>,
}

fn variant(text: &str) -> Result<Variant, String> {
    let (name, args) = text.split_once('=').ok_or("a name, =, and arguments")?;
    let args = args.split_whitespace().map(str::to_owned).collect();
    Ok(Variant { name: format!("PLACE, {name}"), args })
}

/// Everything that was measured.
#[derive(Debug, Serialize)]
struct Report {
    passed: bool,
    cells: Vec<Case>,
    /// Why cells are empty.
    empty: Vec<String>,
}

/// One number of viewers and one length of frames.
#[derive(Clone, Debug, Serialize)]
struct Case {
    viewers: usize,
    asked_bytes: u64,
    rounds: Vec<Round>,
}

/// One round.
#[derive(Clone, Debug, Default, Serialize)]
struct Round {
    frames_per_second: f64,
    payload_bytes: u64,
    costs: Vec<Cost>,
}

pub(super) fn perform(args: &Args, output: Output) -> Result<bool, LoadError> {
    let most = args.viewers.iter().copied().max().unwrap_or_default();
    let mut places = vec![Place::start("PLACE", &args.target, &[], most)?];
    for Variant { name, args: more } in &args.variant {
        places.push(Place::start(name, &args.target, more, most)?);
    }
    let mut peers = Vec::new();
    for kind in Kind::ALL {
        let is_floor = matches!(kind, Kind::Floor | Kind::Batched);
        match Peer::start(kind, &args.peers) {
            _ if args.no_peers && !is_floor => {}
            Ok(peer) => peers.push(peer),
            // The floor itself there must be; anything else this machine may lack.
            Err(error) if kind != Kind::Floor => {
                eprintln!("without {}: {error}", kind.name());
            }
            Err(error) => return Err(error),
        }
    }
    let mut report = Report { passed: true, cells: Vec::new(), empty: Vec::new() };
    for viewers in args.viewers.iter().copied().filter(|viewers| *viewers > 0) {
        let mut matrix = Matrix::new(args, viewers);
        for round in 0..usize::from(args.rounds) {
            eprintln!("{viewers} viewers, round {} of {}", round + 1, args.rounds);
            report.passed &= matrix.round(&mut places, &mut peers, round)?;
        }
        report.cells.extend(matrix.cases);
        report.empty.extend(matrix.empty);
    }
    output.show(&report, text);
    Ok(report.passed)
}

/// All lengths for one number of viewers.
struct Matrix {
    viewers: usize,
    bursts: Vec<Burst>,
    cases: Vec<Case>,
    empty: Vec<String>,
}

impl Matrix {
    fn new(args: &Args, viewers: usize) -> Self {
        let seconds = if viewers <= FEW_VIEWERS { args.seconds / 2.0 } else { args.seconds };
        let burst = |bytes: &u64| burst(viewers, *bytes, seconds);
        let case = |bytes: &u64| Case { viewers, asked_bytes: *bytes, rounds: Vec::new() };
        Self {
            viewers,
            bursts: args.bytes.iter().map(burst).collect(),
            cases: args.bytes.iter().map(case).collect(),
            empty: Vec::new(),
        }
    }

    fn round(
        &mut self,
        places: &mut [Place],
        peers: &mut [Peer],
        number: usize,
    ) -> Result<bool, LoadError> {
        let mut rounds: Vec<Round> = self.bursts.iter().map(|_| Round::default()).collect();
        let mut scripts = Vec::new();
        let mut passed = true;
        for (which, place) in places.iter_mut().enumerate() {
            let (windows, checked) = place.turn(self.viewers, &self.bursts)?;
            passed &= checked;
            for ((round, burst), window) in rounds.iter_mut().zip(&self.bursts).zip(windows) {
                if which == 0 {
                    let end = burst.warm_up + burst.window;
                    round.payload_bytes = window.script.mean_payload_bytes(burst.warm_up, end);
                    round.frames_per_second = window.frames_per_second;
                    scripts.push(window.script);
                }
                round.costs.push(window.cost);
            }
        }
        // Nobody always comes after the same one.
        for turn in 0..peers.len() {
            let turn = (turn + number) % peers.len();
            let costs = self.play(&mut peers[turn], &scripts)?;
            rounds.iter_mut().zip(costs).for_each(|(round, cost)| round.costs.extend(cost));
        }
        for ((case, burst), round) in self.cases.iter_mut().zip(&mut self.bursts).zip(rounds) {
            burst.aim(case.asked_bytes, round.payload_bytes);
            case.rounds.push(round);
        }
        Ok(passed)
    }

    /// What each length costs a peer; `None` where it delivers nothing.
    fn play(
        &mut self,
        peer: &mut Peer,
        scripts: &[Script],
    ) -> Result<Vec<Option<Cost>>, LoadError> {
        let mut viewers = peer.connect(self.viewers)?;
        let mut costs = Vec::new();
        for ((burst, script), case) in self.bursts.iter().zip(scripts).zip(&self.cases) {
            let played = peer.play(&mut viewers, script, burst.warm_up, burst.window)?;
            if played.is_none() {
                let (name, bytes) = (peer.name(), case.asked_bytes);
                let why = format!(
                    "{name} delivered nothing to {} viewers in a window of {bytes} bytes a frame",
                    self.viewers
                );
                eprintln!("{why}");
                self.empty.push(why);
            }
            costs.push(played.map(|played| {
                let us = played.cpu_ns as f64 / 1e3 / played.frames as f64;
                Cost { name: peer.name().to_owned(), us, fan_out_us: None }
            }));
        }
        peer.part(viewers);
        Ok(costs)
    }
}

/// Bursts that make frames of a length, seldom enough that one core can serve
/// so many viewers.
fn burst(viewers: usize, bytes: u64, seconds: f64) -> Burst {
    let per_second = match viewers {
        0..=500 => 30,
        501..=2000 => 15,
        2001..=6000 => 4,
        _ => 2,
    };
    // Whole bursts, and half a time between two ahead of the first: nothing is
    // under way when a window begins or ends.
    let interval_s = 1.0 / per_second as f64;
    let before = (WARM_UP_S / interval_s).round().max(1.0);
    let within = (seconds / interval_s).round().max(1.0);
    Burst {
        per_second,
        cells: bytes.div_ceil(BYTES_A_CELL),
        warm_up: Duration::from_secs_f64((before - 0.5) * interval_s),
        window: Duration::from_secs_f64(within * interval_s),
    }
}

fn cost<'a>(round: &'a Round, name: &str) -> Option<&'a Cost> {
    round.costs.iter().find(|cost| cost.name == name)
}

/// The median over the rounds of one cost by the floor's in the same round;
/// `None` if it is missing in any.
fn ratio(case: &Case, name: &str, value: impl Fn(&Cost) -> Option<f64>) -> Option<f64> {
    let of = |round: &Round| {
        let floor = cost(round, Kind::Floor.name())?.us;
        Some(value(cost(round, name)?)? / floor)
    };
    case.rounds.iter().map(of).collect::<Option<Vec<f64>>>().map(median)
}

fn text(report: &Report) -> String {
    if report.cells.iter().all(|case| case.rounds.is_empty()) {
        return "nothing was measured".to_owned();
    }
    let rounds = report.cells.iter().flat_map(|case| &case.rounds);
    let mut names: Vec<&str> = Vec::new();
    for cost in rounds.flat_map(|round| &round.costs) {
        if cost.name != Kind::Floor.name() && !names.contains(&cost.name.as_str()) {
            names.push(&cost.name);
        }
    }
    // In the same order, whoever was first.
    names.sort_by_key(|name| Kind::ALL.iter().position(|kind| kind.name() == *name));
    let mut out = String::from("| viewers | frames/s | bytes a frame | send() µs |");
    for name in &names {
        let more = if is_place(name) { " its fan-out |" } else { "" };
        // Writing to a string can't fail, here and below.
        let _ = write!(out, " {name} |{more}");
    }
    let columns = out.matches('|').count() - 1;
    let _ = writeln!(out, "\n{}|", "|---".repeat(columns));
    for case in &report.cells {
        line(&mut out, case, &names);
    }
    for why in &report.empty {
        let _ = writeln!(out, "\nEmpty: {why}.");
    }
    let verdict = if report.passed { "passed" } else { "FAILED" };
    out + &format!("\nEvery sampled copy identical with the server's board: {verdict}")
}

fn line(out: &mut String, case: &Case, names: &[&str]) {
    let middle = |value: fn(&Round) -> f64| median(case.rounds.iter().map(value).collect());
    let floor = |round: &Round| cost(round, Kind::Floor.name()).map_or(0.0, |cost| cost.us);
    let _ = write!(
        out,
        "| {} | {:.1} | {:.0} | {:.2} |",
        case.viewers,
        middle(|round| round.frames_per_second),
        middle(|round| round.payload_bytes as f64),
        median(case.rounds.iter().map(floor).collect())
    );
    let mut put = |ratio: Option<f64>| {
        let _ = match ratio {
            Some(ratio) => write!(out, " {ratio:.2} |"),
            None => write!(out, " – |"),
        };
    };
    for name in names {
        put(ratio(case, name, |cost| Some(cost.us)));
        if is_place(name) {
            put(ratio(case, name, |cost| cost.fan_out_us));
        }
    }
    out.push('\n');
}

fn is_place(name: &str) -> bool {
    name.starts_with("PLACE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_begin_and_end_between_two_bursts() {
        for viewers in [100, 1000, 5000, 10_000] {
            let burst = burst(viewers, 256, 2.0);
            let bursts = |time: Duration| time.as_secs_f64() * burst.per_second as f64;
            assert!((bursts(burst.warm_up).fract() - 0.5).abs() < 1e-6);
            assert!((bursts(burst.window).round() - bursts(burst.window)).abs() < 1e-6);
        }
    }

    #[test]
    fn ratios_are_to_the_floor_of_the_same_round() {
        let round = |floor: f64, place: f64| Round {
            costs: vec![
                Cost { name: "PLACE".to_owned(), us: place, fan_out_us: Some(place / 2.0) },
                Cost { name: Kind::Floor.name().to_owned(), us: floor, fan_out_us: None },
            ],
            ..Round::default()
        };
        let rounds = vec![round(1.0, 2.0), round(10.0, 30.0), round(4.0, 4.0)];
        let case = Case { viewers: 1, asked_bytes: 1, rounds };
        assert_eq!(ratio(&case, "PLACE", |cost| Some(cost.us)), Some(2.0));
        assert_eq!(ratio(&case, "PLACE", |cost| cost.fan_out_us), Some(1.0));
        assert_eq!(ratio(&case, "ws", |cost| Some(cost.us)), None);
        let mut lacking = case.rounds[1].costs.clone();
        lacking.retain(|cost| cost.name != "PLACE");
        let mut holes = case.rounds.clone();
        holes[1].costs = lacking;
        let holes = Case { rounds: holes, ..case.clone() };
        assert_eq!(ratio(&holes, "PLACE", |cost| Some(cost.us)), None, "empty, not the others'");
        let report = Report { passed: true, cells: vec![case], empty: Vec::new() };
        assert!(
            text(&report).contains("| 1 | 0.0 | 0 | 4.00 | 2.00 | 1.00 |"),
            "{}",
            text(&report)
        );
    }
}
