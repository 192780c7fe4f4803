//! A canvas in use: what its sequencer, the sockets and the HTTP side share.

use std::cmp::Reverse;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Mutex, RwLock};
use place_core::cooldown::Millis;
use place_core::copying::Copying;
use place_core::limits::PROTECTED_TOLD_MAX_AREAS;
use place_core::sequencer::RulesChange;
use place_core::wire::lesson::Lesson;
use place_core::wire::text::{CanvasInfo, ServerText, palette_info};
use place_core::{Area, Canvas, Entry, Mode, Protected, Rules, SeatNumber, Seq, Size};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use super::presence::Presence;
use super::{
    Audience, Command, Decree, DecreeFailure, Post, Present, RulesFailure, Switchboard, Wish, Word,
};
use crate::classroom::Classroom;
use crate::clock::JournalClock;
use crate::feed::SharedFeed;
use crate::store::CanvasRecord;

/// A canvas in use.
#[derive(Debug)]
pub struct LiveCanvas {
    /// Its number in the store.
    pub number: u32,
    /// Its part of its address.
    pub id: String,
    name: RwLock<String>,
    /// The state; only the sequencer writes it.
    pub state: RwLock<Canvas>,
    /// What viewers follow.
    pub feed: SharedFeed,
    /// The sequencer's bounded queue.
    pub commands: mpsc::Sender<Command>,
    /// The time of its journal.
    pub clock: JournalClock,
    /// What its lesson is like.
    pub classroom: Classroom,
    switchboard: Arc<Switchboard>,
    shape: (Size, usize),
    presence: Mutex<Presence>,
    is_gone: AtomicBool,
    /// Where only teachers may draw, as people are told.
    protected: RwLock<Arc<Vec<Area>>>,
    /// Held by whoever looks anew where that is.
    looking: Mutex<()>,
    /// Cells that stand, by owner, and when they were counted.
    standing: Mutex<Option<(Instant, Arc<Vec<u32>>)>>,
}

/// How long a count of what stands is used: the desk and the scores are looked
/// at by people.
const STANDING_KEPT: Duration = Duration::from_secs(1);

/// Cells counted at once, while placements wait: a tenth of a millisecond.
const STANDING_STEP_CELLS: usize = 1 << 16;

impl LiveCanvas {
    /// Puts the parts together.
    pub fn new(
        record: &CanvasRecord,
        canvas: Canvas,
        feed: SharedFeed,
        commands: mpsc::Sender<Command>,
        classroom: Classroom,
        switchboard: Arc<Switchboard>,
    ) -> Self {
        Self {
            number: record.number,
            id: record.id.clone(),
            name: RwLock::new(record.name.clone()),
            clock: JournalClock::new(canvas.at_ms()),
            shape: (canvas.size(), canvas.palette().len()),
            protected: RwLock::new(Arc::new(told_areas(&canvas.protected(), canvas.size()))),
            looking: Mutex::default(),
            state: RwLock::new(canvas),
            feed,
            commands,
            classroom,
            switchboard,
            presence: Mutex::default(),
            is_gone: AtomicBool::new(false),
            standing: Mutex::default(),
        }
    }

    /// Ends the canvas: it is about to be deleted. What waits is still done.
    pub async fn end(&self) {
        self.is_gone.store(true, Ordering::Relaxed);
        // A sequencer that has ended already is as good.
        let _ = self.commands.send(Command::End).await;
    }

    /// Whether the canvas is deleted, or about to be.
    pub fn is_gone(&self) -> bool {
        self.is_gone.load(Ordering::Relaxed)
    }

    /// What the canvas is called.
    pub fn name(&self) -> String {
        self.name.read().clone()
    }

    /// Calls it something else.
    pub fn set_name(&self, name: String) {
        *self.name.write() = name;
    }

    /// Counts a connection in.
    pub fn enter(&self, who: Present) {
        if let Some(seat) = self.presence.lock().enter(who) {
            self.classroom.note_seat(seat);
        }
    }

    /// Counts a connection out.
    pub fn leave(&self, who: Present) {
        if let Some(seat) = self.presence.lock().leave(who) {
            self.classroom.note_seat(seat);
        }
    }

    /// Has a teacher's decisions happen, with what they mean for students' bots:
    /// the seqs that they took.
    pub async fn decree(
        &self,
        decide: impl FnOnce(&Canvas) -> Vec<Entry> + Send + 'static,
    ) -> Result<RangeInclusive<Seq>, DecreeFailure> {
        let (reply, answer) = oneshot::channel();
        let bots = Arc::clone(&self.classroom.bots);
        let decide = move |canvas: &Canvas| bots.lock().follow(canvas, decide(canvas));
        let decree = Command::Decree(Decree { decide: Box::new(decide), reply });
        self.commands.try_send(decree).map_err(|error| match error {
            TrySendError::Full(_) => DecreeFailure::Busy,
            TrySendError::Closed(_) => DecreeFailure::Stopping,
        })?;
        answer.await.unwrap_or(Err(DecreeFailure::Stopping))
    }

