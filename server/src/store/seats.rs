//! Seats: one person's place in one canvas, reached by a secret.
//!
//! Only a hash of the secret is kept, and no address: whoever reads the
//! database can't take anybody's seat, nor tell where people were.

use place_core::SeatNumber;
use place_core::cooldown::Millis;
use place_core::limits::NICKNAME_MAX_CHARS;
use rusqlite::{Connection, OptionalExtension, Row as SqlRow};

use super::job::Fault;
use super::{Store, StoreError};

/// One seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatRecord {
    /// Its number in its canvas: 1, 2, 3 …, so that tables by seat stay dense.
    pub number: SeatNumber,
    /// What its person wants to be called.
    pub nickname: String,
    /// When it was taken.
    pub created_ms: Millis,
}

impl Store {
    /// Gives somebody a seat.
    pub async fn create_seat(
        &self,
        canvas: u32,
        nickname: &str,
        secret_hash: [u8; 32],
        created_ms: Millis,
    ) -> Result<SeatRecord, StoreError> {
        check_nickname(nickname)?;
        let seats_max = self.0.seats_max;
        let nickname = nickname.to_owned();
        self.write((0, 0), move |conn| {
            let number = next_number(conn, canvas, seats_max)?;
            let seat = SeatRecord { number, nickname, created_ms };
            insert(conn, canvas, &seat, secret_hash)?;
            Ok(seat)
        })
        .await
    }

    /// The seat that a secret opens.
    pub fn seat_by_secret(
        &self,
        canvas: u32,
        secret_hash: [u8; 32],
    ) -> Result<Option<SeatRecord>, StoreError> {
        let sql = "SELECT number, nickname, created_ms FROM seats \
                   WHERE canvas = ? AND secret_hash = ?";
        self.read(|conn| {
            conn.prepare_cached(sql)?.query_row((canvas, secret_hash), read).optional()
        })
    }

    /// One seat.
    pub fn seat(&self, canvas: u32, number: SeatNumber) -> Result<Option<SeatRecord>, StoreError> {
        let sql = "SELECT number, nickname, created_ms FROM seats WHERE canvas = ? AND number = ?";
        self.read(|conn| conn.prepare_cached(sql)?.query_row((canvas, number), read).optional())
    }

    /// How many seats a canvas has.
    pub fn seats(&self, canvas: u32) -> Result<u32, StoreError> {
        self.read(|conn| count(conn, canvas))
    }

    /// Gives a seat another nickname.
    pub async fn rename_seat(
        &self,
        canvas: u32,
        number: SeatNumber,
        nickname: &str,
    ) -> Result<(), StoreError> {
        check_nickname(nickname)?;
        let nickname = nickname.to_owned();
        self.write((0, 0), move |conn| {
            let sql = "UPDATE seats SET nickname = ?3 WHERE canvas = ?1 AND number = ?2";
            match conn.prepare_cached(sql)?.execute((canvas, number, nickname))? {
                0 => Err(Fault::Refused(StoreError::NoSuchSeat(number))),
                _ => Ok(()),
            }
        })
        .await
    }
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<SeatRecord> {
    Ok(SeatRecord {
        number: row.get(0)?,
        nickname: row.get(1)?,
        created_ms: row.get::<_, i64>(2)?.cast_unsigned(),
    })
}

/// Numbers are dense and never given back, so the highest is the count.
fn count(conn: &Connection, canvas: u32) -> rusqlite::Result<u32> {
    let sql = "SELECT coalesce(max(number), 0) FROM seats WHERE canvas = ?";
    conn.prepare_cached(sql)?.query_row([canvas], |row| row.get(0))
}

fn next_number(
    conn: &Connection,
    canvas: u32,
    seats_max: u32,
) -> Result<SeatNumber, Fault<StoreError>> {
    let taken = count(conn, canvas)?;
    if taken < seats_max {
        Ok(taken + 1)
    } else {
        Err(Fault::Refused(StoreError::SeatsFull(seats_max)))
    }
}

fn insert(
    conn: &Connection,
    canvas: u32,
    seat: &SeatRecord,
    secret_hash: [u8; 32],
) -> Result<(), Fault<StoreError>> {
    let mut canvas_exists = conn.prepare_cached("SELECT 1 FROM canvases WHERE number = ?")?;
    if !canvas_exists.exists([canvas])? {
        return Err(Fault::Refused(StoreError::NoSuchCanvas(canvas)));
    }
    let mut secret_exists =
        conn.prepare_cached("SELECT 1 FROM seats WHERE canvas = ? AND secret_hash = ?")?;
    if secret_exists.exists((canvas, secret_hash))? {
        return Err(Fault::Refused(StoreError::SeatExists));
    }
    let sql = "INSERT INTO seats (canvas, number, secret_hash, nickname, created_ms) \
               VALUES (?, ?, ?, ?, ?)";
    let created_ms = seat.created_ms.cast_signed();
    let values = (canvas, seat.number, secret_hash, &seat.nickname, created_ms);
    conn.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

fn check_nickname(nickname: &str) -> Result<(), StoreError> {
    let is_good = (1..=NICKNAME_MAX_CHARS).contains(&nickname.chars().count());
    if is_good { Ok(()) } else { Err(StoreError::Nickname) }
}
