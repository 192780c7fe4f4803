//! What people of a canvas are called: each name once, and none a teacher's.

use place_core::SeatNumber;
use rusqlite::{Connection, Row as SqlRow};

use super::job::Fault;
use super::nickname::{nickname, nickname_key};
use super::record::{self, Note};
use super::{Store, StoreError};

/// Most names of one seat that are remembered: whoever is forgotten is forgotten
/// under each of them.
pub const NAMES_MAX_OF_SEAT: u32 = 100;

impl Store {
    /// What the people of a canvas are called who can be spoken to.
    pub fn nicknames(&self, canvas: u32) -> Result<Vec<(SeatNumber, String)>, StoreError> {
        let sql = "SELECT number, nickname FROM seats \
                   WHERE canvas = ? AND state = 'here' AND nickname IS NOT NULL";
        self.read(|conn| {
            conn.prepare_cached(sql)?
                .query_map([canvas], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
    }

    /// Gives a seat another nickname; on record, if there is a note.
    pub async fn rename_seat(
        &self,
        canvas: u32,
        number: SeatNumber,
        name: &str,
        note: Option<Note>,
    ) -> Result<(), StoreError> {
        let name = nickname(name)?;
        self.write((0, 0), move |conn| {
            let key = free_key(conn, canvas, &name, Some(number))?;
            remember(conn, canvas, number, &name)?;
            let sql = "UPDATE seats SET nickname = ?3, nickname_key = ?4 \
                       WHERE canvas = ?1 AND number = ?2 \
                       AND state <> 'forgotten' AND role <> 'teacher'";
            if conn.prepare_cached(sql)?.execute((canvas, number, name, key))? == 0 {
                return Err(Fault::Refused(StoreError::NoSuchSeat(number)));
            }
            Ok(note.map_or(Ok(()), |note| record::insert(conn, canvas, &note.about(number)))?)
        })
        .await
    }
}

/// Remembers what somebody is called until now, for when the person is forgotten.
fn remember(
    conn: &Connection,
    canvas: u32,
    number: SeatNumber,
    next: &str,
) -> Result<(), Fault<StoreError>> {
    let sql = "INSERT OR IGNORE INTO former_names (canvas, seat, nickname) \
               SELECT canvas, number, nickname FROM seats \
               WHERE canvas = ? AND number = ? AND nickname IS NOT NULL";
    conn.prepare_cached(sql)?.execute((canvas, number))?;
    let sql = "SELECT count(*) FROM former_names \
               WHERE canvas = ? AND seat = ? AND nickname <> ?";
    let count: u32 =
        conn.prepare_cached(sql)?.query_row((canvas, number, next), |row| row.get(0))?;
    if count < NAMES_MAX_OF_SEAT { Ok(()) } else { Err(Fault::Refused(StoreError::NamesFull)) }
}

/// What people were called before; `seats` as JSON.
pub(super) fn former(conn: &Connection, canvas: u32, seats: &str) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT nickname FROM former_names \
               WHERE canvas = ?1 AND seat IN (SELECT value FROM json_each(?2))";
    conn.prepare_cached(sql)?.query_map((canvas, seats), |row| row.get(0))?.collect()
}

/// The key of a name that nobody else in the canvas has, and none of its
/// teachers: nobody is to be taken for the teacher.
pub(super) fn free_key(
    conn: &Connection,
    canvas: u32,
    name: &str,
    own: Option<SeatNumber>,
) -> Result<String, Fault<StoreError>> {
    let key = nickname_key(name);
    let sql = "SELECT 1 FROM seats WHERE canvas = ?1 AND nickname_key = ?2 AND number IS NOT ?3";
    let is_taken = conn.prepare_cached(sql)?.exists((canvas, &key, own))?;
    if is_taken || is_a_teacher_s(conn, canvas, &key)? {
        return Err(Fault::Refused(StoreError::NicknameTaken(name.to_owned())));
    }
    Ok(key)
}

/// Whether a teacher who may come to the canvas is called so: one of its own, or
/// any, if it belongs to all of them.
fn is_a_teacher_s(conn: &Connection, canvas: u32, key: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT name FROM teachers WHERE \
               number IN (SELECT teacher FROM canvas_teachers WHERE canvas = ?1) \
               OR NOT EXISTS (SELECT 1 FROM canvas_teachers WHERE canvas = ?1)";
    let mut names = conn.prepare_cached(sql)?;
    let mut names = names.query([canvas])?;
    while let Some(row) = names.next()? {
        if nickname_key(row.get_ref(0)?.as_str()?) == key {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gives the seats of a database that knew no such thing the keys of their
/// nicknames. Of those that are called the same, the first has the key.
pub(super) fn name_all(conn: &Connection) -> rusqlite::Result<()> {
    let sql = "SELECT canvas, number, nickname FROM seats \
               WHERE nickname_key IS NULL AND nickname IS NOT NULL AND role <> 'teacher'";
    let read = |row: &SqlRow<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let unnamed: Vec<(u32, SeatNumber, String)> =
        conn.prepare(sql)?.query_map((), read)?.collect::<Result<_, _>>()?;
    let sql = "UPDATE OR IGNORE seats SET nickname_key = ?3 WHERE canvas = ?1 AND number = ?2";
    let mut update = conn.prepare(sql)?;
    for (canvas, number, name) in unnamed {
        update.execute((canvas, number, nickname_key(&name)))?;
    }
    Ok(())
}
