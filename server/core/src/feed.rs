//! The feed of one canvas: each change encoded once, for everybody.
//!
//! Viewers hold a [`Cursor`] into a ring of encoded frames. Nothing is kept,
//! copied or encoded per viewer, unless one falls out of the ring: then it gets
//! one merged change made for it.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::canvas::Canvas;
use crate::cooldown::Millis;
use crate::entry::{Batch, Entry, Seq};
use crate::geometry::Size;
use crate::history::History;
use crate::limits::{
    CATCH_UP_PIECE_CHANGES, FLUSH_INTERVAL_MAX_MS, FLUSH_INTERVAL_MIN_MS, FLUSH_VIEWERS_PER_MS,
    RING_MAX_BYTES, RING_MAX_FRAMES,
};
use crate::rules::Rules;
use crate::wire::Delta;
use crate::wire::frame::{self, Opcode};
use crate::wire::text::ServerText;

/// Where a viewer is: which frame comes next, and which seq it has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    position: u64,
    seq: Seq,
}

impl Cursor {
    /// The seq that the viewer has reached.
    pub fn seq(&self) -> Seq {
        self.seq
    }
}

/// The position of a viewer that is not in the ring: no frame ever has it.
const OUTSIDE: u64 = u64::MAX;

/// What a viewer gets next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing yet.
    Nothing,
    /// These frames, ready for the socket.
    Frames(Bytes),
    /// A `reload` message, ready for the socket; the viewer does not watch any
    /// more.
    Reload(Bytes),
}

#[derive(Debug)]
struct Frame {
    bytes: Bytes,
    /// The seqs that a delta leads from and to; equal for text.
    from: Seq,
    to: Seq,
}

/// The feed of one canvas.
#[derive(Debug)]
pub struct Feed {
    size: Size,
    colors: usize,
    rules: Rules,
    /// Connections that follow it.
    viewers: u32,
    online: u32,
    /// How many everybody was last told of; `None` when not all were told the
    /// same.
    announced: Option<u32>,
    history: History,
    /// The seq of the last delta frame.
    published: Seq,
    last_flush_ms: Option<Millis>,
    ring: VecDeque<Frame>,
    ring_bytes: usize,
    /// The position of the ring's first frame; positions only grow.
    first_position: u64,
}

impl Feed {
    /// The feed of a canvas from its present state. `history` may hold what
    /// came just before.
    pub fn new(canvas: &Canvas, history: History) -> Self {
        assert_eq!(history.end(), canvas.seq(), "the history leads to the state");
        Self {
            size: canvas.size(),
            colors: canvas.palette().len(),
            rules: canvas.rules(),
            viewers: 0,
            online: 0,
            announced: Some(0),
            history,
            published: canvas.seq(),
            last_flush_ms: None,
            ring: VecDeque::new(),
            ring_bytes: 0,
            first_position: 0,
        }
    }

    /// Takes in a durable batch. Its pixels go out with the next
    /// [`Feed::flush`]; new rules go out at once, and make it return true.
    pub fn record(&mut self, batch: &Batch) -> bool {
        let mut told = false;
        for (seq, entry) in (batch.first_seq..).zip(&batch.entries) {
            self.history.record(seq, entry, self.size);
            if let Entry::SetRules { rules, .. } = entry {
                self.rules = *rules;
                self.push_text(&ServerText::rules(*rules));
                told = true;
            }
        }
        told
    }

    /// When the next [`Feed::flush`] is due, in milliseconds; `None` while
    /// there is nothing to send. A lone change is due at once, the next one an
    /// interval after it.
    pub fn due(&self, now: Millis) -> Option<Millis> {
        if self.published == self.history.end() {
            return None;
        }
        Some(self.last_flush_ms.map_or(now, |last| now.max(last + self.interval_ms())))
    }

    /// Time between two deltas, in milliseconds: the fewer watch, the sooner
    /// they see.
    fn interval_ms(&self) -> u64 {
        (u64::from(self.viewers) / FLUSH_VIEWERS_PER_MS)
            .clamp(FLUSH_INTERVAL_MIN_MS, FLUSH_INTERVAL_MAX_MS)
    }

    /// Encodes what happened since the last flush into one delta frame. Tells
    /// whether there was anything.
    pub fn flush(&mut self, now: Millis) -> bool {
        let (from, to) = (self.published, self.history.end());
        if from == to {
            return false;
        }
        self.published = to;
        self.last_flush_ms = Some(now);
        match self.history.delta(from, to) {
            Some(delta) => {
                let bytes = delta.encode_live(self.size, self.colors);
                let bytes = frame::frame(Opcode::Binary, &bytes);
                self.push(Frame { bytes, from, to });
            }
            // More than a frame may hold: everybody falls out of the ring.
            None => self.clear_ring(),
        }
        true
    }

    /// Sends a message to every viewer.
    pub fn push_text(&mut self, text: &ServerText) {
        let bytes = text_frame(text);
        self.push(Frame { bytes, from: self.published, to: self.published });
    }

    /// Flushes, then tells every viewer which seq it must have reached.
    pub fn beat(&mut self, now: Millis) {
        self.flush(now);
        self.push_text(&ServerText::Beat { seq: self.published });
    }

    /// Notes how many connections follow: the more, the rarer are deltas.
    pub fn set_viewers(&mut self, viewers: u32) {
        self.viewers = viewers;
    }

