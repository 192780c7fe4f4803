//! What a canvas's lesson is like, as it is stored: its settings as JSON, which
//! the store does not read, its codes and its teams.

use place_core::TeamNumber;
use place_core::cooldown::Millis;
use rusqlite::{OptionalExtension, Row as SqlRow};

use super::job::Fault;
use super::record::{self, Note};
use super::seat::{self, SeatRecord};
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
            seat::COLUMNS
        );
        let read =
            |row: &SqlRow<'_>| Ok(DeskSeat { seat: seat::read(row)?, card: row.get("code")? });
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
}
