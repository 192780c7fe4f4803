//! Many sends in one system call, by `io_uring`.
//!
//! This is the one module of PLACE with unsafe code.
//!
//! # Why it is sound
//!
//! The kernel is given the addresses of the frames' bytes and the numbers of
//! the sockets' descriptors. Both must be good until the kernel is done with
//! them. [`Ring::send_all`] borrows both for as long as it runs, and returns
//! only when the kernel can't use them any more:
//!
//! 1. The kernel looks at the queue only inside of the system call that submits
//!    it (no `SQPOLL`). That call is made here and nowhere else.
//! 2. Each entry that the kernel took has exactly one completion, and all of
//!    them are waited for. `MSG_DONTWAIT` makes the kernel complete each send
//!    while it is submitted, so in practice there is nothing to wait for.
//! 3. If an error ends a batch, the ring is closed before the function returns:
//!    entries that were not taken are never looked at. Should the kernel still
//!    owe a completion then, the process is aborted; going on would not be
//!    known to be safe.
//! 4. Nothing between filling the queue and emptying it can panic.
//!
//! Between two calls both queues are empty.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::AsRawFd;

use bytes::Bytes;
use io_uring::{IoUring, Probe, opcode, squeue, types};
use rustix::io::Errno;

use super::sender::Send;
use super::socket::{Sent, Socket};

/// Sends in one batch: as many as a worker does in a row.
const ENTRIES: u32 = super::room::IN_A_ROW as u32;

/// Times that a batch is submitted before the ring is given up: each try was
/// ended by a signal, or by a kernel that is short of memory.
const TRIES_MAX: u32 = 100;

/// A ring of one thread.
pub(super) struct Ring {
    /// `None` once it has failed.
    ring: Option<IoUring>,
}

/// The ring is of no use any more.
#[derive(Debug)]
pub(super) struct Failure {
    /// Why.
    pub(super) error: io::Error,
    /// What it did before; nothing was sent of the rest.
    pub(super) results: Vec<Sent>,
}

impl std::fmt::Debug for Ring {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Ring").finish_non_exhaustive()
    }
}

/// Whether this system lets this process send by `io_uring`, and if not, why.
pub fn probe() -> io::Result<()> {
    Ring::new().map(drop)
}

impl Ring {
    /// A ring for the calling thread.
    pub(super) fn new() -> io::Result<Self> {
        // One thread submits and reaps, and completions need not interrupt it.
        let newest = IoUring::builder()
            .setup_submit_all()
            .setup_coop_taskrun()
            .setup_single_issuer()
            .setup_defer_taskrun()
            .build(ENTRIES);
        // Kernels before 6.1 don't know all of that.
        let ring = newest.or_else(|_| IoUring::new(ENTRIES))?;
        let mut probe = Probe::new();
        ring.submitter().register_probe(&mut probe)?;
        if !probe.is_supported(opcode::Send::CODE) {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "it can't send"));
        }
        Ok(Self { ring: Some(ring) })
    }

    /// Sends every frame as far as the kernel takes it right now; tells what
    /// became of each, in order.
    pub(super) fn send_all(
        &mut self,
        sends: &[Send<'_>],
        frames: &[Bytes],
    ) -> Result<Vec<Sent>, Failure> {
        assert!(sends.iter().all(|send| (send.frame as usize) < frames.len()), "no such frame");
        let mut results = vec![Sent::Part(0); sends.len()];
        let rows = sends.chunks(ENTRIES as usize).zip(results.chunks_mut(ENTRIES as usize));
        for (sends, results_of_row) in rows {
            let sent = match &mut self.ring {
                Some(ring) => batch(ring, sends, frames, results_of_row),
                None => Err(io::ErrorKind::NotConnected.into()),
            };
            if let Err(error) = sent {
                self.ring = None;
                return Err(Failure { error, results });
            }
        }
        Ok(results)
    }
}

/// Sends up to [`ENTRIES`] frames. After an error the ring must be closed.
fn batch(
    ring: &mut IoUring,
    sends: &[Send<'_>],
    frames: &[Bytes],
    results: &mut [Sent],
) -> io::Result<()> {
    let mut queue = ring.submission();
    for (number, send) in sends.iter().enumerate() {
        let entry = entry(send, &frames[send.frame as usize]).user_data(number as u64);
        // SAFETY: the descriptor and the bytes are borrowed by the caller of
        // `send_all`, which returns only when the kernel is done with them (see
        // the head of this file).
        unsafe { queue.push(&entry) }.map_err(io::Error::other)?;
    }
    drop(queue);
    let (mut done, mut tries) = (0, 0);
    while done < sends.len() {
        let submitted = ring.submit_and_wait(sends.len() - done);
        for completion in ring.completion() {
            let number = completion.user_data() as usize;
            if let (Some(result), Some(send)) = (results.get_mut(number), sends.get(number)) {
                *result = Sent::of(count(completion.result()), frames[send.frame as usize].len());
            }
            done += 1;
        }
        if let Err(error) = submitted {
            tries += 1;
            if is_passing(&error) && tries < TRIES_MAX {
                continue;
            }
            if sends.len() - ring.submission().len() > done {
                std::process::abort();
            }
            return Err(error);
        }
    }
    Ok(())
}

fn entry(send: &Send<'_>, frame: &Bytes) -> squeue::Entry {
    let descriptor = types::Fd(send.socket.as_raw_fd());
    opcode::Send::new(descriptor, frame.as_ptr(), frame.len() as u32)
        .flags(Socket::SEND_FLAGS.bits().cast_signed())
        .build()
}

/// A completion's result: a count, or an error's number below zero.
fn count(result: i32) -> Result<usize, Errno> {
    usize::try_from(result).map_err(|_| Errno::from_raw_os_error(-result))
}

/// Whether the same may succeed in a moment.
fn is_passing(error: &io::Error) -> bool {
    let passing = [Errno::INTR, Errno::AGAIN, Errno::BUSY];
    error.raw_os_error().is_some_and(|number| passing.map(Errno::raw_os_error).contains(&number))
}

#[cfg(test)]
impl Ring {
    /// Closes the ring, as an error of the kernel would.
    pub(super) fn fail(&mut self) {
        self.ring = None;
    }
}
