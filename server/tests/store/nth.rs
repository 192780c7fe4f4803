//! The disk fails at the first call of a story, then at the second, and so on
//! until the story comes to its end without a failure: no place is left at which
//! a failure was not tried.

use std::fs;
use std::path::{Path, PathBuf};

use place::store::{
    AppendError, Health, Journal, MUTED_UNTIL_LIFTED, MessageRecord, Note, OpenError, Store,
    StoreError, StoreOptions, Wanted, WriteError, check,
};
use place_core::Seq;

use crate::child;
use crate::faults::{Shim, run_with_failing_disk};
use crate::support::{
    START_MS, append, assert_same, batch, expected, fill, genesis, open, run, take_seat,
    with_canvas,
};

/// Calls of the longest story; more would mean that it never ends.
const CALLS_MAX: u32 = 2000;

/// A log that the next two or three large batches make long enough to be
/// carried over (1,000 pages), in bytes.
const LOG_BYTES: u64 = 4_000_000;

/// Large batches after that.
const APPENDS: u32 = 8;

/// Batches of a decision that is too large for one, and entries in each.
const DECISION_BATCHES: u64 = 3;
const DECISION_ENTRIES: u64 = 300;

/// What was promised in a story.
#[derive(Default)]
struct Promised {
    canvas: bool,
    seq: Seq,
    seats: u32,
    /// What was written.
    messages: Vec<i64>,
    /// Seats that were silenced.
    muted: Vec<u32>,
    /// The seqs of decisions that happen whole or not at all.
    decisions: Vec<(Seq, Seq)>,
}

/// Why a story went no further.
#[derive(Debug)]
enum Stop {
    Open(OpenError),
    Store(StoreError),
    Append(AppendError),
}

