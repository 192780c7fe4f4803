//! Taking in what the peer says.

use std::rc::Rc;
use std::time::Instant;

use place_core::wire::frame::{self, Opcode};

use super::super::parser::{Flow, Message, Parser};
use super::super::socket::Received;
use super::Connection;
use super::state::{End, FORGOTTEN_MAX_BYTES, LIMITS, OUTBOX_PAUSE_BYTES, State};

impl Connection {
    /// Whether bytes from the peer may be read now.
    pub(in crate::ws) fn wants_input(&self) -> bool {
        self.state.borrow().wants_input()
    }

    /// Takes in what came from the peer. Answers are gathered, and go out in
    /// one piece.
    pub(in crate::ws) fn take_in(
        self: &Rc<Self>,
        bytes: &mut [u8],
        handle: impl Fn(&Rc<Self>, Message<'_>),
    ) {
        let mut parser = {
            let mut state = self.state.borrow_mut();
            state.heard = Instant::now();
            if !state.listens() {
                return self.forget(&mut state, bytes.len());
            }
            (state.is_corked, state.is_paused) = (true, false);
            std::mem::replace(&mut state.parser, Parser::new(LIMITS))
        };
        let read = parser.feed(bytes, |message| {
            match message {
                Message::Close(code) => self.hear_close(code),
                message if self.is_open() => handle(self, message),
                _ => {}
            }
            self.flow()
        });
        let mut state = self.state.borrow_mut();
        state.parser = parser;
        state.is_corked = false;
        if let Err(fault) = read {
            let (code, reason) = super::super::close_of(fault);
            self.room.metrics.connection_closed_with(code);
            state.take_no_more(frame::close(code, reason));
        }
        self.settle(&mut state);
    }

    /// Lets go of what came after the end: closing a socket with unread bytes
    /// would destroy the close frame on its way. Whoever sends too much is not
    /// read from any more, and waits for the end; sent away at once, it would be
    /// back at once.
    fn forget(&self, state: &mut State, bytes: usize) {
        let before = state.forgotten_bytes;
        state.forgotten_bytes = before.saturating_add(bytes);
        if before < FORGOTTEN_MAX_BYTES && state.forgotten_bytes >= FORGOTTEN_MAX_BYTES {
            self.room.metrics.connection_halted("closed");
            self.settle(state);
        }
    }

    /// Goes on with what was taken in before and not wanted.
    pub(in crate::ws) fn resume(self: &Rc<Self>, handle: impl Fn(&Rc<Self>, Message<'_>)) {
        let waits = {
            let state = self.state.borrow();
            state.is_paused && state.wants_input()
        };
        if waits {
            self.take_in(&mut [], handle);
        }
    }

    /// Whether the next message is wanted. What keeps a peer that sends but
    /// does not read from growing anything, and one that never stops from
    /// keeping others waiting: its own sends come to a halt.
    fn flow(&self) -> Flow {
        let mut state = self.state.borrow_mut();
        if state.breath.spend() {
            self.room.metrics.connection_halted("pace");
        }
        if !state.listens() {
            return Flow::Stop;
        }
        if state.outbox_bytes >= OUTBOX_PAUSE_BYTES {
            self.flush(&mut state);
        }
        let is_full = state.outbox_bytes >= OUTBOX_PAUSE_BYTES;
        if is_full {
            self.room.metrics.connection_halted("unread");
        }
        state.is_paused = is_full || !state.breath.is_left();
        if state.is_paused { Flow::Pause } else { Flow::Go }
    }

    /// The peer has closed: it gets its own code back, as RFC 6455 asks, unless
    /// it was we who began.
    fn hear_close(&self, code: Option<u16>) {
        let answer = match code {
            Some(code) => frame::close(code, ""),
            None => frame::frame(Opcode::Close, &[]),
        };
        let mut state = self.state.borrow_mut();
        // A peer that has closed says nothing more.
        state.ended.theirs = true;
        state.take_no_more(answer);
    }

    /// The peer will send nothing more.
    pub(in crate::ws) fn hear_end(&self) {
        let mut state = self.state.borrow_mut();
        state.ended.theirs = true;
        if matches!(state.end, End::Open | End::Closing(_)) {
            state.finish();
        }
        self.settle(&mut state);
    }

    /// Reads what the socket has, once; `buffer` is anybody's.
    pub(in crate::ws) fn receive(
        self: &Rc<Self>,
        buffer: &mut [u8],
        handle: impl Fn(&Rc<Self>, Message<'_>),
    ) {
        match self.with_socket(|socket| socket.receive(buffer)) {
            Some(Received::Bytes(count)) => self.take_in(&mut buffer[..count], handle),
            Some(Received::End) => self.hear_end(),
            Some(Received::Broken) => self.abort(),
            Some(Received::Nothing) | None => {}
        }
    }
}
