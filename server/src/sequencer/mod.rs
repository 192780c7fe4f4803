//! The sequencer: one task a canvas, its only writer.
//!
//! It takes what waits in the canvas's queue, lets the core judge it, commits
//! what was accepted, and only then applies it, tells the feed, and answers.
//! While a commit is under way the next batch gathers in the queue by itself;
//! while commits follow each other closely, it gathers a little longer.

mod live;
mod mailbox;
mod pacer;
mod presence;
mod switchboard;
mod unsent;

use std::ops::RangeInclusive;
use std::slice;
use std::sync::Arc;
use std::time::{Duration, Instant};

use place_core::limits::BATCH_MAX_ENTRIES;
use place_core::rules::RulesError;
use place_core::sequencer::{self as core, DecreeError, Refused, Subject, Turn};
use place_core::{Batch, Canvas, Entry, Reason, Receipt, Refusal, Rules, Seq};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval, sleep_until};

pub use live::LiveCanvas;
pub use mailbox::{Answer, ConnectionId, Mailbox, Placer, Taken, Verdict};
pub use pacer::Pacer;
pub use presence::Present;
pub use switchboard::{Audience, Post, Switchboard, Word};

use unsent::Unsent;

use crate::clock;
use crate::phase::{self, Phase, PhaseWatch};
use crate::store::{AppendError, Journal};
use crate::telemetry::{Metrics, Stage};

/// How often people online are counted: once a second is as fast as anybody
/// reads the number.
const PRESENCE_INTERVAL: Duration = Duration::from_secs(1);

/// Presence rounds between two beats: a viewer that hears nothing for 40 s
/// knows that its connection is dead, and two beats fit in that.
const BEAT_ROUNDS: u32 = 15;

/// When a placer should try again after the disk failed, in milliseconds.
const STORAGE_RETRY_MS: u32 = 5000;

/// What somebody who draws asks, or about the rules.
pub type Wish = core::Command<Placer, RulesReply>;

/// Something asked of a canvas.
pub enum Command {
    /// By somebody who draws, or about the rules.
    Wish(Wish),
    /// By a teacher.
    Decree(Decree),
    /// The canvas is deleted: what waits is still done, and nothing after it.
    End,
}

/// A teacher's decisions, made from the state of the moment in which they
/// happen: nothing can come in between.
pub struct Decree {
    /// What is decided; nothing, if there is nothing to do.
    pub decide: Decide,
    /// Where the answer goes: the seqs that it took.
    pub reply: oneshot::Sender<Result<RangeInclusive<Seq>, DecreeFailure>>,
}

/// What makes a teacher's decisions.
pub type Decide = Box<dyn FnOnce(&Canvas) -> Vec<Entry> + Send>;

