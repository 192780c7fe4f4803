//! Runs a crowd by a schedule.

use std::time::Duration;

use crate::crowd::Crowd;
use crate::fleet::{Fleet, FleetError};
use crate::schedule::Schedule;

/// Placements sent before the sockets are looked at again: at any rate that a
/// server can take in this is below a few milliseconds' worth.
const PLACEMENTS_AT_ONCE: usize = 512;

/// Longest wait for the sockets: even without anything due, the end of a phase
/// is noticed in time.
const POLL_MAX: Duration = Duration::from_millis(10);

/// Longest wait for the last answers.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a member waits after a refusal in a closed loop, in nanoseconds.
const PARKED_NS: u64 = 10_000_000;

/// Who places, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    /// At these moments, whatever the server does.
    Open(Schedule),
    /// So many placements of each placer always under way: finds the highest
    /// rate, tells nothing about waiting.
    Closed(usize),
}

/// A crowd at work: the members from `placers` on, `count` of them, place.
pub(crate) struct Drive<'a> {
    pub(crate) fleet: &'a mut Fleet,
    pub(crate) crowd: &'a mut Crowd,
    pub(crate) placers: std::ops::Range<usize>,
    pub(crate) pace: Pace,
    began_ns: u64,
    next: u64,
}

impl<'a> Drive<'a> {
    pub(crate) fn new(
        fleet: &'a mut Fleet,
        crowd: &'a mut Crowd,
        placers: std::ops::Range<usize>,
        pace: Pace,
    ) -> Self {
        let began_ns = crowd.now_ns();
        let drive = Self { fleet, crowd, placers, pace, began_ns, next: 0 };
        if let Pace::Closed(window) = pace {
            drive.crowd.closed_loop = true;
            for placer in drive.placers.clone().cycle().take(window * drive.placers.len()) {
                drive.crowd.place(drive.fleet, placer, began_ns);
            }
        }
        drive
    }

    /// Goes on for so long.
    pub(crate) fn run(&mut self, duration: Duration) -> Result<(), FleetError> {
        let end_ns = self.crowd.now_ns() + duration.as_nanos() as u64;
        let mut parked_until_ns = 0;
        loop {
            let now_ns = self.crowd.now_ns();
            if now_ns >= end_ns {
                return Ok(());
            }
            if now_ns >= parked_until_ns {
                parked_until_ns = now_ns + PARKED_NS;
                for placer in std::mem::take(&mut self.crowd.parked) {
                    self.crowd.place(self.fleet, placer, now_ns);
                }
            }
            let due_ns = self.place_due(now_ns);
            self.fleet.flush()?;
            let until_ns = due_ns.unwrap_or(u64::MAX).min(end_ns);
            let wait = Duration::from_nanos(until_ns.saturating_sub(self.crowd.now_ns()));
            self.fleet.poll(wait.min(POLL_MAX), self.crowd)?;
        }
    }

    /// Places what is due, and tells when the next is.
    fn place_due(&mut self, now_ns: u64) -> Option<u64> {
        let Pace::Open(schedule) = self.pace else { return None };
        let count = self.placers.len() as u64;
        if count == 0 {
            return None;
        }
        for _ in 0..PLACEMENTS_AT_ONCE {
            let due_ns = self.began_ns + schedule.due_ns(self.next)?;
            if due_ns > now_ns {
                return Some(due_ns);
            }
            let placer = self.placers.start + (self.next % count) as usize;
            self.crowd.place(self.fleet, placer, due_ns);
            self.next += 1;
        }
        Some(now_ns)
    }

    /// Places no more, and hears what is still to come.
    pub(crate) fn drain(self) -> Result<(), FleetError> {
        self.crowd.closed_loop = false;
        let end_ns = self.crowd.now_ns() + DRAIN_TIMEOUT.as_nanos() as u64;
        while self.crowd.tally.answered() < self.crowd.tally.sent && self.crowd.now_ns() < end_ns {
            self.fleet.flush()?;
            self.fleet.poll(POLL_MAX, self.crowd)?;
        }
        Ok(())
    }
}

/// Hears the server for so long, or until the crowd is content.
pub(crate) fn listen(
    fleet: &mut Fleet,
    crowd: &mut Crowd,
    timeout: Duration,
    mut content: impl FnMut(&Crowd) -> bool,
) -> Result<bool, FleetError> {
    let end_ns = crowd.now_ns() + timeout.as_nanos() as u64;
    while !content(crowd) {
        if crowd.now_ns() >= end_ns {
            return Ok(false);
        }
        fleet.poll(POLL_MAX, crowd)?;
    }
    Ok(true)
}
