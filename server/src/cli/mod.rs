//! The command line.
//!
//! Commands about canvases talk to the server of the data folder, if one runs,
//! over its control socket; otherwise they open the folder themselves.

pub mod announce;
pub mod canvas;
pub mod control;
pub mod export;
pub mod forget;
pub mod health;
pub mod keep;
pub mod teacher;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{ArgMatches, Parser, Subcommand};

use crate::app;
use crate::http::admin;
use crate::settings::{Settings, Stop, layers};
use crate::store::{OpenError, StoreError};
use crate::telemetry;

/// PLACE: a canvas that a class draws on together.
///
/// Without a command it serves, like `place serve`.
#[derive(Debug, Parser)]
#[command(name = "place", version, propagate_version = true, args_override_self = true)]
#[command(
    after_help = "Every setting can also stand in the environment or in the file of --config."
)]
pub struct Cli {
    /// File with settings, in TOML.
    #[arg(long, value_name = "FILE", global = true, help_heading = "Storage")]
    #[arg(value_parser = clap::value_parser!(PathBuf))]
    pub config: Option<PathBuf>,

    /// The settings, when no command is named.
    #[command(flatten)]
    pub settings: Settings,

    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server; what happens without a command.
    Serve(Box<Settings>),
    /// Create, list and change canvases.
    #[command(subcommand)]
    Canvas(canvas::CanvasCommand),
    /// Add and list teachers, and give them another password.
    #[command(subcommand)]
    Teacher(teacher::TeacherCommand),
    /// Say something to everybody on every canvas of the running server.
    Announce(announce::Announce),
    /// Copy everything into one file, also while the server runs, and verify
    /// it.
    Backup {
        /// The file to write; an earlier backup of that name is replaced.
        file: PathBuf,
    },
    /// Put a backup back, while no server runs.
    Restore {
        /// The backup.
        file: PathBuf,
        /// Replace what is in the data folder; it is kept beside.
        #[arg(long)]
        force: bool,
    },
    /// Read everything that is kept, and see whether it is whole and agrees.
    Check,
    /// Put together what is whole after damage, while no server runs; what can't be
    /// read is kept beside.
    Repair,
    /// Save a canvas as PNG.
    Export(export::Export),
    /// Erase the names and words of a person or a class; what they drew stays.
    Forget(forget::Forget),
    /// Tell whether the server takes pixels: exit code 0 if so, else 1.
    Health,
    /// Print the token that allows to change canvases over HTTP.
    AdminToken,
}

/// What did not work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The usage was wrong.
    #[error(transparent)]
    Usage(#[from] Stop),
    /// The store can't be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server can't be asked.
    #[error(transparent)]
    Control(#[from] control::ControlError),
    /// Something else, in a sentence.
    #[error("{0}")]
    Other(String),
}

impl Failure {
    fn other(error: impl std::fmt::Display) -> Self {
        Self::Other(error.to_string())
    }

    fn usage(text: impl Into<String>) -> Self {
        Self::Usage(Stop::Wrong(text.into()))
    }

    /// Tells the person, and gives the exit code: 2 for wrong usage, else 1.
    fn report(self) -> ExitCode {
        match self {
            Self::Usage(stop) => stop.report(),
            other => {
                eprintln!("place: {other}");
                ExitCode::FAILURE
            }
        }
    }
}

/// The whole program.
pub fn main() -> ExitCode {
    let done = parse(std::env::args_os(), |name| std::env::var_os(name))
        .map_err(Failure::from)
        .and_then(|(settings, command)| run(settings, command));
    done.map_or_else(Failure::report, |()| ExitCode::SUCCESS)
}

/// Settings and command of a command line; no command means to serve.
pub fn parse(
    argv: impl IntoIterator<Item = OsString>,
    environment: impl Fn(&str) -> Option<OsString>,
) -> Result<(Settings, Option<Command>), Stop> {
    let (cli, matches): (Cli, _) = layers::resolve(argv, environment)?;
    if let Some((name, _)) = matches.subcommand() {
        refuse_misplaced(&matches, name)?;
    }
    match cli.command {
        Some(Command::Serve(settings)) => Ok((settings.checked()?, None)),
        command => Ok((cli.settings.checked()?, command)),
    }
}

/// A setting of the server ahead of another command would be ignored: better to
/// say so.
fn refuse_misplaced(matches: &ArgMatches, command: &str) -> Result<(), Stop> {
    let given =
        |key: &String| key != "data" && matches.value_source(key) == Some(ValueSource::CommandLine);
    match layers::keys().find(given) {
        None => Ok(()),
        Some(key) => {
            let flag = key.replace('_', "-");
            Err(Stop::Wrong(if command == "serve" {
                format!("--{flag} must stand after `serve`, or without it.")
            } else {
                format!("--{flag} is a setting of the server; `{command}` does not take it.")
            }))
        }
    }
}

fn run(settings: Settings, command: Option<Command>) -> Result<(), Failure> {
    let data = &settings.data;
    match command {
        None | Some(Command::Serve(_)) => serve(settings),
        Some(Command::Canvas(command)) => canvas::run(data, command),
        Some(Command::Teacher(command)) => teacher::run(data, command),
        Some(Command::Announce(announce)) => announce::run(data, &announce),
        Some(Command::Backup { file }) => keep::backup(data, &file),
        Some(Command::Restore { file, force }) => keep::restore(data, &file, force),
        Some(Command::Check) => keep::check(data),
        Some(Command::Repair) => keep::repair(data),
        Some(Command::Export(export)) => export::run(data, &export),
        Some(Command::Forget(forget)) => forget::run(data, &forget),
        Some(Command::Health) => health::run(&settings),
        Some(Command::AdminToken) => {
            let token = admin::token(data).map_err(|error| {
                Failure::Other(format!("{}: {error}", admin::token_path(data).display()))
            })?;
            println!("{token}");
            Ok(())
        }
    }
}

fn serve(settings: Settings) -> Result<(), Failure> {
    telemetry::init_log(&settings);
    let web = settings.web_dir()?;
    let served = match app::serve(settings.clone(), &web) {
        Err(app::ServeError::Store(error @ StoreError::Damaged { .. })) => {
            tracing::error!(%error, "going on from what is whole");
            keep::repair_and_say(&settings.data).map_err(|failure| unrepaired(&error, &failure))?;
            app::serve(settings, &web)
        }
        served => served,
    };
    served.map_err(|error| match error {
        // A certificate that can't be used is a wrong setting like any other.
        app::ServeError::Tls(error) => Failure::usage(format!(
            "With these tls_cert, tls_key or tls_self_signed there is no TLS: {error}."
        )),
        error => Failure::other(error),
    })
}

fn unrepaired(damage: &StoreError, failure: &Failure) -> Failure {
    Failure::Other(format!(
        "{damage}.\nIt could not be repaired: {failure}.\n`place check` tells everything that is \
         wrong; `place restore FILE --force` puts a backup back and keeps what is here beside it."
    ))
}

#[cfg(test)]
mod tests;
