//! What people write to each other.

use place_core::cooldown::Millis;
use place_core::{SeatNumber, TeacherNumber, TeamNumber};
use rusqlite::{Connection, OptionalExtension, Row as SqlRow};

use super::job::Fault;
use super::{Store, StoreError};

/// Most messages kept of a canvas: weeks of a class that writes a lot, and some
/// 4 MiB of the database. The oldest are erased.
pub const MESSAGES_MAX: i64 = 20_000;

/// Messages between two looks whether there are too many.
const ERASE_EVERY: i64 = 64;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRecord {
    /// Its number in the store.
    pub id: i64,
    /// The team that can read it; 0 for the whole class.
    pub channel: TeamNumber,
    /// Who wrote it; 0 for a teacher without a seat.
    pub seat: SeatNumber,
    /// The teacher who wrote it.
    pub teacher: Option<TeacherNumber>,
    /// The writer's team at that time.
    pub team: TeamNumber,
    /// When.
    pub at_ms: Millis,
    /// What; empty once it is deleted.
    pub text: String,
    /// The message that it answers.
    pub reply_to: Option<i64>,
    /// Seats that it mentions.
    pub mentions: Vec<SeatNumber>,
    /// When it was deleted.
    pub deleted_ms: Option<Millis>,
}

const COLUMNS: &str =
    "id, channel, seat, teacher, team, at_ms, text, reply_to, mentions, deleted_ms";

impl Store {
    /// Keeps a message; gives its number. The one in `message` does not matter.
    /// Now and then the oldest beyond [`MESSAGES_MAX`] are erased.
    pub async fn add_message(
        &self,
        canvas: u32,
        message: MessageRecord,
    ) -> Result<i64, StoreError> {
        self.write((0, 0), move |conn| {
            let gone = "SELECT 1 FROM seats \
                        WHERE canvas = ? AND number = ? AND state = 'forgotten'";
            if conn.prepare_cached(gone)?.exists((canvas, message.seat))? {
                // It was on its way when its writer was forgotten.
                return Err(Fault::Refused(StoreError::NoSuchSeat(message.seat)));
            }
            let sql = "INSERT INTO chat \
                       (canvas, channel, seat, teacher, team, at_ms, text, reply_to, mentions) \
                       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
            let mentions = serde_json::to_string(&message.mentions).expect("numbers are JSON");
            conn.prepare_cached(sql)?.execute((
                canvas,
                message.channel,
                message.seat,
                message.teacher,
                message.team,
                message.at_ms.cast_signed(),
                message.text,
                message.reply_to,
                mentions,
            ))?;
            let id = conn.last_insert_rowid();
            if id % ERASE_EVERY == 0 {
                erase_oldest(conn, canvas)?;
            }
            Ok(id)
        })
        .await
    }

    /// One message.
    pub fn message(&self, canvas: u32, id: i64) -> Result<Option<MessageRecord>, StoreError> {
        self.read(|conn| find(conn, canvas, id))
    }

    /// When somebody wrote since a moment, oldest first, also what was deleted:
    /// only the messages of that time are looked at.
    pub fn written_since(
        &self,
        canvas: u32,
        seat: SeatNumber,
        since: Millis,
    ) -> Result<Vec<Millis>, StoreError> {
        let sql = "SELECT at_ms, seat FROM chat WHERE canvas = ? ORDER BY id DESC";
        self.read(|conn| {
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query([canvas])?;
            let mut written = Vec::new();
            while let Some(row) = rows.next()? {
                let at_ms = row.get::<_, i64>(0)?.cast_unsigned();
                if at_ms < since {
                    break;
                }
                if row.get::<_, SeatNumber>(1)? == seat {
                    written.push(at_ms);
                }
            }
            written.reverse();
            Ok(written)
        })
    }

    /// The last messages before a message, oldest first: those of some channels,
    /// or of all.
    pub fn messages(
        &self,
        canvas: u32,
        channels: Option<&[TeamNumber]>,
        before: Option<i64>,
        most: u32,
    ) -> Result<Vec<MessageRecord>, StoreError> {
        let before = before.unwrap_or(i64::MAX);
        let mut found = match channels {
            None => {
                let sql = format!(
                    "SELECT {COLUMNS} FROM chat WHERE canvas = ? AND id < ? \
                     ORDER BY id DESC LIMIT ?"
                );
                self.read(|conn| {
                    conn.prepare_cached(&sql)?
                        .query_map((canvas, before, most), read)?
                        .collect::<Result<Vec<_>, _>>()
                })?
            }
            Some(channels) => self.read(|conn| {
                let mut found = Vec::new();
                for channel in channels {
                    found.extend(of_channel(conn, canvas, *channel, before, most)?);
                }
                Ok(found)
            })?,
        };
        found.sort_by_key(|message| std::cmp::Reverse(message.id));
        found.truncate(most as usize);
        found.reverse();
        Ok(found)
    }
}

