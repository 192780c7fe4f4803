//! Repair: a journal with rows that can't be read any more is put together from
//! what is whole. What can't be read is kept beside, and everything that was
//! done is told.

use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use place_core::cooldown::Millis;
use place_core::mend::Mend;
use place_core::{Batch, Canvas, Entry, Seq};
use rusqlite::Connection;

use super::record::{self, Note};
use super::row::Row;
use super::{CanvasRecord, OpenError, Store, StoreError, StoreOptions, checkpoints, folder};
use super::{restore, schema};

/// Rows read at a time, by their size in bytes.
const CHUNK_MAX_BYTES: usize = 4 * 1024 * 1024;

/// Most entries that a hole is bridged over: hours of the busiest canvas ever.
/// More is no hole, but a journal of something else.
const HOLE_MAX_ENTRIES: Seq = 1 << 24;

/// What was repaired.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepairReport {
    /// What could not be read, in the order of canvases and seqs.
    pub holes: Vec<Hole>,
    /// Later changes that rested on what is lost: what they did to their cells was
    /// kept, and they are the server's now.
    pub rewritten: u64,
    /// Where the rows are that could not stay as they were.
    pub kept_aside: Option<PathBuf>,
}

/// Something that can't be read in a canvas's journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hole {
    /// The canvas's id.
    pub canvas: String,
    /// The first seq that is lost.
    pub first: Seq,
    /// The last one; `None` if nothing whole follows.
    pub last: Option<Seq>,
    /// When what stands ahead of it happened.
    pub after_ms: Millis,
    /// Whether a checkpoint tells what it had led to.
    pub is_known: bool,
}

impl RepairReport {
    /// Whether there was anything to repair.
    pub fn is_empty(&self) -> bool {
        self.holes.is_empty()
    }
}

impl fmt::Display for RepairReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(aside) = &self.kept_aside else { return write!(f, "There is nothing to repair.") };
        self.holes.iter().try_for_each(|hole| writeln!(f, "{hole}"))?;
        if self.rewritten > 0 {
            let count = self.rewritten;
            writeln!(f, "{count} later changes rested on that; their pixels stand as they stood.")?;
        }
        write!(f, "Everything else is whole. What can't be read is kept in {}.", aside.display())
    }
}

impl fmt::Display for Hole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { canvas, first, last, after_ms, is_known } = self;
        write!(f, "Canvas {canvas:?}: the changes from seq {first} ")?;
        match last {
            Some(last) => write!(f, "to {last}")?,
            None => write!(f, "on")?,
        }
        write!(f, ", made after {}, can't be read. ", restore::date(*after_ms))?;
        if *is_known {
            write!(
                f,
                "A checkpoint from behind them gave back the picture, the rules and who may draw; \
                 only the way there is lost."
            )
        } else {
            write!(f, "What they did is lost, and nothing tells what it was.")
        }
    }
}

/// Repairs the journals of a data folder that no server uses. Changes nothing if
/// all rows can be read. Blocks for as long as it takes to read everything.
///
/// # Errors
/// What `SQLite` itself can't read is not repaired: that needs a backup.
pub fn repair(dir: impl AsRef<Path>, now_ms: Millis) -> Result<RepairReport, RepairError> {
    let dir = dir.as_ref();
    let store = Store::open(dir, StoreOptions::default())?;
    let mut plans = Vec::new();
    for record in store.canvases()? {
        let plan = Plan::of(&store, &record)?;
        if !plan.holes.is_empty() {
            plans.push(plan);
        }
    }
    if plans.is_empty() {
        return Ok(RepairReport::default());
    }
    let aside = aside(dir, now_ms);
    keep_aside(&aside, &plans)
        .map_err(|source| RepairError::File { path: aside.clone(), source })?;
    let mut report = RepairReport { kept_aside: Some(aside), ..RepairReport::default() };
    for plan in plans {
        let state = plan.state.clone();
        let number = plan.number;
        report.rewritten += plan.rewritten;
        report.holes.extend(plan.holes.iter().map(|hole| hole.told.clone()));
        store.write_and_wait(move |conn| Ok(plan.carry_out(conn, now_ms)?))?;
        store.save_checkpoint(number, state.seq(), &state.to_checkpoint())?;
    }
    store.close()?;
    Ok(report)
}

