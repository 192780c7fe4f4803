//! Batches of sends through `io_uring`, for the floor.
//!
//! The only file of this program with unsafe code: the kernel is given the
//! addresses of bytes and the numbers of descriptors.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::AsRawFd;

use io_uring::{IoUring, opcode, types};
use rustix::net::SendFlags;

/// Sends in one system call. More of them save hardly anything; fewer cost.
const BATCH: u32 = 512;

/// A ring that sends.
pub(crate) struct Batches {
    ring: IoUring,
    /// Sends in the ring that have no result yet.
    under_way: usize,
}

impl Batches {
    /// A ring, or why the kernel has none to give.
    pub(crate) fn new() -> io::Result<Self> {
        let ring = IoUring::builder()
            .setup_single_issuer()
            .setup_coop_taskrun()
            .setup_defer_taskrun()
            .build(BATCH)?;
        Ok(Self { ring, under_way: 0 })
    }

    /// Sends the same bytes to every socket, and tells how many did not take
    /// them whole at once.
    pub(crate) fn send<'a, S: AsRawFd + 'a>(
        &mut self,
        sockets: impl Iterator<Item = &'a S>,
        bytes: &[u8],
    ) -> io::Result<u64> {
        let flags = (SendFlags::DONTWAIT | SendFlags::NOSIGNAL).bits();
        let length = u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        let mut refused = 0;
        for socket in sockets {
            if self.under_way == BATCH as usize {
                refused += self.finish(bytes.len());
            }
            let descriptor = types::Fd(socket.as_raw_fd());
            let send = opcode::Send::new(descriptor, bytes.as_ptr(), length)
                .flags(flags.cast_signed())
                .build();
            // SAFETY: `bytes` and the socket outlive the send: neither this loop
            // nor the function is left before `finish` has seen its result.
            unsafe { self.ring.submission().push(&send) }.expect("there is room for a batch");
            self.under_way += 1;
        }
        Ok(refused + self.finish(bytes.len()))
    }

    /// Waits for the results of everything under way; tells how many were not
    /// the whole length.
    fn finish(&mut self, whole: usize) -> u64 {
        let mut refused = 0;
        while self.under_way > 0 {
            match self.ring.submit_and_wait(self.under_way) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The kernel may still read the bytes: there is no safe way on.
                Err(_) => std::process::abort(),
            }
            for result in self.ring.completion() {
                self.under_way -= 1;
                refused += u64::from(usize::try_from(result.result()) != Ok(whole));
            }
        }
        refused
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn everybody_gets_the_bytes_and_a_full_socket_is_counted() {
        // A kernel or a container without io_uring has no such floor.
        let Ok(mut batches) = Batches::new() else { return };
        let pairs: Vec<_> = (0..BATCH as usize + 3).map(|_| UnixStream::pair().unwrap()).collect();
        let senders = || pairs.iter().map(|(ours, _)| ours);
        assert_eq!(batches.send(senders(), b"hello").unwrap(), 0);
        for (_, theirs) in &pairs {
            let mut read = [0; 5];
            let mut theirs = theirs;
            theirs.read_exact(&mut read).unwrap();
            assert_eq!(&read, b"hello");
        }
        assert_eq!(batches.send(senders().take(2), &vec![7; 1 << 22]).unwrap(), 2, "too much");
        drop(pairs);
    }
}