impl From<OpenError> for Stop {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<AppendError> for Stop {
    fn from(error: AppendError) -> Self {
        Self::Append(error)
    }
}

/// Everything that a store does in a lesson, in small: a folder is made, people
/// join and draw, a checkpoint is saved, and all is tidied up.
fn lesson(dir: &Path, promised: &mut Promised, held: &mut Option<Store>) -> Result<(), Stop> {
    let store = held.insert(Store::open(dir, StoreOptions::default())?);
    if store.canvases()?.is_empty() {
        store.create_canvas("first", "First", START_MS, &genesis())?;
    }
    (promised.canvas, promised.seq) = (true, promised.seq.max(1));
    for round in 0..4 {
        let next = store.load(1)?.canvas.seq() + 1;
        append(store, 1, batch(next, 1 + round * 200))?;
        promised.seq = next + round * 200;
        let hash = [store.seats(1)? as u8 + 1; 32];
        promised.seats = run(take_seat(store, 1, &format!("Ada {}", hash[0]), hash))?.number;
        promised.messages.push(run(store.add_message(1, message(promised.seats)))?);
        let note = Note::by(0, START_MS, "mute");
        run(store.mute_seat(1, promised.seats, MUTED_UNTIL_LIFTED, note))?;
        promised.muted.push(promised.seats);
    }
    let first = store.load(1)?.canvas.seq() + 1;
    let last = first + DECISION_BATCHES * DECISION_ENTRIES - 1;
    promised.decisions.push((first, last));
    let batches: Vec<_> = (first..last)
        .step_by(DECISION_ENTRIES as usize)
        .map(|first| batch(first, DECISION_ENTRIES))
        .collect();
    run(store.journal(1).append_all(&batches))?;
    promised.seq = last;
    let canvas = store.load(1)?.canvas;
    store.save_checkpoint(1, canvas.seq(), &canvas.to_checkpoint())?;
    store.close()?;
    *held = None;
    Ok(())
}

/// What was promised is in the folder, and the folder is whole.
fn assert_kept(dir: &Path, promised: &Promised) {
    let store = open(dir);
    if promised.canvas {
        let canvas = store.load(1).expect("loads").canvas;
        assert!(canvas.seq() >= promised.seq, "{} < {}", canvas.seq(), promised.seq);
        for (first, last) in &promised.decisions {
            let is_half = (*first..*last).contains(&canvas.seq());
            assert!(!is_half, "{} is inside of a decision", canvas.seq());
        }
        assert_same(&canvas, &expected(canvas.seq()));
        assert!(store.seats(1).expect("reads") >= promised.seats);
        assert_class_kept(&store, promised);
    }
    drop(store);
    let report = check(dir).expect("opens");
    assert!(report.is_good(), "{report}");
}

/// What people wrote, and what was done to them, is there; a deed and its place on
/// record come together.
fn assert_class_kept(store: &Store, promised: &Promised) {
    for id in &promised.messages {
        let found = store.message(1, *id).expect("reads").expect("is there");
        assert_eq!(found.text, message(found.seat).text);
    }
    let all = Wanted { seat: None, from_ms: 0, until_ms: u64::MAX };
    let notes = store.notes_after(1, all, (0, 0), CALLS_MAX).expect("reads");
    for seat in store.people(1).expect("reads") {
        let is_muted = seat.muted_until_ms == MUTED_UNTIL_LIFTED;
        assert!(is_muted || !promised.muted.contains(&seat.number), "seat {} speaks", seat.number);
        let is_on_record = notes.iter().any(|note| note.seat == Some(seat.number));
        assert_eq!(is_muted, is_on_record, "seat {}", seat.number);
    }
}

fn message(seat: u32) -> MessageRecord {
    MessageRecord {
        id: 0,
        channel: 0,
        seat,
        teacher: None,
        team: 0,
        at_ms: START_MS,
        text: format!("Message of {seat}"),
        reply_to: None,
        mentions: Vec::new(),
        deleted_ms: None,
    }
}

/// Tells a story again and again, each time failing one call later; `told` tells
/// it and is true once it ended without a failure.
fn at_every_call(home: &Path, mut told: impl FnMut(u32, PathBuf) -> bool) -> u32 {
    fs::create_dir_all(home).expect("a folder");
    for call in 0..CALLS_MAX {
        let dir = home.join(call.to_string());
        if told(call, dir.clone()) {
            return call;
        }
        fs::remove_dir_all(dir).expect("removes");
    }
    panic!("more than {CALLS_MAX} calls");
}

/// A disk that takes nothing more from the n-th write on, for every n.
fn refuses_at_every_write(home: &Path, how: &str, is_right: fn(&WriteError) -> bool) {
    let disk = Shim::of_child();
    let calls = at_every_call(home, |call, dir| {
        let (mut promised, mut held) = (Promised::default(), None);
        disk.fail(&format!("{how} {call}"));
        let result = lesson(&dir, &mut promised, &mut held);
        disk.work();
        let write_error = match &result {
            // A failure in the creation is told in words.
            Ok(()) | Err(Stop::Open(_)) => None,
            Err(Stop::Store(StoreError::Write(error))) => Some(error.clone()),
            Err(Stop::Append(AppendError::Full)) => Some(WriteError::Full),
            Err(Stop::Append(AppendError::Io(reason))) => Some(WriteError::Io(reason.clone())),
            Err(other) => panic!("write {call}: {other:?}"),
        };
        if let Some(error) = write_error {
            assert!(is_right(&error), "write {call}: {error}");
            let store = held.as_ref().expect("it was open");
            assert_ne!(store.health(), Health::Ok, "write {call}");
            run(store.probe()).expect("there is room again");
            assert_eq!(store.health(), Health::Ok);
        }
        drop(held);
        assert_kept(&dir, &promised);
        lesson(&dir, &mut promised, &mut None).expect("it goes on");
        assert_kept(&dir, &promised);
        // Tidying up may fail and say so in the log only.
        !disk.has_failed()
    });
    assert!(calls > 40, "{calls} writes are too few to have tried everything");
}

#[test]
fn a_disk_that_is_full_at_any_write_keeps_what_was_promised() {
    let Some(home) = child::folder() else {
        return run_with_failing_disk(
            "nth::a_disk_that_is_full_at_any_write_keeps_what_was_promised",
        );
    };
    refuses_at_every_write(&home, "full", |error| *error == WriteError::Full);
}

#[test]
fn a_disk_that_fails_at_any_write_keeps_what_was_promised() {
    let Some(home) = child::folder() else {
        return run_with_failing_disk(
            "nth::a_disk_that_fails_at_any_write_keeps_what_was_promised",
        );
    };
    refuses_at_every_write(&home, "write", |error| matches!(error, WriteError::Io(_)));
}

/// A store that has lost a write takes nothing more, though the disk would.
fn assert_poisoned(store: &Store) {
    assert_eq!(store.health(), Health::Poisoned);
    assert_eq!(run(store.probe()), Err(WriteError::Poisoned));
    let next = store.load(1).map_or(2, |loaded| loaded.canvas.seq() + 1);
    assert_eq!(append(store, 1, batch(next, 1)), Err(AppendError::Poisoned));
}

#[test]
fn any_one_sync_that_fails_is_never_taken_for_done() {
    let Some(home) = child::folder() else {
        return run_with_failing_disk("nth::any_one_sync_that_fails_is_never_taken_for_done");
    };
    let disk = Shim::of_child();
    let syncs = at_every_call(&home, |call, dir| {
        let (mut promised, mut held) = (Promised::default(), None);
        disk.fail(&format!("sync {call}"));
        let result = lesson(&dir, &mut promised, &mut held);
        match (&result, &held) {
            (Ok(()), _) | (Err(Stop::Open(_)), None) => {}
            (Err(_), Some(store)) => assert_poisoned(store),
            (Err(other), None) => panic!("sync {call}: {other:?}"),
        }
        disk.work();
        drop(held);
        assert_kept(&dir, &promised);
        lesson(&dir, &mut promised, &mut None).expect("it goes on after a restart");
        assert_kept(&dir, &promised);
        !disk.has_failed()
    });
    assert!(syncs > 12, "{syncs} syncs are too few to have tried everything");
}

#[test]
fn any_one_sync_that_fails_while_the_log_is_carried_over_ends_the_writing() {
    let Some(home) = child::folder() else {
        return run_with_failing_disk(
            "nth::any_one_sync_that_fails_while_the_log_is_carried_over_ends_the_writing",
        );
    };
    let disk = Shim::of_child();
    let mut poisoned = 0;
    at_every_call(&home, |call, dir| {
        let store = with_canvas(&dir);
        // Just before the log is long enough to be carried over.
        let mut next = 2;
        while fs::metadata(dir.join("place.db-wal")).expect("is there").len() < LOG_BYTES {
            append(&store, 1, batch(next, 4000)).expect("appends");
            next += 4000;
        }
        disk.fail(&format!("sync {call}"));
        let mut result = Ok(());
        for _ in 0..APPENDS {
            result = append(&store, 1, batch(next, 4000));
            if result.is_err() {
                break;
            }
            next += 4000;
        }
        if result.is_err() {
            assert_poisoned(&store);
            poisoned += 1;
        }
        disk.work();
        drop(store);
        assert_kept(&dir, &Promised { canvas: true, seq: next - 1, ..Promised::default() });
        !disk.has_failed()
    });
    // Each append has a sync of its own; the others are the carrying over's.
    assert!(poisoned > APPENDS, "{poisoned} failures, none in the carrying over");
}

#[test]
fn a_disk_that_cannot_be_read_is_not_taken_for_an_empty_one() {
    let Some(home) = child::folder() else {
        return run_with_failing_disk(
            "nth::a_disk_that_cannot_be_read_is_not_taken_for_an_empty_one",
        );
    };
    let disk = Shim::of_child();
    let reads = at_every_call(&home, |call, dir| {
        let store = with_canvas(&dir);
        fill(&store, 200);
        let canvas = store.load(1).expect("loads").canvas;
        store.save_checkpoint(1, 200, &canvas.to_checkpoint()).expect("saves");
        fill(&store, 300);
        drop(store);
        disk.fail(&format!("read {call}"));
        let result = read_everything(&dir);
        disk.work();
        match &result {
            Ok(())
            | Err(Stop::Open(OpenError::Database { .. }) | Stop::Store(StoreError::Read(_))) => {}
            Err(other) => panic!("read {call}: {other:?}"),
        }
        assert_kept(&dir, &Promised { canvas: true, seq: 300, ..Promised::default() });
        !disk.has_failed()
    });
    assert!(reads > 5, "{reads} reads are too few to have tried everything");
}

/// What a start reads, and a check.
fn read_everything(dir: &Path) -> Result<(), Stop> {
    let store = Store::open(dir, StoreOptions::default())?;
    for record in store.canvases()? {
        assert_same(&store.load(record.number)?.canvas, &expected(300));
        let batches: Result<Vec<_>, _> = store.journal(record.number).follow(1)?.collect();
        assert_eq!(batches?.last().expect("there are some").last_seq(), 300);
    }
    Ok(())
}
