//! Forgetting people: their names, their ways in and their words go; the number
//! of the seat, and the pixels under it, stay.
//!
//! What goes is gone from the disk, too, not only from what can be asked for:
//! from the pages that become free, from those that had become free before, and
//! from the write-ahead log.

use std::sync::Arc;

use place_core::SeatNumber;
use place_core::cooldown::Millis;
use rusqlite::{Connection, Row as SqlRow};

use super::job::Fault;
use super::record::{self, Note};
use super::unname::Names;
use super::{
    MessageRecord, SeatRole, SeatState, Store, StoreError, WriteError, chat, names, seats,
};

/// Free pages that are emptied in one commit, in bytes: placements wait some
/// milliseconds behind it.
const BLANK_BYTES: u64 = 1024 * 1024;

/// Most erased messages that are told one by one: more than anybody has on the
/// screen.
const MESSAGES_TOLD_MAX: usize = 200;

/// Who is to be forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// One person, who is no teacher, and the person's bots.
    Seat(SeatNumber),
    /// Everybody in the canvas who is no teacher.
    Class,
}

/// Who was forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Their seats.
    pub seats: Vec<SeatNumber>,
    /// The last of their messages, newest first.
    pub messages: Vec<i64>,
    /// The last messages of others that named them, newest first, without the
    /// names.
    pub changed: Vec<MessageRecord>,
}

impl Store {
    /// Takes seats away again from people who were never in: nothing but the
    /// numbers is left.
    pub async fn withdraw(
        &self,
        canvas: u32,
        seats: Vec<SeatNumber>,
        note: Option<Note>,
    ) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| {
            thoroughly(conn, |conn| erase_people(conn, canvas, &list(&seats)))?;
            Ok(note.map_or(Ok(()), |note| record::insert(conn, canvas, &note))?)
        })
        .await
    }

    /// Forgets people. That is durable when this ends, and nothing of them is in
    /// the files any more, unless somebody reads the whole database at that
    /// moment, as a backup does: then the log is emptied with a later commit.
    pub async fn forget(
        &self,
        canvas: u32,
        whom: Whom,
        note: Note,
    ) -> Result<Forgotten, StoreError> {
        let shared = Arc::clone(&self.0.shared);
        let forgotten = self
            .write((0, 0), move |conn| {
                shared.empty_log();
                thoroughly(conn, |conn| erase(conn, canvas, whom, note))
            })
            .await?;
        if !forgotten.seats.is_empty()
            && let Err(error) = self.blank_free_pages().await
        {
            // The names are gone from what is in use; the next time does it.
            tracing::error!(%error, "free pages of the database could not be emptied");
        }
        Ok(forgotten)
    }

    /// When somebody who is no teacher last came or wrote in a canvas; `None` if
    /// nobody is left there.
    pub fn last_sign_ms(&self, canvas: u32) -> Result<Option<Millis>, StoreError> {
        let sql = "SELECT max(max(created_ms), \
                   coalesce((SELECT max(created_ms) FROM seat_secrets WHERE canvas = ?1), 0), \
                   coalesce((SELECT max(at_ms) FROM chat WHERE canvas = ?1), 0)) \
                   FROM seats WHERE canvas = ?1 AND role <> 'teacher' AND state <> 'forgotten'";
        let last = self.read(|conn| {
            let last = |row: &SqlRow<'_>| row.get::<_, Option<i64>>(0);
            conn.prepare_cached(sql)?.query_row([canvas], last)
        })?;
        Ok(last.map(i64::cast_unsigned))
    }

    /// Overwrites the free pages of the database, a piece at a time, and has the
    /// log emptied.
    pub(super) async fn blank_free_pages(&self) -> Result<(), WriteError> {
        let pieces = self.write((0, 0), |conn| Ok(free_bytes(conn)? / BLANK_BYTES)).await?;
        // The last piece may come in several, and others write meanwhile.
        for _ in 0..pieces + 8 {
            let is_more = self.write((0, 0), take_free_pages).await?;
            if !is_more {
                break;
            }
        }
        while self.write((0, 0), |conn| thoroughly(conn, give_back)).await? {}
        let shared = Arc::clone(&self.0.shared);
        self.write((0, 0), move |_| {
            shared.empty_log();
            Ok(())
        })
        .await?;
        // The log is emptied between two commits: this one comes after.
        self.write((0, 0), |_| Ok(())).await
    }
}