    /// Has the server itself, or a teacher, change rules.
    pub async fn set_rules(&self, change: RulesChange) -> Result<Rules, DecreeFailure> {
        let (reply, answer) = oneshot::channel();
        let wish = Command::Wish(Wish::SetRules(reply, change));
        self.commands.try_send(wish).map_err(|error| match error {
            TrySendError::Full(_) => DecreeFailure::Busy,
            TrySendError::Closed(_) => DecreeFailure::Stopping,
        })?;
        match answer.await {
            Ok(Ok(rules)) => Ok(rules),
            Ok(Err(RulesFailure::Range(error))) => Err(DecreeFailure::Range(error)),
            Ok(Err(RulesFailure::Storage(error))) => Err(DecreeFailure::Storage(error)),
            Err(_) => Err(DecreeFailure::Stopping),
        }
    }

    /// Says something to some of its people.
    pub fn say(&self, to: Audience, text: &ServerText) {
        self.switchboard.say(self.number, to, text);
    }

    /// Does something with the connections of some of its people.
    pub fn post(&self, to: Audience, word: Word) {
        self.switchboard.post(&Post { canvas: self.number, to, word });
    }

    /// Notes that a seat's person is called something else now, or is in another
    /// team: its people hear of it.
    pub fn note_changed(&self, seat: SeatNumber) {
        self.classroom.note_seat(seat);
    }

    /// What its people are told about the lesson at the server's time `now`.
    pub fn lesson(&self, now: Millis) -> Lesson {
        let protected = Arc::clone(&self.protected.read());
        let state = self.state.read();
        self.classroom.lesson(now, protected.to_vec(), |team| state.team(team))
    }

    /// Looks anew at what is protected, for what people are told: to be called
    /// once a decision about it stands. Blocks for up to some ten milliseconds,
    /// but nobody who draws waits for it.
    pub fn look_at_protected(&self) {
        // Whoever comes last has seen the newest state.
        let _turn = self.looking.lock();
        let protected = self.state.read().protected();
        *self.protected.write() = Arc::new(told_areas(&protected, self.shape.0));
    }

    /// The seats that somebody sits in now.
    pub fn seats_online(&self) -> Vec<SeatNumber> {
        self.presence.lock().seats()
    }

    /// Whether somebody sits in a seat now.
    pub fn is_online(&self, seat: SeatNumber) -> bool {
        self.presence.lock().has(seat)
    }

    /// How many people are here: those with a seat, each once, without bots.
    pub fn online(&self) -> u32 {
        self.presence.lock().people()
    }

    /// How many people look on without a seat; teachers and their projectors are
    /// not among them.
    pub fn onlookers(&self) -> u32 {
        self.presence.lock().onlookers()
    }

    /// How many watch: people, bots, onlookers, teachers' pages and projectors;
    /// several tabs of one seat are one.
    pub fn viewers(&self) -> u32 {
        self.presence.lock().viewers()
    }

    /// Whether it takes pixels.
    pub fn mode(&self) -> Mode {
        self.state.read().rules().mode
    }

    /// Its size, and how many colors it has: neither ever changes.
    pub fn shape(&self) -> (Size, usize) {
        self.shape
    }

    /// A copy of the state, for what takes its time with it. Blocks for some
    /// milliseconds, but keeps placements waiting for microseconds only. Not for
    /// a thread of low priority: what it holds, others wait for.
    pub fn copy(&self) -> Canvas {
        let mut copying = Copying::begin(&self.state.read());
        while !copying.step(&self.state.read()) {}
        // State and feed change in one step under the feed's lock.
        let finished = self.feed.read(|feed| {
            let changes = feed.changes_since(copying.seq())?;
            copying.finish(&self.state.read(), &changes)
        });
        finished.unwrap_or_else(|| self.state.read().clone())
    }

    /// Cells that stand, by their owner's number: index 0 is nobody's. They are
    /// counted at most once a second, in steps between which people draw. Blocks
    /// for up to some ten milliseconds.
    pub fn standing(&self) -> Arc<Vec<u32>> {
        let mut kept = self.standing.lock();
        if let Some((at, counts)) = &*kept
            && at.elapsed() < STANDING_KEPT
        {
            return Arc::clone(counts);
        }
        let mut counts = Vec::new();
        for first in (0..self.shape.0.cells()).step_by(STANDING_STEP_CELLS) {
            let cells = first..first + STANDING_STEP_CELLS;
            self.state.read().marks().count_standing(cells, &mut counts);
        }
        let counts = Arc::new(counts);
        *kept = Some((Instant::now(), Arc::clone(&counts)));
        counts
    }

    /// What clients are told about the canvas.
    pub fn info(&self) -> CanvasInfo {
        let state = self.state.read();
        let (size, rules) = (state.size(), state.rules());
        CanvasInfo {
            id: self.id.clone(),
            name: self.name(),
            width: size.width(),
            height: size.height(),
            palette: palette_info(state.palette()),
            mode: rules.mode,
            cooldown_ms: rules.cooldown_ms,
            saved_max: rules.saved_max,
            undo_ms: rules.undo_ms,
        }
    }
}

/// Where only teachers may draw, as people are told.
fn told_areas(protected: &Protected, size: Size) -> Vec<Area> {
    let mut areas = protected.areas(size);
    if areas.len() > PROTECTED_TOLD_MAX_AREAS {
        areas.sort_by_key(|area| Reverse(area.cells()));
        areas.truncate(PROTECTED_TOLD_MAX_AREAS);
    }
    areas.sort_by_key(|area| (area.corner().y, area.corner().x));
    areas
}
