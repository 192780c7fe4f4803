//! The feed of a canvas, shared between its sequencer and the workers.

use std::time::Instant;

use parking_lot::Mutex;
use place_core::Feed;
use tokio::sync::watch;

/// A feed with a bell: whoever adds frames rings it, and the workers wake the
/// viewers that wait.
#[derive(Debug)]
pub struct SharedFeed {
    feed: Mutex<Feed>,
    /// Holds when it was last rung.
    bell: watch::Sender<Instant>,
}

impl SharedFeed {
    /// Shares a feed.
    pub fn new(feed: Feed) -> Self {
        Self { feed: Mutex::new(feed), bell: watch::Sender::new(Instant::now()) }
    }

    /// Looks at the feed. The lock is held for one viewer's read at a time,
    /// some tens of nanoseconds against the microseconds of its socket write.
    pub fn read<R>(&self, look: impl FnOnce(&Feed) -> R) -> R {
        look(&self.feed.lock())
    }

    /// Changes the feed; when `change` returns true there are new frames, and
    /// the bell rings.
    pub fn write(&self, change: impl FnOnce(&mut Feed) -> bool) {
        let ring = change(&mut self.feed.lock());
        if ring {
            self.bell.send_replace(Instant::now());
        }
    }

    /// Hears the bell from now on, and when it was rung.
    pub fn listen(&self) -> watch::Receiver<Instant> {
        self.bell.subscribe()
    }
}
