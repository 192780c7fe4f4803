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

/// How far back it is asked who wrote before the server began, in milliseconds:
/// the slowest slow mode.
pub(super) const RECALLED_MS: Millis = 1000 * crate::classroom::SLOW_MAX_S as Millis;

/// When somebody wrote. Times count from [`RECALLED_MS`] before the clock's
/// beginning, so that what was written before the server began has one, too.
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
    /// Whether it is known when somebody wrote last.
    pub(super) fn knows(&self, writer: Writer) -> bool {
        self.0.contains_key(&writer)
    }

    /// Takes in messages of somebody who is not known, by their age at `now` in
    /// milliseconds, oldest first: what was kept says it after a restart.
    pub(super) fn recall(
        &mut self,
        writer: Writer,
        ages: impl Iterator<Item = Millis>,
        now: Millis,
    ) {
        let mut wrote = Wrote::default();
        for at in ages.map(|age| (now + RECALLED_MS).saturating_sub(age)) {
            wrote = Wrote { tat: PACE.take(wrote.tat, at).unwrap_or(wrote.tat), last_ms: at };
        }
        if wrote.last_ms > 0 {
            self.0.entry(writer).or_insert(wrote);
        }
    }

    /// Counts a message at `now`, unless it comes too early. `slow_s` is the
    /// slow mode's time between two messages, in seconds.
    pub(super) fn take(&mut self, writer: Writer, slow_s: u16, now: Millis) -> Result<(), Wait> {
        let now = now + RECALLED_MS;
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
            self.0.retain(|_, wrote| wrote.tat > now || wrote.last_ms + RECALLED_MS > now);
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
    fn what_was_written_before_the_server_began_counts() {
        let mut paces = Paces::default();
        assert!(!paces.knows(ADA));
        paces.recall(ADA, [20_000].into_iter(), 1_000);
        assert!(paces.knows(ADA));
        assert_eq!(paces.take(ADA, 30, 1_000), Err(Wait::Slow(10_000)));
        assert_eq!(paces.take(ADA, 30, 11_000), Ok(()));
        let bob = Writer::Seat(1, 2);
        paces.recall(bob, [9_000, 400, 300, 200, 100, 0].into_iter(), 1);
        assert_eq!(paces.take(bob, 0, 1), Err(Wait::Pace(1_600)), "the pace counts, too");
        let eve = Writer::Seat(1, 3);
        paces.recall(eve, std::iter::empty(), 1);
        assert!(!paces.knows(eve), "who wrote nothing waits for nothing");
        // Somebody whom this process has heard is not set back.
        paces.recall(ADA, [0].into_iter(), 50_000);
        assert_eq!(paces.take(ADA, 30, 50_000), Ok(()));
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
