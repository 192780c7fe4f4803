//! How a connection ends: closed by us, by the peer, or by the clock.

use std::time::{Duration, Instant};

use place_core::session::close_code;
use place_core::wire::frame::{self, Opcode};

use super::super::socket::Socket;
use super::Connection;
use super::state::{CLOSE_TIMEOUT, End, State, Transport};

/// Silence after which the peer is pinged.
const PING_AFTER: Duration = Duration::from_secs(30);

/// Silence after which the peer is taken for dead: two pings went unanswered.
pub(in crate::ws) const IDLE_TIMEOUT: Duration = Duration::from_secs(75);

impl Connection {
    /// Begins the closing handshake, unless it has begun.
    pub(in crate::ws) fn close(&self, code: u16, reason: &str) {
        let mut state = self.state.borrow_mut();
        if state.end == End::Open {
            self.room.metrics.connection_closed_with(code);
            state.queue(frame::close(code, reason));
            state.end = End::Closing(Instant::now() + CLOSE_TIMEOUT);
            self.settle(&mut state);
        }
    }

    /// Gives the connection up.
    pub(in crate::ws) fn abort(&self) {
        self.give_up(&mut self.state.borrow_mut());
    }

    /// Whether anything but the peer's close is still of interest.
    pub(in crate::ws) fn is_open(&self) -> bool {
        self.state.borrow().end == End::Open
    }

    /// Whether nothing is left to do but to close the socket.
    pub(in crate::ws) fn is_over(&self) -> bool {
        let state = self.state.borrow();
        match state.end {
            End::Aborted => true,
            End::Finished(_) => state.ended.theirs && state.outbox.is_empty(),
            _ => false,
        }
    }

    /// Pings, gives up, or does nothing, as the clock demands; once a second.
    pub(in crate::ws) fn look_after(&self, now: Instant) {
        let mut state = self.state.borrow_mut();
        if state.breath.draw() {
            self.settle(&mut state);
        }
        match &state.end {
            End::Closing(deadline) | End::Finished(deadline) if now >= *deadline => {
                self.give_up(&mut state);
            }
            End::Answering(close, deadline) if now >= *deadline => {
                let close = close.clone();
                state.queue(close);
                state.finish();
                self.settle(&mut state);
            }
            End::Open if now >= state.heard + IDLE_TIMEOUT => {
                drop(state);
                self.close(close_code::IDLE, "nothing heard for 75 s");
            }
            End::Open if now >= state.heard.max(state.pinged) + PING_AFTER => {
                state.pinged = now;
                state.queue(frame::frame(Opcode::Ping, &[]));
                self.settle(&mut state);
            }
            _ => {}
        }
    }

    /// Ends it at once. The epoll set tells of it, and whoever hears that takes
    /// the connection out.
    pub(super) fn give_up(&self, state: &mut State) {
        state.end = End::Aborted;
        self.with_viewer(|viewer| viewer.is_clear = false);
        self.with_socket(Socket::shut_down);
        if let Transport::Body(Some(waker)) = &state.transport {
            waker.wake_by_ref();
        }
    }
}
