//! Those who are connected and may not be any more come in again, as what they
//! are now: their connections end.

use place_core::session::close_code;

use crate::classroom::Look;
use crate::sequencer::{Audience, LiveCanvas, Word};
use crate::store::{Store, StoreError};

/// Ends the connections of those without a seat, if only those with one may look
/// now; `before` anybody might have.
pub(super) fn close_to_strangers(live: &LiveCanvas, before: Look) {
    if before == Look::Anyone && live.classroom.settings().look == Look::Seats {
        let word = Word::Close(close_code::TRY_AGAIN, "only those with a seat may look now");
        live.post(Audience::Strangers, word);
    }
}

/// Ends the connections of teachers whose canvas it is not any more. To be called
/// after its teachers changed, or an account was removed.
pub fn close_to_others(store: &Store, live: &LiveCanvas) -> Result<(), StoreError> {
    let mut teachers = store.teachers_of(live.number)?;
    if teachers.is_empty() {
        // It belongs to all of them.
        teachers = store.teachers()?.into_iter().map(|teacher| teacher.number).collect();
    }
    let word = Word::Close(close_code::TRY_AGAIN, "this canvas is another teacher's now");
    live.post(Audience::TeachersBut(teachers.into()), word);
    Ok(())
}
