//! Sending many frames to many sockets, one system call each or all in one.

use std::os::fd::BorrowedFd;

use bytes::Bytes;
use rustix::net::send;

use super::socket::{Sent, Socket};
use super::uring::Ring;

/// A frame for a socket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Send<'a> {
    /// Where it goes.
    pub(super) socket: BorrowedFd<'a>,
    /// Which of the frames it is.
    pub(super) frame: u32,
}

/// A worker's way of sending.
#[derive(Debug)]
pub(super) enum Sender {
    /// A system call for each frame.
    Direct,
    /// One system call for many frames.
    Batched(Box<Ring>),
}

impl Sender {
    /// A sender for this thread; with batches if they are wanted and the system
    /// has them.
    pub(super) fn new(batched: bool) -> Self {
        if !batched {
            return Self::Direct;
        }
        match Ring::new() {
            Ok(ring) => Self::Batched(Box::new(ring)),
            Err(error) => {
                tracing::warn!(%error, "this worker has no io_uring: it sends one by one");
                Self::Direct
            }
        }
    }

    /// Sends every frame as far as the kernel takes it right now; tells what
    /// became of each.
    pub(super) fn send_all(&mut self, sends: &[Send<'_>], frames: &[Bytes]) -> Vec<Sent> {
        if let Self::Batched(ring) = self {
            match ring.send_all(sends, frames) {
                Ok(results) => return results,
                Err(failure) => {
                    tracing::warn!(error = %failure.error, "io_uring failed: sending one by one");
                    *self = Self::Direct;
                    return failure.results;
                }
            }
        }
        sends.iter().map(|each| send_one(*each, frames)).collect()
    }
}

fn send_one(each: Send<'_>, frames: &[Bytes]) -> Sent {
    let frame = &frames[each.frame as usize];
    Sent::of(send(each.socket, frame, Socket::SEND_FLAGS), frame.len())
}

#[cfg(test)]
#[path = "sender_tests.rs"]
mod tests;
