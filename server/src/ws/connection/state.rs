//! What changes about a connection: what waits for its socket, and how far its
//! end has come.

use std::collections::VecDeque;
use std::rc::Rc;
use std::task::Waker;
use std::time::{Duration, Instant};

use bytes::Bytes;
use place_core::session::Session;
use place_core::wire::scan::Limits;
use place_core::{Seq, limits};

use super::super::pace::Breath;
use super::super::parser::Parser;
use super::super::poller::{Interest, Poller};

/// What a peer may send; a placement has ten bytes, a `watch` below fifty.
pub(super) const LIMITS: Limits =
    Limits { message_bytes: limits::TEXT_MAX_BYTES as u64, fragments: 16 };

/// Bytes of answers that may wait for the socket before reading pauses: some
/// 1,500 answers, and less than the socket's own buffer.
pub(super) const OUTBOX_PAUSE_BYTES: usize = 32 * 1024;

/// Bytes that are read and forgotten after the end: what was under way, from
/// anybody who stops then.
pub(super) const FORGOTTEN_MAX_BYTES: usize = 64 * 1024;

/// Frames that an empty outbox keeps room for: a burst of answers.
const OUTBOX_KEPT_FRAMES: usize = 8;

/// How long the peer has to answer our close frame, and to read what came
/// before it.
pub(super) const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// How long the close frame waits for answers to what came before: longer than
/// any disk that is well takes.
const ANSWERS_MAX: Duration = Duration::from_secs(2);

/// How far a connection's end has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
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

/// Who writes to the peer.
#[derive(Debug)]
pub(super) enum Transport {
    /// The web server, from a body; woken when there is something.
    Body(Option<Waker>),
    /// We ourselves.
    Own { poller: Rc<Poller>, interest: Interest },
}

/// A wish to follow the feed, from a board's seq or from now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch {
    pub(super) since: Option<Seq>,
}

/// Which sides of the stream have come to an end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ended {
    /// The peer will send nothing more.
    pub(super) theirs: bool,
    /// The peer was told that we will send nothing more.
    pub(super) ours: bool,
}

/// What changes about a connection.
#[derive(Debug)]
pub(super) struct State {
    pub(super) session: Session,
    pub(super) parser: Parser,
    /// How much the peer may still say.
    pub(super) breath: Breath,
    pub(super) transport: Transport,
    /// What waits for the socket.
    pub(super) outbox: VecDeque<Bytes>,
    pub(super) outbox_bytes: usize,
    /// What has come after the end.
    pub(super) forgotten_bytes: usize,
    /// Whether frames are gathered, to go out in one piece.
    pub(super) is_corked: bool,
    /// Whether the parser holds messages that nobody wanted yet.
    pub(super) is_paused: bool,
    pub(super) ended: Ended,
    /// A `watch` that waits until what is ahead has gone out: at most one, so
    /// asking many times costs nothing.
    pub(super) join: Option<Watch>,
    pub(super) heard: Instant,
    pub(super) pinged: Instant,
    pub(super) end: End,
}

impl State {
    /// A new connection's: open, and served by the web server.
    pub(super) fn new(session: Session, breath: Breath) -> Self {
        let now = Instant::now();
        Self {
            session,
            parser: Parser::new(LIMITS),
            breath,
            transport: Transport::Body(None),
            outbox: VecDeque::new(),
            outbox_bytes: 0,
            forgotten_bytes: 0,
            is_corked: false,
            is_paused: false,
            ended: Ended::default(),
            join: None,
            heard: now,
            pinged: now,
            end: End::Open,
        }
    }

    /// Whether messages from the peer still mean something.
    pub(super) fn listens(&self) -> bool {
        matches!(self.end, End::Open | End::Closing(_))
    }

    /// Whether the peer may still be told something.
    pub(super) fn hears(&self) -> bool {
        matches!(self.end, End::Open | End::Answering(..))
    }

    pub(super) fn wants_input(&self) -> bool {
        self.end != End::Aborted
            && self.outbox_bytes < OUTBOX_PAUSE_BYTES
            && if self.listens() {
                self.breath.is_left()
            } else {
                self.forgotten_bytes < FORGOTTEN_MAX_BYTES
            }
    }

    pub(super) fn queue(&mut self, frame: Bytes) {
        self.outbox_bytes += frame.len();
        self.outbox.push_back(frame);
    }

    /// Takes in nothing more; `close` goes out behind the last answer, unless
    /// our own close frame has gone out before.
    pub(super) fn take_no_more(&mut self, close: Bytes) {
        match self.end {
            End::Open => self.end = End::Answering(close, Instant::now() + ANSWERS_MAX),
            End::Closing(_) => self.finish(),
            End::Answering(..) | End::Finished(_) | End::Aborted => {}
        }
    }

    pub(super) fn finish(&mut self) {
        self.end = End::Finished(Instant::now() + CLOSE_TIMEOUT);
    }

    /// Everything in the outbox, in one piece.
    pub(super) fn take_outbox(&mut self) -> Option<Bytes> {
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
