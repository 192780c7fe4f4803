//! The cooldown: saved-up pixels that grow back one by one.
//!
//! The Generic Cell Rate Algorithm (ITU-T I.371, annex A, in its virtual
//! scheduling form) keeps one timestamp a seat: the *theoretical arrival time*
//! (TAT), the moment at which all saved-up pixels will be back. Every placement
//! pushes it one interval further; a placement is refused when that would take
//! it more than `saved_max` intervals ahead of now.

/// Milliseconds since the Unix epoch.
pub type Millis = u64;

/// How fast pixels grow back, and how many may be saved up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cooldown {
    /// Time in which one pixel grows back, in milliseconds; 0 for none.
    pub interval_ms: u32,
    /// Most pixels that may be saved up; at least 1.
    pub saved_max: u16,
}

/// What a seat may do at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Pixels that may be placed right now.
    pub saved: u16,
    /// Milliseconds until `saved` grows by one; 0 when it is full.
    pub next_ms: u32,
}

impl Cooldown {
    /// The TAT after a placement at `now`, or the wait in milliseconds after
    /// which one would be allowed.
    pub fn take(self, tat: Millis, now: Millis) -> Result<Millis, u32> {
        let interval = u64::from(self.interval_ms);
        let next = tat.max(now).saturating_add(interval);
        let furthest = self.furthest_tat(now);
        if interval == 0 || next <= furthest { Ok(next) } else { Err(clamp_ms(next - furthest)) }
    }

    /// The TAT of a seat that has just used up everything it had saved. When
    /// the rules change, no seat keeps one beyond it: a teacher who shortens
    /// the cooldown frees those who wait for the longer one.
    pub fn furthest_tat(self, now: Millis) -> Millis {
        now.saturating_add(u64::from(self.interval_ms) * u64::from(self.saved_max))
    }

    /// What a seat with this TAT may do at `now`.
    pub fn allowance(self, tat: Millis, now: Millis) -> Allowance {
        let interval = u64::from(self.interval_ms);
        let debt = tat.saturating_sub(now);
        if interval == 0 || debt == 0 {
            return Allowance { saved: self.saved_max, next_ms: 0 };
        }
        let missing = debt.div_ceil(interval);
        let saved = u64::from(self.saved_max).saturating_sub(missing) as u16;
        // With a TAT beyond the furthest, the next pixel is more than one
        // interval away.
        let next_ms = debt - interval * (missing - 1).min(u64::from(self.saved_max - 1));
        Allowance { saved, next_ms: clamp_ms(next_ms) }
    }
}

fn clamp_ms(ms: u64) -> u32 {
    u32::try_from(ms).unwrap_or(u32::MAX)
}
