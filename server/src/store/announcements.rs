//! What teachers, and the server itself, announce.

use place_core::TeacherNumber;
use place_core::cooldown::Millis;
use rusqlite::Row as SqlRow;

use super::record::{self, Note};
use super::{Store, StoreError};

/// An announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnouncementRecord {
    /// Its number in the store.
    pub id: i64,
    /// Who said it; `None` for the server itself.
    pub teacher: Option<TeacherNumber>,
    /// What.
    pub text: String,
    /// When.
    pub at_ms: Millis,
    /// When it is over.
    pub ends_ms: Millis,
}

impl Store {
    /// What is being announced on a canvas at `now`, oldest first.
    pub fn announcements(
        &self,
        canvas: u32,
        now: Millis,
    ) -> Result<Vec<AnnouncementRecord>, StoreError> {
        let sql = "SELECT id, teacher, text, at_ms, ends_ms FROM announcements \
                   WHERE (canvas = ?1 OR canvas IS NULL) AND ends_ms > ?2 ORDER BY id";
        let read = |row: &SqlRow<'_>| {
            Ok(AnnouncementRecord {
                id: row.get(0)?,
                teacher: row.get(1)?,
                text: row.get(2)?,
                at_ms: row.get::<_, i64>(3)?.cast_unsigned(),
                ends_ms: row.get::<_, i64>(4)?.cast_unsigned(),
            })
        };
        self.read(|conn| {
            conn.prepare_cached(sql)?.query_map((canvas, now.cast_signed()), read)?.collect()
        })
    }

    /// Keeps an announcement, for one canvas or, without one, for all; gives its
    /// number. The one in `new` does not matter. What is over is
    /// erased.
    pub async fn announce(
        &self,
        canvas: Option<u32>,
        new: AnnouncementRecord,
        note: Note,
    ) -> Result<i64, StoreError> {
        self.write((0, 0), move |conn| {
            let now = new.at_ms.cast_signed();
            conn.prepare_cached("DELETE FROM announcements WHERE ends_ms <= ?")?.execute([now])?;
            let sql = "INSERT INTO announcements (canvas, teacher, text, at_ms, ends_ms) \
                       VALUES (?, ?, ?, ?, ?)";
            let values = (canvas, new.teacher, new.text, now, new.ends_ms.cast_signed());
            conn.prepare_cached(sql)?.execute(values)?;
            let id = conn.last_insert_rowid();
            if let Some(canvas) = canvas {
                record::insert(conn, canvas, &note.saying(format!("announcement {id}")))?;
            }
            Ok(id)
        })
        .await
    }

    /// Ends an announcement of a canvas before its time; whether there was one.
    pub async fn end_announcement(
        &self,
        canvas: u32,
        id: i64,
        note: Note,
    ) -> Result<bool, StoreError> {
        self.write((0, 0), move |conn| {
            let sql = "DELETE FROM announcements WHERE id = ? AND canvas = ?";
            let rows = conn.prepare_cached(sql)?.execute((id, canvas))?;
            Ok(record::of_rows(conn, canvas, rows, &note.saying(format!("announcement {id}")))?)
        })
        .await
    }
}
