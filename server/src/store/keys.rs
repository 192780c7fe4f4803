//! Keys: secrets that open a teacher's desk. A log-in is a browser's, a token
//! is a program's, and a link is used once, to choose a password.
//!
//! Only hashes of secrets are kept.

use place_core::TeacherNumber;
use place_core::cooldown::Millis;
use rusqlite::{Connection, OptionalExtension, Row as SqlRow};

use super::job::Fault;
use super::teachers::{self, TeacherRecord, teacher_name};
use super::{Store, StoreError};

/// Most keys of one kind that a teacher has at a time; a further log-in ends
/// the oldest.
pub const KEYS_MAX: u32 = 50;

/// Longest label of a key, in characters.
pub const LABEL_MAX_CHARS: usize = 60;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// A browser's.
    Login,
    /// A program's.
    Token,
    /// To choose a password: the first one, or another.
    Link,
}

impl KeyKind {
    const fn stored(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Token => "token",
            Self::Link => "link",
        }
    }
}

/// One key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    /// Its number in the store.
    pub id: i64,
    /// Whose it is; `None` for a link to a new account.
    pub teacher: Option<TeacherNumber>,
    /// What people call it.
    pub label: String,
    /// When it was made.
    pub created_ms: Millis,
    /// When it was last used, to about a minute.
    pub seen_ms: Millis,
    /// When it stops to open anything.
    pub ends_ms: Millis,
}

/// A key to be made.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// What it is for.
    pub kind: KeyKind,
    /// Whose it is; `None` for a link to a new account.
    pub teacher: Option<TeacherNumber>,
    /// The hash of its secret.
    pub secret_hash: [u8; 32],
    /// What people call it; cut to [`LABEL_MAX_CHARS`].
    pub label: String,
    /// Now.
    pub now: Millis,
    /// When it stops to open anything.
    pub ends_ms: Millis,
}

const COLUMNS: &str = "id, teacher, label, created_ms, seen_ms, ends_ms";

impl Store {
    /// Makes a key. Of links, only the newest to an account opens anything.
    pub async fn create_key(&self, new: NewKey) -> Result<KeyRecord, StoreError> {
        self.write((0, 0), move |conn| {
            make_room(conn, &new)?;
            Ok(insert(conn, &new)?)
        })
        .await
    }

    /// The key with this secret, if it still opens anything.
    pub fn key(
        &self,
        kind: KeyKind,
        secret_hash: [u8; 32],
        now: Millis,
    ) -> Result<Option<KeyRecord>, StoreError> {
        self.read(|conn| find(conn, kind, secret_hash, now))
    }

    /// Notes that a key was used.
    pub async fn touch_key(&self, id: i64, now: Millis) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| {
            let sql = "UPDATE keys SET seen_ms = ?2 WHERE id = ?1";
            conn.prepare_cached(sql)?.execute((id, now.cast_signed()))?;
            Ok(())
        })
        .await
    }

    /// A teacher's keys of a kind that still open anything, newest first.
    pub fn keys(
        &self,
        teacher: TeacherNumber,
        kind: KeyKind,
        now: Millis,
    ) -> Result<Vec<KeyRecord>, StoreError> {
        self.read(|conn| {
            let sql = format!(
                "SELECT {COLUMNS} FROM keys \
                 WHERE teacher = ? AND kind = ? AND ends_ms > ? ORDER BY id DESC"
            );
            let values = (teacher, kind.stored(), now.cast_signed());
            conn.prepare_cached(&sql)?.query_map(values, read)?.collect()
        })
    }

    /// Ends a teacher's key; whether there was one.
    pub async fn end_key(&self, teacher: TeacherNumber, id: i64) -> Result<bool, StoreError> {
        self.write((0, 0), move |conn| {
            let sql = "DELETE FROM keys WHERE id = ? AND teacher = ?";
            Ok(conn.prepare_cached(sql)?.execute((id, teacher))? > 0)
        })
        .await
    }

    /// Uses a link up: makes the account that it allows, or gives its teacher
    /// the new password. `name` is for new accounts only.
    pub async fn use_link(
        &self,
        secret_hash: [u8; 32],
        name: Option<&str>,
        password_hash: String,
        now: Millis,
    ) -> Result<TeacherRecord, StoreError> {
        let name = name.map(teacher_name).transpose()?;
        self.write((0, 0), move |conn| {
            let link = find(conn, KeyKind::Link, secret_hash, now)?
                .ok_or(Fault::Refused(StoreError::LinkUsed))?;
            let teacher = if let Some(number) = link.teacher {
                change_password(conn, number, &password_hash)?
            } else {
                let name = name.ok_or(Fault::Refused(StoreError::TeacherName))?;
                teachers::insert(conn, &name, &password_hash, now)?
            };
            conn.prepare_cached("DELETE FROM keys WHERE id = ?")?.execute([link.id])?;
            Ok(teacher)
        })
        .await
    }
}

