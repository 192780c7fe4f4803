//! `place-load`: makes load for PLACE, and measures what it costs.
//!
//! One thread, one epoll set; talks to this machine only. See
//! `benches/README.md` for the method.

mod address;
mod api;
mod args;
mod crowd;
mod dice;
mod drive;
mod fleet;
mod floor;
mod histogram;
mod idle;
mod log;
mod process;
mod ratio;
mod schedule;
mod server;
mod stage;
mod sync;
mod table;
mod text;
mod websocket;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use serde::Serialize;

use args::{Args, Command, IdleArgs, RatioArgs, RunArgs, Target};
use drive::Pace;
use schedule::Schedule;
use server::Server;
use stage::{LoadError, Report, Stage};

/// Files besides the sockets, in this process and in the server.
const SPARE_FILES: u64 = 512;

/// Files of the floor: one for every connection that may be asked for.
const FLOOR_FILES: u64 = args::CONNECTIONS_MAX + SPARE_FILES;

fn main() -> ExitCode {
    let Args { command, json } = Args::parse();
    match perform(command, json) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("FAILED: see above");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("place-load: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Does what was asked; tells whether every promise was kept.
fn perform(command: Command, json: bool) -> Result<bool, LoadError> {
    match command {
        Command::Run(args) => {
            let outcome = run(&args)?;
            show(&outcome, json, text::run);
            Ok(outcome.check.passed())
        }
        Command::Ratio(args) => {
            let ratio = compare(&args)?;
            show(&ratio, json, text::ratio);
            Ok(ratio.check.passed())
        }
        Command::Idle(args) => {
            let idle = rest(&args)?;
            show(&idle, json, text::idle);
            Ok(idle.check.passed())
        }
        Command::Fsync { folder, rounds } => {
            show(&sync::measure(&folder, rounds)?, json, text::fsync);
            Ok(true)
        }
        Command::Table(args) => table::run(&args),
        Command::Floor => {
            process::raise_open_files(FLOOR_FILES);
            floor::serve()?;
            Ok(true)
        }
    }
}

fn show<T: Serialize>(value: &T, json: bool, text: impl Fn(&T) -> String) {
    if json {
        println!("{}", serde_json::to_string_pretty(value).expect("reports have string keys"));
    } else {
        println!("{}", text(value));
    }
}

/// The outcome of `run`.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    viewers: usize,
    placers: usize,
    report: Report,
    fsync: Option<histogram::Summary>,
    check: stage::Check,
}

fn open(target: &Target, sockets: usize) -> Result<Server, LoadError> {
    process::raise_open_files(sockets as u64 + SPARE_FILES);
    let server = match (&target.place, &target.url) {
        (_, Some(url)) => {
            let token = match (&target.token, &target.data) {
                (Some(token), _) => token.clone(),
                (None, Some(data)) => server::admin_token(data)?,
                (None, None) => {
                    return Err(LoadError::Wrong("--url needs --token or --data".to_owned()));
                }
            };
            Server::running(url, token, target.pid, target.data.clone())?
        }
        (place, None) => Server::start(place, &target.folder, &target.server_args)?,
    };
    Ok(server)
}

fn run(args: &RunArgs) -> Result<Outcome, LoadError> {
    let people = args.people.people();
    let server = open(&args.target, people.viewers + people.placers)?;
    let canvas = server.api.create_canvas(args.side, &args.palette)?;
    let mut stage = Stage::set(&server.api, canvas, people, args.seed)?;
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

fn compare(args: &RatioArgs) -> Result<ratio::Ratio, LoadError> {
    let server = open(&args.target, 2 * (args.viewers + args.placers))?;
    ratio::measure(&server, args.setup())
}

fn rest(args: &IdleArgs) -> Result<idle::Idle, LoadError> {
    let server = open(&args.target, args.viewers + 100)?;
    idle::measure(&server, args.viewers, Duration::from_secs_f64(args.seconds))
}
