//! When the next commit may begin: at once while commits are rare, and in even
//! steps while one would follow closely on the other.
//!
//! A commit costs the same processor time for one placement as for hundreds.
//! At a thousand placements a second and a fast disk each would get its own;
//! waiting for a moment lets them share one. The rule is the cell rate
//! algorithm of [`crate::cooldown`], with microseconds for its unit.

use crate::limits::{PACE_BURST_COMMITS, PACE_INTERVAL_US};

/// Microseconds since a moment that stays the same.
pub type Micros = u64;

/// Paces the commits of everybody who writes to one disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// When everything that may be used ahead of time is there again.
    full_at: Micros,
    /// The last commit that was promised.
    next_at: Micros,
}

impl Pace {
    /// When the next commit may begin; at `now` for at once. Who asks before
    /// that moment is told the same and takes part in it, so asking again costs
    /// nothing.
    ///
    /// No answer is more than [`PACE_INTERVAL_US`] ahead of `now`.
    pub fn next(&mut self, now: Micros) -> Micros {
        if self.next_at > now {
            return self.next_at;
        }
        let ahead = PACE_INTERVAL_US * (PACE_BURST_COMMITS - 1);
        let at = now.max(self.full_at.saturating_sub(ahead));
        self.full_at = self.full_at.max(at) + PACE_INTERVAL_US;
        self.next_at = at;
        at
    }
}
