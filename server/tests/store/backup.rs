//! Backups and restores.

use std::fs;
use std::path::Path;

use place::store::{BackupError, RestoreError, backup, check, restore};

use crate::support::{
    START_MS, append, assert_same, batch, database, expected, fill, folder, open, run, take_seat,
    tamper, with_canvas,
};

#[test]
fn a_backup_restores_everything_into_an_empty_folder() {
    let (dir, away) = (folder(), folder());
    let store = with_canvas(dir.path());
    fill(&store, 60);
    run(take_seat(&store, 1, "Ada", [7; 32])).expect("a seat");
    let canvas = store.load(1).expect("loads").canvas;
    store.save_checkpoint(1, 60, &canvas.to_checkpoint()).expect("saves");
    let file = away.path().join("place.backup");
    let report = backup(dir.path(), &file).expect("the store may be open");
    assert!(report.check.is_good(), "{}", report.check);
    assert_eq!(report.check.entries, 60);
    assert_eq!(report.bytes, fs::metadata(&file).expect("is there").len());
    append(&store, 1, batch(61, 1)).expect("it goes on");
    let seen = store.history().to_owned();
    let names: Vec<_> = fs::read_dir(away.path()).expect("reads").collect();
    assert_eq!(names.len(), 1, "one file: {names:?}");

    let new = away.path().join("new/data");
    let report = restore(&file, &new, false, START_MS).expect("restores");
    assert_eq!((report.check.entries, report.kept_aside), (60, None));
    let store = open(&new);
    assert_same(&store.load(1).expect("loads").canvas, &expected(60));
    assert!(store.seat_by_secret(1, [7; 32]).expect("reads").is_some());
    append(&store, 1, batch(61, 1)).expect("it goes on");
    let restored = store.history().to_owned();
    assert_ne!(restored, seen, "seq 61 is another pixel now: this is another history");
    drop(store);
    assert_eq!(open(&new).history(), restored, "a start changes nothing");
    assert!(check(&new).expect("opens").is_good());
    restore(&file, folder().path(), false, START_MS).expect("the backup is as it was");
}

#[test]
fn a_folder_in_use_or_occupied_is_not_overwritten() {
    let (dir, away) = (folder(), folder());
    let store = with_canvas(dir.path());
    fill(&store, 10);
    let file = away.path().join("backup.db");
    backup(dir.path(), &file).expect("backs up");
    fill(&store, 30);
    let in_use = restore(&file, dir.path(), true, START_MS).expect_err("refuses");
    assert!(in_use.to_string().contains("in use"), "{in_use}");
    drop(store);
    let occupied = restore(&file, dir.path(), false, START_MS).expect_err("refuses");
    assert!(matches!(occupied, RestoreError::Occupied(_)), "{occupied}");

    let report = restore(&file, dir.path(), true, START_MS).expect("restores");
    let aside = report.kept_aside.expect("the old one is kept");
    assert_eq!(aside, dir.path().join("place.db.before-20231114T221320Z"));
    assert_same(&open(dir.path()).load(1).expect("loads").canvas, &expected(10));
    let second = restore(&file, dir.path(), true, START_MS).expect("restores");
    assert_eq!(
        second.kept_aside.expect("the old one is kept"),
        dir.path().join("place.db.before-20231114T221320Z-2")
    );
    // What was kept aside is itself a backup.
    let back = restore(&aside, folder().path().join("back"), false, START_MS).expect("restores");
    assert_eq!(back.check.entries, 30);
}

#[test]
fn a_database_kept_aside_takes_its_log_along() {
    let (dir, away, killed) = (folder(), folder(), folder());
    let store = with_canvas(dir.path());
    fill(&store, 10);
    let file = away.path().join("backup.db");
    backup(dir.path(), &file).expect("backs up");
    fill(&store, 30);
    // As a kill would leave it: everything still in the log.
    copy_files(dir.path(), killed.path());
    drop(store);
    let report = restore(&file, killed.path(), true, START_MS).expect("restores");
    let aside = report.kept_aside.expect("the old one is kept");
    assert_same(&open(killed.path()).load(1).expect("loads").canvas, &expected(10));
    let back = away.path().join("back");
    restore(&aside, &back, false, START_MS).expect("restores");
    assert_same(&open(&back).load(1).expect("loads").canvas, &expected(30));
}

/// Copies the database and its log as they are at this moment.
fn copy_files(from: &Path, to: &Path) {
    for name in ["place.db", "place.db-wal"] {
        fs::copy(from.join(name), to.join(name)).expect("copies");
    }
}

/// The rollback journal of a change to a database that was cut short.
fn hot_journal(database: &Path) -> Vec<u8> {
    let conn = rusqlite::Connection::open(database).expect("opens");
    // So little memory that the change reaches the disk before its commit.
    conn.execute_batch(
        "PRAGMA cache_size = 1; BEGIN; UPDATE identity SET history = 'x';
         INSERT INTO probe VALUES (1, randomblob(100000));",
    )
    .expect("changes");
    let journal = format!("{}-journal", database.display());
    let bytes = fs::read(journal).expect("there is a journal");
    assert_eq!(bytes[..4], [0xd9, 0xd5, 0x05, 0xf9], "it is hot");
    conn.execute_batch("ROLLBACK").expect("rolls back");
    bytes
}

