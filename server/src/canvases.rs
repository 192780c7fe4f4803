//! The canvases in use, each with its sequencer.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};
use place_core::limits::CANVAS_NAME_MAX_CHARS;
use place_core::wire::lesson::{Announcement, TeamInfo};
use place_core::{Canvas, Feed, Palette, Rules, Size, history::History};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::classroom::{Bots, CanvasSettings, Classroom, JoinRule, Look};
use crate::clock;
use crate::feed::SharedFeed;
use crate::phase::PhaseWatch;
use crate::sequencer::{LiveCanvas, Pacer, Sequencer, Switchboard};
use crate::store::{
    AnnouncementRecord, CanvasRecord, Journal, Setup, Store, StoreError, TeamRecord,
};
use crate::telemetry::Metrics;

/// Entries read back from the journal at a start, so that viewers who were
/// there before it are caught up instead of reloading: minutes of a busy class.
const HISTORY_REFILL_ENTRIES: u64 = 16_384;

/// What a new canvas is like.
#[derive(Clone, Debug)]
pub struct NewCanvas {
    /// Its part of its address; made from the name if missing.
    pub id: Option<String>,
    /// What it is called.
    pub name: String,
    /// Width and height.
    pub size: Size,
    /// Its colors.
    pub palette: Palette,
    /// Its first rules.
    pub rules: Rules,
}

/// Why a canvas was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The name is empty or too long.
    #[error("a canvas's name has 1 to {CANVAS_NAME_MAX_CHARS} characters")]
    Name,
    /// The store would not have it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The canvases in use.
pub struct Canvases {
    store: Store,
    live: RwLock<BTreeMap<String, Arc<LiveCanvas>>>,
    sequencers: Mutex<Vec<(u32, JoinHandle<()>)>>,
    queue_capacity: usize,
    runtime: Handle,
    phase: PhaseWatch,
    metrics: Arc<Metrics>,
    pacer: Arc<Pacer>,
    switchboard: Arc<Switchboard>,
}

impl Canvases {
    /// Takes every canvas of the store into use. Sequencers run on `runtime`
    /// until it tells them to drain.
    pub fn open(
        store: Store,
        queue_capacity: usize,
        runtime: Handle,
        phase: PhaseWatch,
        metrics: Arc<Metrics>,
        switchboard: Arc<Switchboard>,
    ) -> Result<Self, StoreError> {
        let canvases = Self {
            store,
            live: RwLock::default(),
            sequencers: Mutex::default(),
            queue_capacity,
            runtime,
            phase,
            metrics,
            pacer: Arc::new(Pacer::new(queue_capacity)),
            switchboard,
        };
        for record in canvases.store.canvases()? {
            canvases.take_into_use(&record)?;
        }
        Ok(canvases)
    }

    /// The data folder.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// A canvas by its id.
    pub fn get(&self, id: &str) -> Option<Arc<LiveCanvas>> {
        self.live.read().get(id).cloned()
    }

    /// A canvas by its number in the store.
    pub fn by_number(&self, number: u32) -> Option<Arc<LiveCanvas>> {
        self.live.read().values().find(|live| live.number == number).cloned()
    }

    /// All canvases, sorted by id.
    pub fn all(&self) -> Vec<Arc<LiveCanvas>> {
        self.live.read().values().cloned().collect()
    }

    /// Creates a canvas with all that it begins with, and takes it into use.
    /// Blocks on the disk.
    pub fn create(&self, new: &NewCanvas, setup: &Setup) -> Result<Arc<LiveCanvas>, CreateError> {
        let record = create_with(&self.store, new, setup)?;
        Ok(self.take_into_use(&record)?)
    }

    /// Gives a canvas another name. Blocks on the disk.
    pub fn rename(&self, live: &LiveCanvas, name: &str) -> Result<(), CreateError> {
        let name = checked_name(name)?;
        self.store.rename_canvas(live.number, name)?;
        live.set_name(name.to_owned());
        Ok(())
    }

    /// Takes a canvas out of use, and waits until nobody writes it any more; what
    /// waited is done. Tells whether it was in use.
    pub async fn take_out(&self, live: &LiveCanvas) -> bool {
        if self.live.write().remove(&live.id).is_none() {
            return false;
        }
        live.end().await;
        let sequencer = {
            let mut all = self.sequencers.lock();
            let at = all.iter().position(|(number, _)| *number == live.number);
            at.map(|at| all.swap_remove(at).1)
        };
        if let Some(sequencer) = sequencer
            && let Err(error) = sequencer.await
        {
            tracing::error!(canvas = %live.id, %error, "a sequencer ended badly");
        }
        true
    }

    /// Takes a canvas into use again that could not be deleted. Blocks on the
    /// disk.
    pub fn take_back(&self, number: u32) -> Result<(), StoreError> {
        let record = self.store.canvases()?.into_iter().find(|record| record.number == number);
        let record = record.ok_or(StoreError::NoSuchCanvas(number))?;
        self.take_into_use(&record).map(drop)
    }

    /// Waits until every sequencer has emptied its queue and ended.
    pub async fn finish(&self) {
        let sequencers = std::mem::take(&mut *self.sequencers.lock());
        for (_, sequencer) in sequencers {
            if let Err(error) = sequencer.await {
                tracing::error!(%error, "a sequencer ended badly");
            }
        }
    }

