//! Students' bots end their connections when they may not draw any more.

use place_core::session::close_code;

use crate::sequencer::{Audience, LiveCanvas, Word};

/// Closes the connections of all students' bots.
pub(super) fn close(live: &LiveCanvas) {
    let bots = live.classroom.bots.lock().all();
    let reason = "your teacher has switched students' bots off";
    let word = Word::Close(close_code::SEAT_ENDED, reason);
    live.post(Audience::Seats(bots.as_slice().into()), word);
}
