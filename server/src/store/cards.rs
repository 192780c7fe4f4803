//! Personal cards: each student's own way to the own seat, from any machine.
//!
//! A card's code is kept as it is, because the teacher prints it again; whoever
//! reads the database could take its students' seats, though no teacher's.

use std::collections::BTreeMap;

use place_core::SeatNumber;
use place_core::cooldown::Millis;
use rusqlite::{Connection, OptionalExtension, Row as SqlRow};

use super::job::Fault;
use super::record::{self, Note};
use super::seat::CardMaker;
use super::seats::find;
use super::secrets::{add_secret, end_secrets};
use super::{SeatRecord, SeatRole, SeatState, Store, StoreError};

impl Store {
    /// The cards of a canvas, by seat.
    pub fn cards(&self, canvas: u32) -> Result<BTreeMap<SeatNumber, String>, StoreError> {
        let sql = "SELECT seat, code FROM cards WHERE canvas = ?";
        self.read(|conn| {
            let read = |row: &SqlRow<'_>| Ok((row.get(0)?, row.get(1)?));
            conn.prepare_cached(sql)?.query_map([canvas], read)?.collect()
        })
    }

    /// The card of a seat.
    pub fn card(&self, canvas: u32, seat: SeatNumber) -> Result<Option<String>, StoreError> {
        self.read(|conn| card(conn, canvas, seat))
    }

    /// The card of a student's seat; those who came before there were cards get
    /// one now.
    pub async fn card_or_new(
        &self,
        canvas: u32,
        seat: SeatNumber,
        new_card: CardMaker,
    ) -> Result<String, StoreError> {
        if let Some(card) = self.card(canvas, seat)? {
            return Ok(card);
        }
        self.write((0, 0), move |conn| {
            is_student(conn, canvas, seat)?;
            match card(conn, canvas, seat)? {
                Some(card) => Ok(card),
                None => Ok(give(conn, canvas, seat, new_card)?),
            }
        })
        .await
    }

    /// The canvas's number and the seat that a card opens.
    pub fn seat_by_card(&self, code: &str) -> Result<Option<(u32, SeatNumber)>, StoreError> {
        let sql = "SELECT canvas, seat FROM cards WHERE code = ?";
        let read = |row: &SqlRow<'_>| Ok((row.get(0)?, row.get(1)?));
        self.read(|conn| conn.prepare_cached(sql)?.query_row([code], read).optional())
    }

    /// Gives the seat of a card one more secret; who was only on the list is
    /// here now. `None` if there is no such card any more.
    pub async fn open_by_card(
        &self,
        code: &str,
        secret_hash: [u8; 32],
        now: Millis,
    ) -> Result<Option<SeatRecord>, StoreError> {
        let code = code.to_owned();
        self.write((0, 0), move |conn| {
            let sql = "SELECT canvas, seat FROM cards WHERE code = ?";
            let read = |row: &SqlRow<'_>| Ok((row.get(0)?, row.get(1)?));
            let found = conn.prepare_cached(sql)?.query_row([code], read).optional()?;
            let Some((canvas, seat)) = found else { return Ok(None) };
            add_secret(conn, canvas, seat, secret_hash, now)?;
            let sql = "UPDATE seats SET state = 'here' \
                       WHERE canvas = ? AND number = ? AND state = 'invited'";
            conn.prepare_cached(sql)?.execute((canvas, seat))?;
            Ok(find(conn, canvas, seat)?)
        })
        .await
    }

    /// Gives a student's seat another card, and ends all its secrets.
    pub async fn renew_card(
        &self,
        canvas: u32,
        seat: SeatNumber,
        new_card: CardMaker,
        note: Note,
    ) -> Result<String, StoreError> {
        self.write((0, 0), move |conn| {
            is_student(conn, canvas, seat)?;
            end_secrets(conn, canvas, seat)?;
            record::insert(conn, canvas, &note.about(seat))?;
            Ok(give(conn, canvas, seat, new_card)?)
        })
        .await
    }
}

fn is_student(conn: &Connection, canvas: u32, seat: SeatNumber) -> Result<(), Fault<StoreError>> {
    match find(conn, canvas, seat)? {
        Some(found) if found.role == SeatRole::Student && found.state != SeatState::Forgotten => {
            Ok(())
        }
        _ => Err(Fault::Refused(StoreError::NoSuchSeat(seat))),
    }
}

fn card(conn: &Connection, canvas: u32, seat: SeatNumber) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT code FROM cards WHERE canvas = ? AND seat = ?";
    conn.prepare_cached(sql)?.query_row((canvas, seat), |row| row.get(0)).optional()
}

/// Gives a seat a new card in place of the old one.
pub(super) fn give(
    conn: &Connection,
    canvas: u32,
    seat: SeatNumber,
    new_card: CardMaker,
) -> rusqlite::Result<String> {
    let mut is_known = conn.prepare_cached("SELECT 1 FROM cards WHERE code = ?")?;
    let mut code = new_card();
    while is_known.exists([&code])? {
        code = new_card();
    }
    let sql = "INSERT OR REPLACE INTO cards (canvas, seat, code) VALUES (?, ?, ?)";
    conn.prepare_cached(sql)?.execute((canvas, seat, &code))?;
    Ok(code)
}
