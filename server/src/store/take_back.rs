//! What teachers do to people and can take back for a while: sending somebody
//! out, refusing somebody at the door, deleting a message. What that takes is kept
//! where nobody can use it, and erased once the while is over.

use std::sync::Arc;

use place_core::SeatNumber;
use place_core::cooldown::Millis;
use rusqlite::{Connection, OptionalExtension};

use super::chat::{self, MessageRecord};
use super::forget::thoroughly;
use super::job::Fault;
use super::names::free_key;
use super::record::{self, Note};
use super::seat::CardMaker;
use super::{Store, StoreError, WriteError, cards};

impl Store {
    /// Sends somebody out: no machine of the person's is known any more, only the
    /// card leads back.
    pub async fn kick(&self, canvas: u32, seat: SeatNumber, note: Note) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| {
            end_secrets(conn, canvas, seat, note.at_ms)?;
            Ok(record::insert(conn, canvas, &note.about(seat))?)
        })
        .await
    }

    /// Takes that back; whether there was anything to take back.
    pub async fn unkick(
        &self,
        canvas: u32,
        seat: SeatNumber,
        note: Note,
    ) -> Result<bool, StoreError> {
        self.write((0, 0), move |conn| {
            let rows = revive_secrets(conn, canvas, seat)?;
            Ok(record::of_rows(conn, canvas, rows, &note.about(seat))?)
        })
        .await
    }

    /// Sends somebody away who waits at the door; whether somebody did. The name
    /// is free for others at once.
    pub async fn refuse(
        &self,
        canvas: u32,
        seat: SeatNumber,
        note: Note,
    ) -> Result<bool, StoreError> {
        self.write((0, 0), move |conn| {
            let sql = "UPDATE seats SET state = 'forgotten', nickname_key = NULL, refused_ms = ?3 \
                       WHERE canvas = ?1 AND number = ?2 AND state = 'waiting'";
            let now = note.at_ms.cast_signed();
            let rows = conn.prepare_cached(sql)?.execute((canvas, seat, now))?;
            if rows > 0 {
                end_secrets(conn, canvas, seat, note.at_ms)?;
                let sql = "DELETE FROM cards WHERE canvas = ? AND seat = ?";
                conn.prepare_cached(sql)?.execute((canvas, seat))?;
            }
            Ok(record::of_rows(conn, canvas, rows, &note.about(seat))?)
        })
        .await
    }

    /// Lets somebody in who was refused; whether that was so, and is not too long
    /// ago. [`StoreError::NicknameTaken`] if somebody else has the name by now.
    pub async fn admit_refused(
        &self,
        canvas: u32,
        seat: SeatNumber,
        new_card: CardMaker,
        note: Note,
    ) -> Result<bool, StoreError> {
        self.write((0, 0), move |conn| {
            let sql = "SELECT nickname FROM seats \
                       WHERE canvas = ? AND number = ? AND refused_ms > 0";
            let name: Option<String> =
                conn.prepare_cached(sql)?.query_row((canvas, seat), |row| row.get(0)).optional()?;
            let Some(name) = name else { return Ok(false) };
            let key = free_key(conn, canvas, &name, Some(seat))?;
            let sql = "UPDATE seats SET state = 'here', nickname_key = ?3, refused_ms = 0 \
                       WHERE canvas = ?1 AND number = ?2";
            conn.prepare_cached(sql)?.execute((canvas, seat, key))?;
            revive_secrets(conn, canvas, seat)?;
            cards::give(conn, canvas, seat, new_card)?;
            record::insert(conn, canvas, &note.about(seat).saying("1 people"))?;
            Ok(true)
        })
        .await
    }

    /// Takes away what a message said; that it was there stays, and its reports are
    /// done. Gives the message as it was, if there is one.
    pub async fn delete_message(
        &self,
        canvas: u32,
        id: i64,
        note: Note,
    ) -> Result<Option<MessageRecord>, StoreError> {
        self.write((0, 0), move |conn| {
            let Some(message) = chat::find(conn, canvas, id)? else { return Ok(None) };
            if message.deleted_ms.is_none() {
                let now = note.at_ms.cast_signed();
                let sql = "UPDATE chat SET was = text, text = '', deleted_by = ?2, \
                           deleted_ms = ?3 WHERE id = ?1";
                conn.prepare_cached(sql)?.execute((id, note.teacher, now))?;
                let sql = "UPDATE reports SET done_ms = ?2 WHERE message = ?1 AND done_ms IS NULL";
                conn.prepare_cached(sql)?.execute((id, now))?;
                let note = note.about(message.seat).saying(format!("message {id}"));
                record::insert(conn, canvas, &note)?;
            }
            Ok(Some(message))
        })
        .await
    }

    /// Gives a deleted message back what it said. The message, if there is one
    /// whose text is still known.
    pub async fn restore_message(
        &self,
        canvas: u32,
        id: i64,
        note: Note,
    ) -> Result<Option<MessageRecord>, StoreError> {
        self.write((0, 0), move |conn| {
            let sql = "UPDATE chat SET text = was, was = NULL, deleted_by = NULL, \
                       deleted_ms = NULL WHERE canvas = ? AND id = ? AND was IS NOT NULL";
            if conn.prepare_cached(sql)?.execute((canvas, id))? == 0 {
                return Ok(None);
            }
            let Some(message) = chat::find(conn, canvas, id)? else { return Ok(None) };
            let note = note.about(message.seat).saying(format!("message {id}"));
            record::insert(conn, canvas, &note)?;
            Ok(Some(message))
        })
        .await
    }

    /// Erases what could be taken back, of before a moment, on all canvases; whether
    /// there was anything.
    pub async fn erase_taken(&self, before_ms: Millis) -> Result<bool, WriteError> {
        let shared = Arc::clone(&self.0.shared);
        self.write((0, 0), move |conn| {
            let rows = thoroughly(conn, |conn| erase_before(conn, before_ms))?;
            if rows > 0 {
                shared.empty_log();
            }
            Ok::<_, Fault<WriteError>>(rows > 0)
        })
        .await
    }
}

fn erase_before(conn: &Connection, before_ms: Millis) -> rusqlite::Result<usize> {
    let before = before_ms.cast_signed();
    let mut rows = 0;
    for sql in [
        "UPDATE chat SET was = NULL, mentions = '[]' WHERE was IS NOT NULL AND deleted_ms < ?",
        "DELETE FROM seat_secrets WHERE ended_ms > 0 AND ended_ms < ?",
        "UPDATE seats SET nickname = NULL, refused_ms = 0 WHERE refused_ms > 0 AND refused_ms < ?",
    ] {
        rows += conn.prepare_cached(sql)?.execute([before])?;
    }
    Ok(rows)
}

/// Lets the secrets of a seat open nothing for now.
fn end_secrets(
    conn: &Connection,
    canvas: u32,
    seat: SeatNumber,
    now: Millis,
) -> rusqlite::Result<()> {
    let sql = "UPDATE seat_secrets SET ended_ms = ?3 \
               WHERE canvas = ?1 AND seat = ?2 AND ended_ms = 0";
    conn.prepare_cached(sql)?.execute((canvas, seat, now.cast_signed()))?;
    Ok(())
}

/// Lets them open it again; how many there were.
fn revive_secrets(conn: &Connection, canvas: u32, seat: SeatNumber) -> rusqlite::Result<usize> {
    let sql = "UPDATE seat_secrets SET ended_ms = 0 \
               WHERE canvas = ? AND seat = ? AND ended_ms > 0";
    conn.prepare_cached(sql)?.execute((canvas, seat))
}