    /// Tells every viewer how many people are here, if that changed.
    pub fn set_online(&mut self, online: u32) -> bool {
        self.online = online;
        let changed = self.announced != Some(online);
        if changed {
            self.announced = Some(online);
            self.push_text(&ServerText::Presence { online });
        }
        changed
    }

    /// Notes how many people are here, for whoever joins now; the others hear of it
    /// with the next [`Feed::set_online`].
    pub fn note_online(&mut self, online: u32) {
        self.online = online;
        if self.announced != Some(online) {
            self.announced = None;
        }
    }

    /// How many people are here.
    pub fn online(&self) -> u32 {
        self.online
    }

    /// The seq of the last entry taken in.
    pub fn seq(&self) -> Seq {
        self.history.end()
    }

    /// Whether a viewer at `seq` could be caught up from here.
    pub fn reaches(&self, seq: Seq) -> bool {
        self.history.catches_up(seq)
    }

    /// What changed from a seq to the last entry taken in; `None` if that is
    /// too much or too long ago.
    pub fn changes_since(&self, seq: Seq) -> Option<Delta> {
        self.history.delta(seq, self.history.end())
    }

    /// Starts a viewer off from the seq of its board (`None`: from now): its
    /// first frames and its cursor.
    pub fn join(&self, since: Option<Seq>) -> (Option<Cursor>, Bytes) {
        match self.catch_up(since.unwrap_or(self.history.end())) {
            Some((cursor, frames)) => (Some(cursor), frames),
            None => (None, reload_frame()),
        }
    }

    /// The next frames of a viewer.
    pub fn read(&self, cursor: &mut Cursor) -> Next {
        if cursor.position == self.end_position() {
            return Next::Nothing;
        }
        let frame = cursor
            .position
            .checked_sub(self.first_position)
            .and_then(|offset| self.ring.get(offset as usize));
        let Some(frame) = frame else {
            return self.resume(cursor);
        };
        cursor.position += 1;
        if frame.from == cursor.seq {
            cursor.seq = frame.to;
            return Next::Frames(frame.bytes.clone());
        }
        if frame.to <= cursor.seq {
            // The viewer joined ahead of this frame: text is still news to it,
            // a delta is not.
            let text = frame.from == frame.to;
            return if text { Next::Frames(frame.bytes.clone()) } else { self.read(cursor) };
        }
        // The viewer joined in the middle of this delta: it gets the rest.
        match self.history.delta(cursor.seq, frame.to) {
            Some(delta) if delta.changes.len() <= CATCH_UP_PIECE_CHANGES => {
                cursor.seq = frame.to;
                Next::Frames(self.delta_frame(&delta))
            }
            _ => self.resume(cursor),
        }
    }

    /// Catches up a viewer that fell out of the ring, or lacks too much of it.
    fn resume(&self, cursor: &mut Cursor) -> Next {
        match self.catch_up(cursor.seq) {
            Some((resumed, frames)) => {
                *cursor = resumed;
                Next::Frames(frames)
            }
            None => Next::Reload(reload_frame()),
        }
    }

    /// What changed since a seq, as far as one piece holds it, and with the last
    /// piece the state of what else a viewer may have missed before it watched
    /// or outside the ring.
    fn catch_up(&self, since: Seq) -> Option<(Cursor, Bytes)> {
        let end = self.history.end();
        if !self.history.catches_up(since) {
            return None;
        }
        let to = self.history.piece_end(since);
        let delta = self.history.delta(since, to)?;
        let mut frames = Vec::new();
        if delta.to > delta.from {
            frame::put(&mut frames, Opcode::Binary, &delta.encode(self.size, self.colors));
        }
        if to < end {
            return Some((Cursor { position: OUTSIDE, seq: to }, frames.into()));
        }
        put_text(&mut frames, &ServerText::rules(self.rules));
        put_text(&mut frames, &ServerText::Presence { online: self.online });
        put_text(&mut frames, &ServerText::Beat { seq: delta.to });
        Some((Cursor { position: self.end_position(), seq: delta.to }, frames.into()))
    }

    fn end_position(&self) -> u64 {
        self.first_position + self.ring.len() as u64
    }

    fn delta_frame(&self, delta: &Delta) -> Bytes {
        frame::frame(Opcode::Binary, &delta.encode(self.size, self.colors))
    }

    /// Throws all frames away, and a place in the row behind them, so that
    /// every cursor is outside.
    fn clear_ring(&mut self) {
        self.first_position = self.end_position() + 1;
        self.ring.clear();
        self.ring_bytes = 0;
    }

    fn push(&mut self, frame: Frame) {
        self.ring_bytes += frame.bytes.len();
        self.ring.push_back(frame);
        while self.ring.len() > RING_MAX_FRAMES || self.ring_bytes > RING_MAX_BYTES {
            let Some(oldest) = self.ring.pop_front() else { break };
            self.ring_bytes -= oldest.bytes.len();
            self.first_position += 1;
        }
    }
}

/// A text message as one frame.
pub fn text_frame(text: &ServerText) -> Bytes {
    frame::frame(Opcode::Text, text.to_json().as_bytes())
}

fn put_text(frames: &mut Vec<u8>, text: &ServerText) {
    frame::put(frames, Opcode::Text, text.to_json().as_bytes());
}

fn reload_frame() -> Bytes {
    text_frame(&ServerText::Reload { reason: "too_far_behind".to_owned() })
}
