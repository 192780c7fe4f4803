//! The secrets that open a seat. Only their hashes are kept: whoever reads the
//! database can't take anybody's seat with them.

use place_core::SeatNumber;
use place_core::cooldown::Millis;
use rusqlite::{Connection, OptionalExtension};

use super::seat::{COLUMNS, SeatRecord, read};
use super::{Store, StoreError};

/// Most secrets of one seat: a person's laptop, phone and home, and two more. A
/// further one ends the oldest.
pub const SECRETS_MAX: u32 = 5;

impl Store {
    /// The seat that a secret opens.
    pub fn seat_by_secret(
        &self,
        canvas: u32,
        secret_hash: [u8; 32],
    ) -> Result<Option<SeatRecord>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM seat_secrets JOIN seats \
             ON seats.canvas = seat_secrets.canvas AND seats.number = seat_secrets.seat \
             WHERE seat_secrets.canvas = ? AND seat_secrets.secret_hash = ? \
             AND seat_secrets.ended_ms = 0"
        );
        self.read(|conn| {
            conn.prepare_cached(&sql)?.query_row((canvas, secret_hash), read).optional()
        })
    }

    /// Gives a seat one more secret.
    pub async fn add_secret(
        &self,
        canvas: u32,
        number: SeatNumber,
        secret_hash: [u8; 32],
        now: Millis,
    ) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| Ok(add_secret(conn, canvas, number, secret_hash, now)?))
            .await
    }

    /// Ends one secret: somebody leaves a shared machine.
    pub async fn end_secret(&self, canvas: u32, secret_hash: [u8; 32]) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| {
            let sql = "DELETE FROM seat_secrets WHERE canvas = ? AND secret_hash = ?";
            conn.prepare_cached(sql)?.execute((canvas, secret_hash))?;
            Ok(())
        })
        .await
    }
}

pub(super) fn add_secret(
    conn: &Connection,
    canvas: u32,
    seat: SeatNumber,
    secret_hash: [u8; 32],
    now: Millis,
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM seat_secrets WHERE canvas = ?1 AND secret_hash IN \
               (SELECT secret_hash FROM seat_secrets WHERE canvas = ?1 AND seat = ?2 \
                ORDER BY created_ms DESC LIMIT -1 OFFSET ?3)";
    conn.prepare_cached(sql)?.execute((canvas, seat, SECRETS_MAX - 1))?;
    let sql = "INSERT INTO seat_secrets (canvas, secret_hash, seat, created_ms) \
               VALUES (?, ?, ?, ?)";
    conn.prepare_cached(sql)?.execute((canvas, secret_hash, seat, now.cast_signed()))?;
    Ok(())
}

pub(super) fn end_secrets(
    conn: &Connection,
    canvas: u32,
    seat: SeatNumber,
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM seat_secrets WHERE canvas = ? AND seat = ?";
    conn.prepare_cached(sql)?.execute((canvas, seat))?;
    Ok(())
}
