//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::ratio::Setup;
use crate::schedule::Schedule;
use crate::stage::People;

/// Most connections of one side of a run: a ceiling against typing errors.
pub(crate) const CONNECTIONS_MAX: u64 = 100_000;

/// Highest rate, in placements a second, and longest run, in seconds: together
/// they bound what is remembered of each placement to about 3 GiB.
const RATE_MAX: u64 = 1_000_000;
const SECONDS_MAX: f64 = 120.0;

/// Makes load for PLACE, and measures what it costs.
///
/// Talks to this machine only. A server that it starts itself runs on core 0
/// with an empty data folder; the load runs on core 1.
#[derive(Debug, Parser)]
#[command(name = "place-load", version)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Print JSON instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Viewers and placers on one canvas: latency, bytes, cost.
    Run(RunArgs),
    /// The server's cost of a delivered frame as a ratio to a bare `send()`.
    Ratio(RatioArgs),
    /// Memory for each idle viewer.
    Idle(IdleArgs),
    /// What a small write and fdatasync take in a folder.
    Fsync {
        /// The folder.
        #[arg(long, default_value = ".")]
        folder: PathBuf,
        /// How many.
        #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..100_000))]
        rounds: u64,
    },
    /// Everything that benches/README.md tells, as Markdown tables.
    Table(TableArgs),
    /// The floor itself; started by `ratio`.
    #[command(hide = true)]
    Floor,
}

/// The server.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Target {
    /// The program to start.
    #[arg(long, value_name = "FILE", default_value = "target/release/place")]
    pub(crate) place: PathBuf,
    /// Folder in which the started server's data folder is made: the disk that
    /// is measured.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// One more argument for the started server; may be repeated.
    #[arg(long = "server-arg", value_name = "ARG", allow_hyphen_values = true)]
    pub(crate) server_args: Vec<String>,
    /// A server that runs already, such as <http://127.0.0.1:8080>.
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// Its data folder, with the admin token.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Its admin token, instead.
    #[arg(long)]
    pub(crate) token: Option<String>,
    /// Its process, whose time and memory are read.
    #[arg(long)]
    pub(crate) pid: Option<u32>,
}

/// Who takes part.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct PeopleArgs {
    /// Connections that watch.
    #[arg(long, default_value_t = 30, value_parser = connections)]
    viewers: usize,
    /// Connections that place: the first of the viewers, unless --apart.
    #[arg(long, default_value_t = 30, value_parser = connections)]
    placers: usize,
    /// Placers are connections of their own, which do not watch.
    #[arg(long)]
    apart: bool,
    /// Viewers that keep a copy of the canvas, compared at the end.
    #[arg(long, default_value_t = 8, value_parser = connections)]
    samples: usize,
}

impl PeopleArgs {
    pub(crate) fn people(self) -> People {
        let Self { viewers, placers, apart, samples } = self;
        let placers = if apart { placers } else { placers.min(viewers) };
        People { viewers, placers, apart, samples }
    }
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) people: PeopleArgs,
    /// Placements a second, all placers together, whatever the server does.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(0..=RATE_MAX))]
    pub(crate) rate: u64,
    /// Send the placements of so many milliseconds at once; 0 for evenly.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=10_000))]
    pub(crate) burst_ms: u64,
    /// Instead of a rate: keep so many placements of each placer under way. It
    /// finds the highest rate; its latencies say nothing.
    #[arg(long, conflicts_with = "rate", value_parser = window)]
    pub(crate) window: Option<usize>,
    /// Seconds that are measured.
    #[arg(long, default_value_t = 10.0, value_parser = seconds)]
    pub(crate) seconds: f64,
    /// Seconds before them.
    #[arg(long, default_value_t = 1.0, value_parser = seconds)]
    pub(crate) warm_up: f64,
    /// Width and height of the canvas, in cells.
    #[arg(long, default_value_t = 1000)]
    pub(crate) side: u16,
    /// Palette of the canvas.
    #[arg(long, default_value = "studio-32")]
    pub(crate) palette: String,
    /// Seed of the dice that choose cells and colors.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Writes for the fsync time beside the latencies.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..100_000))]
    pub(crate) fsync_rounds: u64,
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct RatioArgs {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Connections that watch.
    #[arg(long, default_value_t = 1000, value_parser = connections)]
    pub(crate) viewers: usize,
    /// Connections that place.
    #[arg(long, default_value_t = 60, value_parser = connections)]
    pub(crate) placers: usize,
    /// Placements a second; this sets the size of a frame.
    #[arg(long, default_value_t = 2900, value_parser = clap::value_parser!(u64).range(1..=RATE_MAX))]
    pub(crate) rate: u64,
    /// Send the placements of so many milliseconds at once; 0 for evenly.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=10_000))]
    pub(crate) burst_ms: u64,
    /// Width and height of the canvas, in cells.
    #[arg(long, default_value_t = 2000)]
    pub(crate) side: u16,
    /// Alternations; the median counts.
    #[arg(long, default_value_t = 5)]
    pub(crate) rounds: u8,
    /// Seconds of each window.
    #[arg(long, default_value_t = 4.0, value_parser = seconds)]
    pub(crate) seconds: f64,
    /// Viewers that keep a copy of the canvas, compared at the end.
    #[arg(long, default_value_t = 4, value_parser = connections)]
    pub(crate) samples: usize,
}

impl RatioArgs {
    pub(crate) fn setup(&self) -> Setup {
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

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct IdleArgs {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Connections that watch.
    #[arg(long, default_value_t = 10_000, value_parser = connections)]
    pub(crate) viewers: usize,
    /// Seconds of traffic before the second reading.
    #[arg(long, default_value_t = 3.0, value_parser = seconds)]
    pub(crate) seconds: f64,
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct TableArgs {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Alternations of each ratio.
    #[arg(long, default_value_t = 5)]
    pub(crate) rounds: u8,
}

fn connections(text: &str) -> Result<usize, String> {
    match text.parse::<u64>() {
        Ok(count) if count <= CONNECTIONS_MAX => Ok(count as usize),
        _ => Err(format!("a number from 0 to {CONNECTIONS_MAX}")),
    }
}

fn window(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=64) => Ok(count),
        _ => Err("a number from 1 to 64, the most that the server lets be unanswered".to_owned()),
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.0..=SECONDS_MAX).contains(&seconds) => Ok(seconds),
        _ => Err(format!("a number of seconds from 0 to {SECONDS_MAX}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound_and_bounded() {
        use clap::CommandFactory;
        Args::command().debug_assert();
        let parse = |line: &str| Args::try_parse_from(line.split(' '));
        assert!(parse("place-load run --viewers 10000 --rate 100000 --seconds 20").is_ok());
        assert!(parse("place-load run --window 32").is_ok());
        for wrong in
            ["--viewers 1000000", "--rate 10000000", "--seconds 1e9", "--window 65", "--seconds -1"]
        {
            assert!(parse(&format!("place-load run {wrong}")).is_err(), "{wrong}");
        }
    }
}
