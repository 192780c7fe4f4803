//! Answers on their way from the sequencers to one worker's connections.

use std::time::Instant;

use parking_lot::Mutex;
use place_core::Receipt;
use place_core::sequencer::Refused;
use place_core::wire::pixel::Token;
use tokio::sync::Notify;

/// Names one connection of a worker, never reused within a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConnectionId {
    /// Its place in the worker's table.
    pub index: usize,
    /// Tells it from earlier connections in that place.
    pub generation: u64,
}

/// Whoever waits for the answer to a placement.
#[derive(Clone, Debug)]
pub struct Placer {
    /// The worker that serves the connection.
    pub mailbox: std::sync::Arc<Mailbox>,
    /// The connection.
    pub connection: ConnectionId,
    /// The client's number for the placement.
    pub token: Token,
    /// When the placement was read.
    pub read_at: Instant,
}

/// What the answer is.
#[derive(Clone, Copy, Debug)]
pub enum Verdict {
    /// Durable.
    Placed(Receipt),
    /// Not placed.
    Refused(Refused),
}

/// One answer.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// To which connection.
    pub connection: ConnectionId,
    /// To which placement.
    pub token: Token,
    /// What it is.
    pub verdict: Verdict,
}

/// A worker's letter box. It needs no bound of its own: each connection has at
/// most [`place_core::limits::IN_FLIGHT_MAX`] placements unanswered.
#[derive(Debug, Default)]
pub struct Mailbox {
    letters: Mutex<Letters>,
    bell: Notify,
}

/// What waits in a letter box.
#[derive(Debug, Default)]
struct Letters {
    answers: Vec<Answer>,
    /// When the first of them was posted.
    posted_at: Option<Instant>,
}

impl Mailbox {
    /// Posts answers and wakes the worker. Called with the letters of one turn.
    fn post(&self, answers: impl Iterator<Item = Answer>) {
        let mut letters = self.letters.lock();
        letters.answers.extend(answers);
        letters.posted_at.get_or_insert_with(Instant::now);
        drop(letters);
        self.bell.notify_one();
    }

    /// Waits for answers and takes them all; `taken` is emptied first. Tells when
    /// the first of them was posted.
    pub async fn collect(&self, taken: &mut Vec<Answer>) -> Instant {
        taken.clear();
        loop {
            if let Some(posted_at) = self.take(taken) {
                return posted_at;
            }
            self.bell.notified().await;
        }
    }

    fn take(&self, taken: &mut Vec<Answer>) -> Option<Instant> {
        let mut letters = self.letters.lock();
        std::mem::swap(taken, &mut letters.answers);
        letters.posted_at.take()
    }
}

/// Posts the answers of one turn, one lock and one wake-up for each run of
/// answers to the same worker.
pub(super) fn post_all(answers: &[(Placer, Verdict)]) {
    for run in answers.chunk_by(|a, b| std::sync::Arc::ptr_eq(&a.0.mailbox, &b.0.mailbox)) {
        run[0].0.mailbox.post(run.iter().map(|(placer, verdict)| Answer {
            connection: placer.connection,
            token: placer.token,
            verdict: *verdict,
        }));
    }
}
