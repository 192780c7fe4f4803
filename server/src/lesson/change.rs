//! Changing a canvas's settings: kept first, then told.

use place_core::wire::text::ServerText;

use super::{bots, curtain, door};
use crate::classroom::{CanvasSettings, DeskPart, SettingsError, Signals};
use crate::clock;
use crate::sequencer::{Audience, DecreeFailure, LiveCanvas};
use crate::store::{Note, Store, StoreError};

/// Why something about a lesson could not be done.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LessonError {
    /// It is out of range.
    #[error("{0}")]
    Range(String),
    /// It can't be as it is asked for.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The canvas would not have it.
    #[error(transparent)]
    Canvas(#[from] DecreeFailure),
}

/// Changes settings: `with` is given those of the moment, and nobody else
/// changes them meanwhile. Everybody is told. Whether anything is new.
pub async fn change(
    store: &Store,
    live: &LiveCanvas,
    note: Note,
    with: impl FnOnce(CanvasSettings) -> CanvasSettings,
) -> Result<bool, LessonError> {
    let _turn = live.classroom.changing.lock().await;
    let before = live.classroom.settings();
    let after = with((*before).clone());
    if after == *before {
        return Ok(false);
    }
    let after = after.checked(clock::wall_ms())?;
    let new_hours = after.hours != before.hours;
    let json =
        serde_json::to_string(&after).map_err(|error| StoreError::Read(error.to_string()))?;
    store.change_settings(live.number, json, new_hours, note).await?;
    live.classroom.set_settings(after);
    if new_hours {
        live.classroom.set_hours_done(0);
    }
    tell(live);
    curtain::draw(live, before.curtain);
    door::close_to_strangers(live, before.look);
    if before.bots && !live.classroom.settings().bots {
        bots::close(live);
    }
    Ok(true)
}

/// Tells everybody what holds now.
pub fn tell(live: &LiveCanvas) {
    let lesson = live.lesson(clock::wall_ms());
    live.say(Audience::Everyone, &ServerText::Lesson { lesson });
    live.classroom.note_desk(DeskPart::Settings);
}

/// Tells everybody what holds now, once a second at most: for what a program may
/// change many times a second, while each message goes to everybody.
pub fn tell_soon(live: &LiveCanvas) {
    if live.classroom.signals(Signals::note_lesson) {
        tell(live);
    }
}

/// Tells what [`tell_soon`] left to be told.
pub(super) fn tell_rest(live: &LiveCanvas) {
    if live.classroom.signals(Signals::take_lesson) {
        tell(live);
    }
}
