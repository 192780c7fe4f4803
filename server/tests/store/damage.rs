//! Damage is told, never passed over.

use std::fs;
use std::path::Path;

use place::store::{Journal, StoreError, check};
use rusqlite::Connection;

use crate::support::{
    START_MS, append, assert_same, batch, database, entry, expected, fill, folder, genesis, open,
    tamper, with_canvas,
};

/// Turns one bit of the row whose batch begins at a seq.
fn flip_bit(dir: &Path, seq: u64) {
    let conn = Connection::open(database(dir)).expect("opens");
    let key = (1 << 40) | seq.cast_signed();
    let sql = "SELECT body FROM journal WHERE key = ?";
    let mut body: Vec<u8> = conn.query_row(sql, [key], |row| row.get(0)).expect("is there");
    *body.last_mut().expect("is not empty") ^= 1;
    conn.execute("UPDATE journal SET body = ?2 WHERE key = ?1", (key, body)).expect("changes");
}

#[test]
fn a_damaged_row_is_named() {
    let dir = folder();
    let store = with_canvas(dir.path());
    append(&store, 1, batch(2, 1)).expect("appends");
    append(&store, 1, batch(3, 2)).expect("appends");
    append(&store, 1, batch(5, 1)).expect("appends");
    drop(store);
    flip_bit(dir.path(), 3);
    let store = open(dir.path());
    let error = store.load(1).expect_err("damaged");
    assert!(matches!(error, StoreError::Damaged { canvas: 1, seq: 3, .. }), "{error}");
    assert!(error.to_string().contains("canvas number 1") && error.to_string().contains("seq 3"));
    let seen: Vec<_> = store.journal(1).follow(1).expect("reads").collect();
    assert_eq!(seen.len(), 3, "two good batches, the error, and nothing after it");
    assert!(seen[..2].iter().all(Result::is_ok) && seen[2].is_err());

    let report = check(dir.path()).expect("opens");
    assert!(!report.is_complete());
    assert_eq!((report.batches, report.problems.len()), (4, 1), "{report}");
    assert!(report.problems[0].text.contains("\"first\", seq 3"), "{report}");
}

#[test]
fn every_column_is_under_the_checksum() {
    for change in ["last_seq = last_seq + 1", "at_ms = at_ms + 1", "crc = crc + 1", "body = x'00'"]
    {
        let dir = folder();
        let store = with_canvas(dir.path());
        append(&store, 1, batch(2, 1)).expect("appends");
        drop(store);
        let key = (1u64 << 40) | 2;
        tamper(dir.path(), &format!("UPDATE journal SET {change} WHERE key = {key}"));
        let error = open(dir.path()).load(1).expect_err(change);
        assert!(matches!(error, StoreError::Damaged { seq: 2, .. }), "{change}: {error}");
        assert!(!check(dir.path()).expect("opens").is_complete(), "{change}");
    }
}

#[test]
fn a_missing_row_is_a_gap() {
    let dir = folder();
    let store = with_canvas(dir.path());
    append(&store, 1, batch(2, 3)).expect("appends");
    append(&store, 1, batch(5, 1)).expect("appends");
    drop(store);
    tamper(dir.path(), &format!("DELETE FROM journal WHERE key = {}", (1u64 << 40) | 2));
    let error = open(dir.path()).load(1).expect_err("damaged");
    assert!(matches!(error, StoreError::Damaged { seq: 2, .. }), "{error}");
    let report = check(dir.path()).expect("opens");
    assert!(report.to_string().contains("the journal goes on at seq 5"), "{report}");
}

