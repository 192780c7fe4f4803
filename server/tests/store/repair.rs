//! What is whole is put together again, and what is not is kept and told.

use std::fs;
use std::path::Path;

use place::store::{RepairError, RepairReport, StoreError, check, repair};
use place_core::{Canvas, Seq};
use rusqlite::Connection;

use crate::support::{
    START_MS, append, assert_same, batch, database, expected, fill, folder, genesis, open, tamper,
    with_canvas,
};

const NOW_MS: u64 = 1_800_000_000_000;

/// A folder in which the first canvas has rows of four entries through seq 81,
/// and checkpoints of these seqs.
fn drawn(dir: &Path, checkpoints: &[Seq]) {
    let store = with_canvas(dir);
    for first in (2..82).step_by(4) {
        append(&store, 1, batch(first, 4)).expect("appends");
        if checkpoints.contains(&(first + 3)) {
            let canvas = store.load(1).expect("loads").canvas;
            store.save_checkpoint(1, first + 3, &canvas.to_checkpoint()).expect("saves");
        }
    }
}

fn break_row(dir: &Path, seq: Seq) {
    let key = (1u64 << 40) | seq;
    tamper(dir, &format!("UPDATE journal SET body = x'00ff' WHERE key = {key}"));
}

fn remove_row(dir: &Path, seq: Seq) {
    tamper(dir, &format!("DELETE FROM journal WHERE key = {}", (1u64 << 40) | seq));
}

fn history(dir: &Path) -> String {
    open(dir).history().to_owned()
}

/// Repairs, and sees to it that the folder is whole then, and that it is told.
fn repaired(dir: &Path) -> (RepairReport, Canvas) {
    let before = history(dir);
    assert!(!check(dir).expect("opens").is_complete());
    let report = repair(dir, NOW_MS).expect("repairs");
    let found = check(dir).expect("opens");
    assert!(found.is_good(), "{found}");
    assert_ne!(history(dir), before, "whoever saw what is lost loads anew");
    let store = open(dir);
    let canvas = store.load(1).expect("loads").canvas;
    append(&store, 1, batch(canvas.seq() + 1, 3)).expect("it goes on");
    drop(store);
    let words = report.to_string();
    assert!(words.contains("Canvas \"first\"") && words.contains("can't be read"), "{words}");
    let again = repair(dir, NOW_MS).expect("opens");
    assert!(again.is_empty() && again.kept_aside.is_none(), "{again}");
    (report, canvas)
}

fn aside(report: &RepairReport) -> String {
    fs::read_to_string(report.kept_aside.as_ref().expect("something is kept")).expect("reads")
}

#[test]
fn a_whole_folder_stays_as_it_is() {
    let dir = folder();
    drawn(dir.path(), &[41]);
    let before = history(dir.path());
    let report = repair(dir.path(), NOW_MS).expect("opens");
    assert!(report.is_empty() && report.to_string().contains("nothing to repair"), "{report}");
    assert_eq!(history(dir.path()), before);
}

#[test]
fn a_checkpoint_behind_a_broken_row_gives_everything_back() {
    let dir = folder();
    drawn(dir.path(), &[21, 61]);
    break_row(dir.path(), 30);
    let (report, canvas) = repaired(dir.path());
    assert_same(&canvas, &expected(81));
    assert_eq!((report.holes.len(), report.rewritten), (1, 0));
    let hole = &report.holes[0];
    assert_eq!((hole.first, hole.last, hole.is_known), (30, Some(33), true));
    assert!(report.to_string().contains("only the way there is lost"), "{report}");
    assert_eq!(aside(&report).lines().count(), 1);
    assert!(aside(&report).contains("\"body\":\"00ff\""), "{}", aside(&report));
}

#[test]
fn without_a_checkpoint_what_is_whole_stays_and_the_rest_is_told() {
    let dir = folder();
    drawn(dir.path(), &[21]);
    break_row(dir.path(), 30);
    break_row(dir.path(), 50);
    let (report, canvas) = repaired(dir.path());
    let spans: Vec<_> = report.holes.iter().map(|hole| (hole.first, hole.last)).collect();
    assert_eq!(spans, [(30, Some(33)), (50, Some(53))]);
    assert!(report.holes.iter().all(|hole| !hole.is_known));
    assert!(report.to_string().contains("What they did is lost"), "{report}");
    assert_eq!(canvas.seq(), 81);
    // Each entry has a cell of its own: those of the holes are empty, no other.
    let whole = expected(81);
    for (index, (found, drawn)) in canvas.cells().iter().zip(whole.cells()).enumerate() {
        let seq = index as Seq;
        let is_lost = (30..34).contains(&seq) || (50..54).contains(&seq);
        assert_eq!(*found, if is_lost { 0 } else { *drawn }, "cell {index}");
    }
    let notes = Connection::open(database(dir.path())).expect("opens");
    let sql = "SELECT count(*) FROM record WHERE canvas = 1 AND what = 'repaired'";
    assert_eq!(notes.query_row(sql, (), |row| row.get::<_, u32>(0)), Ok(2), "it is on record");
}

#[test]
fn a_missing_row_and_a_lost_end_are_holes_too() {
    let dir = folder();
    drawn(dir.path(), &[21, 61, 81]);
    remove_row(dir.path(), 26);
    for seq in [70, 74, 78] {
        remove_row(dir.path(), seq);
    }
    let (report, canvas) = repaired(dir.path());
    assert_same(&canvas, &expected(81));
    let spans: Vec<_> = report.holes.iter().map(|hole| (hole.first, hole.last)).collect();
    assert_eq!(spans, [(26, Some(29)), (70, Some(81))]);
    assert_eq!(aside(&report), "", "nothing was there to be kept");
}

#[test]
fn a_broken_last_row_ends_the_journal_ahead_of_it() {
    let dir = folder();
    drawn(dir.path(), &[41]);
    break_row(dir.path(), 78);
    let (report, canvas) = repaired(dir.path());
    assert_same(&canvas, &expected(77));
    assert_eq!((report.holes[0].first, report.holes[0].last), (78, None));
}

#[test]
fn a_lost_beginning_is_known_from_a_checkpoint() {
    let dir = folder();
    drawn(dir.path(), &[41]);
    break_row(dir.path(), 1);
    let (report, canvas) = repaired(dir.path());
    assert_same(&canvas, &expected(81));
    assert_eq!((report.holes[0].first, report.holes[0].last), (1, Some(1)));
}

#[test]
fn what_only_a_backup_mends_is_left_alone() {
    let dir = folder();
    drawn(dir.path(), &[]);
    break_row(dir.path(), 1);
    let before = history(dir.path());
    let error = repair(dir.path(), NOW_MS).expect_err("there is nothing to go on from");
    assert!(matches!(error, RepairError::Store(StoreError::Damaged { seq: 1, .. })), "{error}");
    assert_eq!(history(dir.path()), before);
    let names = fs::read_dir(dir.path()).expect("reads").flatten().map(|file| file.file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().contains("broken")));
}

#[test]
fn other_canvases_are_not_touched() {
    let dir = folder();
    drawn(dir.path(), &[21]);
    let store = open(dir.path());
    store.create_canvas("second", "Second", START_MS, &genesis()).expect("creates");
    append(&store, 2, batch(2, 9)).expect("appends");
    fill(&store, 90);
    drop(store);
    break_row(dir.path(), 30);
    let (report, _) = repaired(dir.path());
    assert_eq!(report.holes.len(), 1);
    assert_same(&open(dir.path()).load(2).expect("loads").canvas, &expected(10));
}
