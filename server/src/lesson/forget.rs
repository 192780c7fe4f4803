//! Forgetting people: kept first, then told.

use place_core::session::close_code;
use place_core::wire::text::ServerText;
use place_core::{SeatNumber, TeacherNumber};

use crate::chat;
use crate::classroom::DeskPart;
use crate::clock;
use crate::sequencer::{Audience, LiveCanvas, Word};
use crate::store::{Forgotten, Note, Store, StoreError, Whom};

/// What the record says of it when somebody asked for it.
const ASKED: &str = "forget";

/// Most seats that one message names, as text some 4 KiB.
const SEATS_TOLD_MAX: usize = 500;

/// Forgets people of a canvas because somebody asked for it. Gives their seats.
pub async fn forget(
    store: &Store,
    live: &LiveCanvas,
    whom: Whom,
    teacher: TeacherNumber,
) -> Result<Vec<SeatNumber>, StoreError> {
    let note = Note::by(teacher, clock::wall_ms(), ASKED);
    forget_noted(store, live, whom, note).await
}

/// The same, on record as something else.
pub(super) async fn forget_noted(
    store: &Store,
    live: &LiveCanvas,
    whom: Whom,
    note: Note,
) -> Result<Vec<SeatNumber>, StoreError> {
    let Forgotten { seats, messages, changed } = store.forget(live.number, whom, note).await?;
    if seats.is_empty() {
        return Ok(seats);
    }
    for id in messages {
        live.say(Audience::Seated, &ServerText::ChatDeleted { id });
    }
    for message in changed {
        let readers = chat::readers(message.channel);
        match chat::view(store, live, message) {
            Ok(message) => live.say(readers, &ServerText::ChatChanged { message }),
            Err(error) => tracing::error!(canvas = %live.id, %error, "a message can't be told"),
        }
    }
    for some in seats.chunks(SEATS_TOLD_MAX) {
        live.say(Audience::Seated, &ServerText::Forgotten { seats: some.to_vec() });
    }
    let reason = "your name and what you wrote here were erased";
    live.post(
        Audience::Seats(seats.as_slice().into()),
        Word::Close(close_code::SEAT_ENDED, reason),
    );
    for seat in &seats {
        live.classroom.bots.lock().remove(*seat);
        live.note_changed(*seat);
    }
    live.classroom.note_desk(DeskPart::Reports);
    Ok(seats)
}