#[test]
fn a_lost_end_shows_in_the_checkpoint() {
    let dir = folder();
    let store = with_canvas(dir.path());
    append(&store, 1, batch(2, 3)).expect("appends");
    append(&store, 1, batch(5, 1)).expect("appends");
    let canvas = store.load(1).expect("loads").canvas;
    store.save_checkpoint(1, 5, &canvas.to_checkpoint()).expect("saves");
    drop(store);
    tamper(dir.path(), &format!("DELETE FROM journal WHERE key = {}", (1u64 << 40) | 5));
    let error = open(dir.path()).load(1).expect_err("damaged");
    assert!(matches!(error, StoreError::Damaged { seq: 5, .. }), "{error}");
    let report = check(dir.path()).expect("opens");
    assert!(!report.is_complete(), "{report}");
}

#[test]
fn a_damaged_checkpoint_is_told_and_not_needed() {
    for change in [
        "UPDATE checkpoints SET crc = crc + 1 WHERE seq = 40",
        "UPDATE checkpoint_parts SET body = x'1234' WHERE seq = 40",
        "DELETE FROM checkpoint_parts WHERE seq = 40",
    ] {
        let dir = folder();
        let store = with_canvas(dir.path());
        for seq in [20, 40] {
            fill(&store, seq);
            let canvas = store.load(1).expect("loads").canvas;
            store.save_checkpoint(1, seq, &canvas.to_checkpoint()).expect("saves");
        }
        drop(store);
        tamper(dir.path(), change);
        let store = open(dir.path());
        let loaded = store.load(1).expect("loads");
        assert_eq!(loaded.from_checkpoint, Some(20), "{change}");
        assert_same(&loaded.canvas, &expected(40));
        let report = check(dir.path()).expect("opens");
        assert!(!report.is_good() && report.is_complete(), "{report}");

        tamper(dir.path(), "UPDATE checkpoints SET crc = crc + 1 WHERE seq = 20");
        let loaded = store.load(1).expect("loads");
        assert_eq!(loaded.from_checkpoint, None, "{change}");
        assert_eq!(loaded.broken_checkpoints, [40, 20]);
        assert_same(&loaded.canvas, &expected(40));

        store.mend_checkpoints(1, &loaded).expect("saves");
        assert_eq!(store.load(1).expect("loads").from_checkpoint, Some(40));
        let report = check(dir.path()).expect("opens");
        assert!(report.is_good() && report.checkpoints == 1, "{report}");
    }
}

#[test]
fn a_checkpoint_of_something_else_is_found_by_the_check() {
    let dir = folder();
    let store = with_canvas(dir.path());
    fill(&store, 30);
    let mut other = expected(29);
    let mut wrong = batch(30, 1);
    wrong.entries = vec![entry(31)];
    other.apply(&wrong).expect("keeps the rules");
    store.save_checkpoint(1, 30, &other.to_checkpoint()).expect("saves");
    drop(store);
    let report = check(dir.path()).expect("opens");
    assert!(!report.is_good() && report.is_complete(), "{report}");
    assert!(report.to_string().contains("is not what the journal folds to"), "{report}");
}

#[test]
fn a_destroyed_page_is_told_in_words() {
    let dir = folder();
    let store = with_canvas(dir.path());
    fill(&store, 2000);
    drop(store);
    let path = database(dir.path());
    let mut bytes = fs::read(&path).expect("reads");
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xa5);
    fs::write(&path, &bytes).expect("writes");
    let report = check(dir.path()).expect("opens");
    assert!(!report.is_complete(), "{report}");
    assert!(report.problems.len() <= 100);
}

#[test]
fn journal_bytes_of_another_canvas_do_not_pass() {
    let dir = folder();
    let store = with_canvas(dir.path());
    store.create_canvas("second", "Second", START_MS, &genesis()).expect("creates");
    append(&store, 1, batch(2, 1)).expect("appends");
    drop(store);
    let (from, to) = ((1u64 << 40) | 2, (2u64 << 40) | 2);
    tamper(dir.path(), &format!("UPDATE journal SET key = {to} WHERE key = {from}"));
    let error = open(dir.path()).load(2).expect_err("damaged");
    assert!(matches!(error, StoreError::Damaged { canvas: 2, seq: 2, .. }), "{error}");
}
