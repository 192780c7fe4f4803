//! The class timer.

use std::ops::RangeInclusive;
use std::sync::Arc;

use place_core::cooldown::Millis;
use place_core::sequencer::RulesChange;
use place_core::wire::lesson::Timer;
use place_core::{Mode, TeacherNumber};

use super::{LessonError, change};
use crate::classroom::CanvasSettings;
use crate::clock;
use crate::sequencer::LiveCanvas;
use crate::store::{Note, Store};

/// How long a timer runs, in seconds: up to a day.
pub const TIMER_SECONDS: RangeInclusive<u32> = 5..=86_400;

/// Starts the class timer, in place of one that runs.
pub async fn set_timer(
    store: &Store,
    live: &LiveCanvas,
    teacher: TeacherNumber,
    seconds: u32,
    label: String,
    freezes: bool,
) -> Result<Timer, LessonError> {
    if !TIMER_SECONDS.contains(&seconds) {
        let (least, most) = TIMER_SECONDS.into_inner();
        return Err(LessonError::Range(format!("a timer runs for {least} to {most} seconds")));
    }
    let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
    let now = clock::wall_ms();
    let timer = Timer { ends_ms: now + 1000 * Millis::from(seconds), label, freezes };
    let note = Note::by(teacher, now, "timer").saying(format!("{seconds} s, freezes: {freezes}"));
    let set = timer.clone();
    change(store, live, note, |settings| CanvasSettings { timer: Some(set), ..settings }).await?;
    Ok(timer)
}

/// Takes the class timer away before it ends; whether one ran.
pub async fn stop_timer(
    store: &Store,
    live: &LiveCanvas,
    teacher: TeacherNumber,
) -> Result<bool, LessonError> {
    let note = Note::by(teacher, clock::wall_ms(), "timer_stopped");
    change(store, live, note, |settings| CanvasSettings { timer: None, ..settings }).await
}

/// What is to be done about a timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// Nothing: none runs, or it has not ended.
    Nothing,
    /// It goes.
    Ends,
    /// The canvas is frozen, and it goes.
    Freezes,
}

fn due(timer: Option<&Timer>, mode: Mode, now: Millis) -> Due {
    match timer {
        Some(timer) if timer.ends_ms <= now => {
            if timer.freezes && mode == Mode::Open {
                Due::Freezes
            } else {
                Due::Ends
            }
        }
        _ => Due::Nothing,
    }
}

/// Does what a timer asks for that has ended.
pub(super) async fn look_at(
    store: &Store,
    live: &Arc<LiveCanvas>,
    now: Millis,
) -> Result<(), LessonError> {
    let timer = live.classroom.settings().timer.clone();
    match due(timer.as_ref(), live.mode(), now) {
        Due::Nothing => return Ok(()),
        Due::Ends => {}
        Due::Freezes => {
            let change = RulesChange { mode: Some(Mode::Frozen), ..RulesChange::default() };
            live.set_rules(change).await?;
        }
    }
    let note = Note::by(0, now, "timer_ended");
    // Somebody may have set another one meanwhile.
    let is_it = |settings: &CanvasSettings| settings.timer == timer;
    change(store, live, note, |settings| {
        let timer = if is_it(&settings) { None } else { settings.timer.clone() };
        CanvasSettings { timer, ..settings }
    })
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_ends_once_its_time_has_come() {
        let timer = |freezes| Timer { ends_ms: 5_000, label: String::new(), freezes };
        let table = [
            (None, Mode::Open, 9_000, Due::Nothing),
            (Some(timer(true)), Mode::Open, 4_999, Due::Nothing),
            (Some(timer(false)), Mode::Open, 5_000, Due::Ends),
            (Some(timer(true)), Mode::Open, 5_000, Due::Freezes),
            (Some(timer(true)), Mode::Open, 1_000_000, Due::Freezes),
            (Some(timer(true)), Mode::Frozen, 5_000, Due::Ends),
            (Some(timer(true)), Mode::Closed, 5_000, Due::Ends),
        ];
        for (timer, mode, now, expected) in table {
            assert_eq!(due(timer.as_ref(), mode, now), expected, "{timer:?} {mode:?} {now}");
        }
    }
}
