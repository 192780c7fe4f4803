//! What people write to each other.

use place_core::cooldown::Millis;
use place_core::{SeatNumber, TeacherNumber, TeamNumber};
use rusqlite::Row as SqlRow;

use super::{Store, StoreError};

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
    pub async fn add_message(
        &self,
        canvas: u32,
        message: MessageRecord,
    ) -> Result<i64, StoreError> {
        self.write((0, 0), move |conn| {
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
            Ok(conn.last_insert_rowid())
        })
        .await
    }

    /// The last messages of some channels before a message, oldest first.
    pub fn messages(
        &self,
        canvas: u32,
        channels: &[TeamNumber],
        before: Option<i64>,
        most: u32,
    ) -> Result<Vec<MessageRecord>, StoreError> {
        let channels = serde_json::to_string(channels).expect("numbers are JSON");
        let sql = format!(
            "SELECT {COLUMNS} FROM chat WHERE canvas = ? AND id < ? \
             AND channel IN (SELECT value FROM json_each(?)) ORDER BY id DESC LIMIT ?"
        );
        let values = (canvas, before.unwrap_or(i64::MAX), channels, most);
        let mut found: Vec<_> = self.read(|conn| {
            conn.prepare_cached(&sql)?.query_map(values, read)?.collect::<Result<_, _>>()
        })?;
        found.reverse();
        Ok(found)
    }
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<MessageRecord> {
    Ok(MessageRecord {
        id: row.get(0)?,
        channel: row.get(1)?,
        seat: row.get(2)?,
        teacher: row.get(3)?,
        team: row.get(4)?,
        at_ms: row.get::<_, i64>(5)?.cast_unsigned(),
        text: row.get(6)?,
        reply_to: row.get(7)?,
        // Written by us; one that can't be read mentions nobody.
        mentions: serde_json::from_str(row.get_ref(8)?.as_str()?).unwrap_or_default(),
        deleted_ms: row.get::<_, Option<i64>>(9)?.map(i64::cast_unsigned),
    })
}