/// Bytes in free pages that can be taken.
fn free_bytes(conn: &Connection) -> Result<u64, Fault<WriteError>> {
    let pragma = |name| conn.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
    // Four bytes of a page lead to the next.
    Ok(u64::from(pragma("freelist_count")?) * u64::from(pragma("page_size")? - 4))
}

/// Takes free pages into use, full of zeros; whether there were any.
fn take_free_pages(conn: &Connection) -> Result<bool, Fault<WriteError>> {
    let bytes = free_bytes(conn)?.min(BLANK_BYTES);
    if bytes > 0 {
        conn.prepare_cached("INSERT INTO blanks (body) VALUES (zeroblob(?))")?
            .execute([bytes.cast_signed()])?;
    }
    Ok(bytes > 0)
}

/// Gives back what was taken, a piece at a time; whether there was any.
fn give_back(conn: &Connection) -> Result<bool, Fault<WriteError>> {
    let sql = "DELETE FROM blanks WHERE id = (SELECT max(id) FROM blanks)";
    Ok(conn.prepare_cached(sql)?.execute(())? > 0)
}

/// Does something so that pages that become free are emptied, too. Not always:
/// it would write every checkpoint twice.
pub(super) fn thoroughly<T, E>(
    conn: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<rusqlite::Error>,
{
    conn.pragma_update_and_check(None, "secure_delete", "ON", |_| Ok(()))?;
    let done = work(conn);
    conn.pragma_update_and_check(None, "secure_delete", "FAST", |_| Ok(()))?;
    done
}

/// Numbers as SQL takes many of them.
fn list(seats: &[SeatNumber]) -> String {
    serde_json::to_string(seats).expect("numbers are JSON")
}

fn erase(
    conn: &Connection,
    canvas: u32,
    whom: Whom,
    note: Note,
) -> Result<Forgotten, Fault<StoreError>> {
    let people = people(conn, canvas, whom)?;
    let numbers: Vec<SeatNumber> = people.iter().map(|(number, _)| *number).collect();
    if numbers.is_empty() {
        return Ok(Forgotten::default());
    }
    let seats = list(&numbers);
    let mut messages = erase_words(conn, canvas, &seats, &note)?;
    messages.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
    messages.truncate(MESSAGES_TOLD_MAX);
    let former = names::former(conn, canvas, &seats)?;
    let names = people.iter().map(|(_, name)| name).chain(&former);
    let changed = erase_mentions(conn, canvas, &numbers, &Names::new(names.map(String::as_str)))?;
    erase_people(conn, canvas, &seats)?;
    let note = match whom {
        Whom::Seat(seat) => note.about(seat),
        Whom::Class => note.saying(format!("{} people", numbers.len())),
    };
    record::insert(conn, canvas, &note)?;
    Ok(Forgotten { seats: numbers, messages, changed })
}

/// The seats and names of those who are to be forgotten.
fn people(
    conn: &Connection,
    canvas: u32,
    whom: Whom,
) -> Result<Vec<(SeatNumber, String)>, Fault<StoreError>> {
    let number = match whom {
        Whom::Class => None,
        Whom::Seat(number) => {
            let is_person = seats::find(conn, canvas, number)?.is_some_and(|seat| {
                seat.role != SeatRole::Teacher && seat.state != SeatState::Forgotten
            });
            if !is_person {
                return Err(Fault::Refused(StoreError::NoSuchSeat(number)));
            }
            Some(number)
        }
    };
    let sql = "SELECT number, coalesce(nickname, '') FROM seats \
               WHERE canvas = ?1 AND role <> 'teacher' AND (state <> 'forgotten' OR refused_ms > 0) \
               AND (?2 IS NULL OR number = ?2 OR bot_of = ?2) ORDER BY number";
    let read = |row: &SqlRow<'_>| Ok((row.get(0)?, row.get(1)?));
    let mut select = conn.prepare_cached(sql)?;
    Ok(select.query_map((canvas, number), read)?.collect::<Result<_, _>>()?)
}

/// Erases what people wrote, and what they and others reported of it. Gives the
/// messages that were not deleted before.
fn erase_words(
    conn: &Connection,
    canvas: u32,
    seats: &str,
    note: &Note,
) -> rusqlite::Result<Vec<i64>> {
    let sql = "DELETE FROM reports WHERE canvas = ?1 AND \
               (seat IN (SELECT value FROM json_each(?2)) OR message IN \
                (SELECT id FROM chat WHERE canvas = ?1 AND teacher IS NULL \
                 AND seat IN (SELECT value FROM json_each(?2))))";
    conn.prepare_cached(sql)?.execute((canvas, seats))?;
    let sql = "UPDATE chat SET was = NULL, mentions = '[]' \
               WHERE canvas = ?1 AND teacher IS NULL AND was IS NOT NULL \
               AND seat IN (SELECT value FROM json_each(?2))";
    conn.prepare_cached(sql)?.execute((canvas, seats))?;
    let sql = "UPDATE chat SET text = '', mentions = '[]', deleted_by = ?3, deleted_ms = ?4 \
               WHERE canvas = ?1 AND teacher IS NULL AND deleted_ms IS NULL \
               AND seat IN (SELECT value FROM json_each(?2)) RETURNING id";
    let values = (canvas, seats, note.teacher, note.at_ms.cast_signed());
    conn.prepare_cached(sql)?.query_map(values, |row| row.get(0))?.collect()
}

/// Takes people's names out of what others wrote, also where it was deleted and
/// could come back. Gives the last messages that are something else now.
fn erase_mentions(
    conn: &Connection,
    canvas: u32,
    seats: &[SeatNumber],
    names: &Names,
) -> rusqlite::Result<Vec<MessageRecord>> {
    let sql = "SELECT id, coalesce(was, text), mentions FROM chat \
               WHERE canvas = ? AND (text <> '' OR was IS NOT NULL)";
    let mut select = conn.prepare_cached(sql)?;
    let mut rows = select.query([canvas])?;
    let mut changed: Vec<(i64, String, String)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (text, stored) = (row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?);
        let mentions: Vec<SeatNumber> = serde_json::from_str(stored).unwrap_or_default();
        let is_named = mentions.iter().any(|seat| seats.binary_search(seat).is_ok());
        let without = names.erased_from(text);
        if is_named || without.is_some() {
            let left = mentions.into_iter().filter(|seat| seats.binary_search(seat).is_err());
            let text = without.unwrap_or_else(|| text.to_owned());
            changed.push((row.get(0)?, text, list(&left.collect::<Vec<_>>())));
        }
    }
    drop(rows);
    let sql = "UPDATE chat SET text = iif(was IS NULL, ?2, text), \
               was = iif(was IS NULL, NULL, ?2), mentions = ?3 WHERE id = ?1";
    let mut update = conn.prepare_cached(sql)?;
    for (id, text, mentions) in &changed {
        update.execute((id, text, mentions))?;
    }
    let told = changed.iter().map(|(id, ..)| *id).rev().take(MESSAGES_TOLD_MAX);
    let told = told.filter_map(|id| chat::find(conn, canvas, id).transpose());
    told.filter(|message| message.as_ref().map_or(true, |one| one.deleted_ms.is_none())).collect()
}

/// Erases people's names and ways in.
fn erase_people(conn: &Connection, canvas: u32, seats: &str) -> rusqlite::Result<()> {
    for sql in [
        "DELETE FROM seat_secrets WHERE canvas = ?1 \
         AND seat IN (SELECT value FROM json_each(?2))",
        "DELETE FROM cards WHERE canvas = ?1 AND seat IN (SELECT value FROM json_each(?2))",
        "DELETE FROM former_names WHERE canvas = ?1 AND seat IN (SELECT value FROM json_each(?2))",
        "UPDATE seats SET state = 'forgotten', nickname = NULL, nickname_key = NULL, \
         muted_until_ms = 0, seen_ms = 0, refused_ms = 0 \
         WHERE canvas = ?1 AND number IN (SELECT value FROM json_each(?2))",
    ] {
        conn.prepare_cached(sql)?.execute((canvas, seats))?;
    }
    Ok(())
}
