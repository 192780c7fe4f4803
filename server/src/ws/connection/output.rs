//! Telling the peer something.

use bytes::Bytes;
use place_core::Seq;
use place_core::session::close_code;

use super::Connection;
use super::state::Watch;
use crate::sequencer::Word;

/// Bytes that wait for a peer beyond which nothing more is said to it.
const UNHEARD_MAX_BYTES: usize = 256 * 1024;

impl Connection {
    /// Sends a frame to the peer, or queues it.
    pub(in crate::ws) fn send(&self, frame: Bytes) {
        let mut state = self.state.borrow_mut();
        if state.hears() {
            state.queue(frame);
            self.settle(&mut state);
        }
    }

    /// Does what was posted. Whoever does not read what is said is closed: it
    /// comes back and loads everything anew.
    pub(in crate::ws) fn do_as_told(&self, word: &Word) {
        if self.state.borrow().outbox_bytes > UNHEARD_MAX_BYTES {
            return self.close(close_code::TRY_AGAIN, "too much was said and not read");
        }
        match word {
            Word::Say(frame) => self.send(frame.clone()),
            Word::Hide(frame) => {
                {
                    let mut state = self.state.borrow_mut();
                    state.join = None;
                    self.with_viewer(|viewer| viewer.cursor = None);
                }
                self.send(frame.clone());
            }
            Word::Close(code, reason) => self.close(*code, reason),
        }
    }

    /// Queues the answer to a placement; [`Connection::release`] sends it.
    /// Tells whether it is the first since then.
    pub(in crate::ws) fn answer(&self, frame: Bytes) -> bool {
        let mut state = self.state.borrow_mut();
        state.session.answered();
        if state.hears() {
            state.queue(frame);
        }
        !std::mem::replace(&mut state.is_corked, true)
    }

    /// Sends what was gathered.
    pub(in crate::ws) fn release(&self) {
        let mut state = self.state.borrow_mut();
        state.is_corked = false;
        self.settle(&mut state);
    }

    /// Starts the live feed over.
    pub(in crate::ws) fn watch(&self, since: Option<Seq>) {
        let mut state = self.state.borrow_mut();
        state.join = Some(Watch { since });
        self.with_viewer(|viewer| viewer.cursor = None);
        self.settle(&mut state);
    }

    /// A frame went out in part; this is the rest.
    pub(in crate::ws) fn fall_behind(&self, rest: Bytes) {
        let mut state = self.state.borrow_mut();
        state.outbox_bytes += rest.len();
        state.outbox.push_front(rest);
        self.settle(&mut state);
    }

    /// The socket has room again, or what waited has changed.
    pub(in crate::ws) fn push_on(&self) {
        let mut state = self.state.borrow_mut();
        self.settle(&mut state);
    }
}
