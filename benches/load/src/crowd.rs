//! Everybody on one canvas: who watches, who places, what each has heard.

use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Instant;

use place_core::rules::Reason;
use place_core::wire::frame::Opcode;
use place_core::wire::pixel::Token;
use place_core::wire::text::{ClientText, ServerText};
use place_core::wire::{Delta, Place, ServerFrame};
use place_core::{Cell, ColorIndex, Mirror, Seq, Size};

use crate::dice::Dice;
use crate::fleet::{Fleet, FleetError, Listener};
use crate::log::{Placement, Timeline};
use crate::websocket::{self, Frame};

/// Decoded deltas that are remembered. Everybody gets the same bytes, and few
/// viewers are more than some frames behind the first.
const DELTAS_REMEMBERED: usize = 16;

/// The size and colors of a canvas.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) size: Size,
    pub(crate) colors: usize,
}

/// What was counted so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// Delta messages that viewers got, and their bytes with WebSocket headers.
    pub(crate) deltas: u64,
    pub(crate) delta_bytes: u64,
    /// Cells in them, and placements that they cover.
    pub(crate) cells: u64,
    pub(crate) covered: u64,
    /// Messages of any kind to those who watch.
    pub(crate) delivered: u64,
    /// Every message of any kind, and its bytes.
    pub(crate) messages: u64,
    pub(crate) bytes: u64,
    /// Placements by what became of them.
    pub(crate) sent: u64,
    pub(crate) accepted: u64,
    pub(crate) refused: [u64; Reason::ALL.len()],
    /// `reload` messages: a viewer was too far behind.
    pub(crate) reloads: u64,
    /// Deltas or beats that did not fit to where their viewer was.
    pub(crate) gaps: u64,
}

impl Tally {
    /// Placements that were answered.
    pub(crate) fn answered(&self) -> u64 {
        self.accepted + self.refused.iter().sum::<u64>()
    }
}

/// A viewer that keeps a copy of the canvas.
pub(crate) struct Sample {
    pub(crate) mirror: Mirror,
    pub(crate) seen: Timeline,
}

/// One connection.
#[derive(Default)]
pub(crate) struct Member {
    /// The seq that it has reached, once it watches.
    seq: Option<Seq>,
    pub(crate) sample: Option<Sample>,
    watches: bool,
}

impl Member {
    /// One that only places.
    pub(crate) fn placer() -> Self {
        Self::default()
    }

    /// One that watches, with a copy of the canvas if it was given a board.
    pub(crate) fn viewer(mirror: Option<Mirror>) -> Self {
        let sample = mirror.map(|mirror| Sample { mirror, seen: Timeline::default() });
        Self { seq: None, sample, watches: true }
    }

    /// The seq that it has reached, as far as it is known.
    fn at(&self) -> Seq {
        self.sample.as_ref().map(|sample| sample.mirror.seq()).or(self.seq).unwrap_or(0)
    }
}

/// What is placed next.
pub(crate) type Source = Box<dyn FnMut() -> (Cell, ColorIndex)>;

/// Everybody on one canvas.
pub(crate) struct Crowd {
    shape: Shape,
    started: Instant,
    /// The number of the first member's connection.
    first: usize,
    pub(crate) members: Vec<Member>,
    pub(crate) placements: Vec<Placement>,
    pub(crate) first_seen: Timeline,
    pub(crate) tally: Tally,
    deltas: Deltas,
    dice: Dice,
    /// Chooses cells and colors; without one the dice do.
    pub(crate) source: Option<Source>,
    /// Nanoseconds and bytes of each frame that the first member gets, while
    /// they are taken down.
    pub(crate) taken_down: Option<Vec<(u64, usize)>>,
    /// In a closed loop each answer is followed by a new placement.
    pub(crate) closed_loop: bool,
    /// Members whose placement was refused in a closed loop; they try again a
    /// little later.
    pub(crate) parked: Vec<usize>,
}

impl Crowd {
    pub(crate) fn new(shape: Shape, first: usize, members: Vec<Member>, seed: u64) -> Self {
        Self {
            shape,
            started: Instant::now(),
            first,
            members,
            placements: Vec::new(),
            first_seen: Timeline::default(),
            tally: Tally::default(),
            deltas: Deltas::default(),
            dice: Dice(seed),
            source: None,
            taken_down: None,
            closed_loop: false,
            parked: Vec::new(),
        }
    }

    /// Nanoseconds since the start.
    pub(crate) fn now_ns(&self) -> u64 {
        self.started.elapsed().as_nanos() as u64
    }

    /// Whether every viewer has begun to watch.
    pub(crate) fn is_watching(&self) -> bool {
        self.members.iter().all(|member| !member.watches || member.seq.is_some())
    }

    /// Has the member with this number place a pixel.
    pub(crate) fn place(&mut self, fleet: &mut Fleet, member: usize, due_ns: u64) {
        let place = self.next_place(due_ns);
        fleet.queue(self.first + member, Opcode::Binary, &place.encode());
    }

    fn next_place(&mut self, due_ns: u64) -> Place {
        let token = self.placements.len() as Token;
        self.placements.push(Placement { due_ns, ..Placement::default() });
        self.tally.sent += 1;
        if let Some(source) = &mut self.source {
            let (cell, color) = source();
            return Place { token, cell, color };
        }
        let cell = Cell {
            x: self.dice.below(u32::from(self.shape.size.width())) as u16,
            y: self.dice.below(u32::from(self.shape.size.height())) as u16,
        };
        Place { token, cell, color: self.dice.below(self.shape.colors as u32) as ColorIndex }
    }

