//! The record of what teachers did to people and lessons: by number only, so
//! that it may outlive the names. What they did to pixels is in the journal.

use place_core::cooldown::Millis;
use place_core::{SeatNumber, TeacherNumber};
use rusqlite::{Connection, OptionalExtension, Row as SqlRow};

use super::{Store, StoreError};

/// Longest details of a note, in characters: a record is no diary.
const DETAILS_MAX_CHARS: usize = 200;

/// Most notes kept of a canvas: years of lessons, and some 2 MiB of the database.
/// The oldest are dropped, and the record says so where it begins.
pub const NOTES_MAX: i64 = 20_000;

/// Notes between two looks whether there are too many.
const DROP_EVERY: i64 = 64;

/// The word for what says that older notes were dropped.
const DROPPED: &str = "record_begins";

/// Something to be put on record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// When.
    pub at_ms: Millis,
    /// Who did it; `None` for the server itself and its owner.
    pub teacher: Option<TeacherNumber>,
    /// To whom, if to one.
    pub seat: Option<SeatNumber>,
    /// What, in a word.
    pub what: &'static str,
    /// More about it, without anybody's name.
    pub details: String,
}

/// Something on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteRecord {
    /// Its number in the store.
    pub id: i64,
    /// When.
    pub at_ms: Millis,
    /// Who did it; `None` for the server itself and its owner.
    pub teacher: Option<TeacherNumber>,
    /// To whom, if to one.
    pub seat: Option<SeatNumber>,
    /// What, in a word.
    pub what: String,
    /// More about it.
    pub details: String,
}

/// A place in a canvas's record: a note's moment and number.
pub type NotePlace = (Millis, i64);

/// Which notes are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Only those about this seat, and where the record begins.
    pub seat: Option<SeatNumber>,
    /// Only those from this moment on.
    pub from_ms: Millis,
    /// Only those up to this moment.
    pub until_ms: Millis,
}

impl Note {
    /// Something that a teacher did, 0 for the server itself or its owner.
    pub fn by(teacher: TeacherNumber, at_ms: Millis, what: &'static str) -> Self {
        let teacher = (teacher != 0).then_some(teacher);
        Self { at_ms, teacher, what, ..Self::default() }
    }

    /// The same, about a seat.
    #[must_use]
    pub fn about(self, seat: SeatNumber) -> Self {
        Self { seat: Some(seat), ..self }
    }

    /// The same, with something more to say.
    #[must_use]
    pub fn saying(self, details: impl Into<String>) -> Self {
        Self { details: details.into(), ..self }
    }
}

impl Store {
    /// Puts something on a canvas's record.
    pub async fn note(&self, canvas: u32, note: Note) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| Ok(insert(conn, canvas, &note)?)).await
    }

    /// What is on a canvas's record ahead of a place in it, newest first.
    pub fn notes_before(
        &self,
        canvas: u32,
        wanted: Wanted,
        before: NotePlace,
        most: u32,
    ) -> Result<Vec<NoteRecord>, StoreError> {
        let sql = "SELECT id, at_ms, teacher, seat, what, details FROM record \
                   WHERE canvas = ?1 AND at_ms BETWEEN ?2 AND ?3 AND (?4 IS NULL OR seat = ?4 OR what = 'record_begins') \
                   AND (at_ms, id) < (?5, ?6) ORDER BY at_ms DESC, id DESC LIMIT ?7";
        self.notes(sql, canvas, wanted, before, most)
    }

    /// What is on a canvas's record behind a place in it, oldest first.
    pub fn notes_after(
        &self,
        canvas: u32,
        wanted: Wanted,
        after: NotePlace,
        most: u32,
    ) -> Result<Vec<NoteRecord>, StoreError> {
        let sql = "SELECT id, at_ms, teacher, seat, what, details FROM record \
                   WHERE canvas = ?1 AND at_ms BETWEEN ?2 AND ?3 AND (?4 IS NULL OR seat = ?4 OR what = 'record_begins') \
                   AND (at_ms, id) > (?5, ?6) ORDER BY at_ms, id LIMIT ?7";
        self.notes(sql, canvas, wanted, after, most)
    }

    fn notes(
        &self,
        sql: &str,
        canvas: u32,
        Wanted { seat, from_ms, until_ms }: Wanted,
        (at_ms, id): NotePlace,
        most: u32,
    ) -> Result<Vec<NoteRecord>, StoreError> {
        let stored = |ms: Millis| i64::try_from(ms).unwrap_or(i64::MAX);
        let (from, until, at) = (stored(from_ms), stored(until_ms), stored(at_ms));
        let values = (canvas, from, until, seat, at, id, most);
        self.read(|conn| conn.prepare_cached(sql)?.query_map(values, read)?.collect())
    }
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<NoteRecord> {
    Ok(NoteRecord {
        id: row.get(0)?,
        at_ms: row.get::<_, i64>(1)?.cast_unsigned(),
        teacher: row.get(2)?,
        seat: row.get(3)?,
        what: row.get(4)?,
        details: row.get(5)?,
    })
}