#[test]
fn a_restore_that_was_killed_leaves_nothing_to_the_next() {
    let (dir, small, away) = (folder(), folder(), folder());
    let store = with_canvas(dir.path());
    fill(&store, 3000);
    let (file, other) = (away.path().join("backup.db"), away.path().join("other.db"));
    backup(dir.path(), &file).expect("backs up");
    drop(with_canvas(small.path()));
    backup(small.path(), &other).expect("backs up");
    // Killed while it changed its copy of the other one.
    let new = away.path().join("data");
    fs::create_dir(&new).expect("creates");
    fs::copy(&other, new.join("place.db.restoring")).expect("copies");
    fs::write(new.join("place.db.restoring-journal"), hot_journal(&other)).expect("writes");
    restore(&file, &new, false, START_MS).expect("restores");
    assert_same(&open(&new).load(1).expect("loads").canvas, &expected(3000));
    let report = check(&new).expect("opens");
    assert!(report.is_good(), "{report}");
}

#[test]
fn what_was_acknowledged_is_in_the_files_at_that_moment() {
    let (dir, cut) = (folder(), folder());
    let store = with_canvas(dir.path());
    for seq in 2..40 {
        append(&store, 1, batch(seq, 1)).expect("appends");
        copy_files(dir.path(), cut.path());
        // A write that the power cut tore: half a frame of the next commit.
        let log = cut.path().join("place.db-wal");
        let torn = [fs::read(&log).expect("reads"), vec![0x5a; 2000]].concat();
        fs::write(&log, torn).expect("writes");
        let reopened = open(cut.path());
        assert_same(&reopened.load(1).expect("loads").canvas, &expected(seq));
        drop(reopened);
        fs::remove_file(cut.path().join("place.lock")).expect("removes");
    }
}

#[test]
fn a_backup_does_not_overwrite_what_is_not_a_backup() {
    let (dir, away) = (folder(), folder());
    let store = with_canvas(dir.path());
    let precious = away.path().join("thesis.odt");
    fs::write(&precious, "precious").expect("writes");
    let error = backup(dir.path(), &precious).expect_err("refuses");
    assert!(matches!(error, BackupError::Exists(_)), "{error}");
    assert_eq!(fs::read_to_string(&precious).expect("reads"), "precious");

    for name in ["place.db", "place.db-wal", "other.db"] {
        let error = backup(dir.path(), dir.path().join(name)).expect_err("refuses");
        assert!(matches!(error, BackupError::Inside(_)), "{error}");
    }
    let error = backup(dir.path(), away.path().join("no/such/folder")).expect_err("refuses");
    assert!(matches!(error, BackupError::File { .. }), "{error}");
    assert!(matches!(backup(away.path(), away.path().join("b")), Err(BackupError::Open(_))));

    let file = away.path().join("backup.db");
    backup(dir.path(), &file).expect("backs up");
    fill(&store, 9);
    let report = backup(dir.path(), &file).expect("a newer backup replaces an older one");
    assert_eq!(report.check.entries, 9);
}

#[test]
fn damaged_data_do_not_pass_for_a_backup() {
    let (dir, away) = (folder(), folder());
    let store = with_canvas(dir.path());
    fill(&store, 9);
    let file = away.path().join("backup.db");
    backup(dir.path(), &file).expect("backs up");
    let good = fs::read(&file).expect("reads");
    drop(store);
    tamper(dir.path(), "UPDATE journal SET crc = crc + 1 WHERE last_seq = 1");
    let error = backup(dir.path(), &file).expect_err("refuses");
    assert!(matches!(error, BackupError::Damaged(_)), "{error}");
    assert!(error.to_string().contains("seq 1: its checksum does not match"), "{error}");
    assert_eq!(fs::read(&file).expect("reads"), good, "the old backup is as it was");
    assert_eq!(fs::read_dir(away.path()).expect("reads").count(), 1, "nothing else is left");

    let conn = rusqlite::Connection::open(&file).expect("opens");
    conn.execute_batch("UPDATE journal SET crc = crc + 1 WHERE last_seq = 9").expect("changes");
    drop(conn);
    let (new, before) = (folder(), fs::read(database(dir.path())).expect("reads"));
    let error = restore(&file, new.path(), false, START_MS).expect_err("refuses");
    assert!(matches!(error, RestoreError::Damaged(_)), "{error}");
    assert!(!database(new.path()).exists());
    restore(&file, dir.path(), true, START_MS).expect_err("refuses");
    assert_eq!(fs::read(database(dir.path())).expect("reads"), before);
    let missing = restore(away.path().join("none"), new.path(), false, START_MS);
    assert!(matches!(missing, Err(RestoreError::Open(_))));
}
