//! Forgetting the people of a canvas on which nobody draws any more.

use place_core::cooldown::Millis;

use super::forget::forget_noted;
use crate::clock;
use crate::sequencer::LiveCanvas;
use crate::store::{Note, Store, StoreError, Whom};

/// Milliseconds of a day.
const DAY_MS: Millis = 24 * 60 * 60 * 1000;

/// How long what a teacher did to people can be taken back, in milliseconds: a
/// lesson. It is looked after every hour.
const TAKE_BACK_MS: Millis = 60 * 60 * 1000;

/// Erases what was kept only so that it could be taken back, once that is over.
pub(super) async fn erase_taken(store: &Store, now: Millis) -> Result<(), StoreError> {
    if store.erase_taken(now.saturating_sub(TAKE_BACK_MS)).await? {
        tracing::info!("what could be taken back was erased");
    }
    Ok(())
}

/// Whether the people of a canvas are to be forgotten, `days` after something
/// last happened there; 0 for never.
fn is_due(days: u16, last_ms: Millis, now: Millis) -> bool {
    days > 0 && now.saturating_sub(last_ms) >= DAY_MS * Millis::from(days)
}

/// Forgets the people of a canvas, if that is due. Who comes or writes without
/// drawing is there, too.
pub(super) async fn look_at(store: &Store, live: &LiveCanvas) -> Result<(), StoreError> {
    let days = live.classroom.settings().purge_days;
    let now = clock::wall_ms();
    let drawn_ms = live.state.read().at_ms();
    if !is_due(days, drawn_ms, now) {
        return Ok(());
    }
    let Some(seen_ms) = store.last_sign_ms(live.number)? else { return Ok(()) };
    if is_due(days, drawn_ms.max(seen_ms), now) {
        let note = Note::by(0, now, "purge");
        let seats = forget_noted(store, live, Whom::Class, note).await?;
        tracing::info!(canvas = %live.id, people = seats.len(), "its people were forgotten");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_forgotten_after_as_many_days_as_the_teacher_says() {
        let last = 1_700_000_000_000;
        let table = [
            (0, last + 5000 * DAY_MS, false),
            (1, last, false),
            (1, last + DAY_MS - 1, false),
            (1, last + DAY_MS, true),
            (30, last + 30 * DAY_MS - 1, false),
            (30, last + 30 * DAY_MS, true),
            // The clock was set back.
            (1, last - 5 * DAY_MS, false),
        ];
        for (days, now, expected) in table {
            assert_eq!(is_due(days, last, now), expected, "{days} {now}");
        }
    }
}