/// Why a teacher's decisions did not happen.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DecreeFailure {
    /// They name something that there is not.
    #[error(transparent)]
    Impossible(#[from] DecreeError),
    /// Rules are out of range.
    #[error(transparent)]
    Range(#[from] RulesError),
    /// There is nothing to do.
    #[error("there is nothing to do")]
    Nothing,
    /// They could not be saved.
    #[error("the change could not be saved: {0}")]
    Storage(String),
    /// Too much waits.
    #[error("the canvas is too busy")]
    Busy,
    /// The server is about to stop.
    #[error("the server is about to stop")]
    Stopping,
}

/// Where the answer to a change of rules goes.
pub type RulesReply = oneshot::Sender<Result<Rules, RulesFailure>>;

/// Why rules were not changed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RulesFailure {
    /// They are out of range.
    #[error(transparent)]
    Range(#[from] RulesError),
    /// They could not be saved.
    #[error("the change could not be saved: {0}")]
    Storage(String),
}

/// The writer of one canvas.
pub struct Sequencer<J> {
    live: Arc<LiveCanvas>,
    queue: mpsc::Receiver<Command>,
    journal: J,
    metrics: Arc<Metrics>,
    pacer: Arc<Pacer>,
    /// Until when the next batch gathers, if it does.
    gathers_until: Option<tokio::time::Instant>,
    unsent: Unsent,
}

impl<J: Journal> Sequencer<J> {
    /// A sequencer for a canvas, not yet running.
    pub fn new(
        live: Arc<LiveCanvas>,
        queue: mpsc::Receiver<Command>,
        journal: J,
        metrics: Arc<Metrics>,
        pacer: Arc<Pacer>,
    ) -> Self {
        let unsent = Unsent::default();
        Self { live, queue, journal, metrics, pacer, gathers_until: None, unsent }
    }

    /// Runs until the server drains, then empties its queue and ends.
    pub async fn run(mut self, mut phase: PhaseWatch) {
        let mut waiting = Vec::with_capacity(BATCH_MAX_ENTRIES);
        let mut presence = interval(PRESENCE_INTERVAL);
        presence.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut rounds = 0;
        loop {
            let flush_at = self.flush_at();
            tokio::select! {
                biased;
                () = until(flush_at) => self.flush(),
                () = until(self.gathers_until), if self.gathers_until.is_some() => {
                    self.take_more(&mut waiting);
                    self.turn(&mut waiting).await;
                }
                count = self.queue.recv_many(&mut waiting, BATCH_MAX_ENTRIES),
                    if self.gathers_until.is_none() =>
                {
                    if count == 0 {
                        break;
                    }
                    self.gathers_until = self.pacer.next().map(Into::into);
                    if self.gathers_until.is_none() {
                        self.turn(&mut waiting).await;
                    }
                }
                _ = presence.tick() => {
                    rounds = (rounds + 1) % BEAT_ROUNDS;
                    self.tell_presence(rounds == 0);
                }
                () = phase::reached(&mut phase, Phase::Draining), if !self.queue.is_closed() => self.queue.close(),
            }
        }
        self.flush();
    }

    /// Takes what has gathered, as far as it fits into a batch.
    fn take_more(&mut self, waiting: &mut Vec<Command>) {
        self.gathers_until = None;
        while waiting.len() < BATCH_MAX_ENTRIES
            && let Ok(command) = self.queue.try_recv()
        {
            waiting.push(command);
        }
    }

    /// Takes what waits, in order.
    async fn turn(&mut self, waiting: &mut Vec<Command>) {
        self.metrics.queue_depth(&self.live.id, self.queue.len() + waiting.len());
        let mut wishes = Vec::with_capacity(waiting.len());
        for command in waiting.drain(..) {
            match command {
                Command::Wish(wish) => wishes.push(wish),
                Command::Decree(decree) => {
                    self.judge(std::mem::take(&mut wishes)).await;
                    self.decree(decree).await;
                }
                Command::End => self.queue.close(),
            }
        }
        self.judge(wishes).await;
    }

    /// Lets a teacher's decisions happen: in a batch of their own, or in several
    /// where one would be too large, which are made durable together.
    async fn decree(&mut self, decree: Decree) {
        let Decree { decide, reply } = decree;
        let outcome = self.decided(decide).await;
        // Whoever asked may be gone: then nobody is left to tell.
        let _ = reply.send(outcome);
    }

    async fn decided(&mut self, decide: Decide) -> Result<RangeInclusive<Seq>, DecreeFailure> {
        let now = self.live.clock.now();
        let batch = {
            let state = self.live.state.read();
            let entries = decide(&state);
            if entries.is_empty() {
                return Err(DecreeFailure::Nothing);
            }
            core::decree(&state, entries, now)?
        };
        let seqs = batch.first_seq..=batch.last_seq();
        let batches = batch.cut();
        match self.commit(&batches).await {
            Ok(()) => batches.iter().for_each(|batch| self.apply(batch, None)),
            // The commit failed, yet the batches are in the journal: it happened.
            Err(error) if self.recover(&error) >= *seqs.end() => {}
            Err(error) => return Err(DecreeFailure::Storage(error.to_string())),
        }
        Ok(seqs)
    }

    /// Judges wishes, commits what is allowed, and answers.
    async fn judge(&mut self, wishes: Vec<Wish>) {
        if wishes.is_empty() {
            return;
        }
        let (now, began) = (self.live.clock.now(), Instant::now());
        let turn = core::turn(&self.live.state.read(), wishes, now);
        let Turn { batch, receipts, refusals, changed, unchanged } = turn;
        self.refuse(refusals);
        for (reply, error) in unchanged {
            // Whoever asked may be gone: then nobody is left to tell.
            let _ = reply.send(Err(error.into()));
        }
        let Some(batch) = batch else { return };
        self.metrics.stage(Stage::Check, began.elapsed(), receipts.len());
        for (placer, ..) in &receipts {
            let queued = began.saturating_duration_since(placer.read_at);
            self.metrics.stage(Stage::Queue, queued, 1);
        }
        let oldest = receipts.iter().map(|(placer, ..)| placer.read_at).min();
        match self.commit(slice::from_ref(&batch)).await {
            Ok(()) => {
                self.apply(&batch, oldest);
                self.accept(receipts, changed);
            }
            // The commit failed, yet the batch is in the journal: it happened.
            Err(error) if self.recover(&error) >= batch.last_seq() => {
                self.accept(receipts, changed);
            }
            Err(error) => {
                self.fail(receipts);
                let failure = RulesFailure::Storage(error.to_string());
                for (reply, _) in changed {
                    let _ = reply.send(Err(failure.clone()));
                }
            }
        }
    }

    /// Makes batches durable, all or none; deltas of earlier ones still go out on
    /// time.
    async fn commit(&mut self, batches: &[Batch]) -> Result<(), AppendError> {
        let flush_at = self.flush_at();
        let append = self.journal.append_all(batches);
        tokio::pin!(append);
        tokio::select! {
            biased;
            result = &mut append => return result,
            () = until(flush_at) => {}
        }
        flush(&self.live, &self.metrics, &mut self.unsent);
        append.await
    }

    /// Lets a durable batch happen.
    fn apply(&mut self, batch: &Batch, oldest: Option<Instant>) {
        let now = clock::monotonic_ms();
        let began = Instant::now();
        let mut happened = began;
        let mut sent = false;
        // In one step for whoever asks the feed: a board that was read in
        // between would be ahead of it.
        self.live.feed.write(|feed| {
            self.live
                .state
                .write()
                .apply(batch)
                .expect("a batch judged against this state follows from it");
            let texts = feed.record(batch);
            happened = Instant::now();
            sent = feed.due(now).is_some_and(|due| due <= now) && feed.flush(now);
            sent || texts
        });
        let placements = batch.entries.len();
        self.metrics.stage(Stage::Apply, happened - began, placements);
        self.unsent.add(happened, placements, oldest);
        if sent {
            self.unsent.sent(&self.metrics, happened);
        }
    }

    /// After a failed commit: takes in what is in the journal all the same, so
    /// that state and journal stay one. Gives the seq that they have.
    fn recover(&mut self, error: &AppendError) -> Seq {
        tracing::error!(canvas = %self.live.id, %error, "placements could not be saved");
        let next = self.live.state.read().seq() + 1;
        let missed: Result<Vec<Batch>, _> = self.journal.follow(next).and_then(Iterator::collect);
        match missed {
            Ok(missed) => missed.iter().for_each(|batch| self.apply(batch, None)),
            Err(error) => {
                tracing::error!(canvas = %self.live.id, %error, "the journal can't be read");
            }
        }
        self.live.state.read().seq()
    }

    fn accept(&self, receipts: Vec<(Placer, Subject, Receipt)>, changed: Vec<(RulesReply, Seq)>) {
        let rules = self.live.state.read().rules();
        for (reply, _) in changed {
            // Whoever asked may be gone: then nobody is left to tell.
            let _ = reply.send(Ok(rules));
        }
        self.metrics.placements(&self.live.id, "placed", receipts.len() as u64);
        let seats = receipts.iter().map(|(_, subject, _)| subject.seat);
        self.live.classroom.activity.lock().placed(seats, clock::monotonic_ms());
        let verdict = |(placer, _, receipt)| (placer, Verdict::Placed(receipt));
        mailbox::post_all(&receipts.into_iter().map(verdict).collect::<Vec<_>>());
    }

    fn refuse(&self, refusals: Vec<(Placer, Refused)>) {
        for (_, refused) in &refusals {
            self.metrics.placements(&self.live.id, refused.refusal.reason.name(), 1);
        }
        let verdict = |(placer, refused)| (placer, Verdict::Refused(refused));
        mailbox::post_all(&refusals.into_iter().map(verdict).collect::<Vec<_>>());
    }

    /// Takes accepted placements back: they could not be saved.
    fn fail(&self, receipts: Vec<(Placer, Subject, Receipt)>) {
        let now = self.live.clock.now();
        let state = self.live.state.read();
        let refusals = receipts.into_iter().map(|(placer, subject, _)| {
            let refusal = Refusal { reason: Reason::Storage, wait_ms: STORAGE_RETRY_MS };
            let color = state.color_at(subject.cell);
            let saved = state.allowance(subject.seat, now).saved;
            (placer, Refused { refusal, color, saved })
        });
        self.refuse(refusals.collect());
    }

    fn tell_presence(&mut self, beat: bool) {
        let (online, viewers) = (self.live.online(), self.live.viewers());
        self.metrics.viewers(&self.live.id, viewers);
        let now = clock::monotonic_ms();
        self.live.feed.write(|feed| {
            feed.set_viewers(viewers);
            let changed = feed.set_online(online);
            if beat {
                feed.beat(now);
            }
            changed || beat
        });
        if beat {
            self.unsent.forget();
        }
    }

    fn flush_at(&self) -> Option<tokio::time::Instant> {
        let now = clock::monotonic_ms();
        let due = self.live.feed.read(|feed| feed.due(now))?;
        Some(tokio::time::Instant::now() + Duration::from_millis(due - now))
    }

    fn flush(&mut self) {
        flush(&self.live, &self.metrics, &mut self.unsent);
    }
}

fn flush(live: &LiveCanvas, metrics: &Metrics, unsent: &mut Unsent) {
    let began = Instant::now();
    live.feed.write(|feed| feed.flush(clock::monotonic_ms()));
    unsent.sent(metrics, began);
}

/// Waits until a moment; for ever without one.
async fn until(moment: Option<tokio::time::Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
