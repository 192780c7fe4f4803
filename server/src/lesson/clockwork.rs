//! The task that looks at every canvas once a second.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use place_core::cooldown::Millis;
use place_core::wire::text::ServerText;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::hours::{self, KnownHours};
use super::people::{self, Told};
use super::{LessonError, change, curtain, purge, timer};
use crate::canvases::Canvases;
use crate::classroom::Signals;
use crate::clock;
use crate::phase::{self, Phase, PhaseWatch};
use crate::sequencer::{Audience, LiveCanvas};
use crate::store::Store;

/// How often it looks: as exact as people read a timer.
const TICK: Duration = Duration::from_secs(1);

/// Ticks between two messages about who is here: nobody reads them faster.
const PEOPLE_TICKS: u64 = 2;

/// Ticks between two reminders that the picture is hidden: as often as others
/// hear a beat.
const CURTAIN_TICKS: u64 = 15;

/// Ticks between two looks whether people are to be forgotten: nobody counts the
/// hours of days.
const PURGE_TICKS: u64 = 60 * 60;

/// How long what is due may take on one canvas: the others wait. What did not
/// happen is tried again a tick later.
const ACT_MAX: Duration = Duration::from_secs(5);

/// What is remembered of a canvas.
#[derive(Default)]
struct Known {
    told: Told,
    hours: KnownHours,
}

/// Looks at every canvas once a second.
pub struct Clockwork {
    canvases: Arc<Canvases>,
    store: Store,
    known: HashMap<u32, Known>,
}

impl Clockwork {
    /// A clockwork, not yet running.
    pub fn new(canvases: Arc<Canvases>, store: Store) -> Self {
        Self { canvases, store, known: HashMap::new() }
    }

    /// Does what was due while no server ran: to be awaited before anybody is let
    /// in, who would still draw on a canvas whose time is over.
    pub async fn catch_up(&mut self) {
        let now = clock::wall_ms();
        for live in &self.canvases.all() {
            self.act(live, now).await;
        }
    }

    /// Runs until the server drains.
    pub async fn run(mut self, mut phase: PhaseWatch) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for count in 0.. {
            tokio::select! {
                _ = ticks.tick() => self.tick(count, clock::wall_ms()).await,
                () = phase::reached(&mut phase, Phase::Draining) => return,
            }
        }
    }

    async fn tick(&mut self, count: u64, now: Millis) {
        let all = self.canvases.all();
        self.known.retain(|number, _| all.iter().any(|live| live.number == *number));
        for live in &all {
            let known = self.known.entry(live.number).or_default();
            tell_desk(live);
            change::tell_rest(live);
            if count.is_multiple_of(PEOPLE_TICKS) {
                people::tell(&self.store, live, &mut known.told);
            }
            if count.is_multiple_of(CURTAIN_TICKS) {
                curtain::remind(live);
            }
        }
        for live in &all {
            self.act(live, now).await;
        }
        if count.is_multiple_of(PURGE_TICKS) {
            self.purge(all);
        }
    }

    /// Has people forgotten whose time is over, beside everything else.
    fn purge(&self, all: Vec<Arc<LiveCanvas>>) {
        let store = self.store.clone();
        // It ends by itself, long before the next one: at the latest with the
        // store.
        tokio::spawn(async move {
            if let Err(error) = purge::erase_taken(&store, clock::wall_ms()).await {
                tracing::error!(%error, "what could be taken back could not be erased");
            }
            for live in all {
                if let Err(error) = purge::look_at(&store, &live).await {
                    tracing::error!(canvas = %live.id, %error, "people could not be forgotten");
                }
            }
        });
    }

    /// Does what is due on a canvas.
    async fn act(&mut self, live: &Arc<LiveCanvas>, now: Millis) {
        let known = self.known.entry(live.number).or_default();
        let act = async {
            timer::look_at(&self.store, live, now).await?;
            hours::look_at(&self.store, live, &mut known.hours, now).await
        };
        match timeout(ACT_MAX, act).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => failed(live, &error),
            Err(_) => tracing::error!(canvas = %live.id, "what was due took too long"),
        }
    }
}

fn failed(live: &LiveCanvas, error: &LessonError) {
    tracing::error!(canvas = %live.id, %error, "what was due did not happen");
}

/// Tells the teachers which parts of their desk changed.
fn tell_desk(live: &LiveCanvas) {
    for part in live.classroom.signals(Signals::take_desk) {
        let what = part.name().to_owned();
        live.say(Audience::Teachers, &ServerText::Desk { what });
    }
}
