//! One connection's state, shared by the task that reads from it and the body
//! that writes to it. Both live on the same worker thread.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes};
use place_core::feed::{Cursor, Next};
use place_core::session::Session;
use place_core::wire::frame::{self, Opcode};
use place_core::{Reason, Seq};

use super::direct::{Sent, Socket};
use crate::sequencer::LiveCanvas;
use crate::telemetry::Metrics;

/// Bytes of answers that may wait for the socket before reading pauses: some
/// 1,500 answers, and less than the socket's own buffer.
const OUTBOX_PAUSE_BYTES: usize = 32 * 1024;

/// How long the peer has to answer our close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Silence after which the peer is pinged.
const PING_AFTER: Duration = Duration::from_secs(30);

/// Silence after which the peer is taken for dead: two pings went unanswered.
pub(super) const IDLE_TIMEOUT: Duration = Duration::from_secs(75);

/// How far a connection's end has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It is open.
    Open,
    /// Our close frame is queued; the peer may answer until then.
    Closing(Instant),
    /// Nothing more will come: write what is queued, then end.
    Finished,
    /// End at once, whatever is queued.
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

/// One connection.
#[derive(Debug)]
pub(super) struct Connection {
    live: Arc<LiveCanvas>,
    metrics: Arc<Metrics>,
    state: RefCell<State>,
}

/// Frames and bytes that went out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) frames: usize,
    pub(super) bytes: usize,
}

/// A wish to follow the feed, from a board's seq or from now.
#[derive(Clone, Copy, Debug)]
struct Watch {
    since: Option<Seq>,
}

#[derive(Debug)]
struct State {
    session: Session,
    /// The socket, while the body exists.
    socket: Option<Socket>,
    /// Whether nothing is ahead of what is sent now: the body has nothing more
    /// to give, and everything it gave is in the kernel.
    is_direct: bool,
    /// What waits for the body; empty while `is_direct`.
    outbox: VecDeque<Bytes>,
    outbox_bytes: usize,
    /// A `watch` that waits until the body gets to it: at most one, so asking
    /// many times costs nothing.
    join: Option<Watch>,
    cursor: Option<Cursor>,
    writer: Option<Waker>,
    reader: Option<Waker>,
    heard: Instant,
    pinged: Instant,
    end: End,
}

impl Connection {
    /// A new connection to a canvas.
    pub(super) fn new(
        live: Arc<LiveCanvas>,
        session: Session,
        socket: Option<Socket>,
        metrics: Arc<Metrics>,
    ) -> Rc<Self> {
        let now = Instant::now();
        Rc::new(Self {
            live,
            metrics,
            state: RefCell::new(State {
                session,
                socket,
                is_direct: false,
                outbox: VecDeque::new(),
                outbox_bytes: 0,
                join: None,
                cursor: None,
                writer: None,
                reader: None,
                heard: now,
                pinged: now,
                end: End::Open,
            }),
        })
    }

    /// Its canvas.
    pub(super) fn live(&self) -> &Arc<LiveCanvas> {
        &self.live
    }

    /// Its side of the protocol.
    pub(super) fn session<R>(&self, with: impl FnOnce(&mut Session) -> R) -> R {
        with(&mut self.state.borrow_mut().session)
    }

    /// Sends a frame to the peer, or queues it.
    pub(super) fn send(&self, frame: Bytes) {
        let mut state = self.state.borrow_mut();
        let bytes = frame.len();
        if state.end == End::Open && state.push(frame) {
            self.metrics.sent(bytes);
        }
        state.wake_reader();
    }

