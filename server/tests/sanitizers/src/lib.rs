//! `ws/uring.rs` and who calls it, word for word as they are in the server, with
//! as little around them as they need: to build the whole server with a sanitizer
//! takes half an hour.
#![allow(dead_code, reason = "the server uses more of it")]

#[path = "../../../src/ws/sender.rs"]
mod sender;
#[path = "../../../src/ws/uring.rs"]
mod uring;

/// As many as in the server.
mod room {
    pub(super) const IN_A_ROW: usize = 512;
}

/// The part of the server's socket that senders know.
mod socket {
    use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

    use rustix::io::Errno;
    use rustix::net::SendFlags;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(super) enum Sent {
        All,
        Part(usize),
        Broken,
    }

    impl Sent {
        pub(super) fn of(result: Result<usize, Errno>, length: usize) -> Self {
            match result {
                Ok(sent) if sent == length => Self::All,
                Ok(sent) => Self::Part(sent),
                Err(Errno::AGAIN | Errno::INTR | Errno::NOBUFS) => Self::Part(0),
                Err(_) => Self::Broken,
            }
        }
    }

    pub(super) struct Socket(OwnedFd);

    impl Socket {
        pub(super) const SEND_FLAGS: SendFlags = SendFlags::DONTWAIT.union(SendFlags::NOSIGNAL);

        pub(super) fn pair() -> (Self, std::os::unix::net::UnixStream) {
            let (ours, theirs) = std::os::unix::net::UnixStream::pair().expect("two sockets");
            (Self(ours.into()), theirs)
        }
    }

    impl AsFd for Socket {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.0.as_fd()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::fd::AsFd;

    use bytes::Bytes;

    use crate::sender::{Send, Sender};
    use crate::socket::{Sent, Socket};

    /// Workers, each with a ring of its own; they share the frames' bytes.
    const WORKERS: usize = 4;

    const ROUNDS: usize = 50;

    #[test]
    fn there_is_a_ring_to_be_looked_at() {
        crate::uring::probe().expect("run this where io_uring is allowed");
    }

    #[test]
    fn workers_share_bytes_that_are_dropped_behind_them() {
        let workers = (0..WORKERS).map(|worker| {
            let shared = Bytes::from(vec![worker as u8; 700]);
            let others = shared.clone();
            let thread = std::thread::spawn(move || send_and_drop(&shared));
            drop(others);
            thread
        });
        workers.collect::<Vec<_>>().into_iter().for_each(|worker| worker.join().expect("no panic"));
    }

    /// Each round has frames of its own, which are freed right behind it: what the
    /// kernel read later would be another's memory.
    fn send_and_drop(shared: &Bytes) {
        let mut sender = Sender::new(true);
        for round in 0..ROUNDS {
            let (ours, mut theirs) = Socket::pair();
            let frames = [shared.clone(), Bytes::from(vec![round as u8; 64 + round])];
            let sends = [0, 1].map(|frame| Send { socket: ours.as_fd(), frame });
            assert_eq!(sender.send_all(&sends, &frames), [Sent::All, Sent::All]);
            let expected = frames.concat();
            drop(frames);
            drop(ours);
            let mut read = Vec::new();
            theirs.read_to_end(&mut read).expect("reads");
            assert_eq!(read, expected);
        }
    }
}
