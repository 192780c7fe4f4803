//! The day's timetable, in milliseconds from midnight.

use place_core::Mode;

/// A whole day.
pub(crate) const DAY_MS: u64 = 24 * HOUR_MS;

/// Lessons: from 8, 9, 10, 11, 13 and 14 o'clock on.
pub(crate) const LESSONS: usize = 6;

const HOUR_MS: u64 = 3_600_000;
const MINUTE_MS: u64 = 60_000;
const LESSON_MS: u64 = 45 * MINUTE_MS;
const LESSON_HOURS: [u64; LESSONS] = [8, 9, 10, 11, 13, 14];

/// The rules that the teacher wants from some moment on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    pub(crate) mode: Mode,
    pub(crate) cooldown_ms: u32,
}

const fn at(hour: u64, minute: u64, mode: Mode, cooldown_s: u32) -> (u64, Wish) {
    (hour * HOUR_MS + minute * MINUTE_MS, Wish { mode, cooldown_ms: cooldown_s * 1000 })
}

/// When the teacher wants which rules.
pub(crate) const WISHES: [(u64, Wish); 15] = [
    at(8, 0, Mode::Open, 10),
    at(8, 45, Mode::Frozen, 10),
    at(9, 0, Mode::Open, 10),
    // "Look here, all of you."
    at(9, 20, Mode::Frozen, 10),
    at(9, 23, Mode::Open, 10),
    // A race.
    at(10, 10, Mode::Open, 3),
    at(10, 25, Mode::Open, 10),
    at(10, 45, Mode::Frozen, 10),
    at(11, 0, Mode::Open, 20),
    at(11, 45, Mode::Frozen, 10),
    at(13, 0, Mode::Open, 5),
    at(13, 45, Mode::Frozen, 10),
    at(14, 0, Mode::Open, 10),
    at(14, 40, Mode::Open, 1),
    at(14, 45, Mode::Closed, 10),
];

/// When a lesson begins.
pub(crate) fn lesson_start_ms(lesson: u64) -> u64 {
    LESSON_HOURS[lesson as usize] * HOUR_MS
}

/// Whether there is a lesson at a moment.
pub(crate) fn is_lesson(moment: u64) -> bool {
    LESSON_HOURS.iter().any(|hour| {
        let start = hour * HOUR_MS;
        (start..start + LESSON_MS).contains(&moment)
    })
}

/// How long it is to the next lesson; to the end of the day after the last.
pub(crate) fn ms_to_lesson(moment: u64) -> u64 {
    let starts = LESSON_HOURS.iter().map(|hour| hour * HOUR_MS);
    starts.filter(|start| *start > moment).map(|start| start - moment).min().unwrap_or(DAY_MS)
}
