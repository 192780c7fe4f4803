//! The feed of a canvas, shared between its sequencer and the workers.

use parking_lot::Mutex;
use place_core::Feed;
use tokio::sync::watch;

/// A feed with a bell: whoever adds frames rings it, and the workers wake the
/// viewers that wait.
#[derive(Debug)]
pub struct SharedFeed {
    feed: Mutex<Feed>,
    bell: watch::Sender<()>,
}

impl SharedFeed {
    /// Shares a feed.
    pub fn new(feed: Feed) -> Self {
        Self { feed: Mutex::new(feed), bell: watch::Sender::new(()) }
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
            self.bell.send_replace(());
        }
    }

    /// Hears the bell from now on.
    pub fn listen(&self) -> watch::Receiver<()> {
        self.bell.subscribe()
    }
}
