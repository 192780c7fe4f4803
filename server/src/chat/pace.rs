//! How often somebody may write.

use std::collections::HashMap;

use place_core::cooldown::{Cooldown, Millis};
use place_core::{SeatNumber, TeacherNumber};

/// Messages of one person: five at once, then one every two seconds. Nobody who
/// has something to say types faster for long.
const PACE: Cooldown = Cooldown { interval_ms: 2000, saved_max: 5 };

/// People remembered before those are forgotten who may write anyway.
const REMEMBERED_MAX: usize = 4096;

/// A person of a canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Writer {
    /// By the seat.
    Seat(u32, SeatNumber),
    /// A teacher; the slow mode is not for them.
    Teacher(u32, TeacherNumber),
}

/// When somebody wrote.
#[derive(Clone, Copy, Debug, Default)]
struct Wrote {
    /// When everything is saved up again.
    tat: Millis,
    last_ms: Millis,
}

/// Why somebody has to wait, and for how many milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// Too many messages at once.
    Pace(u32),
    /// The slow mode.
    Slow(u32),
}

/// When people wrote. Bounded by those who wrote within the slowest slow mode.
#[derive(Debug, Default)]
pub(super) struct Paces(HashMap<Writer, Wrote>);

impl Paces {
    /// Counts a message at `now`, unless it comes too early. `slow_s` is the
    /// slow mode's time between two messages, in seconds.
    pub(super) fn take(&mut self, writer: Writer, slow_s: u16, now: Millis) -> Result<(), Wait> {
        let wrote = self.0.get(&writer).copied().unwrap_or_default();
        let next_ms = match writer {
            Writer::Seat(..) if wrote.last_ms > 0 => wrote.last_ms + 1000 * Millis::from(slow_s),
            _ => 0,
        };
        if now < next_ms {
            return Err(Wait::Slow(u32::try_from(next_ms - now).unwrap_or(u32::MAX)));
        }
        let tat = PACE.take(wrote.tat, now).map_err(Wait::Pace)?;
        if self.0.len() >= REMEMBERED_MAX {
            let slowest_ms = 1000 * Millis::from(crate::classroom::SLOW_MAX_S);
            self.0.retain(|_, wrote| wrote.tat > now || wrote.last_ms + slowest_ms > now);
        }
        self.0.insert(writer, Wrote { tat, last_ms: now });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: Writer = Writer::Seat(1, 1);

    #[test]
    fn five_at_once_and_then_one_every_two_seconds() {
        let mut paces = Paces::default();
        for _ in 0..5 {
            assert_eq!(paces.take(ADA, 0, 10_000), Ok(()));
        }
        assert_eq!(paces.take(ADA, 0, 10_000), Err(Wait::Pace(2000)));
        assert_eq!(paces.take(Writer::Seat(2, 1), 0, 10_000), Ok(()), "another canvas's seat 1");
        assert_eq!(paces.take(Writer::Teacher(1, 1), 0, 10_000), Ok(()));
        assert_eq!(paces.take(ADA, 0, 11_500), Err(Wait::Pace(500)), "asking costs nothing");
        assert_eq!(paces.take(ADA, 0, 12_000), Ok(()));
    }

    #[test]
    fn slow_mode_is_for_students() {
        let mut paces = Paces::default();
        assert_eq!(paces.take(ADA, 30, 1_000), Ok(()), "the first is not too early");
        assert_eq!(paces.take(ADA, 30, 11_000), Err(Wait::Slow(20_000)));
        assert_eq!(paces.take(ADA, 5, 11_000), Ok(()), "what holds now is what counts");
        assert_eq!(paces.take(Writer::Teacher(1, 7), 30, 1_000), Ok(()));
        assert_eq!(paces.take(Writer::Teacher(1, 7), 30, 1_001), Ok(()));
    }

    #[test]
    fn those_who_wrote_long_ago_are_forgotten() {
        let mut paces = Paces::default();
        let last = REMEMBERED_MAX as u32 + 10;
        for seat in 1..=last {
            assert_eq!(paces.take(Writer::Seat(1, seat), 0, 1_000), Ok(()));
        }
        assert_eq!(paces.0.len(), last as usize, "all of them may have to wait");
        assert_eq!(paces.take(ADA, 0, 10_000_000), Ok(()));
        assert_eq!(paces.0.len(), 1);
    }
}
