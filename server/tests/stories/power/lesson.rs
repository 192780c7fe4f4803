//! A short lesson on a recorded server, and who knew what at which moment.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use place_core::{Cell, Entry, Seq};
use serde_json::json;
use tempfile::TempDir;

use super::notes::Recorder;
use crate::harness::{Address, Answer, Request, Server, eventually, new_name, place};

/// The canvas that is drawn on.
pub(crate) const CANVAS: &str = "lesson";

/// The store's number of it: the playground was there first.
pub(crate) const NUMBER: u32 = 2;

/// Width and height of it.
const SIDE: u16 = 64;

const PEOPLE: usize = 3;

/// Placements before anything else may happen: the log is carried over into the
/// database several times on the way.
const PLACEMENTS: usize = 1500;

/// Messages of one person: as many as may be written at once, and the placements
/// between two.
const MESSAGES: usize = 5;
const PLACEMENTS_PER_MESSAGE: usize = 20;

/// What somebody knew from some moment on. A moment is a length of the notes.
#[derive(Default)]
pub(crate) struct Known {
    /// The server was ready, and told its token.
    pub(crate) ready: u64,
    pub(crate) token: String,
    /// A backup was made.
    pub(crate) backed_up: u64,
    /// Somebody heard of, or saw, everything through a seq.
    seqs: Vec<(u64, Seq)>,
    /// Somebody got the next seat.
    seats: Vec<u64>,
    /// What was acknowledged.
    placed: Vec<(Seq, Cell, u8)>,
    /// Messages that were taken, and what they say.
    written: Vec<(u64, i64, String)>,
    /// Seats that the teacher has silenced.
    muted: Vec<(u64, u32)>,
}

impl Known {
    /// The furthest seq that anybody knew of at a moment.
    pub(crate) fn seq_at(&self, moment: u64) -> Seq {
        let known = self.seqs.iter().filter(|(since, _)| *since <= moment);
        known.map(|(_, seq)| *seq).max().unwrap_or(0)
    }

    /// How many had their seats.
    pub(crate) fn seats_at(&self, moment: u64) -> u32 {
        self.seats.iter().filter(|since| **since <= moment).count() as u32
    }

    /// Messages that somebody knew of at a moment.
    pub(crate) fn written_at(&self, moment: u64) -> impl Iterator<Item = (i64, &str)> {
        let known = self.written.iter().filter(move |(since, ..)| *since <= moment);
        known.map(|(_, id, text)| (*id, text.as_str()))
    }

    /// Seats that somebody knew to be silenced at a moment.
    pub(crate) fn muted_at(&self, moment: u64) -> impl Iterator<Item = u32> {
        self.muted.iter().filter(move |(since, _)| *since <= moment).map(|(_, seat)| *seat)
    }

    /// What was acknowledged is what stands in the journal.
    pub(crate) fn assert_is_in(&self, entries: &[Entry]) {
        for (seq, at, wanted) in &self.placed {
            let Entry::Place { cell, color, .. } = &entries[*seq as usize - 1] else {
                panic!("seq {seq} is a placement");
            };
            assert_eq!((cell, color), (at, wanted), "seq {seq}");
        }
        assert!(self.placed.len() >= PLACEMENTS);
        assert!(!self.written.is_empty() && !self.muted.is_empty());
    }

    fn merge(&mut self, other: Self) {
        self.seqs.extend(other.seqs);
        self.seats.extend(other.seats);
        self.placed.extend(other.placed);
        self.written.extend(other.written);
        self.muted.extend(other.muted);
    }
}

/// A lesson that is over.
pub(crate) struct Lesson {
    home: TempDir,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) known: Known,
}

impl Lesson {
    /// Has a class draw, look on, be backed up in between, and come back after
    /// a restart and after a kill.
    pub(crate) fn give() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let root = home.path().join("root");
        std::fs::create_dir_all(root.join("away")).expect("a folder");
        let recorder = Arc::new(Recorder::about(&root, home.path()));
        let flags = [
            "--checkpoint-entries=100",
            "--checkpoint-interval=1s",
            "--snapshot-interval=1s",
            "--log=warn",
        ];
        let data = root.join("data");
        let mut server = Server::prepared(Some(&data), &flags, recorder.environment());
        server.launch();
        let mut known = Known { ready: recorder.moment(), ..Known::default() };
        known.token = place::http::admin::token(&data).expect("reads");
        server.free_canvas(CANVAS, SIDE);
        known.seqs.push((recorder.moment(), 1));

