//! One connection. Whoever reads or writes it, the web server's body or the
//! worker's own epoll set, does so on the same thread.

mod ending;
mod input;
mod output;
mod settle;
mod state;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use place_core::Reason;
use place_core::session::Session;

use super::pace::{Breath, Pace};
use super::room::{Room, Viewer};
use super::socket::Socket;
use super::who::Who;
use crate::chat::Chat;
use crate::sequencer::{ConnectionId, LiveCanvas};
pub(super) use ending::IDLE_TIMEOUT;
use state::{State, Transport};

/// What the body does next.
#[derive(Debug)]
pub(super) enum Write {
    /// Write these bytes.
    Bytes(Bytes),
    /// The connection is over.
    End,
    /// The connection is over, and what is unsent is dropped.
    Abort,
}

/// One connection.
#[derive(Debug)]
pub(super) struct Connection {
    room: Rc<Room>,
    who: Who,
    /// Whether a message of the person is on its way to the disk.
    is_saying: Cell<bool>,
    id: Cell<ConnectionId>,
    /// Its place in the room.
    place: Cell<usize>,
    state: RefCell<State>,
}

impl Connection {
    /// A new connection to a room's canvas.
    pub(super) fn new(room: Rc<Room>, session: Session, who: Who, pace: Pace) -> Rc<Self> {
        Rc::new(Self {
            room,
            who,
            is_saying: Cell::new(false),
            id: Cell::new(ConnectionId { index: 0, generation: 0 }),
            place: Cell::new(0),
            state: RefCell::new(State::new(session, Breath::new(pace))),
        })
    }

    /// Takes its place in the room.
    pub(super) fn sit_down(&self, id: ConnectionId, socket: Option<Socket>) {
        self.id.set(id);
        let viewer = Viewer {
            index: id.index as u32,
            is_ours: false,
            is_clear: false,
            socket,
            cursor: None,
        };
        self.place.set(self.room.viewers.borrow_mut().insert(viewer));
    }

    /// Leaves its place in the room, and closes the socket.
    pub(super) fn stand_up(&self) {
        let viewer = self.room.viewers.borrow_mut().take(self.place.get());
        let socket = viewer.and_then(|viewer| viewer.socket);
        if let (Some(socket), Transport::Own { poller, .. }) =
            (socket, &self.state.borrow().transport)
        {
            poller.remove(&socket);
        }
    }

    /// Its name for answers.
    pub(super) fn id(&self) -> ConnectionId {
        self.id.get()
    }

    /// Who is at the other end.
    pub(super) fn who(&self) -> Who {
        self.who
    }

    /// Whether the picture is hidden from whoever is at the other end.
    pub(super) fn is_hidden(&self) -> bool {
        let Who { seat, teacher, .. } = self.who;
        self.live().classroom.is_hidden_from(seat.is_some(), teacher.is_some())
    }

    /// Hands on what people write.
    pub(super) fn chat(&self) -> Arc<Chat> {
        Arc::clone(&self.room.chat)
    }

    /// Notes that a message is on its way; tells whether none was before.
    pub(super) fn begin_to_say(&self) -> bool {
        !self.is_saying.replace(true)
    }

    /// Notes that the message has its answer.
    pub(super) fn has_said(&self) {
        self.is_saying.set(false);
    }

    /// What it shares with the others of its canvas.
    pub(super) fn room(&self) -> &Rc<Room> {
        &self.room
    }

    /// Its canvas.
    pub(super) fn live(&self) -> &std::sync::Arc<LiveCanvas> {
        &self.room.live
    }

    /// Its side of the protocol.
    pub(super) fn session<R>(&self, with: impl FnOnce(&mut Session) -> R) -> R {
        with(&mut self.state.borrow_mut().session)
    }

    /// Counts a placement that was refused without asking the sequencer.
    pub(super) fn count_refusal(&self, reason: Reason) {
        self.room.metrics.placements(&self.room.live.id, reason.name(), 1);
    }
}

#[cfg(test)]
mod tests;
