//! The writer: one thread that owns the connection which writes.
//!
//! It takes everything that waits and commits it together: one fsync for all
//! canvases and all people. While that goes on the next group gathers by
//! itself, so a lone job waits for nothing but the disk, and many share it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::folder::LockedFolder;
use super::health::SharedHealth;
use super::job::Job;
use super::observer::{Commit, Observer, Part};
use super::queue::Queue;
use super::{OpenError, WriteError, schema};

/// Pages in the write-ahead log from which on it is carried over into the
/// database when nothing waits: 4 MiB, done in some milliseconds.
const LOG_CARRY_PAGES: u32 = 1000;

/// Pages from which on that is done even while jobs wait: they wait some
/// milliseconds longer, but a start after a crash stays quick and the log small.
const LOG_CARRY_AT_ONCE_PAGES: u32 = 8 * LOG_CARRY_PAGES;

/// What the writer shares with those that give it jobs.
pub(super) struct Shared {
    pub(super) queue: Queue,
    pub(super) health: SharedHealth,
    pub(super) observer: Arc<dyn Observer>,
    /// Whether the write-ahead log is to be emptied: it has what was forgotten.
    pub(super) wants_empty_log: AtomicBool,
}

impl Shared {
    /// Has the log emptied after the commit that is under way.
    pub(super) fn empty_log(&self) {
        self.wants_empty_log.store(true, Ordering::Relaxed);
    }
}

/// How long the writer waits for readers when it empties the log: others wait,
/// too.
const EMPTY_LOG_PATIENCE: Duration = Duration::from_millis(50);

/// Time until it tries again, if a backup or a check read all the while.
const EMPTY_LOG_EVERY: Duration = Duration::from_secs(1);

pub(super) struct Writer {
    path: PathBuf,
    /// `None` after a failure that left the connection in doubt; opened anew
    /// when it is needed.
    conn: Option<Connection>,
    shared: Arc<Shared>,
    /// Pages in the write-ahead log after the last commit.
    log_pages: Arc<AtomicU32>,
    /// How many there were when they were last carried over: a reader may hold
    /// the log, and then it only grows.
    carried_pages: u32,
    /// When the log could not be emptied.
    not_emptied_at: Option<Instant>,
    /// Last, so that it is given up after the connection.
    _folder: LockedFolder,
}

impl Writer {
    pub(super) fn open(
        path: PathBuf,
        folder: LockedFolder,
        shared: Arc<Shared>,
    ) -> Result<Self, OpenError> {
        let mut writer = Self {
            path,
            conn: None,
            shared,
            log_pages: Arc::default(),
            carried_pages: 0,
            not_emptied_at: None,
            _folder: folder,
        };
        let conn = writer.connect()?;
        // What a crash left in the log moves out of the way: the first commit
        // would share a disk sector with the last one before it.
        carry_log_over(&conn, "TRUNCATE").map_err(OpenError::database(&writer.path))?;
        writer.conn = Some(conn);
        Ok(writer)
    }

    /// Works until the queue is closed and empty, then leaves one tidy file.
    pub(super) fn run(mut self) {
        let _abandon = AbandonOnPanic(Arc::clone(&self.shared));
        while let Some(jobs) = self.shared.queue.take() {
            self.commit(jobs);
            self.carry_log_over_if_due();
            self.empty_log_if_wanted();
        }
        self.finish();
    }

    fn commit(&mut self, mut jobs: Vec<Box<dyn Job>>) {
        let started = Instant::now();
        let (entries, bytes) = weigh(&jobs);
        let asked_at = jobs.iter().filter(|job| job.weight().0 > 0).map(|job| job.asked_at()).min();
        if let Some(asked_at) = asked_at {
            self.shared.observer.timed(Part::Wait, started - asked_at, entries);
        }
        let result = self.transact(&mut jobs);
        match &result {
            Ok(Some(synced)) => {
                self.shared.health.wrote();
                let (took, jobs) = (started.elapsed(), jobs.len());
                let observer = &self.shared.observer;
                observer.timed(Part::Write, took.saturating_sub(*synced), entries);
                observer.timed(Part::Sync, *synced, entries);
                observer.committed(&Commit { took, jobs, entries, bytes });
            }
            // Everything was refused: the disk was not asked.
            Ok(None) => {}
            Err(error) => self.failed(error),
        }
        let result = result.map(|_| ());
        for job in jobs {
            job.answer(result.clone());
        }
    }