        let mut backed_up = u64::MAX;
        let drawn = draw(&server, &recorder, || {
            eventually("there are a checkpoint and a snapshot", || {
                let path = format!("/api/canvases/{CANVAS}/snapshots");
                let list = server.get(&path).expect(200).json();
                (list["snapshots"].as_array().unwrap().len() > 1).then_some(())
            });
            let mut backup = place();
            backup.arg("backup").arg(root.join("away/backup.db")).arg("--data").arg(&data);
            backup.envs(recorder.environment());
            assert!(backup.output().expect("it runs").status.success());
            backed_up = recorder.moment();
        });
        known.merge(drawn);
        known.backed_up = backed_up;
        server.restart();
        known.merge(draw(&server, &recorder, || {}));
        server.kill9();
        server.launch();
        known.merge(draw(&server, &recorder, || {}));
        server.terminate();
        Self { home, recorder, known }
    }

    /// The folder that everything is noted about.
    pub(crate) fn root(&self) -> String {
        self.home.path().join("root").to_str().expect("UTF-8").to_owned()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.home.path().join("root/data")
    }
}

/// A class draws until there are enough placements and `meanwhile` is over.
fn draw(address: &Address, recorder: &Arc<Recorder>, meanwhile: impl FnOnce()) -> Known {
    let is_over = Arc::new(AtomicBool::new(false));
    let spawn = |work: fn(&Address, &Recorder, &AtomicBool) -> Known| {
        let (address, recorder) = (address.clone(), Arc::clone(recorder));
        let is_over = Arc::clone(&is_over);
        thread::spawn(move || work(&address, &recorder, &is_over))
    };
    let mut class: Vec<_> = (0..PEOPLE).map(|_| spawn(place_pixels)).collect();
    class.push(spawn(look_on));
    meanwhile();
    is_over.store(true, Ordering::Relaxed);
    let mut known = Known::default();
    for person in class {
        known.merge(person.join().expect("no panic"));
    }
    known
}

/// One pixel after another.
fn place_pixels(address: &Address, recorder: &Recorder, is_over: &AtomicBool) -> Known {
    let seat = address.join(CANVAS, &new_name());
    let mut known = Known { seats: vec![recorder.moment()], ..Known::default() };
    let mut client = address.connect(CANVAS, Some(&seat));
    let mut number = seat.number as u32 * 97;
    while !is_over.load(Ordering::Relaxed) || known.placed.len() < PLACEMENTS / PEOPLE {
        let index = number.wrapping_mul(0x9e37_79b1) >> 20;
        let cell = Cell { x: index as u16 % SIDE, y: index as u16 / SIDE };
        let color = (number % 7) as u8;
        number += 1;
        if let Answer::Placed { seq, .. } = client.ask(cell.x, cell.y, color) {
            known.seqs.push((recorder.moment(), seq));
            known.placed.push((seq, cell, color));
        }
        if known.placed.len() % PLACEMENTS_PER_MESSAGE == 1 && known.written.len() < MESSAGES {
            let text = format!("Message {} of {}", known.written.len(), seat.number);
            let id = client.chatted(0, &text);
            known.written.push((recorder.moment(), id, text));
        }
    }
    let mute = format!("/api/canvases/{CANVAS}/seats/{}/mute", seat.number);
    let mute = Request::post(&mute).json(&json!({ "minutes": null }));
    address.send(&address.as_admin(mute)).expect(204);
    known.muted.push((recorder.moment(), seat.number as u32));
    known
}

/// Sees what there is to be seen.
fn look_on(address: &Address, recorder: &Recorder, is_over: &AtomicBool) -> Known {
    let mut viewer = address.viewer(CANVAS);
    let mut known = Known::default();
    while !is_over.load(Ordering::Relaxed) {
        viewer.listen_briefly();
        known.seqs.push((recorder.moment(), viewer.seq()));
    }
    known
}
