//! A brake on guessing passwords: by account, never by address, because a whole
//! school shares one.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Wrong passwords in a row before one has to wait: more than people need.
const BURST: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// Then one attempt in this time. 7,200 guesses a day find none of the passwords
/// that are not among the most common few thousand.
const INTERVAL: Duration = Duration::from_secs(12);

/// Names remembered before the idle ones are forgotten.
const NAMES_MAX: usize = 10_000;

/// Attempts to log in, by the name they are for.
pub struct LoginThrottle(DefaultKeyedRateLimiter<String>);

impl LoginThrottle {
    /// Nobody has tried yet.
    pub fn new() -> Self {
        let quota = Quota::with_period(INTERVAL).expect("longer than nothing").allow_burst(BURST);
        Self(RateLimiter::keyed(quota))
    }

    /// Counts an attempt; the error is the wait in seconds.
    pub fn check(&self, name_key: &str) -> Result<(), u32> {
        if self.0.len() > NAMES_MAX {
            self.0.retain_recent();
        }
        self.0.check_key(&name_key.to_owned()).map_err(|not_until| {
            not_until.wait_time_from(DefaultClock::default().now()).as_secs() as u32 + 1
        })
    }
}

impl Default for LoginThrottle {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_guesses_then_a_wait_and_others_are_not_concerned() {
        let throttle = LoginThrottle::new();
        assert!((0..10).all(|_| throttle.check("ada").is_ok()));
        let wait = throttle.check("ada").expect_err("the eleventh");
        assert!((1..=13).contains(&wait), "{wait} s");
        assert!(throttle.check("grace").is_ok());
    }
}
