//! kill -9 in the middle of everything, again and again: nothing that anybody
//! was told or shown is lost, and nothing is there that nobody asked for.
//!
//! The kills come at random instants. What is known is known from the outside:
//! from answers and pictures that reached other processes before the kill.

mod deeds;
mod dice;
mod known;
mod migration;
mod phases;

use std::thread::{self, JoinHandle};
use std::time::Duration;

use place_core::Mirror;

use crate::harness::{Address, Crowd, Server, Task, place_ok};

pub(crate) use dice::Dice;
use known::{Known, SIDE};

/// Kills unless `PLACE_KILLS` says otherwise.
const KILLS: u32 = 15;

/// How many kills are asked for, if somebody does.
fn asked_for() -> Option<u32> {
    std::env::var("PLACE_KILLS").ok().map(|n| n.parse().expect("PLACE_KILLS is a number"))
}

/// Cells that are drawn on before one kill at most.
const CELLS_PER_KILL: u32 = 4000;

/// How many of the kills must fall while somebody waits for an answer.
const UNDER_LOAD_MIN_PERCENT: u32 = 20;

/// The longest time from the first drawing to the kill.
const DRAWING_MAX: Duration = Duration::from_millis(100);

/// The longest time from a start to a kill in the middle of it.
const STARTING_MAX: Duration = Duration::from_millis(60);

/// Somebody who looks on until the server is gone, and says what was to be seen.
fn watch(address: &Address, canvas: &str) -> JoinHandle<Mirror> {
    let mut viewer = address.viewer(canvas);
    thread::spawn(move || {
        while !viewer.has_ended {
            viewer.listen_briefly();
        }
        viewer.mirror().clone()
    })
}

/// How the kills fell.
#[derive(Debug, Default)]
struct Tally {
    kills: u32,
    /// While somebody waited for an answer.
    under_load: u32,
    /// While the server was starting.
    starting: u32,
    acknowledged: usize,
    /// Asked for, with an answer that never came; some of them were kept.
    unanswered: usize,
}

#[test]
fn nothing_acknowledged_or_seen_is_ever_lost() {
    let kills = asked_for().unwrap_or(KILLS);
    let mut dice = Dice::roll_anew("kills");
    // Checkpoints and pictures are made all the time, so that some kills hit one.
    let mut server = Server::with(&[
        "--checkpoint-entries=100",
        "--checkpoint-interval=1s",
        "--snapshot-interval=1s",
        "--log=warn",
    ]);
    let canvas = server.free_canvas("free", SIDE);
    let mut known = Known::new(server.info(&canvas)["palette"].as_array().unwrap().len());
    let cells = CELLS_PER_KILL.min(known.cells() / kills.max(1));
    let data = server.data().to_str().unwrap().to_owned();
    let mut tally = Tally::default();
    for round in 0..kills {
        let viewers = [watch(server.address(), &canvas), watch(server.address(), &canvas)];
        let task = Task { people: 3, first_cell: round * cells, cells };
        let crowd = Crowd::start_task(server.address(), &canvas, task);
        crowd.wait_until_all_draw();
        thread::sleep(dice.delay(DRAWING_MAX));
        server.kill9();
        let told = crowd.finish();
        let mirrors = viewers.map(|viewer| viewer.join().expect("no panic"));
        known.learn(&told, &mirrors);
        let open = told.iter().filter(|told| told.seq.is_none()).count();
        tally.kills += 1;
        tally.under_load += u32::from(open > 0);
        tally.acknowledged += told.len() - open;
        tally.unanswered += open;

        if dice.one_in(4) {
            server.begin();
            thread::sleep(dice.delay(STARTING_MAX));
            server.kill9();
            tally.starting += 1;
        }
        place_ok(&["check", "--data", &data]);
        server.launch();
        let board = server.board(&canvas);
        known.compare(&board, &format!("kill {round}"));
        known.learn(&[], &[board]);
    }
    println!("{tally:?}");
    assert!(tally.under_load * 100 >= kills * UNDER_LOAD_MIN_PERCENT, "{tally:?}");
}
