//! kill -9 in the middle of everything, again and again: nothing that anybody
//! was told or shown is lost, and nothing is there that nobody asked for.

use std::thread::{self, JoinHandle};

use place_core::{Mirror, Seq};

use crate::harness::{Address, Crowd, Server, Task, Told, color_of, place_ok};

/// Rounds unless `PLACE_KILLS` says otherwise.
const ROUNDS: u32 = 15;

/// Cells that are drawn on in one round at most.
const CELLS_PER_ROUND: u32 = 4000;

/// Width and height of the canvas: each cell is colored once in the whole
/// story, so that there is never a doubt about its color.
const SIDE: u16 = 1024;

/// What is known about the canvas from the outside.
struct Known {
    /// Cells that somebody was told of, or has seen.
    certain: Vec<bool>,
    /// Cells that somebody asked for.
    asked: Vec<bool>,
    /// The furthest seq that anybody has heard of.
    seq: Seq,
}

fn watch(address: &Address, canvas: &str) -> JoinHandle<Mirror> {
    let mut viewer = address.viewer(canvas);
    thread::spawn(move || {
        while !viewer.has_ended {
            viewer.listen_briefly();
        }
        viewer.mirror().clone()
    })
}

impl Known {
    fn learn(&mut self, told: &[Told], mirrors: &[Mirror]) {
        for Told { cell, seq, .. } in told {
            let index = usize::from(cell.y) * usize::from(SIDE) + usize::from(cell.x);
            self.asked[index] = true;
            if let Some(seq) = seq {
                self.certain[index] = true;
                self.seq = self.seq.max(*seq);
            }
        }
        for mirror in mirrors {
            self.seq = self.seq.max(mirror.seq());
            for (certain, color) in self.certain.iter_mut().zip(mirror.cells()) {
                *certain |= *color != 0;
            }
        }
    }

    fn compare(&self, board: &Mirror, colors: usize, round: u32) {
        assert!(
            board.seq() >= self.seq,
            "round {round}: back to {} from {}",
            board.seq(),
            self.seq
        );
        let mut colored = 0;
        for (index, color) in board.cells().iter().enumerate() {
            if *color == 0 {
                assert!(!self.certain[index], "round {round}: cell {index} is lost");
                continue;
            }
            assert!(self.asked[index], "round {round}: nobody asked for cell {index}");
            assert_eq!(*color, color_of(index as u32, colors), "round {round}: cell {index}");
            colored += 1;
        }
        // One entry for the canvas itself, one for each cell.
        assert_eq!(board.seq(), 1 + colored, "round {round}: the grid is not the fold");
    }
}

#[test]
fn nothing_acknowledged_or_seen_is_ever_lost() {
    let rounds = std::env::var("PLACE_KILLS").map_or(ROUNDS, |n| n.parse().expect("a number"));
    // Checkpoints are made all the time, so that some kills hit one.
    let mut server =
        Server::with(&["--checkpoint-entries=100", "--checkpoint-interval=1s", "--log=warn"]);
    let canvas = server.free_canvas("free", SIDE);
    let colors = server.info(&canvas)["palette"].as_array().unwrap().len();
    let total = u32::from(SIDE) * u32::from(SIDE);
    let cells = CELLS_PER_ROUND.min(total / rounds.max(1));
    let mut known =
        Known { certain: vec![false; total as usize], asked: vec![false; total as usize], seq: 1 };
    let data = server.data().to_str().unwrap().to_owned();
    for round in 0..rounds {
        let viewers = [watch(server.address(), &canvas), watch(server.address(), &canvas)];
        let task = Task { people: 3, first_cell: round * cells, cells };
        let crowd = Crowd::start_task(server.address(), &canvas, task);
        // Another moment in each round: a number of placements, not a time, so
        // that a slow machine tells the same story.
        crowd.wait_for((17 + round * 97 % 600).min(cells * 3 / 4) as usize);
        server.kill9();
        let told = crowd.finish();
        let mirrors = viewers.map(|viewer| viewer.join().expect("no panic"));
        known.learn(&told, &mirrors);

        place_ok(&["check", "--data", &data]);
        server.launch();
        let board = server.board(&canvas);
        known.compare(&board, colors, round);
        known.learn(&[], &[board]);
    }
}
