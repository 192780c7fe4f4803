//! Teachers: who may open, watch over and close canvases.
//!
//! A password is kept as its Argon2id hash, made and checked outside: here it
//! is a text like any other.

use place_core::TeacherNumber;
use place_core::cooldown::Millis;
use rusqlite::{Connection, OptionalExtension, Row as SqlRow};

use super::job::Fault;
use super::{Store, StoreError};

/// Most teachers in one store: a large school's staff.
pub const TEACHERS_MAX: u32 = 500;

/// Longest name of a teacher, in characters.
pub const TEACHER_NAME_MAX_CHARS: usize = 60;

/// One teacher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeacherRecord {
    /// From 1 on; never used again.
    pub number: TeacherNumber,
    /// What the teacher is called, and logs in with.
    pub name: String,
    /// When the account was made.
    pub created_ms: Millis,
}

/// A name without surrounding or repeated blanks, if it can be a teacher's.
pub fn teacher_name(name: &str) -> Result<String, StoreError> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = (1..=TEACHER_NAME_MAX_CHARS).contains(&name.chars().count());
    if fits && !name.chars().any(char::is_control) {
        Ok(name)
    } else {
        Err(StoreError::TeacherName)
    }
}

/// What makes two names the same: upper and lower case do not count.
pub fn name_key(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

impl Store {
    /// All teachers, oldest first.
    pub fn teachers(&self) -> Result<Vec<TeacherRecord>, StoreError> {
        self.read(|conn| {
            let sql = "SELECT number, name, created_ms FROM teachers ORDER BY number";
            conn.prepare_cached(sql)?.query_map((), read)?.collect()
        })
    }

    /// One teacher.
    pub fn teacher(&self, number: TeacherNumber) -> Result<Option<TeacherRecord>, StoreError> {
        self.read(|conn| {
            let sql = "SELECT number, name, created_ms FROM teachers WHERE number = ?";
            conn.prepare_cached(sql)?.query_row([number], read).optional()
        })
    }

    /// A teacher and the password's hash, by name.
    pub fn teacher_by_name(
        &self,
        name: &str,
    ) -> Result<Option<(TeacherRecord, String)>, StoreError> {
        let key = name_key(name);
        self.read(|conn| {
            let sql = "SELECT number, name, created_ms, password FROM teachers WHERE name_key = ?";
            let found = |row: &SqlRow<'_>| Ok((read(row)?, row.get(3)?));
            conn.prepare_cached(sql)?.query_row([&key], found).optional()
        })
    }

    /// Gives a teacher another password and ends everything that was opened
    /// with the old one: log-ins, tokens and links.
    pub async fn set_password(
        &self,
        number: TeacherNumber,
        password_hash: String,
    ) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| {
            let sql = "UPDATE teachers SET password = ?2 WHERE number = ?1";
            if conn.prepare_cached(sql)?.execute((number, password_hash))? == 0 {
                return Err(Fault::Refused(StoreError::NoSuchTeacher));
            }
            conn.prepare_cached("DELETE FROM keys WHERE teacher = ?")?.execute([number])?;
            Ok(())
        })
        .await
    }

    /// Takes a teacher's account away, and everything that it opened. What the
    /// teacher did stays on record under the number.
    pub async fn remove_teacher(&self, number: TeacherNumber) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| {
            conn.prepare_cached("DELETE FROM keys WHERE teacher = ?")?.execute([number])?;
            let sql = "DELETE FROM canvas_teachers WHERE teacher = ?";
            conn.prepare_cached(sql)?.execute([number])?;
            let sql = "DELETE FROM teachers WHERE number = ?";
            match conn.prepare_cached(sql)?.execute([number])? {
                0 => Err(Fault::Refused(StoreError::NoSuchTeacher)),
                _ => Ok(()),
            }
        })
        .await
    }
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<TeacherRecord> {
    Ok(TeacherRecord {
        number: row.get(0)?,
        name: row.get(1)?,
        created_ms: row.get::<_, i64>(2)?.cast_unsigned(),
    })
}

/// Makes an account.
pub(super) fn insert(
    conn: &Connection,
    name: &str,
    password_hash: &str,
    now: Millis,
) -> Result<TeacherRecord, Fault<StoreError>> {
    let key = name_key(name);
    let count = "SELECT count(*) FROM teachers";
    let count: u32 = conn.prepare_cached(count)?.query_row((), |row| row.get(0))?;
    if count >= TEACHERS_MAX {
        return Err(Fault::Refused(StoreError::TeachersFull));
    }
    if conn.prepare_cached("SELECT 1 FROM teachers WHERE name_key = ?")?.exists([&key])? {
        return Err(Fault::Refused(StoreError::TeacherExists(name.to_owned())));
    }
    let sql = "INSERT INTO teachers (name, name_key, password, created_ms) VALUES (?, ?, ?, ?)
        RETURNING number";
    let values = (name, &key, password_hash, now.cast_signed());
    let number: TeacherNumber = conn.prepare_cached(sql)?.query_row(values, |row| row.get(0))?;
    Ok(TeacherRecord { number, name: name.to_owned(), created_ms: now })
}
