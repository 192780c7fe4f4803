//! What is done for every canvas from time to time: checkpoints, and pictures
//! of it on disk.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use place_core::{Canvas, Seq};
use tokio::time::{MissedTickBehavior, interval};

use crate::background::{Background, BackgroundError};
use crate::canvases::Canvases;
use crate::clock;
use crate::phase::{self, Phase, PhaseWatch};
use crate::sequencer::LiveCanvas;
use crate::snapshot::Snapshots;
use crate::store::Store;
use crate::telemetry::Metrics;

/// How often the keeper looks whether something is due.
const ROUND: Duration = Duration::from_secs(1);

/// When something is due.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// Entries after which a canvas gets a checkpoint: what a start must fold.
    pub checkpoint_entries: u64,
    /// Time after which a changed canvas gets a checkpoint anyway.
    pub checkpoint_interval: Duration,
    /// Time after which a changed canvas gets a picture; zero for never.
    pub snapshot_interval: Duration,
}

/// What was kept of a canvas last.
struct Kept {
    checkpoint: (Seq, Instant),
    snapshot: (Seq, Instant),
}

/// Keeps checkpoints and pictures.
pub struct Keeper {
    canvases: Arc<Canvases>,
    store: Store,
    snapshots: Snapshots,
    schedule: Schedule,
    metrics: Arc<Metrics>,
    background: Background,
    kept: HashMap<u32, Kept>,
}

impl Keeper {
    /// A keeper, not yet running.
    pub fn new(
        canvases: Arc<Canvases>,
        store: Store,
        snapshots: Snapshots,
        schedule: Schedule,
        metrics: Arc<Metrics>,
        background: Background,
    ) -> Self {
        Self { canvases, store, snapshots, schedule, metrics, background, kept: HashMap::new() }
    }

    /// Runs until the server drains.
    pub async fn run(mut self, mut phase: PhaseWatch) {
        let mut rounds = interval(ROUND);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = rounds.tick() => {}
                () = phase::reached(&mut phase, Phase::Draining) => return,
            }
            for live in self.canvases.all() {
                self.look_at(&live).await;
            }
        }
    }

    /// One canvas's turn. What fails is said and tried again an interval
    /// later.
    async fn look_at(&mut self, live: &Arc<LiveCanvas>) {
        let seq = live.state.read().seq();
        let now = Instant::now();
        let Schedule { checkpoint_entries, checkpoint_interval, snapshot_interval } = self.schedule;
        let kept = self.kept.entry(live.number).or_insert_with(|| Kept {
            checkpoint: (seq, now),
            snapshot: (self.snapshots.newest_seq(&live.id).unwrap_or(0), now),
        });
        let entries = seq - kept.checkpoint.0;
        if entries >= checkpoint_entries
            || (entries > 0 && now - kept.checkpoint.1 >= checkpoint_interval)
        {
            kept.checkpoint = (seq, now);
            checkpoint(&self.store, live, &self.background).await;
        }
        let wanted = !snapshot_interval.is_zero();
        if wanted && seq != kept.snapshot.0 && now - kept.snapshot.1 >= snapshot_interval {
            kept.snapshot = (seq, now);
            snapshot(&self.snapshots, live, &self.metrics, &self.background).await;
        }
    }
}

/// Saves a canvas's whole state, unless that fails: then the journal is
/// enough, and the failure is said.
pub async fn checkpoint(store: &Store, live: &Arc<LiveCanvas>, background: &Background) {
    let (store, number) = (store.clone(), live.number);
    let source = Arc::clone(live);
    let saved = with_copy(live, background, move |canvas| {
        if source.is_gone() {
            return Ok(());
        }
        store.save_checkpoint(number, canvas.seq(), &canvas.to_checkpoint())
    });
    match saved.await {
        Ok(Ok(())) => tracing::debug!(canvas = %live.id, "checkpoint saved"),
        Ok(Err(error)) => tracing::warn!(canvas = %live.id, %error, "no checkpoint"),
        Err(error) => tracing::error!(canvas = %live.id, %error, "no checkpoint"),
    }
}

/// Does something with a copy of a canvas, behind everybody else.
async fn with_copy<R: Send + 'static>(
    live: &Arc<LiveCanvas>,
    background: &Background,
    work: impl FnOnce(&Canvas) -> R + Send + 'static,
) -> Result<R, BackgroundError> {
    let source = Arc::clone(live);
    let copy = tokio::task::spawn_blocking(move || source.copy());
    let canvas = copy.await.map_err(|_| BackgroundError::Broken)?;
    background.run(move || work(&canvas)).await
}

async fn snapshot(
    snapshots: &Snapshots,
    live: &Arc<LiveCanvas>,
    metrics: &Metrics,
    background: &Background,
) {
    let (snapshots, source) = (snapshots.clone(), Arc::clone(live));
    let written = with_copy(live, background, move |canvas| {
        if source.is_gone() {
            return Ok(0);
        }
        let now = clock::wall_ms();
        snapshots.write(&source.id, &source.name(), canvas, now)?;
        snapshots.prune(&source.id, now)
    });
    let outcome = match written.await {
        Ok(Ok(_)) => "written",
        Ok(Err(error)) => {
            tracing::warn!(canvas = %live.id, %error, "no snapshot");
            "failed"
        }
        Err(error) => {
            tracing::error!(canvas = %live.id, %error, "no snapshot");
            "failed"
        }
    };
    metrics.snapshot(outcome);
}
