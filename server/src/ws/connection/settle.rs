//! Bringing everything forward that can go forward: what is queued, the feed,
//! and the end.

use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use place_core::feed::Next;

use super::super::poller::{Interest, Poller};
use super::super::room::Viewer;
use super::super::socket::{Sent, Socket};
use super::state::{End, State, Transport, Watch};
use super::{Connection, Write};

impl Connection {
    /// What the body writes next: first what this connection alone is told,
    /// then the feed.
    pub(in crate::ws) fn poll_write(&self, cx: &mut Context<'_>) -> Poll<Write> {
        let mut state = self.state.borrow_mut();
        state.transport = Transport::Body(None);
        if state.end == End::Aborted {
            return Poll::Ready(Write::Abort);
        }
        let bytes = state.take_outbox().or_else(|| self.follow(&mut state));
        if let Some(bytes) = bytes {
            self.room.metrics.sent(bytes.len());
            return Poll::Ready(Write::Bytes(bytes));
        }
        if matches!(state.end, End::Finished(_)) {
            return Poll::Ready(Write::End);
        }
        state.transport = Transport::Body(Some(cx.waker().clone()));
        Poll::Pending
    }

    /// Goes on without the web server, on our own hold of the socket; what is
    /// queued goes out at once, behind a welcome.
    pub(in crate::ws) fn take_over(
        &self,
        poller: &Rc<Poller>,
        welcome: Bytes,
    ) -> std::io::Result<()> {
        let mut state = self.state.borrow_mut();
        state.outbox_bytes += welcome.len();
        state.outbox.push_front(welcome);
        let interest = Interest { read: true, write: false };
        let name = super::super::hub::event_name(self.id.get());
        let added = self.with_socket(|socket| poller.add(socket, name, interest));
        added.unwrap_or_else(|| Err(std::io::ErrorKind::NotConnected.into()))?;
        state.transport = Transport::Own { poller: Rc::clone(poller), interest };
        self.settle(&mut state);
        Ok(())
    }

    /// Brings everything forward that can go forward, and waits for the rest.
    pub(super) fn settle(&self, state: &mut State) {
        if let End::Answering(close, _) = &state.end
            && !state.session.is_waiting()
        {
            let close = close.clone();
            state.queue(close);
            state.finish();
        }
        if state.is_corked || state.end == End::Aborted {
            return;
        }
        if let Transport::Body(waker) = &mut state.transport {
            if let Some(waker) = waker.take() {
                waker.wake();
            }
            return;
        }
        while self.flush(state)
            && let Some(frames) = self.follow(state)
        {
            state.queue(frames);
        }
        if matches!(state.end, End::Finished(_)) && state.outbox.is_empty() && !state.ended.ours {
            state.ended.ours = true;
            self.with_socket(Socket::end_writing);
        }
        self.wait_for_more(state);
    }

    /// Tells the epoll set and the room what this connection waits for.
    fn wait_for_more(&self, state: &mut State) {
        let wanted = Interest {
            read: state.wants_input() && !state.ended.theirs,
            // Room for more is also what a paused reader waits for, unless it
            // waits for its next second.
            write: !state.outbox.is_empty() || (state.is_paused && state.breath.is_left()),
        };
        let is_idle = state.outbox.is_empty() && state.end == End::Open && state.join.is_none();
        let name = super::super::hub::event_name(self.id.get());
        let Transport::Own { poller, interest } = &mut state.transport else { return };
        self.with_viewer(|viewer| {
            viewer.is_ours = true;
            viewer.is_clear = is_idle && viewer.cursor.is_some();
            if let Some(socket) = &viewer.socket
                && wanted != *interest
            {
                poller.change(socket, name, wanted);
                *interest = wanted;
            }
        });
    }

    /// Sends what is queued, if the socket is ours. Tells whether nothing is
    /// left of it.
    pub(super) fn flush(&self, state: &mut State) -> bool {
        if !matches!(state.transport, Transport::Own { .. }) {
            return false;
        }
        let Some(mut bytes) = state.take_outbox() else { return true };
        match self.with_socket(|socket| socket.send(&bytes)).unwrap_or(Sent::Broken) {
            Sent::All => {
                self.room.metrics.sent(bytes.len());
                return true;
            }
            Sent::Part(sent) => {
                bytes.advance(sent);
                state.outbox_bytes = bytes.len();
                state.outbox.push_front(bytes);
            }
            Sent::Broken => self.give_up(state),
        }
        false
    }

    /// The next frames of the feed, if the peer watches and there are any.
    fn follow(&self, state: &mut State) -> Option<Bytes> {
        if state.end != End::Open {
            return None;
        }
        let feed = &self.room.live.feed;
        if let Some(Watch { since }) = state.join.take() {
            let mut joined = None;
            let (online, viewers) = (self.room.live.online(), self.room.live.viewers());
            feed.write(|feed| {
                feed.note_online(online);
                feed.set_viewers(viewers);
                joined = Some(feed.join(since));
                false
            });
            let (cursor, frames) = joined?;
            // Too far behind: it is told to load the board again.
            if cursor.is_none() {
                self.room.metrics.viewer_reloaded();
            }
            self.with_viewer(|viewer| viewer.cursor = cursor);
            return Some(frames);
        }
        self.with_viewer(|viewer| {
            match feed.read(|feed| viewer.cursor.as_mut().map(|cursor| feed.read(cursor)))? {
                Next::Nothing => None,
                Next::Frames(frames) => Some(frames),
                Next::Reload(frames) => {
                    self.room.metrics.viewer_reloaded();
                    viewer.cursor = None;
                    Some(frames)
                }
            }
        })?
    }

    pub(super) fn with_viewer<R>(&self, with: impl FnOnce(&mut Viewer) -> R) -> Option<R> {
        self.room.viewers.borrow_mut().get_mut(self.place.get()).map(with)
    }

    pub(super) fn with_socket<R>(&self, with: impl FnOnce(&Socket) -> R) -> Option<R> {
        self.room.viewers.borrow().get(self.place.get())?.socket.as_ref().map(with)
    }
}
