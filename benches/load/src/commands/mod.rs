//! What `place-load` can do: a file for each command, with its options, its
//! measuring and what it prints. A new one adds its file and one line to each of
//! the three lists here.

#[cfg(feature = "codecs")]
mod boards;
mod calm;
mod fanout;
mod fsync;
mod hostile;
mod idle;
mod joiners;
mod paces;
mod run;
mod soak;
mod stages;
mod table;

use clap::{Parser, Subcommand};
use serde::Serialize;

use crate::args::CONNECTIONS_MAX;
use crate::process::{self, SPARE_FILES};
use crate::stage::LoadError;

/// Makes load for PLACE, and measures what it costs.
///
/// Talks to this machine only. A server that it starts itself runs on core 0
/// with an empty data folder; the load runs on core 1.
#[derive(Debug, Parser)]
#[command(name = "place-load", version)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
    /// Print JSON instead of text.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Viewers and placers on one canvas: latency, bytes, cost.
    Run(run::Args),
    /// The server's cost of a delivered frame beside those of the kernel and of
    /// other servers.
    Fanout(fanout::Args),
    /// How long honest people wait while others mean harm.
    Hostile(hostile::Args),
    /// Memory for each idle viewer.
    Idle(idle::Args),
    /// A long mixed load: does anything grow?
    Soak(soak::Args),
    /// Bytes and time of a board in several formats.
    #[cfg(feature = "codecs")]
    Boards(boards::Args),
    /// Many who load the board in the same moment, while others place.
    Joiners(joiners::Args),
    /// What a small write and fdatasync take in a folder.
    Fsync(fsync::Args),
    /// Whether heavy work beside it slows placing down.
    Calm(calm::Args),
    /// Where the time of one placement goes.
    Stages(stages::Args),
    /// What a placement costs by rate, with and without paced commits.
    Paces(paces::Args),
    /// Everything that benches/README.md tells, as Markdown tables.
    Table(table::Args),
    /// The floor itself; started by `fanout`.
    #[command(hide = true)]
    Floor {
        /// Send through `io_uring`.
        #[arg(long)]
        batched: bool,
    },
}

impl Args {
    /// Does what was asked; tells whether every promise was kept.
    pub(crate) fn perform(self) -> Result<bool, LoadError> {
        let output = Output { json: self.json };
        match self.command {
            Command::Run(args) => run::perform(&args, output),
            Command::Fanout(args) => fanout::perform(&args, output),
            Command::Hostile(args) => hostile::perform(&args, output),
            Command::Idle(args) => idle::perform(&args, output),
            Command::Soak(args) => soak::perform(&args, output),
            #[cfg(feature = "codecs")]
            Command::Boards(args) => boards::perform(&args, output),
            Command::Joiners(args) => joiners::perform(&args, output),
            Command::Fsync(args) => fsync::perform(&args, output),
            Command::Calm(args) => calm::perform(&args, output),
            Command::Stages(args) => stages::perform(&args, output),
            Command::Paces(args) => paces::perform(&args, output),
            Command::Table(args) => table::perform(&args),
            Command::Floor { batched } => {
                process::raise_open_files(CONNECTIONS_MAX + SPARE_FILES);
                crate::floor::serve(batched)?;
                Ok(true)
            }
        }
    }
}

/// How results are printed.
#[derive(Clone, Copy, Debug)]
struct Output {
    json: bool,
}

impl Output {
    fn show<T: Serialize>(self, value: &T, text: impl Fn(&T) -> String) {
        if self.json {
            let text = serde_json::to_string_pretty(value);
            println!("{}", text.expect("reports have string keys"));
        } else {
            println!("{}", text(value));
        }
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
