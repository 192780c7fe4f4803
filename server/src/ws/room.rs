//! A canvas's connections on one worker, in a table that is quick to walk.
//!
//! Everything that a delivery needs lies side by side: the descriptor, the
//! cursor, and whether anything is ahead. The rest of a connection is touched
//! only when it has something of its own to do.

use std::cell::RefCell;
use std::ops::Range;
use std::os::fd::AsFd;
use std::sync::Arc;

use bytes::Bytes;
use place_core::feed::{Cursor, Next};

use super::sender::{Send, Sender};
use super::socket::{Sent, Socket};
use super::table::Table;
use crate::chat::Chat;
use crate::sequencer::{LiveCanvas, Mailbox};
use crate::telemetry::Metrics;

/// Viewers served before the worker looks at what else it has to do: a
/// millisecond or two of writes.
pub(super) const IN_A_ROW: usize = 512;

/// Frames sent to one viewer before the next ones' turn.
const ROUNDS_IN_A_ROW: usize = 8;

/// What a delivery needs to know of a connection.
#[derive(Debug)]
pub(super) struct Viewer {
    /// Its place in the hub's table.
    pub(super) index: u32,
    /// Whether we write to the socket ourselves.
    pub(super) is_ours: bool,
    /// Whether frames may be sent right away: we write ourselves, and nothing
    /// waits in front of them.
    pub(super) is_clear: bool,
    /// Our hold of the socket.
    pub(super) socket: Option<Socket>,
    /// Where it is in the feed, if it watches.
    pub(super) cursor: Option<Cursor>,
}

/// A canvas's connections on this worker, and what they all share.
#[derive(Debug)]
pub(super) struct Room {
    /// The canvas.
    pub(super) live: Arc<LiveCanvas>,
    /// The worker's letter box.
    pub(super) mailbox: Arc<Mailbox>,
    /// Hands on what people write.
    pub(super) chat: Arc<Chat>,
    /// Where things are counted.
    pub(super) metrics: Arc<Metrics>,
    /// Its connections.
    pub(super) viewers: RefCell<Table<Viewer>>,
}

/// What is to be done after some viewers were brought forward.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// The place to go on from.
    pub(super) next: Option<usize>,
    /// Connections whose socket took only a part: this is the rest.
    pub(super) behind: Vec<(u32, Bytes)>,
    /// Connections that broke.
    pub(super) broken: Vec<u32>,
    /// Connections that the web server writes to.
    pub(super) elsewhere: Vec<u32>,
}

/// One viewer's step along the feed.
#[derive(Clone, Copy, Debug)]
struct Step {
    before: Cursor,
    /// `None`: it does not watch any more.
    after: Option<Cursor>,
    /// The frame that it gets; `None`: there is nothing yet.
    frame: Option<u32>,
}

/// Reads the feed once for all viewers that stand at the same place.
struct Reader<'a> {
    live: &'a LiveCanvas,
    frames: Vec<Bytes>,
    last: Option<Step>,
}

impl Reader<'_> {
    fn step(&mut self, before: Cursor) -> Step {
        if let Some(last) = self.last
            && last.before == before
        {
            return last;
        }
        let mut after = before;
        let (bytes, after) = match self.live.feed.read(|feed| feed.read(&mut after)) {
            Next::Nothing => (None, Some(before)),
            Next::Frames(bytes) => (Some(bytes), Some(after)),
            Next::Reload(bytes) => (Some(bytes), None),
        };
        let frame = bytes.map(|bytes| {
            self.frames.push(bytes);
            self.frames.len() as u32 - 1
        });
        *self.last.insert(Step { before, after, frame })
    }
}

impl Room {
    /// An empty room.
    pub(super) fn new(
        live: Arc<LiveCanvas>,
        mailbox: Arc<Mailbox>,
        chat: Arc<Chat>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self { live, mailbox, chat, metrics, viewers: RefCell::default() }
    }

    /// Brings the viewers from a place on forward.
    pub(super) fn advance(&self, from: usize, sender: &mut Sender) -> Progress {
        let mut progress = Progress::default();
        let end = self.viewers.borrow().end();
        let row = from..end.min(from + IN_A_ROW);
        let mut more = true;
        for _ in 0..ROUNDS_IN_A_ROW {
            more = self.round(row.clone(), sender, &mut progress);
            if !more {
                break;
            }
        }
        progress.elsewhere = self.elsewhere(row.clone());
        progress.next = if more { Some(from) } else { (row.end < end).then_some(row.end) };
        progress
    }

    /// Those who watch, but are written to by the web server.
    fn elsewhere(&self, row: Range<usize>) -> Vec<u32> {
        let viewers = self.viewers.borrow();
        let of_ours = |viewer: &&Viewer| viewer.is_ours || viewer.cursor.is_none();
        let row = row.filter_map(|place| viewers.get(place));
        row.filter(|viewer| !of_ours(viewer)).map(|viewer| viewer.index).collect()
    }

    /// Sends each of some viewers the next frame. Tells whether any got one.
    fn round(&self, row: Range<usize>, sender: &mut Sender, progress: &mut Progress) -> bool {
        let mut reader = Reader { live: &self.live, frames: Vec::new(), last: None };
        let mut viewers = self.viewers.borrow_mut();
        let mut steps = Vec::with_capacity(row.len());
        let mut sends = Vec::with_capacity(row.len());
        for place in row {
            let Some(viewer) = viewers.get(place) else { continue };
            let (true, Some(cursor), Some(socket)) =
                (viewer.is_clear, viewer.cursor, &viewer.socket)
            else {
                continue;
            };
            let step = reader.step(cursor);
            if let Some(frame) = step.frame {
                sends.push(Send { socket: socket.as_fd(), frame });
                steps.push((place, step));
            }
        }
        if steps.is_empty() {
            return false;
        }
        let results = sender.send_all(&sends, &reader.frames);
        let (mut frames, mut bytes) = (0, 0);
        for ((place, step), sent) in steps.into_iter().zip(results) {
            let Some(viewer) = viewers.get_mut(place) else { continue };
            viewer.cursor = step.after;
            if step.after.is_none() {
                self.metrics.viewer_reloaded();
            }
            viewer.is_clear = sent == Sent::All && step.after.is_some();
            let frame = step.frame.map(|frame| &reader.frames[frame as usize]);
            match (sent, frame) {
                (Sent::All, Some(frame)) => {
                    frames += 1;
                    bytes += frame.len();
                }
                (Sent::Part(sent), Some(frame)) => {
                    progress.behind.push((viewer.index, frame.slice(sent..)));
                }
                _ => progress.broken.push(viewer.index),
            }
        }
        self.metrics.sent_many(frames, bytes);
        true
    }
}