/// Why nothing, or not everything, was repaired. What was, is whole.
#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    /// The data folder can't be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database can't be read or written, or too much is lost.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What can't be read could not be kept.
    #[error("{path} can't be written, and nothing was changed: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A hole, and what bridges it.
struct Bridge {
    told: Hole,
    last: Seq,
    decisions: Vec<Entry>,
}

/// What is to be done to one canvas's journal.
struct Plan {
    number: u32,
    holes: Vec<Bridge>,
    /// Rows that go.
    removed: Vec<Row>,
    /// Batches that come.
    added: Vec<Batch>,
    /// Entries that were put in another way.
    rewritten: u64,
    /// What the repaired journal leads to.
    state: Canvas,
}

impl Plan {
    fn of(store: &Store, record: &CanvasRecord) -> Result<Self, StoreError> {
        let mut survey = Survey::new(store, record)?;
        survey.run()?;
        let Survey { genesis, holes, mend, .. } = survey;
        let mut plan = Self {
            number: record.number,
            holes,
            removed: Vec::new(),
            added: Vec::new(),
            rewritten: 0,
            state: mend.ok_or(StoreError::NoSuchCanvas(record.number))?.state().clone(),
        };
        if !plan.holes.is_empty() {
            plan.fold(store, genesis)?;
        }
        Ok(plan)
    }

    /// Folds the journal once more, with the bridges in it.
    fn fold(&mut self, store: &Store, genesis: Option<Batch>) -> Result<(), StoreError> {
        let number = self.number;
        let is_inside = |bridge: &&Bridge| bridge.told.last.is_some_and(|last| last > 1);
        let mut bridges = self.holes.iter().filter(is_inside).peekable();
        let mut mend = match genesis {
            Some(genesis) => {
                let begun = Canvas::begin(&genesis).map_err(|error| damaged(number, 1, error))?;
                self.added.push(genesis);
                Some(Mend::from_state(begun))
            }
            None => None,
        };
        let mut cross = |mend: &mut Option<Mend>, to: Seq, added: &mut Vec<Batch>| {
            while let (Some(mend), Some(bridge)) = (mend.as_mut(), bridges.peek())
                && bridge.last < to
            {
                let seq = mend.state().seq() + 1;
                let batches = mend.bridge(bridge.last, bridge.decisions.iter().cloned());
                added.extend(batches.map_err(|error| damaged(number, seq, error))?);
                bridges.next();
            }
            Ok::<_, StoreError>(())
        };
        for row in Rows::of(store, number) {
            let row = row?;
            let batch = match row.batch() {
                Ok(batch) if batch.first_seq > mend.as_ref().map_or(0, |m| m.state().seq()) => {
                    batch
                }
                _ => {
                    self.removed.push(row);
                    continue;
                }
            };
            cross(&mut mend, batch.first_seq, &mut self.added)?;
            let Some(mend) = &mut mend else {
                let begun = Canvas::begin(&batch);
                mend = Some(Mend::from_state(begun.map_err(|error| damaged(number, 1, error))?));
                continue;
            };
            let mended = mend.follow(&batch).map_err(|e| damaged(number, batch.first_seq, e))?;
            if let Some(mended) = mended {
                let pairs = mended.entries.iter().zip(&batch.entries);
                self.rewritten += pairs.filter(|(new, old)| new != old).count() as u64;
                self.removed.push(row);
                self.added.push(mended);
            }
        }
        cross(&mut mend, Seq::MAX, &mut self.added)?;
        self.state = mend.ok_or(StoreError::NoSuchCanvas(number))?.state().clone();
        Ok(())
    }

    /// Does it, whole or not at all.
    fn carry_out(self, conn: &Connection, now_ms: Millis) -> rusqlite::Result<()> {
        let first = self.holes.iter().map(|bridge| bridge.told.first).min().unwrap_or(1);
        self.removed.iter().try_for_each(|row| row.remove(conn))?;
        for batch in &self.added {
            Row::of(self.number, batch).insert(conn)?;
        }
        checkpoints::forget_from(conn, self.number, first)?;
        for bridge in &self.holes {
            let note = Note::by(0, now_ms, "repaired").saying(bridge.told.to_string());
            record::insert(conn, self.number, &note)?;
        }
        // Whoever saw what is lost loads the board anew.
        schema::rename_history(conn)
    }
}

