//! Kills inside of a migration: a data folder as the first release left it opens
//! with this one, however often its first start is cut short.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use place::store::{Journal, Store, StoreOptions, check};
use place_core::{Batch, Canvas, Cell, Entry, Mode, Palette, Rules, Size};
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest, Sha256};

use crate::harness::Server;

use super::asked_for;
use super::dice::Dice;
use super::phases::begins;

/// Schema 1 as it was released.
const SCHEMA: &str = include_str!("../../fixtures/schema-1.sql");

/// The schema of today: a new one is to be tried here, too.
const NEWEST: u32 = 3;

/// Kills unless `PLACE_KILLS` says otherwise.
const KILLS: u32 = 30;

/// How many of the kills must fall between the opening of the database and the
/// end of the migration.
const INSIDE_MIN_PERCENT: u32 = 30;

/// The longest time from the opening to a kill in the migration.
const MIGRATING_MAX: Duration = Duration::from_millis(30);

/// People: so many that to migrate them takes a while.
const SEATS: u32 = 4000;

/// Names: all but the first and the last are of two people.
const NAMES: u32 = SEATS / 2 + 1;

/// Rows of the journal, and pixels in each.
const ROWS: u64 = 100;
const ROW_PIXELS: u64 = 50;

const SIDE: u16 = 128;

/// Where a pixel of the story is, and its color: both follow from its seq.
fn pixel(seq: u64) -> Entry {
    let index = (seq * 97 % (u64::from(SIDE) * u64::from(SIDE))) as u16;
    let cell = Cell { x: index % SIDE, y: index / SIDE };
    Entry::Place { seat: (seq % u64::from(SEATS)) as u32 + 1, cell, color: (seq % 2) as u8 }
}

fn batches() -> Vec<Batch> {
    let palette = Palette::parse("ffffff White\n000000 Black").expect("a palette");
    let rules = Rules { mode: Mode::Open, cooldown_ms: 0, saved_max: 1, undo_ms: 0 };
    let size = Size::new(SIDE, SIDE).expect("within the limits");
    let mut batches = vec![Canvas::genesis(size, palette, rules, 1)];
    for row in 0..ROWS {
        let first_seq = 2 + row * ROW_PIXELS;
        let entries = (first_seq..first_seq + ROW_PIXELS).map(pixel).collect();
        batches.push(Batch { first_seq, at_ms: first_seq, entries });
    }
    batches
}

fn secret_of(seat: u32) -> [u8; 32] {
    Sha256::digest(seat.to_le_bytes()).into()
}

/// Every second person is called as another one, as the first release allowed.
fn name_of(seat: u32) -> String {
    format!("Student {}", seat / 2)
}

/// A data folder as the first release wrote it.
fn write_old(data: &Path) {
    fs::create_dir_all(data).expect("a folder");
    let mut conn = Connection::open(data.join("place.db")).expect("opens");
    conn.execute_batch(SCHEMA).expect("creates");
    let change = conn.transaction().expect("begins");
    change.execute("INSERT INTO canvases VALUES (1, 'old', 'Old', 1)", ()).expect("inserts");
    for seat in 1..=SEATS {
        let row = (seat, secret_of(seat), name_of(seat));
        change.execute("INSERT INTO seats VALUES (1, ?, ?, ?, 5)", row).expect("inserts");
    }
    for batch in batches() {
        let key = 1i64 << 40 | batch.first_seq.cast_signed();
        let (last, at_ms) = (batch.last_seq().cast_signed(), batch.at_ms.cast_signed());
        let body = batch.encode();
        let mut crc = crc32fast::Hasher::new();
        for number in [key, last, at_ms] {
            crc.update(&number.to_le_bytes());
        }
        crc.update(&body);
        let row = (key, last, at_ms, crc.finalize(), body);
        change.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?)", row).expect("inserts");
    }
    change.commit().expect("commits");
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).expect("changes");
}

/// The schema of a folder's database, and people who have no key for their name
/// yet.
fn progress(data: &Path) -> Option<(u32, u32)> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let conn = Connection::open_with_flags(data.join("place.db"), flags).ok()?;
    let version = conn.pragma_query_value(None, "user_version", |row| row.get(0)).ok()?;
    let sql = "SELECT count(*) FROM seats WHERE nickname_key IS NULL";
    // The first release's seats have no such column.
    Some((version, conn.query_row(sql, (), |row| row.get(0)).unwrap_or(SEATS)))
}

/// Whether the first start got as far as to open the database, and not to the
/// migration's end.
fn is_inside(data: &Path) -> bool {
    let is_open = fs::metadata(data.join("place.db-wal")).is_ok();
    is_open && progress(data).is_some_and(|(version, unnamed)| version < NEWEST || unnamed == SEATS)
}

/// Everything of the old folder is in the new one.
fn assert_kept(data: &Path) {
    let store = Store::open(data, StoreOptions::default()).expect("opens");
    let mut expected: Option<Canvas> = None;
    for batch in batches() {
        match &mut expected {
            None => expected = Canvas::begin(&batch).ok(),
            Some(canvas) => canvas.apply(&batch).expect("it follows"),
        }
    }
    assert_eq!(Some(store.load(1).expect("loads").canvas), expected);
    let kept: Vec<Batch> =
        store.journal(1).follow(1).expect("reads").map(|row| row.expect("is whole")).collect();
    assert_eq!(kept, batches());
    assert_eq!(store.seats(1).expect("reads"), SEATS);
    for seat in (1..=SEATS).step_by(37) {
        let found = store.seat_by_secret(1, secret_of(seat)).expect("reads").expect("is there");
        assert_eq!((found.number, found.nickname), (seat, name_of(seat)));
    }
    store.close().expect("closes");
    let report = check(data).expect("opens");
    assert!(report.is_good(), "{report}");
    let (version, unnamed) = progress(data).expect("reads");
    assert_eq!(
        (version, unnamed),
        (NEWEST, SEATS - NAMES),
        "the first of each name has it to itself"
    );
}

/// How long an undisturbed start takes to the end of its migration.
fn undisturbed(server: &mut Server) -> Duration {
    write_old(server.data());
    let began = Instant::now();
    server.launch();
    let took = began.elapsed();
    server.kill9();
    assert_kept(server.data());
    took
}

#[test]
fn a_kill_inside_a_migration_loses_nothing() {
    let mut dice = Dice::roll_anew("migration");
    let kills = asked_for().unwrap_or(KILLS).max(1);
    let mut server = Server::prepared(None, &["--log=warn"], Vec::new());
    let most = undisturbed(&mut server);
    let mut inside = 0;
    for round in 0..kills {
        fs::remove_dir_all(server.data()).expect("removes");
        write_old(server.data());
        // Some starts are cut short again and again.
        for _ in 0..=dice.below(3) {
            server.begin();
            if dice.one_in(2) {
                // Anywhere in the start.
                thread::sleep(Duration::from_micros(dice.below(most.as_micros() as u64)));
            } else {
                let log = server.data().join("place.db-wal");
                assert!(begins(|| log.exists()), "the server opens its database");
                thread::sleep(dice.delay(MIGRATING_MAX));
            }
            server.kill9();
            inside += u32::from(is_inside(server.data()));
        }
        if round % 10 == 0 {
            server.launch();
            assert_eq!(server.board("old").seq(), 1 + ROWS * ROW_PIXELS);
            server.kill9();
        }
        assert_kept(server.data());
    }
    println!("migration: {inside} kills fell inside, of {kills} rounds");
    assert!(inside * 100 >= kills * INSIDE_MIN_PERCENT, "only {inside} fell inside");
}
