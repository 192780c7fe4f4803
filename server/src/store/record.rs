//! The record of what teachers did to people and lessons: by number only, so
//! that it may outlive the names. What they did to pixels is in the journal.

use place_core::cooldown::Millis;
use place_core::{SeatNumber, TeacherNumber};
use rusqlite::{Connection, Row as SqlRow};

use super::{Store, StoreError};

/// Longest details of a note, in characters: a record is no diary.
const DETAILS_MAX_CHARS: usize = 200;

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
    /// Only those about this seat.
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
                   WHERE canvas = ?1 AND at_ms BETWEEN ?2 AND ?3 AND (?4 IS NULL OR seat = ?4) \
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
                   WHERE canvas = ?1 AND at_ms BETWEEN ?2 AND ?3 AND (?4 IS NULL OR seat = ?4) \
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