/// A first look: where the holes are, and what checkpoints tell of them.
struct Survey<'a> {
    store: &'a Store,
    record: &'a CanvasRecord,
    /// Those ahead, oldest first.
    checkpoints: VecDeque<Seq>,
    /// The first batch, if it is lost.
    genesis: Option<Batch>,
    mend: Option<Mend>,
    holes: Vec<Bridge>,
}

impl<'a> Survey<'a> {
    fn new(store: &'a Store, record: &'a CanvasRecord) -> Result<Self, StoreError> {
        let mut seqs = store.read(|conn| checkpoints::list(conn, record.number))?;
        seqs.reverse();
        let checkpoints = seqs.into();
        Ok(Self { store, record, checkpoints, genesis: None, mend: None, holes: Vec::new() })
    }

    fn run(&mut self) -> Result<(), StoreError> {
        // What the rows behind the last whole one say of themselves.
        let mut broken_to = None;
        for row in Rows::of(self.store, self.record.number) {
            let row = row?;
            if let Ok(batch) = row.batch() {
                broken_to = None;
                self.take(&batch)?;
            } else {
                broken_to = broken_to.max(Some(row.last_seq()));
            }
        }
        self.end(broken_to)
    }

    fn take(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let number = self.record.number;
        if self.mend.is_none() && batch.first_seq == 1 {
            let begun = Canvas::begin(batch).map_err(|error| damaged(number, 1, error))?;
            self.mend = Some(Mend::from_state(begun));
            return Ok(());
        }
        self.begin_without_genesis()?;
        if batch.first_seq > self.next() {
            self.hole_to(batch.first_seq - 1)?;
        }
        let mend = self.mend.as_mut().expect("begun right above");
        mend.follow(batch).map_err(|error| damaged(number, batch.first_seq, error))?;
        if let Some(known) = self.checkpoint_in(batch.last_seq(), batch.last_seq()) {
            self.learn(known);
        }
        Ok(())
    }

    /// What stands behind the last whole row.
    fn end(&mut self, broken_to: Option<Seq>) -> Result<(), StoreError> {
        self.begin_without_genesis()?;
        let first = self.next();
        if let Some(newest) = self.checkpoints.back().copied().filter(|seq| *seq >= first) {
            self.hole_to(newest)?;
        }
        let first_open = self.next();
        if broken_to.is_some_and(|last| first_open == first || last >= first_open) {
            let told = Hole { last: None, ..self.hole(first_open, first_open) };
            self.holes.push(Bridge { told, last: first_open - 1, decisions: Vec::new() });
        }
        Ok(())
    }

    fn next(&self) -> Seq {
        self.mend.as_ref().map_or(0, |mend| mend.state().seq()) + 1
    }

    fn hole(&self, first: Seq, last: Seq) -> Hole {
        Hole {
            canvas: self.record.id.clone(),
            first,
            last: Some(last),
            after_ms: self.mend.as_ref().map_or(0, |mend| mend.state().at_ms()),
            is_known: false,
        }
    }

    /// Size and colors of a canvas whose beginning is lost are those of any of its
    /// checkpoints.
    fn begin_without_genesis(&mut self) -> Result<(), StoreError> {
        if self.mend.is_some() {
            return Ok(());
        }
        let known = self.checkpoints.iter().find_map(|seq| self.checkpoint(*seq));
        let lost = "its beginning is lost, and no checkpoint tells what it was like";
        let known = known.ok_or_else(|| damaged(self.record.number, 1, lost))?;
        let genesis = Mend::genesis(&known);
        let begun = Canvas::begin(&genesis).map_err(|e| damaged(self.record.number, 1, e))?;
        let told = self.hole(1, 1);
        self.holes.push(Bridge { told, last: 1, decisions: Vec::new() });
        (self.genesis, self.mend) = (Some(genesis), Some(Mend::from_state(begun)));
        Ok(())
    }

