//! Reports: somebody finds a message bad, and the teachers look at it.

use place_core::SeatNumber;
use place_core::cooldown::Millis;
use rusqlite::Row as SqlRow;

use super::chat::{self, MessageRecord};
use super::job::Fault;
use super::record::{self, Note};
use super::{Store, StoreError};

/// Most reports of a seat that no teacher has looked at.
const REPORTS_MAX_OF_SEAT: u32 = 20;

/// Somebody found a message bad.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRecord {
    /// Its number in the store.
    pub id: i64,
    /// The message.
    pub message: i64,
    /// Who found it bad.
    pub seat: SeatNumber,
    /// When.
    pub at_ms: Millis,
}

impl Store {
    /// Keeps that somebody finds a message bad; at most once for each message.
    /// [`StoreError::TooManyReports`] when too many of this seat's wait.
    pub async fn report_message(
        &self,
        canvas: u32,
        message: i64,
        seat: SeatNumber,
        now: Millis,
    ) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| {
            let sql = "SELECT count(*) FROM reports \
                       WHERE canvas = ? AND seat = ? AND message <> ? AND done_ms IS NULL";
            let open: u32 =
                conn.prepare_cached(sql)?.query_row((canvas, seat, message), |row| row.get(0))?;
            if open >= REPORTS_MAX_OF_SEAT {
                return Err(Fault::Refused(StoreError::TooManyReports));
            }
            let sql = "INSERT OR IGNORE INTO reports (canvas, message, seat, at_ms) \
                       VALUES (?, ?, ?, ?)";
            conn.prepare_cached(sql)?.execute((canvas, message, seat, now.cast_signed()))?;
            Ok(())
        })
        .await
    }

    /// The reports that no teacher has looked at, oldest first, with their
    /// messages.
    pub fn reports(
        &self,
        canvas: u32,
        most: u32,
    ) -> Result<Vec<(ReportRecord, MessageRecord)>, StoreError> {
        let sql = "SELECT id, message, seat, at_ms FROM reports \
                   WHERE canvas = ? AND done_ms IS NULL ORDER BY id LIMIT ?";
        let read = |row: &SqlRow<'_>| {
            Ok(ReportRecord {
                id: row.get(0)?,
                message: row.get(1)?,
                seat: row.get(2)?,
                at_ms: row.get::<_, i64>(3)?.cast_unsigned(),
            })
        };
        self.read(|conn| {
            let mut found = Vec::new();
            let mut statement = conn.prepare_cached(sql)?;
            for report in statement.query_map((canvas, most), read)? {
                let report = report?;
                if let Some(message) = chat::find(conn, canvas, report.message)? {
                    found.push((report, message));
                }
            }
            Ok(found)
        })
    }

    /// Notes that a teacher has looked at a report; whether there was one.
    pub async fn finish_report(
        &self,
        canvas: u32,
        id: i64,
        note: Note,
    ) -> Result<bool, StoreError> {
        self.write((0, 0), move |conn| {
            let sql = "UPDATE reports SET done_ms = ?3 \
                       WHERE canvas = ?1 AND id = ?2 AND done_ms IS NULL";
            let now = note.at_ms.cast_signed();
            let rows = conn.prepare_cached(sql)?.execute((canvas, id, now))?;
            Ok(record::of_rows(conn, canvas, rows, &note.saying(format!("report {id}")))?)
        })
        .await
    }
}