    fn take_into_use(&self, record: &CanvasRecord) -> Result<Arc<LiveCanvas>, StoreError> {
        let loaded = self.store.load(record.number)?;
        tracing::info!(
            canvas = %record.id, seq = loaded.canvas.seq(),
            checkpoint = loaded.from_checkpoint, replayed = loaded.replayed, "canvas loaded"
        );
        if !loaded.broken_checkpoints.is_empty()
            && let Err(error) = self.store.mend_checkpoints(record.number, &loaded)
        {
            tracing::warn!(canvas = %record.id, %error, "its checkpoints could not be made again");
        }
        let journal = self.store.journal(record.number);
        let history = refill(&journal, &loaded.canvas)?;
        let feed = SharedFeed::new(Feed::new(&loaded.canvas, history));
        let (commands, queue) = mpsc::channel(self.queue_capacity);
        let live = Arc::new(LiveCanvas::new(
            record,
            loaded.canvas,
            feed,
            commands,
            classroom(&self.store, record)?,
            Arc::clone(&self.switchboard),
        ));
        let sequencer = Sequencer::new(
            Arc::clone(&live),
            queue,
            journal,
            Arc::clone(&self.metrics),
            Arc::clone(&self.pacer),
        );
        let sequencer = self.runtime.spawn(sequencer.run(self.phase.clone()));
        self.sequencers.lock().push((record.number, sequencer));
        self.live.write().insert(record.id.clone(), Arc::clone(&live));
        Ok(live)
    }
}

/// A canvas's lesson as it was stored.
fn classroom(store: &Store, record: &CanvasRecord) -> Result<Classroom, StoreError> {
    let stored = store.settings(record.number)?;
    let settings = serde_json::from_str(&stored).unwrap_or_else(|error| {
        // A later version may have known more. What is stored stays until
        // somebody changes it, and nobody comes in who could not before.
        tracing::error!(canvas = %record.id, %error, "its settings can't be read");
        CanvasSettings { join: JoinRule::Roster, look: Look::Seats, ..CanvasSettings::default() }
    });
    let team = |TeamRecord { number, name, color }| TeamInfo {
        number,
        name,
        color,
        region: None,
        is_confined: false,
    };
    let teams = store.teams(record.number)?.into_iter().map(team).collect();
    let names: BTreeMap<_, _> =
        store.teachers()?.into_iter().map(|teacher| (teacher.number, teacher.name)).collect();
    let announcement = |announcement: AnnouncementRecord| {
        let teacher = announcement.teacher.and_then(|number| names.get(&number));
        let AnnouncementRecord { id, text, at_ms, ends_ms, .. } = announcement;
        Announcement { id, text, from: teacher.cloned().unwrap_or_default(), at_ms, ends_ms }
    };
    let announced = store.announcements(record.number, clock::wall_ms())?;
    let announced = announced.into_iter().map(announcement).collect();
    let classroom = Classroom::new(settings, teams, announced);
    let owned = store.bots(record.number)?;
    let owned = owned.iter().filter_map(|bot| Some((bot.number, bot.bot_of?)));
    *classroom.bots.lock() = Bots::new(owned);
    classroom.set_hours_done(store.hours_done_ms(record.number)?);
    Ok(classroom)
}

/// Creates a canvas in a store; for a running server use
/// [`Canvases::create`].
pub fn create(store: &Store, new: &NewCanvas) -> Result<CanvasRecord, CreateError> {
    create_with(store, new, &Setup::default())
}

fn create_with(store: &Store, new: &NewCanvas, setup: &Setup) -> Result<CanvasRecord, CreateError> {
    let name = checked_name(&new.name)?;
    let now = clock::wall_ms();
    let genesis = Canvas::genesis(new.size, new.palette.clone(), new.rules, now);
    let mut setup = setup.clone();
    // All of it happens in the moment in which the canvas begins.
    setup.batches.iter_mut().for_each(|batch| batch.at_ms = now);
    let create = |id: &str| store.create_canvas_with(id, name, now, &genesis, setup.clone());
    if let Some(id) = &new.id {
        return Ok(create(id)?);
    }
    let base = slug(name);
    let mut attempt = 1;
    loop {
        let id = if attempt == 1 { base.clone() } else { format!("{base}-{attempt}") };
        match create(&id) {
            Err(StoreError::CanvasExists(_)) => attempt += 1,
            other => return Ok(other?),
        }
    }
}

fn checked_name(name: &str) -> Result<&str, CreateError> {
    let name = name.trim();
    let fits = (1..=CANVAS_NAME_MAX_CHARS).contains(&name.chars().count());
    if fits && !name.chars().any(char::is_control) { Ok(name) } else { Err(CreateError::Name) }
}

/// Letters, digits and hyphens of a name, short enough to add a number to.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.truncate(24);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "canvas".to_owned() } else { slug.to_owned() }
}

/// The last changes before the present state, as far as the journal is asked
/// for them.
fn refill(journal: &impl Journal, canvas: &Canvas) -> Result<History, StoreError> {
    let first = canvas.seq().saturating_sub(HISTORY_REFILL_ENTRIES) + 1;
    let mut history = None;
    for batch in journal.follow(first)? {
        let batch = batch?;
        // The first batch may begin before the seq asked for.
        let history = history.get_or_insert_with(|| History::new(batch.first_seq - 1));
        for (seq, entry) in (batch.first_seq..).zip(&batch.entries) {
            history.record(seq, entry, canvas.size());
        }
    }
    Ok(history.unwrap_or_else(|| History::new(canvas.seq())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_made_from_names() {
        let table = [
            ("Playground", "playground"),
            ("Class 5b — Friday!", "class-5b-friday"),
            ("  Änderung  ", "nderung"),
            ("绘画", "canvas"),
            ("A very long name for a canvas, really", "a-very-long-name-for-a-c"),
        ];
        for (name, id) in table {
            assert_eq!(slug(name), id);
        }
    }
}
