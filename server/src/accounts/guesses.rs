//! A brake on guessing codes. Only wrong guesses count: a class that types its
//! code in from the wall is never held up by others of its kind.
//!
//! What it is worth: the time in which one of the codes there are is hit, on
//! average, by somebody who uses many addresses and never stops:
//!
//! | | possible | guesses a second | hit after |
//! |---|---|---|---|
//! | one class code | 23⁶ = 148 million | 50 | 34 days |
//! | one of 30 class codes | | 50 | 28 hours |
//! | one card of a class of 30 | 23⁹ = 1.8 · 10¹² | 50 | 38 years |
//! | one of 10,000 cards | | 50 | 42 days |
//! | a link's key | 23¹⁸ = 3.2 · 10²⁴ | without a limit, a million | 10¹¹ years |
//!
//! From one address it takes five times as long. A class code opens a seat
//! without a name, or a place before the door; a card opens a student's own
//! seat. A teacher who closes the code once everybody is there leaves nothing to
//! be guessed.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};

use parking_lot::Mutex;
use place_core::cooldown::{Cooldown, Millis};

/// Wrong guesses of one address: ten a second, 300 at once. That is a school in
/// which everybody mistypes a code at the same time.
const OF_ADDRESS: Cooldown = Cooldown { interval_ms: 100, saved_max: 300 };

/// Wrong guesses of all addresses together: 50 a second, 1,000 at once.
const OF_SERVER: Cooldown = Cooldown { interval_ms: 20, saved_max: 1000 };

/// Addresses remembered before the idle ones are forgotten. All that are not
/// idle have guessed within the last seconds, and [`OF_SERVER`] bounds those.
const ADDRESSES_MAX: usize = 10_000;

/// Counts the wrong guesses of one kind of code.
#[derive(Debug, Default)]
pub struct Guesses(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    server: Millis,
    addresses: HashMap<IpAddr, Millis>,
}

/// A guess that counts as wrong until it turns out to be right.
#[must_use]
#[derive(Debug)]
pub struct Guess<'a> {
    guesses: &'a Guesses,
    address: IpAddr,
}

impl Guesses {
    /// Lets somebody try a code at `now`, in milliseconds of any steady clock; or
    /// tells the wait in seconds.
    pub fn begin(&self, address: IpAddr, now: Millis) -> Result<Guess<'_>, u32> {
        let address = network(address);
        let mut counted = self.0.lock();
        if counted.addresses.len() >= ADDRESSES_MAX {
            counted.addresses.retain(|_, tat| *tat > now);
        }
        let tat = counted.addresses.get(&address).copied().unwrap_or(0);
        let seconds = |wait_ms: u32| wait_ms.div_ceil(1000);
        let of_address = OF_ADDRESS.take(tat, now).map_err(seconds)?;
        counted.server = OF_SERVER.take(counted.server, now).map_err(seconds)?;
        counted.addresses.insert(address, of_address);
        Ok(Guess { guesses: self, address })
    }
}

impl Guess<'_> {
    /// It was right, so it does not count.
    pub fn was_right(self) {
        let mut counted = self.guesses.0.lock();
        counted.server = counted.server.saturating_sub(OF_SERVER.interval_ms.into());
        if let Some(tat) = counted.addresses.get_mut(&self.address) {
            *tat = tat.saturating_sub(OF_ADDRESS.interval_ms.into());
        }
    }
}

/// What one household or school is given: an address, or the first half of one
/// of the newer kind, of which it has as many as it likes.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(long) => Ipv6Addr::from(u128::from(long) >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, last])
    }

    fn wrong(guesses: &Guesses, last: u8, now: Millis, count: usize) -> usize {
        (0..count).filter(|_| guesses.begin(address(last), now).is_ok()).count()
    }

    #[test]
    fn right_codes_are_never_held_up() {
        let guesses = Guesses::default();
        for _ in 0..100_000 {
            guesses.begin(address(1), 5).expect("nobody guesses").was_right();
        }
    }

    #[test]
    fn wrong_ones_are_of_one_address_and_of_all() {
        let guesses = Guesses::default();
        assert_eq!(wrong(&guesses, 1, 1000, 1000), 300);
        assert_eq!(guesses.begin(address(1), 1000).err(), Some(1));
        assert_eq!(wrong(&guesses, 1, 2000, 1000), 10, "ten more a second");
        let all: usize = (2..=9).map(|last| wrong(&guesses, last, 2000, 300)).sum();
        assert_eq!(300 + 10 + all, 1000 + 50, "fifty more a second");
        assert_eq!(wrong(&guesses, 10, 2000, 1), 0, "and nobody else may");
        assert_eq!(wrong(&guesses, 10, 3000, 1000), 50);
    }

    #[test]
    fn a_network_is_one_whatever_address_it_uses() {
        let guesses = Guesses::default();
        let count = (0..1000u16)
            .filter(|n| {
                let address = Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, *n);
                guesses.begin(address.into(), 0).is_ok()
            })
            .count();
        assert_eq!(count, 300);
    }

    #[test]
    fn idle_addresses_are_forgotten() {
        let guesses = Guesses::default();
        for n in 0..100_000u32 {
            let address = IpAddr::from((0x0a00_0000 + n).to_be_bytes());
            let _ = guesses.begin(address, 100 * u64::from(n));
        }
        assert!(guesses.0.lock().addresses.len() <= ADDRESSES_MAX);
    }
}
