//! The sockets that a worker serves by itself, in one epoll set of its own.
//!
//! The set is itself a descriptor that the worker's runtime waits for, so one
//! task wakes up for all sockets, and a socket costs no task, no future and no
//! buffer.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use tokio::io::Interest as Readiness;
use tokio::io::unix::AsyncFd;

use super::socket::Socket;

/// Sockets looked at before the worker looks at what else it has to do.
const EVENTS_IN_A_ROW: usize = 256;

/// What a connection waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Interest {
    /// Bytes from the peer.
    pub(super) read: bool,
    /// Room for bytes to the peer.
    pub(super) write: bool,
}

impl Interest {
    fn flags(self) -> epoll::EventFlags {
        let mut flags = epoll::EventFlags::empty();
        flags.set(epoll::EventFlags::IN, self.read);
        flags.set(epoll::EventFlags::OUT, self.write);
        flags
    }
}

/// What happened at a socket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    /// The name that the socket was added under.
    pub(super) name: u64,
    /// It can be read from.
    pub(super) readable: bool,
    /// It can be written to.
    pub(super) writable: bool,
    /// It is broken, or ended on both sides.
    pub(super) gone: bool,
}

/// An epoll set.
#[derive(Debug)]
pub(super) struct Poller {
    set: AsyncFd<OwnedFd>,
}

impl Poller {
    /// An empty set, watched by the runtime of this thread.
    pub(super) fn new() -> io::Result<Self> {
        let set = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        // Deprecated because the descriptor must stay open while it is watched:
        // this one is owned, and never handed out.
        #[expect(deprecated)]
        let set = AsyncFd::with_interest(set, Readiness::READABLE)?;
        Ok(Self { set })
    }

    /// Adds a socket under a name.
    pub(super) fn add(&self, socket: &Socket, name: u64, interest: Interest) -> io::Result<()> {
        let data = epoll::EventData::new_u64(name);
        Ok(epoll::add(self.set.get_ref(), socket, data, interest.flags())?)
    }

    /// Changes what is waited for.
    pub(super) fn change(&self, socket: &Socket, name: u64, interest: Interest) {
        let data = epoll::EventData::new_u64(name);
        let changed = epoll::modify(self.set.get_ref(), socket, data, interest.flags());
        debug_assert!(changed.is_ok(), "the socket is in the set: {changed:?}");
    }

    /// Takes a socket out. The kernel would do it by itself only when the last
    /// descriptor of the socket closes, and the web server may still have one.
    pub(super) fn remove(&self, socket: &Socket) {
        let _ = epoll::delete(self.set.get_ref(), socket.as_fd());
    }

    /// Waits until something happened; gives some of it.
    pub(super) async fn events(&self, events: &mut Vec<epoll::Event>) -> io::Result<()> {
        events.clear();
        events.reserve(EVENTS_IN_A_ROW);
        loop {
            let mut ready = self.set.readable().await?;
            let now = Timespec { tv_sec: 0, tv_nsec: 0 };
            match epoll::wait(self.set.get_ref(), spare_capacity(events), Some(&now)) {
                // Only an empty set will ring again for whatever comes next.
                Ok(0) => ready.clear_ready(),
                Ok(_) => return Ok(()),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl From<epoll::Event> for Event {
    fn from(event: epoll::Event) -> Self {
        let flags = event.flags;
        Self {
            name: event.data.u64(),
            readable: flags.contains(epoll::EventFlags::IN),
            writable: flags.contains(epoll::EventFlags::OUT),
            gone: flags.intersects(epoll::EventFlags::ERR | epoll::EventFlags::HUP),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    async fn next(poller: &Poller) -> Option<Vec<Event>> {
        let mut events = Vec::new();
        let waited = timeout(Duration::from_millis(200), poller.events(&mut events)).await;
        waited.ok().map(|result| {
            result.unwrap();
            events.iter().copied().map(Event::from).collect()
        })
    }

    #[actix_web::test]
    async fn only_what_is_waited_for_is_told_and_each_time_anew() {
        let poller = Poller::new().unwrap();
        let (socket, mut theirs) = Socket::pair();
        let mut buffer = [0; 8];
        poller.add(&socket, 7, Interest { read: true, write: false }).unwrap();
        assert!(next(&poller).await.is_none(), "nothing came");
        for _ in 0..3 {
            theirs.write_all(b"x").unwrap();
            let events = next(&poller).await.expect("an event");
            assert!(matches!(events[..], [Event { name: 7, readable: true, writable: false, .. }]));
            assert!(next(&poller).await.is_some(), "it is told until it is read");
            socket.receive(&mut buffer);
            assert!(next(&poller).await.is_none());
        }
        poller.change(&socket, 7, Interest { read: false, write: true });
        theirs.write_all(b"x").unwrap();
        let events = next(&poller).await.expect("an event");
        assert!(matches!(events[..], [Event { readable: false, writable: true, .. }]));
        poller.change(&socket, 7, Interest::default());
        assert!(next(&poller).await.is_none(), "reading is paused");
        drop(theirs);
        assert!(next(&poller).await.expect("an event")[0].gone, "an end is always told");
        poller.remove(&socket);
        assert!(next(&poller).await.is_none());
    }
}