    /// Runs all jobs in one transaction; how long its commit took, if there was
    /// anything to write.
    fn transact(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<Option<Duration>, WriteError> {
        if self.shared.health.is_poisoned() {
            return Err(WriteError::Poisoned);
        }
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => self.connect().map_err(|error| WriteError::Io(error.to_string()))?,
        };
        let result = run_all(&conn, jobs).map_err(|error| WriteError::of(&error));
        // SQLite rolls back by itself after some errors and not after others.
        let is_usable = conn.is_autocommit() || conn.execute_batch("ROLLBACK").is_ok();
        self.conn = is_usable.then_some(conn);
        result
    }

    fn failed(&self, error: &WriteError) {
        self.shared.health.failed(error);
        self.shared.observer.failed(error);
    }

    fn connect(&self) -> Result<Connection, OpenError> {
        let mut conn = schema::open_writer(&self.path)?;
        let log_pages = Arc::clone(&self.log_pages);
        let count = move |_: &mut rusqlite::hooks::Wal, pages| {
            log_pages.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        };
        conn.wal_hook(Some(count)).map_err(OpenError::database(&self.path))?;
        Ok(conn)
    }

    fn carry_log_over_if_due(&mut self) {
        let pages = self.log_pages.load(Ordering::Relaxed);
        if pages < self.carried_pages {
            // The log started over.
            self.carried_pages = 0;
        }
        let new = pages - self.carried_pages;
        let due =
            if self.shared.queue.is_idle() { LOG_CARRY_PAGES } else { LOG_CARRY_AT_ONCE_PAGES };
        let Some(conn) = self.conn.as_ref().filter(|_| new >= due) else { return };
        self.carried_pages = pages;
        let started = Instant::now();
        match carry_log_over(conn, "PASSIVE") {
            Ok(()) => self.shared.observer.log_carried_over(started.elapsed()),
            Err(error) => self.failed(&WriteError::of(&error)),
        }
    }

    fn empty_log_if_wanted(&mut self) {
        let is_too_soon = self.not_emptied_at.is_some_and(|at| at.elapsed() < EMPTY_LOG_EVERY);
        if is_too_soon || !self.shared.wants_empty_log.load(Ordering::Relaxed) {
            return;
        }
        let Some(conn) = self.conn.as_ref() else { return };
        match empty_log(conn) {
            Ok(true) => {
                self.shared.wants_empty_log.store(false, Ordering::Relaxed);
                self.not_emptied_at = None;
                self.carried_pages = 0;
                self.log_pages.store(0, Ordering::Relaxed);
            }
            Ok(false) => self.not_emptied_at = Some(Instant::now()),
            Err(error) => {
                self.not_emptied_at = Some(Instant::now());
                self.failed(&WriteError::of(&error));
            }
        }
    }

    fn finish(self) {
        let Some(conn) = &self.conn else { return };
        let result = if self.shared.health.is_poisoned() {
            // What the log has is best left to the next start.
            conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map(|_| ())
        } else {
            carry_log_over(conn, "TRUNCATE")
        };
        if let Err(error) = result {
            // Nothing is lost: the next start reads the log.
            tracing::warn!(%error, "the database could not be tidied up");
        }
    }
}

/// The journal entries in some jobs, and their encoded size in bytes.
fn weigh(jobs: &[Box<dyn Job>]) -> (usize, usize) {
    let weights = jobs.iter().map(|job| job.weight());
    weights.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
}

fn run_all(conn: &Connection, jobs: &mut [Box<dyn Job>]) -> rusqlite::Result<Option<Duration>> {
    let execute = |sql: &str| conn.prepare_cached(sql)?.execute(()).map(|_| ());
    let changes_before = conn.total_changes();
    execute("BEGIN IMMEDIATE")?;
    for job in jobs {
        execute("SAVEPOINT job")?;
        if !job.run(conn)? {
            execute("ROLLBACK TO job")?;
        }
        execute("RELEASE job")?;
    }
    let ready = Instant::now();
    execute("COMMIT")?;
    Ok((conn.total_changes() > changes_before).then(|| ready.elapsed()))
}

fn carry_log_over(conn: &Connection, mode: &str) -> rusqlite::Result<()> {
    conn.query_row(&format!("PRAGMA wal_checkpoint({mode})"), (), |_| Ok(()))
}

/// Carries the log over and cuts it down to nothing; whether no reader was in
/// the way.
fn empty_log(conn: &Connection) -> rusqlite::Result<bool> {
    conn.busy_timeout(EMPTY_LOG_PATIENCE)?;
    let is_busy = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| row.get(0));
    conn.busy_timeout(schema::BUSY_TIMEOUT)?;
    is_busy.map(|is_busy: bool| !is_busy)
}

/// If the writer dies of a bug, nobody may wait for it, and health must say so.
struct AbandonOnPanic(Arc<Shared>);

impl Drop for AbandonOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.health.failed(&WriteError::Poisoned);
        }
        self.0.queue.abandon();
    }
}
