//! `place-load`: makes load for PLACE, and measures what it costs.
//!
//! One thread, one epoll set; talks to this machine only. See
//! `benches/README.md` for the method. Each command has a file of its own in
//! `commands`; everything else is what they are made of.

mod address;
mod api;
mod args;
#[path = "../../support/art.rs"]
mod art;
mod attack;
mod commands;
mod crowd;
mod dice;
mod drive;
mod fleet;
mod floor;
mod histogram;
mod log;
mod metrics;
mod peer;
#[path = "../../support/people.rs"]
mod people;
mod place;
mod process;
mod schedule;
mod script;
mod server;
mod stage;
mod stats;
mod svg;
mod sync;
mod text;
mod uring;
mod websocket;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match commands::Args::parse().perform() {
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