    /// The seq that every sampled viewer must reach at least: everything that
    /// was acknowledged.
    pub(crate) fn acknowledged_seq(&self) -> Seq {
        self.placements.iter().map(|placement| placement.seq).max().unwrap_or(0)
    }

    fn text(&mut self, number: usize, text: &[u8], out: &mut Vec<u8>) {
        let member = &mut self.members[number];
        match serde_json::from_slice(text) {
            Ok(ServerText::Welcome { .. }) if member.watches => {
                let since = member.sample.as_ref().map(|sample| sample.mirror.seq());
                put_watch(out, since);
            }
            Ok(ServerText::Beat { seq }) => {
                let is_told = member.sample.is_some() || member.seq.is_some();
                self.tally.gaps += u64::from(is_told && member.at() != seq);
                member.seq = Some(seq);
            }
            Ok(ServerText::Reload { .. }) => {
                self.tally.reloads += 1;
                member.seq = None;
                // A sampled viewer stays behind, and fails the comparison.
                if member.sample.is_none() {
                    put_watch(out, None);
                }
            }
            _ => {}
        }
    }

    fn binary(&mut self, number: usize, payload: &[u8], frame_bytes: usize) -> Option<Place> {
        let now_ns = self.now_ns();
        let at = self.members[number].at();
        let (token, seq) = match self.deltas.decode(payload, self.shape, at) {
            Some(Decoded::Delta(delta)) => {
                self.follow(number, &delta, frame_bytes, now_ns);
                return None;
            }
            Some(Decoded::Placed(token, seq)) => {
                self.tally.accepted += 1;
                (token, seq)
            }
            Some(Decoded::Refused(token, reason)) => {
                self.tally.refused[reason as usize - 1] += 1;
                (token, 0)
            }
            None => {
                self.tally.gaps += 1;
                return None;
            }
        };
        match self.placements.get_mut(token as usize) {
            Some(placement) if placement.answered_ns == 0 => {
                placement.answered_ns = now_ns;
                placement.seq = seq;
            }
            // An answer to nothing, or a second one.
            _ => self.tally.gaps += 1,
        }
        if self.closed_loop && seq == 0 {
            self.parked.push(number);
        }
        (self.closed_loop && seq > 0).then(|| self.next_place(now_ns))
    }

    fn follow(&mut self, number: usize, delta: &Delta, bytes: usize, now_ns: u64) {
        let member = &mut self.members[number];
        let span = delta.to - delta.from;
        self.tally.deltas += 1;
        self.tally.delta_bytes += bytes as u64;
        self.tally.cells += delta.changes.len() as u64;
        self.tally.covered += span;
        if let Some(sample) = &mut member.sample {
            if sample.mirror.apply(delta).is_err() {
                self.tally.gaps += 1;
                return;
            }
            // The catch-up comes ahead of the first beat.
            member.seq = member.seq.map(|_| sample.mirror.seq());
            sample.seen.reach(sample.mirror.seq(), now_ns);
        } else {
            let Some(seq) = &mut member.seq else { return };
            self.tally.gaps += u64::from(*seq != delta.from);
            *seq += span;
        }
        if let Some(seq) = member.seq {
            self.first_seen.reach(seq, now_ns);
        }
    }
}

impl Listener for Crowd {
    fn message(
        &mut self,
        connection: usize,
        frame: Frame<'_>,
        frame_bytes: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), FleetError> {
        let number = connection - self.first;
        self.tally.messages += 1;
        self.tally.bytes += frame_bytes as u64;
        self.tally.delivered += u64::from(self.members[number].watches);
        if number == 0 && self.taken_down.is_some() {
            let now_ns = self.now_ns();
            self.taken_down.iter_mut().for_each(|frames| frames.push((now_ns, frame_bytes)));
        }
        if frame.opcode == Opcode::Text {
            self.text(number, frame.payload, out);
        } else if let Some(place) = self.binary(number, frame.payload, frame_bytes) {
            websocket::put_masked(out, Opcode::Binary, &place.encode(), place.token.to_be_bytes());
        }
        Ok(())
    }
}

fn put_watch(out: &mut Vec<u8>, since: Option<Seq>) {
    let watch = serde_json::to_vec(&ClientText::Watch { since }).expect("a watch has string keys");
    websocket::put_masked(out, Opcode::Text, &watch, [9, 8, 7, 6]);
}

enum Decoded {
    Delta(Rc<Delta>),
    Placed(Token, Seq),
    Refused(Token, Reason),
}

/// Decodes messages; a delta whose bytes were decoded before is compared byte
/// by byte instead, so that a thousand viewers on this one core do not slow
/// down what they measure.
#[derive(Default)]
struct Deltas(VecDeque<(Vec<u8>, Rc<Delta>)>);

impl Deltas {
    fn decode(&mut self, payload: &[u8], shape: Shape, at: Seq) -> Option<Decoded> {
        if let Some((_, delta)) = self.0.iter().find(|(bytes, _)| bytes == payload) {
            return Some(Decoded::Delta(Rc::clone(delta)));
        }
        match ServerFrame::decode(payload, shape.size, shape.colors, at).ok()? {
            ServerFrame::Placed { token, seq, .. } => Some(Decoded::Placed(token, seq)),
            ServerFrame::Refused { token, refusal, .. } => {
                Some(Decoded::Refused(token, refusal.reason))
            }
            ServerFrame::Delta(delta) => {
                let delta = Rc::new(delta);
                self.0.truncate(DELTAS_REMEMBERED - 1);
                self.0.push_front((payload.to_vec(), Rc::clone(&delta)));
                Some(Decoded::Delta(delta))
            }
        }
    }
}

#[cfg(test)]
#[path = "crowd_tests.rs"]
mod tests;