pub(super) fn find(
    conn: &Connection,
    canvas: u32,
    id: i64,
) -> rusqlite::Result<Option<MessageRecord>> {
    let sql = format!("SELECT {COLUMNS} FROM chat WHERE canvas = ? AND id = ?");
    conn.prepare_cached(&sql)?.query_row((canvas, id), read).optional()
}

/// The last messages of one channel, newest first.
fn of_channel(
    conn: &Connection,
    canvas: u32,
    channel: TeamNumber,
    before: i64,
    most: u32,
) -> rusqlite::Result<Vec<MessageRecord>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM chat WHERE canvas = ? AND channel = ? AND id < ? \
         ORDER BY id DESC LIMIT ?"
    );
    conn.prepare_cached(&sql)?.query_map((canvas, channel, before, most), read)?.collect()
}

/// Erases the oldest messages, so that there is room until the next time.
fn erase_oldest(conn: &Connection, canvas: u32) -> rusqlite::Result<()> {
    let kept = MESSAGES_MAX - ERASE_EVERY;
    let sql = "SELECT id FROM chat WHERE canvas = ? ORDER BY id DESC LIMIT 1 OFFSET ?";
    let newest: Option<i64> =
        conn.prepare_cached(sql)?.query_row((canvas, kept), |row| row.get(0)).optional()?;
    let Some(newest) = newest else { return Ok(()) };
    let sql = "DELETE FROM reports WHERE message IN \
               (SELECT id FROM chat WHERE canvas = ? AND id <= ?)";
    conn.prepare_cached(sql)?.execute((canvas, newest))?;
    let sql = "DELETE FROM chat WHERE canvas = ? AND id <= ?";
    conn.prepare_cached(sql)?.execute((canvas, newest))?;
    Ok(())
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<MessageRecord> {
    let deleted_ms = row.get::<_, Option<i64>>(9)?.map(i64::cast_unsigned);
    // Written by us; what can't be read mentions nobody.
    let mentions = serde_json::from_str(row.get_ref(8)?.as_str()?).unwrap_or_default();
    Ok(MessageRecord {
        id: row.get(0)?,
        channel: row.get(1)?,
        seat: row.get(2)?,
        teacher: row.get(3)?,
        team: row.get(4)?,
        at_ms: row.get::<_, i64>(5)?.cast_unsigned(),
        text: row.get(6)?,
        reply_to: row.get(7)?,
        mentions: if deleted_ms.is_none() { mentions } else { Vec::new() },
        deleted_ms,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{StoreOptions, wait_for};

    fn message(text: &str) -> MessageRecord {
        MessageRecord {
            id: 0,
            channel: 0,
            seat: 1,
            teacher: None,
            team: 0,
            at_ms: 5,
            text: text.to_owned(),
            reply_to: None,
            mentions: Vec::new(),
            deleted_ms: None,
        }
    }

    #[test]
    fn the_oldest_messages_make_room_and_their_reports_with_them() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::open(dir.path(), StoreOptions::default()).expect("opens");
        let say =
            |canvas: u32| wait_for(store.add_message(canvas, message("hello"))).expect("is kept");
        store
            .write_and_wait(|conn| {
                let sql = "INSERT INTO canvases (number, id, name, created_ms) \
                           VALUES (1, 'a', 'A', 0), (2, 'b', 'B', 0)";
                conn.execute(sql, ())?;
                // As many as there may be, at once.
                let sql = "WITH RECURSIVE n (i) AS \
                           (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) \
                           INSERT INTO chat (canvas, channel, seat, team, at_ms, text) \
                           SELECT 1, 0, 1, 0, 0, 'x' FROM n";
                conn.execute(sql, ())?;
                Ok(())
            })
            .expect("writes");
        wait_for(store.report_message(1, 1, 7, 9)).expect("is kept");
        let other = say(2);
        let count = |canvas: u32| -> i64 {
            let sql = "SELECT count(*) FROM chat WHERE canvas = ?";
            store.read(|conn| conn.query_row(sql, [canvas], |row| row.get(0))).expect("reads")
        };
        assert_eq!(count(1), MESSAGES_MAX);
        for _ in 0..3 * ERASE_EVERY {
            say(1);
        }
        assert!(count(1) <= MESSAGES_MAX && count(1) >= MESSAGES_MAX - ERASE_EVERY);
        assert_eq!(store.message(1, 1).expect("reads"), None);
        assert_eq!(store.reports(1, 9).expect("reads"), []);
        assert!(store.message(2, other).expect("reads").is_some(), "others keep theirs");
    }
}
