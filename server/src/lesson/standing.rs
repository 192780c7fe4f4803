//! What somebody is told about the own standing.

use place_core::session::close_code;
use place_core::wire::lesson::You;
use place_core::wire::text::ServerText;
use place_core::{SeatNumber, Status};

use super::people::{name, role};
use crate::sequencer::{Audience, LiveCanvas, Word};
use crate::store::{SeatRecord, Store, StoreError};

/// What holds for the person of a seat.
pub fn you(store: &Store, live: &LiveCanvas, seat: &SeatRecord) -> Result<You, StoreError> {
    let standing = live.state.read().seat(seat.number).standing();
    Ok(You {
        seat: seat.number,
        nickname: name(store, seat)?,
        role: role(seat),
        team: standing.team,
        status: standing.status,
        muted_until_ms: seat.muted_until_ms,
    })
}

/// Lets everybody concerned know that something about a seat was decided: the
/// person hears what holds now, in every tab, and so does the person's bot; the
/// others hear who that is, and whoever was sent away is closed. To be called
/// after each such decision, once it is durable: it holds even if nobody can be
/// told.
pub fn after_standing(store: &Store, live: &LiveCanvas, seat: SeatNumber) {
    let is_banned = is_banned(live, seat);
    tell(store, live, seat, is_banned);
    let bots = live.classroom.bots.lock().of(seat);
    for bot in bots {
        tell(store, live, bot, is_banned || self::is_banned(live, bot));
    }
}

fn is_banned(live: &LiveCanvas, seat: SeatNumber) -> bool {
    let standing = live.state.read().seat(seat).standing();
    standing.status == Status::Banned && !standing.is_teacher
}

fn tell(store: &Store, live: &LiveCanvas, seat: SeatNumber, is_banned: bool) {
    live.note_changed(seat);
    match told(store, live, seat) {
        Ok(Some(you)) => live.say(Audience::Seat(seat), &ServerText::You { you }),
        Ok(None) => {}
        Err(error) => tracing::error!(canvas = %live.id, %error, "a decision can't be told"),
    }
    if is_banned {
        let reason = "your teacher has closed this canvas for you";
        live.post(Audience::Seat(seat), Word::Close(close_code::BANNED, reason));
    }
}

fn told(store: &Store, live: &LiveCanvas, seat: SeatNumber) -> Result<Option<You>, StoreError> {
    let record = store.seat(live.number, seat)?;
    record.map(|record| you(store, live, &record)).transpose()
}
