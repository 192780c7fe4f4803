//! Random instants that can be rolled again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Names the seed of an earlier run.
const SEED_VARIABLE: &str = "PLACE_KILL_SEED";

/// `SplitMix64` (Steele, Lea and Flood, 2014).
pub(crate) struct Dice(u64);

impl Dice {
    /// New ones each time, unless a seed is named. The seed is printed; the
    /// machine's own timing is not in it, so that it brings back the delays, not
    /// every interleaving.
    pub(crate) fn roll_anew(story: &str) -> Self {
        let seed = std::env::var(SEED_VARIABLE).map_or_else(
            |_| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_nanos() as u64),
            |seed| seed.parse().expect("a number"),
        );
        println!("{story}: {SEED_VARIABLE}={seed}");
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// True once in so many times.
    pub(crate) fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// Up to `most`, in steps of a microsecond; short delays are as likely as
    /// long ones.
    pub(crate) fn delay(&mut self, most: Duration) -> Duration {
        let bits = u64::from((most.as_micros() as u64).max(1).ilog2()) + 1;
        let scale = 1 << self.below(bits + 1);
        Duration::from_micros(self.below(scale)).min(most)
    }
}
