//! One connection's state. Whoever reads or writes it, the web server's body or
//! the worker's own epoll set, does so on the same thread.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes};
use place_core::feed::Next;
use place_core::session::{Session, close_code};
use place_core::wire::frame::{self, Opcode};
use place_core::wire::scan::Limits;
use place_core::{Reason, Seq, limits};

use super::pace::{Breath, Pace};
use super::parser::{Flow, Message, Parser};
use super::poller::{Interest, Poller};
use super::room::{Room, Viewer};
use super::socket::{Received, Sent, Socket};
use super::who::Who;
use crate::chat::Chat;
use crate::sequencer::{ConnectionId, LiveCanvas, Word};

/// What a peer may send; a placement has ten bytes, a `watch` below fifty.
const LIMITS: Limits = Limits { message_bytes: limits::TEXT_MAX_BYTES as u64, fragments: 16 };

/// Bytes of answers that may wait for the socket before reading pauses: some
/// 1,500 answers, and less than the socket's own buffer.
const OUTBOX_PAUSE_BYTES: usize = 32 * 1024;

/// Frames that an empty outbox keeps room for: a burst of answers.
const OUTBOX_KEPT_FRAMES: usize = 8;

/// Bytes that wait for a peer beyond which nothing more is said to it.
const UNHEARD_MAX_BYTES: usize = 256 * 1024;

/// How long the peer has to answer our close frame, and to read what came
/// before it.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// How long the close frame waits for answers to what came before: longer than
/// any disk that is well takes.
const ANSWERS_MAX: Duration = Duration::from_secs(2);

/// Silence after which the peer is pinged.
const PING_AFTER: Duration = Duration::from_secs(30);

/// Silence after which the peer is taken for dead: two pings went unanswered.
pub(super) const IDLE_TIMEOUT: Duration = Duration::from_secs(75);

/// How far a connection's end has come.
#[derive(Clone, Debug, PartialEq, Eq)]
enum End {
    /// It is open.
    Open,
    /// The peer has closed, or sent what can't be read: nothing more is taken
    /// in. The close frame waits until every placement has its answer.
    Answering(Bytes, Instant),
    /// We have closed; the peer may answer until then.
    Closing(Instant),
    /// Everything is said. What is queued is written, then our side ends, and
    /// then the peer's, which is read and forgotten: closing a socket with
    /// unread bytes resets it, and would destroy the close frame on its way.
    Finished(Instant),
    /// Over, whatever is queued.
    Aborted,
}

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

/// Who writes to the peer.
#[derive(Debug)]
enum Transport {
    /// The web server, from a body; woken when there is something.
    Body(Option<Waker>),
    /// We ourselves.
    Own { poller: Rc<Poller>, interest: Interest },
}

/// A wish to follow the feed, from a board's seq or from now.
#[derive(Clone, Copy, Debug)]
struct Watch {
    since: Option<Seq>,
}

