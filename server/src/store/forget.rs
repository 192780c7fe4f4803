//! Forgetting people: their names, their ways in and their words go; the number
//! of the seat, and the pixels under it, stay.

use place_core::SeatNumber;
use rusqlite::Connection;

use super::{Store, StoreError};

impl Store {
    /// Takes seats away again from people who were never in: nothing but the
    /// numbers is left.
    pub async fn withdraw(&self, canvas: u32, seats: Vec<SeatNumber>) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| {
            for seat in seats {
                erase_person(conn, canvas, seat)?;
            }
            Ok(())
        })
        .await
    }
}

/// Erases a person's name and ways in.
fn erase_person(conn: &Connection, canvas: u32, seat: SeatNumber) -> rusqlite::Result<()> {
    for sql in [
        "DELETE FROM seat_secrets WHERE canvas = ? AND seat = ?",
        "DELETE FROM cards WHERE canvas = ? AND seat = ?",
        "UPDATE seats SET state = 'forgotten', nickname = NULL, nickname_key = NULL, \
         muted_until_ms = 0, seen_ms = 0 WHERE canvas = ? AND number = ?",
    ] {
        conn.prepare_cached(sql)?.execute((canvas, seat))?;
    }
    Ok(())
}