/// The same, together with whatever it is about.
pub(super) fn insert(conn: &Connection, canvas: u32, note: &Note) -> rusqlite::Result<()> {
    let details: String = note.details.chars().take(DETAILS_MAX_CHARS).collect();
    let sql = "INSERT INTO record (canvas, at_ms, teacher, seat, what, details) \
               VALUES (?, ?, ?, ?, ?, ?)";
    let teacher = note.teacher.filter(|number| *number != 0);
    let at_ms = note.at_ms.cast_signed();
    let values = (canvas, at_ms, teacher, note.seat, note.what, details);
    conn.prepare_cached(sql)?.execute(values)?;
    if conn.last_insert_rowid() % DROP_EVERY == 0 {
        drop_oldest(conn, canvas)?;
    }
    Ok(())
}

/// Drops the oldest notes, so that there is room until the next time; in their
/// place stands one that says so.
fn drop_oldest(conn: &Connection, canvas: u32) -> rusqlite::Result<()> {
    let sql = "SELECT at_ms, id FROM record WHERE canvas = ? \
               ORDER BY at_ms DESC, id DESC LIMIT 1 OFFSET ?";
    let kept = NOTES_MAX - DROP_EVERY - 1;
    let read = |row: &SqlRow<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
    let newest = conn.prepare_cached(sql)?.query_row((canvas, kept), read).optional()?;
    let Some((at_ms, id)) = newest else { return Ok(()) };
    let sql = "DELETE FROM record WHERE canvas = ? AND (at_ms, id) < (?, ?)";
    conn.prepare_cached(sql)?.execute((canvas, at_ms, id))?;
    let sql = "UPDATE record SET teacher = NULL, seat = NULL, what = ?2, details = ?3 \
               WHERE id = ?1";
    let details = format!("older notes were dropped: the last {NOTES_MAX} are kept");
    conn.prepare_cached(sql)?.execute((id, DROPPED, details))?;
    Ok(())
}

/// Puts on record what changed some rows; whether there were any.
pub(super) fn of_rows(
    conn: &Connection,
    canvas: u32,
    rows: usize,
    note: &Note,
) -> rusqlite::Result<bool> {
    if rows > 0 {
        insert(conn, canvas, note)?;
    }
    Ok(rows > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{StoreOptions, wait_for};

    #[test]
    fn the_oldest_notes_make_room_and_the_record_says_where_it_begins() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::open(dir.path(), StoreOptions::default()).expect("opens");
        store
            .write_and_wait(|conn| {
                let sql = "INSERT INTO canvases (number, id, name, created_ms) \
                           VALUES (1, 'a', 'A', 0), (2, 'b', 'B', 0)";
                conn.execute(sql, ())?;
                // As many as there may be, at once.
                let sql = "WITH RECURSIVE n (i) AS \
                           (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) \
                           INSERT INTO record (canvas, at_ms, what) SELECT 1, i, 'kick' FROM n";
                conn.execute(sql, ())?;
                Ok(())
            })
            .expect("writes");
        let note = |canvas, at_ms| {
            wait_for(store.note(canvas, Note::by(7, at_ms, "mute"))).expect("is kept");
        };
        note(2, 5);
        let count = |canvas: u32| -> i64 {
            let sql = "SELECT count(*) FROM record WHERE canvas = ?";
            store.read(|conn| conn.query_row(sql, [canvas], |row| row.get(0))).expect("reads")
        };
        let all = Wanted { seat: None, from_ms: 0, until_ms: Millis::MAX };
        let first = |canvas| store.notes_after(canvas, all, (0, 0), 2).expect("reads");
        assert_eq!((count(1), first(1)[0].what.as_str()), (NOTES_MAX, "kick"));
        for at_ms in 0..3 * DROP_EVERY.unsigned_abs() {
            note(1, 30_000 + at_ms);
        }
        assert!((NOTES_MAX - DROP_EVERY..=NOTES_MAX).contains(&count(1)), "{}", count(1));
        let oldest = first(1);
        assert_eq!((oldest[0].what.as_str(), oldest[1].what.as_str()), (DROPPED, "kick"));
        assert!(oldest[0].at_ms > 1 && oldest[0].at_ms < oldest[1].at_ms);
        assert!(oldest[0].details.contains("20000"), "{}", oldest[0].details);
        let newest = store.notes_before(1, all, (Millis::MAX, i64::MAX), 1).expect("reads");
        assert_eq!((newest[0].what.as_str(), newest[0].teacher), ("mute", Some(7)));
        assert_eq!((count(2), first(2)[0].what.as_str()), (1, "mute"), "others keep theirs");
    }
}
