//! The pace of commits, shared by all canvases on one disk.

use std::time::{Duration, Instant};

use parking_lot::Mutex;
use place_core::Pace;

/// Commands that a queue must have room for, for each millisecond in which a
/// commit may wait: a million placements a second. A smaller queue would be
/// full before its turn comes, and is not made to wait.
const ROOM_PER_MS: usize = 1024;

/// The pace of commits; see [`place_core::pace`].
#[derive(Debug)]
pub struct Pacer {
    began: Instant,
    pace: Mutex<Pace>,
    /// Whether queues have room for what gathers meanwhile.
    is_on: bool,
}

impl Pacer {
    /// For canvases whose queues hold so many commands.
    pub fn new(queue_capacity: usize) -> Self {
        let interval_ms = (place_core::limits::PACE_INTERVAL_US / 1000) as usize;
        Self {
            began: Instant::now(),
            pace: Mutex::default(),
            is_on: queue_capacity >= interval_ms * ROOM_PER_MS,
        }
    }

    /// When the next commit may begin; `None` for at once.
    pub(super) fn next(&self) -> Option<Instant> {
        if !self.is_on {
            return None;
        }
        let now = self.began.elapsed();
        let now_us = now.as_micros() as u64;
        let at_us = self.pace.lock().next(now_us);
        (at_us > now_us).then(|| self.began + Duration::from_micros(at_us))
    }
}
