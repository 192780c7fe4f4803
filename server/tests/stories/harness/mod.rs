//! What the stories are told with: a real server, people who draw, and sockets
//! that misbehave.

mod address;
pub(crate) mod class;
mod client;
mod crowd;
mod document;
mod http;
mod noise;
mod process;
mod raw;
mod schema;
mod server;
mod stream;
pub(crate) mod teacher;
mod tmpfs;
mod web;

pub(crate) use address::{Address, Seat};
pub(crate) use client::{Answer, Client, Said};
pub(crate) use crowd::{Crowd, Task, Told, color_of};
pub(crate) use http::{Request, Response};
pub(crate) use noise::{NOISE_AT_MS, NOISE_COLORS, noise};
pub(crate) use process::{place, place_fails, place_ok};
pub(crate) use raw::{FIN, Frame, Raw, header, masked, op};
pub(crate) use server::Server;
pub(crate) use tmpfs::SmallDisk;
pub(crate) use web::{ASSET, ASSET_TEXT};

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long anything that must happen may take: far more than it takes on a
/// slow machine, and short enough to wait for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A nickname that nobody else in this story has.
pub(crate) fn new_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("Ada {}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Asks again and again until there is an answer.
pub(crate) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "within {PATIENCE:?} it never came to this: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
