//! Answers on their way from the sequencers to one worker's connections.

use std::time::Instant;

use parking_lot::Mutex;
use place_core::Receipt;
use place_core::sequencer::Refused;
use place_core::wire::pixel::Token;
use tokio::sync::Notify;

use super::switchboard::Post;

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

/// Most posts that wait for a worker. Each has cost its sender a commit or a
/// teacher's click; a worker that is this far behind has other troubles.
const POSTS_MAX: usize = 16_384;

/// A worker's letter box. Its answers need no bound of their own: each
/// connection has at most [`place_core::limits::IN_FLIGHT_MAX`] placements
/// unanswered.
#[derive(Debug, Default)]
pub struct Mailbox {
    letters: Mutex<Letters>,
    bell: Notify,
}

/// What was taken out of a letter box.
#[derive(Debug, Default)]
pub struct Taken {
    /// Answers to placements.
    pub answers: Vec<Answer>,
    /// What is to be said and done.
    pub posts: Vec<Post>,
    /// Whether posts were dropped since the last time: nobody knows any more
    /// what was said to whom.
    pub lost: bool,
}

/// What waits in a letter box.
#[derive(Debug, Default)]
struct Letters {
    answers: Vec<Answer>,
    posts: Vec<Post>,
    /// Whether posts had to be dropped.
    lost: bool,
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

    /// Posts something for the worker's connections.
    pub(super) fn put(&self, post: Post) {
        let mut letters = self.letters.lock();
        if letters.posts.len() < POSTS_MAX {
            letters.posts.push(post);
        } else {
            letters.lost = true;
        }
        letters.posted_at.get_or_insert_with(Instant::now);
        drop(letters);
        self.bell.notify_one();
    }

    /// Waits for letters and takes them all; `taken` is emptied first. Tells when
    /// the first of them was posted.
    pub async fn collect(&self, taken: &mut Taken) -> Instant {
        taken.answers.clear();
        taken.posts.clear();
        taken.lost = false;
        loop {
            if let Some(posted_at) = self.take(taken) {
                return posted_at;
            }
            self.bell.notified().await;
        }
    }

    fn take(&self, taken: &mut Taken) -> Option<Instant> {
        let mut letters = self.letters.lock();
        std::mem::swap(&mut taken.answers, &mut letters.answers);
        std::mem::swap(&mut taken.posts, &mut letters.posts);
        taken.lost = std::mem::take(&mut letters.lost);
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
