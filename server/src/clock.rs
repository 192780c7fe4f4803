//! The only place where the server reads a clock.

use std::sync::LazyLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use place_core::cooldown::Millis;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Milliseconds since the Unix epoch, as the machine's clock says.
pub fn wall_ms() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Millis)
}

/// Milliseconds since some moment in this process; never goes backwards.
pub fn monotonic_ms() -> Millis {
    START.elapsed().as_millis() as Millis
}

/// The time of a canvas's journal: the wall clock, but never backwards and
/// never standing still.
///
/// A school server without a clock battery may have written entries dated years
/// ahead. Holding time at such a date would freeze every cooldown for years, so
/// it goes on from there at its normal pace until the wall clock has caught up.
#[derive(Debug)]
pub struct JournalClock(Mutex<(Millis, Instant)>);

impl JournalClock {
    /// A clock that goes on from the journal's last date.
    pub fn new(last: Millis) -> Self {
        Self(Mutex::new((last, Instant::now())))
    }

    /// The time to date the next entry with.
    pub fn now(&self) -> Millis {
        let mut last = self.0.lock();
        let paced = last.0 + last.1.elapsed().as_millis() as Millis;
        let wall = wall_ms();
        if wall >= paced {
            *last = (wall, Instant::now());
            wall
        } else {
            paced
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_from_the_future_does_not_stop_time() {
        let future = wall_ms() + 1_000_000_000;
        let clock = JournalClock::new(future);
        let first = clock.now();
        while clock.now() == first {
            std::hint::spin_loop();
        }
        assert!(clock.now() > first && first >= future, "time goes on from the journal's date");
    }

    #[test]
    fn a_journal_from_the_past_follows_the_wall_clock() {
        let clock = JournalClock::new(1);
        let before = wall_ms();
        assert!((before..=wall_ms() + 1).contains(&clock.now()));
    }
}