fn change_password(
    conn: &Connection,
    number: TeacherNumber,
    password_hash: &str,
) -> Result<TeacherRecord, Fault<StoreError>> {
    let sql = "UPDATE teachers SET password = ?2 WHERE number = ?1 \
               RETURNING number, name, created_ms";
    let read = |row: &SqlRow<'_>| {
        let created_ms = row.get::<_, i64>(2)?.cast_unsigned();
        Ok(TeacherRecord { number: row.get(0)?, name: row.get(1)?, created_ms })
    };
    let teacher = conn.prepare_cached(sql)?.query_row((number, password_hash), read).optional()?;
    conn.prepare_cached("DELETE FROM keys WHERE teacher = ?")?.execute([number])?;
    teacher.ok_or(Fault::Refused(StoreError::NoSuchTeacher))
}

fn make_room(conn: &Connection, new: &NewKey) -> rusqlite::Result<()> {
    let sql = "DELETE FROM keys WHERE ends_ms <= ?";
    conn.prepare_cached(sql)?.execute([new.now.cast_signed()])?;
    let kept = if new.kind == KeyKind::Link { 0 } else { KEYS_MAX - 1 };
    let sql = "DELETE FROM keys WHERE id IN (SELECT id FROM keys \
               WHERE teacher IS ?1 AND kind = ?2 ORDER BY seen_ms DESC LIMIT -1 OFFSET ?3)";
    conn.prepare_cached(sql)?.execute((new.teacher, new.kind.stored(), kept))?;
    Ok(())
}

fn insert(conn: &Connection, new: &NewKey) -> rusqlite::Result<KeyRecord> {
    let label: String = new.label.chars().take(LABEL_MAX_CHARS).collect();
    let sql = "INSERT INTO keys (kind, teacher, secret_hash, label, created_ms, seen_ms, ends_ms) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)";
    let (now, ends) = (new.now.cast_signed(), new.ends_ms.cast_signed());
    let values = (new.kind.stored(), new.teacher, new.secret_hash, &label, now, ends);
    conn.prepare_cached(sql)?.execute(values)?;
    Ok(KeyRecord {
        id: conn.last_insert_rowid(),
        teacher: new.teacher,
        label,
        created_ms: new.now,
        seen_ms: new.now,
        ends_ms: new.ends_ms,
    })
}

fn find(
    conn: &Connection,
    kind: KeyKind,
    secret_hash: [u8; 32],
    now: Millis,
) -> rusqlite::Result<Option<KeyRecord>> {
    let sql =
        format!("SELECT {COLUMNS} FROM keys WHERE secret_hash = ? AND kind = ? AND ends_ms > ?");
    let values = (secret_hash, kind.stored(), now.cast_signed());
    conn.prepare_cached(&sql)?.query_row(values, read).optional()
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<KeyRecord> {
    let time = |column| Ok::<_, rusqlite::Error>(row.get::<_, i64>(column)?.cast_unsigned());
    Ok(KeyRecord {
        id: row.get(0)?,
        teacher: row.get(1)?,
        label: row.get(2)?,
        created_ms: time(3)?,
        seen_ms: time(4)?,
        ends_ms: time(5)?,
    })
}
