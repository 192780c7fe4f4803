//! Who has drawn how much in the last minute, and when somebody was last heard.

use place_core::SeatNumber;
use place_core::cooldown::Millis;
use place_core::limits::SEATS_MAX;

/// Parts of the minute that are counted.
const PARTS: usize = 12;

/// How long a part is, in milliseconds.
const PART_MS: Millis = 5000;

/// Pixels in the parts of the last minute.
#[derive(Clone, Copy, Debug, Default)]
struct Minute {
    /// The number of the part that was counted last, since the clock began.
    last: u64,
    counts: [u32; PARTS],
}

impl Minute {
    /// Forgets the parts that lie behind.
    fn advance(&mut self, part: u64) {
        let passed = part.saturating_sub(self.last).min(PARTS as u64);
        for gone in 0..passed {
            self.counts[((part - gone) % PARTS as u64) as usize] = 0;
        }
        self.last = self.last.max(part);
    }

    fn add(&mut self, now: Millis, pixels: u32) {
        self.advance(now / PART_MS);
        let part = (self.last % PARTS as u64) as usize;
        self.counts[part] = self.counts[part].saturating_add(pixels);
    }

    fn sum(mut self, now: Millis) -> u32 {
        self.advance(now / PART_MS);
        self.counts.iter().sum()
    }
}

/// One seat.
#[derive(Clone, Copy, Debug, Default)]
struct Seat {
    minute: Minute,
    /// When something was last heard; 0 for never.
    heard_ms: Millis,
}

/// What a canvas's people do. Its size follows the highest seat that did
/// something: 64 bytes each, 4 MiB for the most seats there can be.
///
/// Times are those of a clock that never goes back, in milliseconds.
#[derive(Debug, Default)]
pub struct Activity {
    seats: Vec<Seat>,
    all: Minute,
}

impl Activity {
    /// Counts pixels that were placed: one for each seat that is named.
    pub fn placed(&mut self, seats: impl Iterator<Item = SeatNumber>, now: Millis) {
        let mut pixels = 0;
        for number in seats {
            pixels += 1;
            if let Some(seat) = self.seat(number) {
                seat.heard_ms = now;
                seat.minute.add(now, 1);
            }
        }
        self.all.add(now, pixels);
    }

    /// Notes that somebody said something.
    pub fn heard(&mut self, number: SeatNumber, now: Millis) {
        if let Some(seat) = self.seat(number) {
            seat.heard_ms = now;
        }
    }

    /// Pixels that were placed in the last minute.
    pub fn per_minute(&self, now: Millis) -> u32 {
        self.all.sum(now)
    }

    /// Pixels that a seat placed in the last minute, and the seconds since it was
    /// last heard; `None` for one that was not heard since the server began.
    pub fn of(&self, number: SeatNumber, now: Millis) -> (u32, Option<u64>) {
        let Some(seat) = self.seats.get(number as usize) else { return (0, None) };
        let idle_s = now.saturating_sub(seat.heard_ms) / 1000;
        (seat.minute.sum(now), (seat.heard_ms > 0).then_some(idle_s))
    }

    fn seat(&mut self, number: SeatNumber) -> Option<&mut Seat> {
        if number > SEATS_MAX {
            return None;
        }
        let index = number as usize;
        if self.seats.len() <= index {
            self.seats.resize(index + 1, Seat::default());
        }
        self.seats.get_mut(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_counted_and_then_forgotten() {
        let mut activity = Activity::default();
        activity.placed([3, 3, 5].into_iter(), 1_000);
        activity.placed([3].into_iter(), 31_000);
        assert_eq!(activity.per_minute(59_999), 4);
        assert_eq!(activity.of(3, 59_999), (3, Some(28)));
        assert_eq!(activity.of(3, 64_999), (1, Some(33)), "the first part is a minute old");
        assert_eq!(activity.of(5, 64_999), (0, Some(63)));
        assert_eq!(activity.per_minute(1_000_000), 0);
        assert_eq!(activity.of(4, 1_000), (0, None), "nobody heard of it");
        assert_eq!(activity.of(99, 1_000), (0, None));
    }

    #[test]
    fn every_moment_counts_what_was_in_the_minute_before_it() {
        let mut activity = Activity::default();
        let placed: Vec<Millis> = (1..200).map(|step| step * 1_700).collect();
        for now in &placed {
            activity.placed(std::iter::once(1), *now);
            let first = (now / PART_MS).saturating_sub(PARTS as u64 - 1) * PART_MS;
            let expected = placed.iter().filter(|at| (first..=*now).contains(at)).count();
            assert_eq!(activity.of(1, *now).0 as usize, expected, "at {now}");
        }
    }

    #[test]
    fn a_seat_that_there_can_t_be_costs_nothing() {
        let mut activity = Activity::default();
        activity.heard(u32::MAX, 5);
        activity.placed([u32::MAX].into_iter(), 5);
        assert_eq!(activity.seats.len(), 0);
        assert_eq!(activity.per_minute(5), 1);
    }
}