/// Which sides of the stream have come to an end.
#[derive(Clone, Copy, Debug, Default)]
struct Ended {
    /// The peer will send nothing more.
    theirs: bool,
    /// The peer was told that we will send nothing more.
    ours: bool,
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

#[derive(Debug)]
struct State {
    session: Session,
    parser: Parser,
    /// How much the peer may still say.
    breath: Breath,
    transport: Transport,
    /// What waits for the socket.
    outbox: VecDeque<Bytes>,
    outbox_bytes: usize,
    /// Whether frames are gathered, to go out in one piece.
    is_corked: bool,
    /// Whether the parser holds messages that nobody wanted yet.
    is_paused: bool,
    ended: Ended,
    /// A `watch` that waits until what is ahead has gone out: at most one, so
    /// asking many times costs nothing.
    join: Option<Watch>,
    heard: Instant,
    pinged: Instant,
    end: End,
}

impl Connection {
    /// A new connection to a room's canvas.
    pub(super) fn new(room: Rc<Room>, session: Session, who: Who, pace: Pace) -> Rc<Self> {
        let now = Instant::now();
        Rc::new(Self {
            room,
            who,
            is_saying: Cell::new(false),
            id: Cell::new(ConnectionId { index: 0, generation: 0 }),
            place: Cell::new(0),
            state: RefCell::new(State {
                session,
                parser: Parser::new(LIMITS),
                breath: Breath::new(pace),
                transport: Transport::Body(None),
                outbox: VecDeque::new(),
                outbox_bytes: 0,
                is_corked: false,
                is_paused: false,
                ended: Ended::default(),
                join: None,
                heard: now,
                pinged: now,
                end: End::Open,
            }),
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
        let Who { seat, teacher } = self.who;
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

/// Taking in.
impl Connection {
    /// Whether bytes from the peer may be read now.
    pub(super) fn wants_input(&self) -> bool {
        self.state.borrow().wants_input()
    }

    /// Takes in what came from the peer. Answers are gathered, and go out in
    /// one piece.
    pub(super) fn take_in(
        self: &Rc<Self>,
        bytes: &mut [u8],
        handle: impl Fn(&Rc<Self>, Message<'_>),
    ) {
        let mut parser = {
            let mut state = self.state.borrow_mut();
            state.heard = Instant::now();
            if !state.listens() {
                return;
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
            let (code, reason) = super::close_of(fault);
            self.room.metrics.connection_closed_with(code);
            state.take_no_more(frame::close(code, reason));
        }
        self.settle(&mut state);
    }

    /// Goes on with what was taken in before and not wanted.
    pub(super) fn resume(self: &Rc<Self>, handle: impl Fn(&Rc<Self>, Message<'_>)) {
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
    pub(super) fn hear_end(&self) {
        let mut state = self.state.borrow_mut();
        state.ended.theirs = true;
        if matches!(state.end, End::Open | End::Closing(_)) {
            state.finish();
        }
        self.settle(&mut state);
    }

    /// Reads what the socket has, once; `buffer` is anybody's.
    pub(super) fn receive(
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

/// Giving out.
impl Connection {
    /// Sends a frame to the peer, or queues it.
    pub(super) fn send(&self, frame: Bytes) {
        let mut state = self.state.borrow_mut();
        if state.hears() {
            state.queue(frame);
            self.settle(&mut state);
        }
    }

    /// Does what was posted. Whoever does not read what is said is closed: it
    /// comes back and loads everything anew.
    pub(super) fn do_as_told(&self, word: &Word) {
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
    pub(super) fn answer(&self, frame: Bytes) -> bool {
        let mut state = self.state.borrow_mut();
        state.session.answered();
        if state.hears() {
            state.queue(frame);
        }
        !std::mem::replace(&mut state.is_corked, true)
    }

    /// Sends what was gathered.
    pub(super) fn release(&self) {
        let mut state = self.state.borrow_mut();
        state.is_corked = false;
        self.settle(&mut state);
    }

    /// Starts the live feed over.
    pub(super) fn watch(&self, since: Option<Seq>) {
        let mut state = self.state.borrow_mut();
        state.join = Some(Watch { since });
        self.with_viewer(|viewer| viewer.cursor = None);
        self.settle(&mut state);
    }

    /// A frame went out in part; this is the rest.
    pub(super) fn fall_behind(&self, rest: Bytes) {
        let mut state = self.state.borrow_mut();
        state.outbox_bytes += rest.len();
        state.outbox.push_front(rest);
        self.settle(&mut state);
    }

    /// The socket has room again, or what waited has changed.
    pub(super) fn push_on(&self) {
        let mut state = self.state.borrow_mut();
        self.settle(&mut state);
    }

    /// Begins the closing handshake, unless it has begun.
    pub(super) fn close(&self, code: u16, reason: &str) {
        let mut state = self.state.borrow_mut();
        if state.end == End::Open {
            self.room.metrics.connection_closed_with(code);
            state.queue(frame::close(code, reason));
            state.end = End::Closing(Instant::now() + CLOSE_TIMEOUT);
            self.settle(&mut state);
        }
    }

    /// Gives the connection up.
    pub(super) fn abort(&self) {
        self.give_up(&mut self.state.borrow_mut());
    }

    /// Whether anything but the peer's close is still of interest.
    pub(super) fn is_open(&self) -> bool {
        self.state.borrow().end == End::Open
    }

    /// Whether nothing is left to do but to close the socket.
    pub(super) fn is_over(&self) -> bool {
        let state = self.state.borrow();
        match state.end {
            End::Aborted => true,
            End::Finished(_) => state.ended.theirs && state.outbox.is_empty(),
            _ => false,
        }
    }

    /// Pings, gives up, or does nothing, as the clock demands; once a second.
    pub(super) fn look_after(&self, now: Instant) {
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

    /// What the body writes next: first what this connection alone is told,
    /// then the feed.
    pub(super) fn poll_write(&self, cx: &mut Context<'_>) -> Poll<Write> {
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
    /// queued goes out at once.
    pub(super) fn take_over(&self, poller: &Rc<Poller>) -> std::io::Result<()> {
        let mut state = self.state.borrow_mut();
        let interest = Interest { read: true, write: false };
        let name = super::hub::event_name(self.id.get());
        let added = self.with_socket(|socket| poller.add(socket, name, interest));
        added.unwrap_or_else(|| Err(std::io::ErrorKind::NotConnected.into()))?;
        state.transport = Transport::Own { poller: Rc::clone(poller), interest };
        self.settle(&mut state);
        Ok(())
    }

    /// Whether its socket could be taken over.
    pub(super) fn is_plain(&self) -> bool {
        self.with_socket(Socket::is_plain).unwrap_or(false)
    }
}

/// Doing what the state calls for.
impl Connection {
    /// Brings everything forward that can go forward, and waits for the rest.
    fn settle(&self, state: &mut State) {
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
        let name = super::hub::event_name(self.id.get());
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
    fn flush(&self, state: &mut State) -> bool {
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
            let online = self.room.live.online();
            feed.write(|feed| {
                feed.note_online(online);
                joined = Some(feed.join(since));
                false
            });
            let (cursor, frames) = joined?;
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

    /// Ends it at once. The epoll set tells of it, and whoever hears that takes
    /// the connection out.
    fn give_up(&self, state: &mut State) {
        state.end = End::Aborted;
        self.with_viewer(|viewer| viewer.is_clear = false);
        self.with_socket(Socket::shut_down);
        if let Transport::Body(Some(waker)) = &state.transport {
            waker.wake_by_ref();
        }
    }

    fn with_viewer<R>(&self, with: impl FnOnce(&mut Viewer) -> R) -> Option<R> {
        self.room.viewers.borrow_mut().get_mut(self.place.get()).map(with)
    }

    fn with_socket<R>(&self, with: impl FnOnce(&Socket) -> R) -> Option<R> {
        self.room.viewers.borrow().get(self.place.get())?.socket.as_ref().map(with)
    }
}

impl State {
    /// Whether messages from the peer still mean something.
    fn listens(&self) -> bool {
        matches!(self.end, End::Open | End::Closing(_))
    }

    /// Whether the peer may still be told something.
    fn hears(&self) -> bool {
        matches!(self.end, End::Open | End::Answering(..))
    }

    fn wants_input(&self) -> bool {
        self.end != End::Aborted
            && self.outbox_bytes < OUTBOX_PAUSE_BYTES
            && (self.breath.is_left() || !self.listens())
    }

    fn queue(&mut self, frame: Bytes) {
        self.outbox_bytes += frame.len();
        self.outbox.push_back(frame);
    }

    /// Takes in nothing more; `close` goes out behind the last answer, unless
    /// our own close frame has gone out before.
    fn take_no_more(&mut self, close: Bytes) {
        match self.end {
            End::Open => self.end = End::Answering(close, Instant::now() + ANSWERS_MAX),
            End::Closing(_) => self.finish(),
            End::Answering(..) | End::Finished(_) | End::Aborted => {}
        }
    }

    fn finish(&mut self) {
        self.end = End::Finished(Instant::now() + CLOSE_TIMEOUT);
    }

    /// Everything in the outbox, in one piece.
    fn take_outbox(&mut self) -> Option<Bytes> {
        let first = self.outbox.pop_front()?;
        let all = if self.outbox.is_empty() {
            first
        } else {
            let mut all = Vec::with_capacity(self.outbox_bytes);
            all.extend_from_slice(&first);
            self.outbox.drain(..).for_each(|frame| all.extend_from_slice(&frame));
            all.into()
        };
        if self.outbox.capacity() > OUTBOX_KEPT_FRAMES {
            self.outbox = VecDeque::new();
        }
        self.outbox_bytes = 0;
        Some(all)
    }
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