    /// Bridges what is missing through `last`, with what the newest checkpoint
    /// inside tells.
    fn hole_to(&mut self, last: Seq) -> Result<(), StoreError> {
        let (number, first) = (self.record.number, self.next());
        if last - first >= HOLE_MAX_ENTRIES {
            let reason = format!("{} changes are lost, too many to go on from", last - first + 1);
            return Err(damaged(number, first, reason));
        }
        if let Some(known) = self.checkpoint_in(first, last) {
            let told = self.hole(first, known.seq());
            self.holes.push(Bridge { told, last: known.seq(), decisions: Vec::new() });
            self.learn(known);
        }
        if self.next() <= last {
            let told = self.hole(self.next(), last);
            self.holes.push(Bridge { told, last, decisions: Vec::new() });
            let mend = self.mend.as_mut().expect("a hole has something ahead of it");
            mend.bridge(last, []).map_err(|error| damaged(number, first, error))?;
        }
        Ok(())
    }

    /// The newest good checkpoint from one seq to another; it and those ahead of it
    /// are done with.
    fn checkpoint_in(&mut self, first: Seq, last: Seq) -> Option<Canvas> {
        let passed = self.checkpoints.partition_point(|seq| *seq <= last);
        let passed: Vec<Seq> = self.checkpoints.drain(..passed).collect();
        let mut of_use = passed.into_iter().rev().take_while(|seq| *seq >= first);
        of_use.find_map(|seq| self.checkpoint(seq))
    }

    fn checkpoint(&self, seq: Seq) -> Option<Canvas> {
        self.store.checkpoint(self.record.number, seq).ok()
    }

    /// What differs from a known state was changed last in the newest hole.
    fn learn(&mut self, known: Canvas) {
        let (Some(bridge), Some(mend)) = (self.holes.last_mut(), &mut self.mend) else { return };
        if !bridge.told.is_known {
            bridge.decisions = mend.learn(known);
            self.holes.iter_mut().for_each(|bridge| bridge.told.is_known = true);
        }
    }
}

/// A canvas's rows as they lie there, whole or not.
struct Rows<'a> {
    store: &'a Store,
    canvas: u32,
    next: Seq,
    chunk: VecDeque<Row>,
}

impl<'a> Rows<'a> {
    fn of(store: &'a Store, canvas: u32) -> Self {
        Self { store, canvas, next: 0, chunk: VecDeque::new() }
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.chunk.is_empty() {
            let (canvas, next) = (self.canvas, self.next);
            let rows = self.store.read(|conn| Row::from_seq(conn, canvas, next, CHUNK_MAX_BYTES));
            match rows {
                Ok(rows) => self.chunk = rows.into(),
                Err(error) => return Some(Err(error)),
            }
        }
        let row = self.chunk.pop_front()?;
        self.next = row.first_seq() + 1;
        Some(Ok(row))
    }
}

fn damaged(canvas: u32, seq: Seq, reason: impl fmt::Display) -> StoreError {
    StoreError::Damaged { canvas, seq, reason: reason.to_string() }
}

/// A name that is free, with the date.
fn aside(dir: &Path, now_ms: Millis) -> PathBuf {
    let suffix = format!(".broken-{}", restore::date(now_ms));
    let path = folder::with_suffix(&folder::database_in(dir), &suffix);
    let numbered = |number: u32| folder::with_suffix(&path, &format!("-{number}"));
    if path.exists() {
        (2..=u32::MAX).map(numbered).find(|path| !path.exists()).expect("some number is free")
    } else {
        path
    }
}

/// Writes the rows that go into a file, a line of JSON each, and makes that
/// durable.
fn keep_aside(path: &Path, plans: &[Plan]) -> io::Result<()> {
    let mut new_file = OpenOptions::new();
    let file = folder::private_file(new_file.write(true).create_new(true), path)?;
    let mut out = io::BufWriter::new(file);
    for row in plans.iter().flat_map(|plan| &plan.removed) {
        let mut hex = String::new();
        for byte in row.body() {
            write!(hex, "{byte:02x}").expect("writing to memory does not fail");
        }
        writeln!(out, "{{{},\"body\":\"{hex}\"}}", row.columns())?;
    }
    out.into_inner()?.sync_all()?;
    folder::sync_folder_of(path)
}
