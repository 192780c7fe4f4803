//! A store in a folder of its own, and what the tests do with it.

use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use place::store::{
    AppendError, Commit, Journal, NewSeat, Observer, SeatRecord, Store, StoreError, StoreOptions,
};
use place_core::{
    Batch, Canvas, Cell, ColorIndex, Entry, Mode, Palette, PaletteColor, Rules, Seq, Size,
};
use rusqlite::Connection;
use tempfile::TempDir;

/// When everything in the tests begins.
pub(crate) const START_MS: u64 = 1_700_000_000_000;

const SIDE: u16 = 16;
const COLORS: u8 = 4;

/// The first batch of a small canvas without a cooldown.
pub(crate) fn genesis() -> Batch {
    let colors =
        (0..COLORS).map(|value| PaletteColor { rgb: [value; 3], name: format!("grey {value}") });
    let palette = Palette::new(colors.collect()).expect("four colors are a palette");
    let rules = Rules { mode: Mode::Open, cooldown_ms: 0, saved_max: 1, undo_ms: 0 };
    Canvas::genesis(Size::new(SIDE, SIDE).expect("within the limits"), palette, rules, START_MS)
}

/// What stands at a seq in every canvas of the tests: cell and color follow
/// from it, so that a journal can be told right from wrong by looking at it.
pub(crate) fn entry(seq: Seq) -> Entry {
    let (x, y) = ((seq % u64::from(SIDE)) as u16, (seq / 16 % u64::from(SIDE)) as u16);
    Entry::Place { seat: 1, cell: Cell { x, y }, color: (seq % u64::from(COLORS)) as ColorIndex }
}

/// The batch of `count` entries from `first_seq` on.
pub(crate) fn batch(first_seq: Seq, count: u64) -> Batch {
    let entries = (first_seq..first_seq + count).map(entry).collect();
    Batch { first_seq, at_ms: START_MS + first_seq, entries }
}

/// What a canvas must be after everything through `seq`, however it was
/// batched.
pub(crate) fn expected(seq: Seq) -> Canvas {
    let mut canvas = Canvas::begin(&genesis()).expect("genesis begins a canvas");
    for seq in 2..=seq {
        canvas.apply(&batch(seq, 1)).expect("the tests' entries keep the rules");
    }
    canvas
}

/// Whether two canvases look the same at the same seq. The dates of batches are
/// their writers' business.
pub(crate) fn assert_same(found: &Canvas, expected: &Canvas) {
    assert_eq!(found.seq(), expected.seq());
    assert_eq!(found.cells(), expected.cells());
}

/// A data folder that is removed afterwards.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

pub(crate) fn open(dir: &Path) -> Store {
    Store::open(dir, StoreOptions::default()).expect("the store opens")
}

/// A store with one empty canvas, number 1.
pub(crate) fn with_canvas(dir: &Path) -> Store {
    let store = open(dir);
    let record =
        store.create_canvas("first", "First", START_MS, &genesis()).expect("the canvas is created");
    assert_eq!(record.number, 1);
    store
}

/// Runs a future to its end.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

/// An append, or something to do between two.
pub(crate) type Work<'a> = Pin<Box<dyn Future<Output = Result<(), AppendError>> + 'a>>;

/// Starts all in their order, then waits for them. A start puts an append into
/// the writer's queue.
pub(crate) async fn all(mut work: Vec<Work<'_>>) -> Vec<Result<(), AppendError>> {
    let mut results = vec![None; work.len()];
    poll_fn(|context| {
        for (result, work) in results.iter_mut().zip(&mut work) {
            if result.is_none()
                && let Poll::Ready(done) = work.as_mut().poll(context)
            {
                *result = Some(done);
            }
        }
        if results.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    results.into_iter().flatten().collect()
}

/// Appends a batch and waits for it.
pub(crate) fn append(store: &Store, canvas: u32, batch: Batch) -> Result<(), AppendError> {
    run(store.journal(canvas).append(batch))
}

/// Takes a seat for somebody.
pub(crate) async fn take_seat(
    store: &Store,
    canvas: u32,
    nickname: &str,
    secret_hash: [u8; 32],
) -> Result<SeatRecord, StoreError> {
    store.create_seat(canvas, NewSeat::student(nickname, secret_hash, START_MS), new_card).await
}

/// A card that no other of this process has.
pub(crate) fn new_card() -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    format!("CARD{:05}", MADE.fetch_add(1, Ordering::Relaxed))
}

/// Appends batches of 1, 2, 3, 1 … entries to canvas 1 until it reaches `seq`.
pub(crate) fn fill(store: &Store, to_seq: Seq) {
    let mut next = store.load(1).expect("the canvas loads").canvas.seq() + 1;
    while next <= to_seq {
        let count = (next % 3 + 1).min(to_seq + 1 - next);
        append(store, 1, batch(next, count)).expect("the batch is appended");
        next += count;
    }
}

/// The database of a folder.
pub(crate) fn database(dir: &Path) -> PathBuf {
    dir.join("place.db")
}

/// Changes a database behind the store's back.
pub(crate) fn tamper(dir: &Path, sql: &str) {
    let conn = Connection::open(database(dir)).expect("the database opens");
    let changed = conn.execute(sql, ()).expect("the change is possible");
    assert_eq!(changed, 1, "one row is to be changed: {sql}");
}

/// Notes commits; can hold the writer at the end of one.
#[derive(Default)]
pub(crate) struct Watcher {
    state: Mutex<Watched>,
    bell: Condvar,
}

#[derive(Default)]
struct Watched {
    commits: Vec<Commit>,
    carried_over: usize,
    holds: bool,
}

impl Watcher {
    pub(crate) fn commits(&self) -> Vec<Commit> {
        self.state.lock().commits.clone()
    }

    /// How often the log was carried over.
    pub(crate) fn carried_over(&self) -> usize {
        self.state.lock().carried_over
    }

    /// Forgets what was, and holds the writer after its next commit.
    pub(crate) fn hold(&self) {
        *self.state.lock() = Watched { holds: true, ..Watched::default() };
    }

    /// Waits until the writer is held.
    pub(crate) fn held(&self) {
        let mut state = self.state.lock();
        self.bell.wait_while(&mut state, |state| state.commits.is_empty());
    }

    /// Lets the writer go.
    pub(crate) fn release(&self) {
        self.state.lock().holds = false;
        self.bell.notify_all();
    }
}

impl Observer for Watcher {
    fn committed(&self, commit: &Commit) {
        let mut state = self.state.lock();
        state.commits.push(*commit);
        self.bell.notify_all();
        self.bell.wait_while(&mut state, |state| state.holds);
    }

    fn log_carried_over(&self, _took: Duration) {
        self.state.lock().carried_over += 1;
    }
}

/// A store that is watched, with as many empty canvases as asked for.
pub(crate) fn watched(dir: &Path, canvases: u32) -> (Store, Arc<Watcher>) {
    let watcher = Arc::new(Watcher::default());
    let observer = Arc::clone(&watcher) as Arc<dyn Observer>;
    let options = StoreOptions { observer, ..StoreOptions::default() };
    let store = Store::open(dir, options).expect("the store opens");
    for number in 1..=canvases {
        let id = format!("canvas-{number}");
        let name = format!("Canvas {number}");
        store.create_canvas(&id, &name, START_MS, &genesis()).expect("the canvas is created");
    }
    (store, watcher)
}
