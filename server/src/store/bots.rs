//! Bots: seats of programs, each a student's or a teacher's.

use place_core::SeatNumber;
use place_core::cooldown::Millis;

use super::job::Fault;
use super::seat::{NewSeat, SeatRecord, SeatRole, SeatState};
use super::{Store, StoreError, seats};

/// Most bots that a student has at a time.
pub const BOTS_MAX_OF_STUDENT: u32 = 1;

/// Most bots that a student ever makes in a canvas: numbers of seats are not
/// given twice, and a class shares them.
const BOTS_EVER_MAX_OF_STUDENT: u32 = 20;

/// Most bots that a canvas's teachers have at a time.
pub const BOTS_MAX_OF_TEACHERS: u32 = 20;

/// A bot to be made.
#[derive(Clone, Debug)]
pub struct NewBot {
    /// The seat of the student whose it is; `None` for a teacher's.
    pub bot_of: Option<SeatNumber>,
    /// What it is to be called.
    pub nickname: String,
    /// The hash of the secret that opens its seat.
    pub secret_hash: [u8; 32],
    /// Now.
    pub created_ms: Millis,
}

impl Store {
    /// Gives a program a seat. [`StoreError::BotsFull`] when its owner has as
    /// many as may be.
    pub async fn create_bot(&self, canvas: u32, new: NewBot) -> Result<SeatRecord, StoreError> {
        let seats_max = self.0.seats_max;
        self.write((0, 0), move |conn| {
            let sql = "SELECT count(*), count(CASE WHEN state <> 'forgotten' THEN 1 END) \
                       FROM seats WHERE canvas = ? AND role = 'bot' AND bot_of IS ?";
            let (ever, now): (u32, u32) = conn
                .prepare_cached(sql)?
                .query_row((canvas, new.bot_of), |row| Ok((row.get(0)?, row.get(1)?)))?;
            let (most_ever, most) = match new.bot_of {
                Some(_) => (BOTS_EVER_MAX_OF_STUDENT, BOTS_MAX_OF_STUDENT),
                None => (u32::MAX, BOTS_MAX_OF_TEACHERS),
            };
            if now >= most || ever >= most_ever {
                return Err(Fault::Refused(StoreError::BotsFull));
            }
            let seat = NewSeat {
                role: SeatRole::Bot,
                state: SeatState::Here,
                nickname: new.nickname,
                bot_of: new.bot_of,
                secret_hash: Some(new.secret_hash),
                created_ms: new.created_ms,
            };
            // Only students get a card.
            let made = seats::insert(conn, canvas, &seat, seats_max, String::new)?;
            let sql = "UPDATE seats SET muted_until_ms = (SELECT muted_until_ms FROM seats \
                       WHERE canvas = ?1 AND number = ?2) WHERE canvas = ?1 AND number = ?3";
            if let Some(student) = new.bot_of {
                conn.prepare_cached(sql)?.execute((canvas, student, made.number))?;
            }
            Ok(made)
        })
        .await
    }

    /// The bots of a canvas, by number.
    pub fn bots(&self, canvas: u32) -> Result<Vec<SeatRecord>, StoreError> {
        let people = self.people(canvas)?;
        Ok(people.into_iter().filter(|seat| seat.role == SeatRole::Bot).collect())
    }
}
