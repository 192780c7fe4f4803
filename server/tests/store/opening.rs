//! Opening: one process, known files, every released schema.

use std::fs;
use std::path::Path;

use place::store::{OpenError, Store, StoreOptions, check};
use rusqlite::Connection;

use crate::support::{
    START_MS, append, assert_same, batch, database, expected, folder, genesis, open, with_canvas,
};

fn refusal(dir: &Path) -> OpenError {
    Store::open(dir, StoreOptions::default()).expect_err("the store refuses")
}

#[test]
fn a_folder_has_one_server_at_a_time() {
    let dir = folder();
    let store = with_canvas(dir.path());
    let error = refusal(dir.path());
    assert!(matches!(&error, OpenError::InUse(path) if path == dir.path()), "{error}");
    assert!(error.to_string().contains(&dir.path().display().to_string()));
    drop(store);
    open(dir.path());
}

#[cfg(unix)]
#[test]
fn a_new_folder_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let parent = folder();
    let dir = parent.path().join("deep/data");
    with_canvas(&dir);
    let mode = |path: &Path| fs::metadata(path).expect("is there").permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    assert_eq!(mode(&database(&dir)), 0o600);
}

#[test]
fn a_file_from_the_future_is_left_alone() {
    let dir = folder();
    drop(with_canvas(dir.path()));
    let conn = Connection::open(database(dir.path())).expect("opens");
    conn.pragma_update(None, "user_version", 99).expect("changes");
    drop(conn);
    let before = fs::read(database(dir.path())).expect("reads");
    let error = refusal(dir.path());
    assert!(matches!(error, OpenError::Newer { found: 99, .. }), "{error}");
    assert!(error.to_string().contains("update PLACE"), "{error}");
    assert!(matches!(check(dir.path()), Err(OpenError::Newer { .. })));
    assert_eq!(fs::read(database(dir.path())).expect("reads"), before);
}

#[test]
fn other_files_are_left_alone() {
    let dir = folder();
    let path = database(dir.path());
    let other = "once upon a time ".repeat(500);
    fs::write(&path, &other).expect("writes");
    assert!(matches!(refusal(dir.path()), OpenError::Foreign(_)));
    assert_eq!(fs::read_to_string(&path).expect("reads"), other);

    fs::remove_file(&path).expect("removes");
    let conn = Connection::open(&path).expect("opens");
    conn.execute_batch("CREATE TABLE theirs (a)").expect("creates");
    drop(conn);
    assert!(matches!(refusal(dir.path()), OpenError::Foreign(_)));
}

#[test]
fn a_start_that_a_crash_cut_short_is_made_again() {
    let dir = folder();
    fs::write(database(dir.path()), b"").expect("writes");
    drop(with_canvas(dir.path()));
    fs::remove_file(database(dir.path())).expect("removes");
    // The log's mark comes first and makes the file more than empty.
    let conn = Connection::open(database(dir.path())).expect("opens");
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).expect("changes");
    drop(conn);
    with_canvas(dir.path());
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let dir = folder();
    let path = dir.path().join("file");
    fs::write(&path, "").expect("writes");
    let error = refusal(&path.join("data"));
    assert!(error.to_string().contains("file/data"), "{error}");
}

/// Schema 1 as it was released, kept here word for word.
const RELEASED_V1: &str = include_str!("../fixtures/schema-1.sql");

/// A database as the first release wrote it: a canvas, a seat, 20 entries.
fn create_v1(path: &Path) {
    let conn = Connection::open(path).expect("opens");
    conn.execute_batch(RELEASED_V1).expect("creates");
    let sql = "INSERT INTO canvases VALUES (1, 'first', 'First', ?)";
    conn.execute(sql, [START_MS.cast_signed()]).expect("inserts");
    let sql = "INSERT INTO seats VALUES (1, 1, ?, 'Ada', ?)";
    conn.execute(sql, ([7u8; 32], START_MS.cast_signed())).expect("inserts");
    for batch in [genesis(), batch(2, 9), batch(11, 10)] {
        let key = (1 << 40) | batch.first_seq.cast_signed();
        let (last, at_ms) = (batch.last_seq().cast_signed(), batch.at_ms.cast_signed());
        let body = batch.encode();
        let mut crc = crc32fast::Hasher::new();
        for number in [key, last, at_ms] {
            crc.update(&number.to_le_bytes());
        }
        crc.update(&body);
        let row = (key, last, at_ms, crc.finalize(), body);
        conn.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?)", row).expect("inserts");
    }
}

#[test]
fn a_database_of_the_first_release_opens_and_goes_on() {
    let dir = folder();
    create_v1(&database(dir.path()));
    let store = open(dir.path());
    assert_same(&store.load(1).expect("loads").canvas, &expected(20));
    assert_eq!(store.canvas("first").expect("reads").expect("is there").name, "First");
    let seat = store.seat_by_secret(1, [7; 32]).expect("reads").expect("is there");
    assert_eq!(seat.nickname, "Ada");
    append(&store, 1, batch(21, 4)).expect("appends");
    let state = store.load(1).expect("loads").canvas;
    store.save_checkpoint(1, 24, &state.to_checkpoint()).expect("saves");
    drop(store);
    let report = check(dir.path()).expect("opens");
    assert!(report.is_good(), "{report}");
    assert_eq!((report.entries, report.checkpoints, report.seats), (24, 1, 1));
}
