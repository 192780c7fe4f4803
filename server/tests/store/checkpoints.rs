//! Checkpoints shorten a start and change nothing.

use place::store::{Store, Until, check};
use place_core::{Canvas, Seq};

use crate::support::{
    START_MS, append, assert_same, batch, expected, fill, folder, open, tamper, with_canvas,
};

fn save(store: &Store, seq: Seq) {
    fill(store, seq);
    let canvas = store.load(1).expect("loads").canvas;
    assert_eq!(canvas.seq(), seq);
    store.save_checkpoint(1, seq, &canvas.to_checkpoint()).expect("saves");
}

#[test]
fn a_start_takes_the_newest_checkpoint_and_what_came_after() {
    let dir = folder();
    let store = with_canvas(dir.path());
    save(&store, 100);
    save(&store, 200);
    fill(&store, 230);
    drop(store);
    let store = open(dir.path());
    let loaded = store.load(1).expect("loads");
    assert_eq!((loaded.from_checkpoint, loaded.replayed), (Some(200), 30));
    let from_journal = store.fold_until(1, Until::Seq(230)).expect("folds");
    assert_eq!(loaded.canvas.to_checkpoint(), from_journal.to_checkpoint());
    assert_same(&loaded.canvas, &expected(230));
}

#[test]
fn the_newest_three_are_kept_and_nothing_of_the_others() {
    let dir = folder();
    let store = with_canvas(dir.path());
    for seq in [10, 20, 30, 40, 50] {
        save(&store, seq);
    }
    save(&store, 50);
    drop(store);
    let report = check(dir.path()).expect("opens");
    assert!(report.is_good(), "{report}");
    assert_eq!(report.checkpoints, 3);
    let conn = rusqlite::Connection::open(dir.path().join("place.db")).expect("opens");
    let read = |sql| -> Vec<i64> {
        let mut statement = conn.prepare(sql).expect("prepares");
        statement.query_map((), |row| row.get(0)).expect("reads").map(Result::unwrap).collect()
    };
    assert_eq!(read("SELECT seq FROM checkpoints ORDER BY seq"), [30, 40, 50]);
    assert_eq!(read("SELECT DISTINCT seq FROM checkpoint_parts ORDER BY seq"), [30, 40, 50]);
}

#[test]
fn what_a_crash_left_of_a_checkpoint_is_cleared_away() {
    let dir = folder();
    let store = with_canvas(dir.path());
    save(&store, 10);
    tamper(dir.path(), "INSERT INTO checkpoint_parts VALUES (1, 5, 0, x'00')");
    tamper(dir.path(), "INSERT INTO checkpoint_parts VALUES (1, 20, 7, x'00')");
    save(&store, 20);
    assert_eq!(store.load(1).expect("loads").from_checkpoint, Some(20));
    let conn = rusqlite::Connection::open(dir.path().join("place.db")).expect("opens");
    let sql = "SELECT count(*) FROM checkpoint_parts WHERE seq NOT IN (10, 20) OR part > 0";
    assert_eq!(conn.query_row(sql, (), |row| row.get(0)), Ok(0));
}

#[test]
fn a_large_checkpoint_lies_in_parts() {
    let dir = folder();
    let store = with_canvas(dir.path());
    // Noise: it does not get smaller, so that several parts are needed.
    let mut state = 1u64;
    let noise: Vec<u8> = (0..1_000_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        })
        .collect();
    store.save_checkpoint(1, 1, &noise).expect("saves");
    let conn = rusqlite::Connection::open(dir.path().join("place.db")).expect("opens");
    let parts: u32 = conn
        .query_row("SELECT parts FROM checkpoints", (), |row| row.get(0))
        .expect("there is one");
    // A part has 256 KiB, and compression makes noise a little larger.
    assert!((4..=5).contains(&parts), "{parts} parts");
    // Not a canvas: found out, and the journal is used.
    assert_eq!(store.load(1).expect("loads").from_checkpoint, None);
}

#[test]
fn the_past_is_folded_from_the_journal() {
    let dir = folder();
    let store = with_canvas(dir.path());
    append(&store, 1, batch(2, 10)).expect("appends");
    append(&store, 1, batch(12, 10)).expect("appends");
    let until = |until| -> Canvas { store.fold_until(1, until).expect("folds") };
    for seq in [1, 2, 5, 11, 12, 21] {
        assert_same(&until(Until::Seq(seq)), &expected(seq));
    }
    assert_same(&until(Until::Seq(99)), &expected(21));
    assert_same(&until(Until::Time(START_MS)), &expected(1));
    assert_same(&until(Until::Time(START_MS + 2)), &expected(11));
    assert_same(&until(Until::Time(START_MS + 11)), &expected(11));
    assert_same(&until(Until::Time(START_MS + 12)), &expected(21));
    assert!(store.fold_until(1, Until::Time(0)).is_err(), "before it began");
    assert!(store.fold_until(2, Until::Seq(1)).is_err(), "no such canvas");
}