    /// Waits until every placement has its answer.
    pub(super) async fn answers(&self) {
        poll_fn(|cx| {
            let mut state = self.state.borrow_mut();
            if state.end != End::Open || !state.session.is_waiting() {
                return Poll::Ready(());
            }
            state.reader = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Takes the socket back: its body is being dropped.
    pub(super) fn release(&self) {
        let mut state = self.state.borrow_mut();
        state.socket = None;
        state.is_direct = false;
    }

    /// Counts a placement that was refused without asking the sequencer.
    pub(super) fn count_refusal(&self, reason: Reason) {
        self.metrics.placements(&self.live.id, reason.name(), 1);
    }

    /// Starts the live feed over.
    pub(super) fn watch(&self, since: Option<Seq>) {
        let mut state = self.state.borrow_mut();
        state.join = Some(Watch { since });
        state.cursor = None;
        state.wake_writer();
    }

    /// The feed has new frames: sends them, or wakes the body to do it. Tells
    /// what was sent.
    pub(super) fn advance(&self) -> Tally {
        let mut tally = Tally::default();
        let mut state = self.state.borrow_mut();
        if state.cursor.is_none() || state.end != End::Open {
            return tally;
        }
        while state.is_direct {
            let Some(frames) = state.follow(&self.live) else { return tally };
            let bytes = frames.len();
            if state.push(frames) {
                tally.frames += 1;
                tally.bytes += bytes;
            }
        }
        state.wake_writer();
        tally
    }

    /// Notes that the peer is alive.
    pub(super) fn hear(&self) {
        self.state.borrow_mut().heard = Instant::now();
    }

    /// Begins the closing handshake, unless it has begun.
    pub(super) fn close(&self, code: u16, reason: &str) {
        let mut state = self.state.borrow_mut();
        if state.end == End::Open {
            state.push(frame::close(code, reason));
            state.end = End::Closing(Instant::now() + CLOSE_TIMEOUT);
        }
    }

    /// The peer has closed: answer if that is still owed, then finish.
    pub(super) fn finish(&self, answer: Option<Bytes>) {
        let mut state = self.state.borrow_mut();
        if let (End::Open, Some(answer)) = (state.end, answer) {
            state.push(answer);
        }
        if state.end != End::Aborted {
            state.end = End::Finished;
        }
        state.wake_writer();
    }

    /// Whether anything but the peer's close is still of interest.
    pub(super) fn is_open(&self) -> bool {
        self.state.borrow().end == End::Open
    }

    /// Pings, gives up, or does nothing, as the clock demands.
    pub(super) fn look_after(&self, now: Instant) {
        let mut state = self.state.borrow_mut();
        match state.end {
            End::Closing(deadline) if now >= deadline => {
                state.abort();
            }
            End::Open if now >= state.heard + IDLE_TIMEOUT => {
                drop(state);
                self.close(place_core::session::close_code::IDLE, "nothing heard for 75 s");
            }
            End::Open if now >= state.heard.max(state.pinged) + PING_AFTER => {
                state.pinged = now;
                state.push(frame::frame(Opcode::Ping, &[]));
            }
            _ => {}
        }
    }

    /// Waits while too many answers wait for the socket. This is what keeps a
    /// peer that sends but does not read from growing anything: its own sends
    /// come to a halt.
    pub(super) async fn room(&self) {
        poll_fn(|cx| {
            let mut state = self.state.borrow_mut();
            if state.outbox_bytes < OUTBOX_PAUSE_BYTES || state.end == End::Aborted {
                return Poll::Ready(());
            }
            state.reader = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// What to write next: first what this connection alone is told, then the
    /// feed.
    pub(super) fn poll_write(&self, cx: &mut Context<'_>) -> Poll<Write> {
        let mut state = self.state.borrow_mut();
        state.is_direct = false;
        if state.end == End::Aborted {
            return Poll::Ready(Write::Abort);
        }
        if let Some(bytes) = state.take_outbox() {
            self.metrics.sent(bytes.len());
            return Poll::Ready(Write::Bytes(bytes));
        }
        match state.end {
            End::Finished => return Poll::Ready(Write::End),
            End::Open => {
                if let Some(bytes) = state.follow(&self.live) {
                    self.metrics.sent(bytes.len());
                    return Poll::Ready(Write::Bytes(bytes));
                }
            }
            End::Closing(_) | End::Aborted => {}
        }
        if !state.writer.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            state.writer = Some(cx.waker().clone());
        }
        // The body is asked only when the web server's write buffer is empty
        // (its size is set to one byte), so there is nothing ahead.
        state.is_direct = state.socket.as_ref().is_some_and(Socket::is_plain);
        Poll::Pending
    }
}

impl State {
    /// Sends a frame if nothing is ahead of it, else queues it for the body.
    /// Tells whether it has gone out whole.
    fn push(&mut self, mut frame: Bytes) -> bool {
        if let (true, Some(socket)) = (self.is_direct, &self.socket) {
            match socket.send(&frame) {
                Sent::All => return true,
                Sent::Part(sent) => frame.advance(sent),
                Sent::Broken => {
                    self.abort();
                    return false;
                }
            }
            self.is_direct = false;
        }
        self.outbox_bytes += frame.len();
        self.outbox.push_back(frame);
        self.wake_writer();
        false
    }

    /// Gives the connection up.
    fn abort(&mut self) {
        self.end = End::Aborted;
        self.is_direct = false;
        if let Some(socket) = &self.socket {
            socket.shut_down();
        }
        self.wake_writer();
        self.wake_reader();
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
        self.outbox_bytes = 0;
        self.wake_reader();
        Some(all)
    }

    /// The next frames of the feed, if the peer watches and there are any.
    fn follow(&mut self, live: &LiveCanvas) -> Option<Bytes> {
        if let Some(Watch { since }) = self.join.take() {
            let mut joined = None;
            let online = live.online();
            live.feed.write(|feed| {
                feed.note_online(online);
                let (cursor, frames) = feed.join(since);
                self.cursor = cursor;
                joined = Some(frames);
                false
            });
            return joined;
        }
        let cursor = self.cursor.as_mut()?;
        match live.feed.read(|feed| feed.read(cursor)) {
            Next::Nothing => None,
            Next::Frames(frames) => Some(frames),
            Next::Reload(frames) => {
                self.cursor = None;
                Some(frames)
            }
        }
    }

    fn wake_writer(&mut self) {
        if let Some(waker) = &self.writer {
            waker.wake_by_ref();
        }
    }

    fn wake_reader(&mut self) {
        if let Some(waker) = self.reader.take() {
            waker.wake();
        }
    }
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
