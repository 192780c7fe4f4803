//! Those who are there besides the class that is measured: visitors who come,
//! draw and go, viewers who don't read, and requests of every kind.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use place_core::wire::frame::Opcode;

use crate::api::Api;
use crate::attack::{Attack, Goes, UnderWay};
use crate::drive::Pace;
use crate::schedule::Schedule;
use crate::server::Server;
use crate::stage::{Check, LoadError, People, Stage};
use crate::websocket;

/// A group of visitors.
const GROUP: People = People { viewers: 10, placers: 5, apart: false, samples: 1 };
const GROUP_PER_SECOND: u64 = 10;

/// Groups that are there at a time; the oldest goes when the next comes.
const GROUPS: usize = 6;

/// How long each group is listened to in turn.
const GROUP_TURN: Duration = Duration::from_millis(500);

/// Viewers that don't read, with the smallest buffer that Linux gives.
const DEAF: usize = 20;
const NARROW_BYTES: usize = 2048;

/// Time between two rounds of requests.
const REQUESTS_INTERVAL: Duration = Duration::from_secs(1);

/// Everybody else.
pub(super) struct Company {
    stop: Arc<AtomicBool>,
    visitors: JoinHandle<Result<(u64, Option<Check>), LoadError>>,
    requests: JoinHandle<Result<u64, LoadError>>,
    deaf: UnderWay,
}

impl Company {
    pub(super) fn begin(server: &Server, canvas: &str, pid: u32) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (api, id, ends) = (server.api.clone(), canvas.to_owned(), Arc::clone(&stop));
        let visitors = std::thread::spawn(move || visit(&api, &id, &ends));
        let (api, id, ends) = (server.api.clone(), canvas.to_owned(), Arc::clone(&stop));
        let requests = std::thread::spawn(move || request(&api, &id, &ends));
        let path = format!("/api/canvases/{canvas}/ws");
        let mut opening = websocket::upgrade_request(&server.api.address.to_string(), &path, None);
        websocket::put_masked(&mut opening, Opcode::Text, br#"{"type":"watch"}"#, [1, 2, 3, 4]);
        let deaf = Attack {
            connections: DEAF,
            opening,
            goes: Goes::Silent,
            reads: false,
            receive_bytes: Some(NARROW_BYTES),
        };
        Self { stop, visitors, requests, deaf: deaf.begin(server.api.address, pid) }
    }

    /// Sends everybody home; how many visitors and requests there were, and
    /// what was wrong with the first group of visitors that did not see the
    /// truth.
    pub(super) fn end(self) -> Result<(u64, u64, Option<Check>), LoadError> {
        self.stop.store(true, Ordering::Relaxed);
        self.deaf.end();
        let ended = |_| LoadError::Wrong("a thread of the load panicked".to_owned());
        let (visitors, wrong) = self.visitors.join().map_err(ended)??;
        Ok((visitors, self.requests.join().map_err(ended)??, wrong))
    }
}

/// Groups come, draw, and go, one after another.
fn visit(api: &Api, canvas: &str, stop: &AtomicBool) -> Result<(u64, Option<Check>), LoadError> {
    let pace = Pace::Open(Schedule::new(GROUP_PER_SECOND, 0));
    let mut groups: VecDeque<Stage> = VecDeque::new();
    let (mut visitors, mut wrong) = (0, None);
    while !stop.load(Ordering::Relaxed) {
        let known = api.canvas(canvas)?;
        let mut group = Stage::set(api, known, GROUP, visitors)?;
        group.spins = false;
        groups.push_back(group);
        visitors += GROUP.viewers as u64;
        for group in &mut groups {
            group.measure(None, pace, Duration::ZERO, GROUP_TURN)?;
        }
        if groups.len() > GROUPS
            && let Some(mut leaving) = groups.pop_front()
        {
            let check = leaving.check(api)?;
            wrong = wrong.or((!check.passed()).then_some(check));
            leaving.fleet.hang_up();
        }
    }
    Ok((visitors, wrong))
}

/// Boards, pictures, lists: what browsers ask for.
fn request(api: &Api, canvas: &str, stop: &AtomicBool) -> Result<u64, LoadError> {
    let mut count = 0;
    let paths = ["", "/board", "/image.png?thumb=256", "/snapshots"];
    while !stop.load(Ordering::Relaxed) {
        for path in paths {
            api.get(&format!("/api/canvases/{canvas}{path}"))?;
            count += 1;
        }
        std::thread::sleep(REQUESTS_INTERVAL);
    }
    Ok(count)
}

/// Everybody in the class says something that is not about pixels. There is no
/// chat yet: the server answers that it does not know the word.
pub(super) fn say_something(class: &mut Stage) {
    for member in class.placers.clone() {
        let text = br#"{"type":"chat","text":"Who drew the cat in the corner?"}"#;
        class.fleet.queue(member, Opcode::Text, text);
    }
}
