//! What a canvas's lesson is like, as it is stored: its settings as JSON, which
//! the store does not read, its codes, its teams and its announcements.

use place_core::cooldown::Millis;
use place_core::{TeacherNumber, TeamNumber};
use rusqlite::{OptionalExtension, Row as SqlRow};

use super::job::Fault;
use super::record::{self, Note};
use super::seats::{self, SeatRecord};
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

/// A seat as a teacher sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskSeat {
    /// The seat.
    pub seat: SeatRecord,
    /// The code of its personal card.
    pub card: Option<String>,
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

    /// Gives a canvas other settings, and puts on record who did it. With new
    /// hours, nothing was done about them yet.
    pub async fn change_settings(
        &self,
        canvas: u32,
        json: String,
        new_hours: bool,
        note: Note,
    ) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| {
            if new_hours {
                let sql = "UPDATE canvases SET hours_done_ms = 0 WHERE number = ?";
                conn.prepare_cached(sql)?.execute([canvas])?;
            }
            let sql = "UPDATE canvases SET settings = ?2 WHERE number = ?1";
            if conn.prepare_cached(sql)?.execute((canvas, json))? == 0 {
                return Err(Fault::Refused(StoreError::NoSuchCanvas(canvas)));
            }
            Ok(record::insert(conn, canvas, &note)?)
        })
        .await
    }

    /// Up to which moment a canvas has opened and closed by its hours.
    pub fn hours_done_ms(&self, canvas: u32) -> Result<Millis, StoreError> {
        let sql = "SELECT hours_done_ms FROM canvases WHERE number = ?";
        let done: i64 =
            self.read(|conn| conn.prepare_cached(sql)?.query_row([canvas], |row| row.get(0)))?;
        Ok(done.cast_unsigned())
    }

    /// Notes that a canvas has opened and closed by its hours up to a moment.
    pub async fn set_hours_done(&self, canvas: u32, until_ms: Millis) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| {
            let sql = "UPDATE canvases SET hours_done_ms = ?2 WHERE number = ?1";
            conn.prepare_cached(sql)?.execute((canvas, until_ms.cast_signed()))?;
            Ok(())
        })
        .await
    }

    /// The seats of a canvas that were not forgotten, by number, with their
    /// cards.
    pub fn desk_seats(&self, canvas: u32) -> Result<Vec<DeskSeat>, StoreError> {
        let sql = format!(
            "SELECT {}, cards.code FROM seats LEFT JOIN cards \
             ON cards.canvas = seats.canvas AND cards.seat = seats.number \
             WHERE seats.canvas = ? AND seats.state <> 'forgotten' ORDER BY seats.number",
            seats::COLUMNS
        );
        let read =
            |row: &SqlRow<'_>| Ok(DeskSeat { seat: seats::read(row)?, card: row.get("code")? });
        self.read(|conn| conn.prepare_cached(&sql)?.query_map([canvas], read)?.collect())
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
            let is_there = conn.prepare_cached(sql)?.execute((id, canvas))? > 0;
            if is_there {
                record::insert(conn, canvas, &note.saying(format!("announcement {id}")))?;
            }
            Ok(is_there)
        })
        .await
    }
}
