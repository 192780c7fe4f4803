//! What a canvas's lesson is like, as it is stored: its settings as JSON, which
//! the store does not read, its codes, its teams and its announcements.

use place_core::cooldown::Millis;
use place_core::{TeacherNumber, TeamNumber};
use rusqlite::{OptionalExtension, Row as SqlRow};

use super::job::Fault;
use super::{Store, StoreError};

/// How people come to a canvas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codes {
    /// The class code; `None` while nobody may come by it.
    pub code: Option<String>,
    /// The key in links and QR codes; `None` while nobody may come by it.
    pub link_key: Option<String>,
}

/// A team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamRecord {
    /// Its number in its canvas, from 1 on.
    pub number: TeamNumber,
    /// What it is called.
    pub name: String,
    /// Its color, `#rrggbb`.
    pub color: String,
}

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
    /// A canvas's settings, as JSON.
    pub fn settings(&self, canvas: u32) -> Result<String, StoreError> {
        let sql = "SELECT settings FROM canvases WHERE number = ?";
        self.read(|conn| conn.prepare_cached(sql)?.query_row([canvas], |row| row.get(0)))
    }

    /// Gives a canvas other settings.
    pub async fn set_settings(&self, canvas: u32, json: String) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| {
            let sql = "UPDATE canvases SET settings = ?2 WHERE number = ?1";
            match conn.prepare_cached(sql)?.execute((canvas, json))? {
                0 => Err(Fault::Refused(StoreError::NoSuchCanvas(canvas))),
                _ => Ok(()),
            }
        })
        .await
    }

    /// A canvas's codes.
    pub fn codes(&self, canvas: u32) -> Result<Codes, StoreError> {
        let sql = "SELECT code, link_key FROM canvases WHERE number = ?";
        let read = |row: &SqlRow<'_>| Ok(Codes { code: row.get(0)?, link_key: row.get(1)? });
        let found =
            self.read(|conn| conn.prepare_cached(sql)?.query_row([canvas], read).optional())?;
        Ok(found.unwrap_or_default())
    }

    /// Gives a canvas other codes; [`StoreError::CodeExists`] if another canvas
    /// has that class code.
    pub async fn set_codes(&self, canvas: u32, codes: Codes) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| {
            let sql = "SELECT 1 FROM canvases WHERE code = ? AND number <> ?";
            if conn.prepare_cached(sql)?.exists((&codes.code, canvas))? {
                return Err(Fault::Refused(StoreError::CodeExists));
            }
            let sql = "UPDATE canvases SET code = ?2, link_key = ?3 WHERE number = ?1";
            match conn.prepare_cached(sql)?.execute((canvas, codes.code, codes.link_key))? {
                0 => Err(Fault::Refused(StoreError::NoSuchCanvas(canvas))),
                _ => Ok(()),
            }
        })
        .await
    }

    /// The number of the canvas with a class code.
    pub fn canvas_by_code(&self, code: &str) -> Result<Option<u32>, StoreError> {
        let sql = "SELECT number FROM canvases WHERE code = ?";
        self.read(|conn| conn.prepare_cached(sql)?.query_row([code], |row| row.get(0)).optional())
    }

    /// A canvas's teams, by number.
    pub fn teams(&self, canvas: u32) -> Result<Vec<TeamRecord>, StoreError> {
        let sql = "SELECT number, name, color FROM teams WHERE canvas = ? ORDER BY number";
        let read = |row: &SqlRow<'_>| {
            Ok(TeamRecord { number: row.get(0)?, name: row.get(1)?, color: row.get(2)? })
        };
        self.read(|conn| conn.prepare_cached(sql)?.query_map([canvas], read)?.collect())
    }

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
}
