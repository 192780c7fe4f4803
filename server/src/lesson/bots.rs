//! Students' bots end their connections when they may not draw any more.

use place_core::SeatNumber;
use place_core::session::close_code;

use crate::sequencer::{Audience, LiveCanvas, Word};
use crate::store::{SeatRecord, Store};

/// Closes the connections of students' bots: of one student's, or of all. What
/// the store can't tell now is told by the door the next time they come.
pub(super) fn close(store: &Store, live: &LiveCanvas, student: Option<SeatNumber>) {
    let is_meant = |bot: &SeatRecord| match student {
        Some(_) => bot.bot_of == student,
        None => bot.bot_of.is_some(),
    };
    match store.bots(live.number) {
        Ok(bots) => {
            let seats: Vec<_> =
                bots.iter().filter(|bot| is_meant(bot)).map(|bot| bot.number).collect();
            let reason = "your teacher has switched students' bots off";
            let word = Word::Close(close_code::SEAT_ENDED, reason);
            live.post(Audience::Seats(seats.as_slice().into()), word);
        }
        Err(error) => tracing::error!(canvas = %live.id, %error, "bots can't be closed"),
    }
}
