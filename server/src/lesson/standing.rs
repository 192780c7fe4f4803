//! What somebody is told about the own standing.

use place_core::session::close_code;
use place_core::wire::lesson::You;
use place_core::wire::text::ServerText;
use place_core::{SeatNumber, Status};

use super::people::{name, role};
use crate::classroom::DeskPart;
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
/// person hears what holds now, in every tab, the others who that is, and whoever
/// was sent away is closed. To be called after each such decision, once it is
/// durable.
pub fn after_standing(
    store: &Store,
    live: &LiveCanvas,
    seat: SeatNumber,
) -> Result<(), StoreError> {
    live.note_changed(seat);
    live.classroom.note_desk(DeskPart::People);
    let Some(record) = store.seat(live.number, seat)? else { return Ok(()) };
    let you = you(store, live, &record)?;
    let is_banned = you.status == Status::Banned && record.teacher.is_none();
    live.say(Audience::Seat(seat), &ServerText::You { you });
    if is_banned {
        let reason = "your teacher has closed this canvas for you";
        live.post(Audience::Seat(seat), Word::Close(close_code::BANNED, reason));
    }
    Ok(())
}
