//! The check of a whole database: every page, every checksum, every fold.

use std::fmt;
use std::path::Path;

use place_core::{Canvas, Seq};
use rusqlite::Connection;

use super::checkpoints::{self, Stored};
use super::journal::Source;
use super::row::Row;
use super::{CanvasRecord, OpenError, StoreError, canvases, folder, schema};

/// Most problems told in words; the others are counted. A destroyed disk has
/// thousands, and the first hundred say it.
const PROBLEMS_MAX: usize = 100;

/// Rows read at a time, by their size in bytes.
const CHUNK_MAX_BYTES: usize = 4 * 1024 * 1024;

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Canvases looked at.
    pub canvases: u64,
    /// Seats counted.
    pub seats: u64,
    /// Journal rows verified.
    pub batches: u64,
    /// Entries in those.
    pub entries: u64,
    /// Checkpoints compared with the fold of the journal.
    pub checkpoints: u64,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Further problems, not told in words.
    pub more_problems: u64,
}

/// Something wrong with a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether something that people did is damaged; a checkpoint can be made
    /// again.
    pub is_loss: bool,
    /// What is wrong, in a sentence.
    pub text: String,
}

impl CheckReport {
    /// Whether nothing is wrong.
    pub fn is_good(&self) -> bool {
        self.problems.is_empty()
    }

    /// Whether everything that people did is there.
    pub fn is_complete(&self) -> bool {
        !self.problems.iter().any(|problem| problem.is_loss)
    }

    fn add(&mut self, is_loss: bool, text: String) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(Problem { is_loss, text });
        } else {
            self.more_problems += 1;
        }
    }
}

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { canvases, seats, batches, entries, checkpoints, .. } = self;
        write!(
            f,
            "{canvases} canvases, {seats} seats, {entries} journal entries in {batches} batches, \
             {checkpoints} checkpoints: "
        )?;
        match self.problems.len() as u64 + self.more_problems {
            0 => write!(f, "all good"),
            1 => write!(f, "1 problem"),
            count => write!(f, "{count} problems"),
        }?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n- {}", problem.text))?;
        match self.more_problems {
            0 => Ok(()),
            more => write!(f, "\n- and {more} more"),
        }
    }
}

/// Checks a data folder, also while a server uses it. Blocks for as long as it
/// takes to read everything.
pub fn check(dir: impl AsRef<Path>) -> Result<CheckReport, OpenError> {
    check_file(&folder::database_in(dir.as_ref()))
}

/// Checks a database file.
pub(super) fn check_file(path: &Path) -> Result<CheckReport, OpenError> {
    let conn = schema::open_reader(path)?;
    let mut report = CheckReport::default();
    if let Err(error) = look_at_everything(&conn, &mut report) {
        report.add(true, format!("The database can't be read: {error}."));
    }
    Ok(report)
}

fn look_at_everything(conn: &Connection, report: &mut CheckReport) -> rusqlite::Result<()> {
    // One moment for the whole check, whatever a server writes meanwhile.
    conn.execute_batch("BEGIN")?;
    check_pages(conn, report)?;
    let records = canvases::list(conn)?;
    report.canvases = records.len() as u64;
    report.seats = count(conn, "SELECT count(*) FROM seats")?;
    for record in &records {
        if let Err(error) = CanvasCheck::new(conn, record, report).run() {
            report.add(true, format!("Canvas {:?} can't be read: {error}.", record.id));
        }
    }
    // What is left of deleted canvases is removed piece by piece.
    let sql = "SELECT count(*) FROM journal WHERE key >> 40 NOT IN (SELECT canvas FROM trash)";
    let total = count(conn, sql)?;
    if total > report.batches {
        let rows = total - report.batches;
        report.add(true, format!("{rows} journal rows belong to no canvas, or can't be reached."));
    }
    conn.execute_batch("COMMIT")
}

fn check_pages(conn: &Connection, report: &mut CheckReport) -> rusqlite::Result<()> {
    let mut statement = conn.prepare(&format!("PRAGMA integrity_check({PROBLEMS_MAX})"))?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        if text != "ok" {
            report.add(true, format!("SQLite says: {text}."));
        }
    }
    Ok(())
}

fn count(conn: &Connection, sql: &str) -> rusqlite::Result<u64> {
    conn.query_row(sql, (), |row| row.get(0).map(i64::cast_unsigned))
}

/// The check of one canvas: its rows one after another, folded anew, and its
/// checkpoints compared on the way.
struct CanvasCheck<'a> {
    conn: &'a Connection,
    record: &'a CanvasRecord,
    report: &'a mut CheckReport,
    next: Seq,
    /// The last row was damaged: where the next one begins can't be known.
    follows_damage: bool,
    /// `None` before the beginning.
    state: Option<Canvas>,
    /// False once a damage has made the fold impossible; rows are verified on.
    folds: bool,
    /// Not yet compared, newest first.
    checkpoints: Vec<Seq>,
}

impl<'a> CanvasCheck<'a> {
    fn new(conn: &'a Connection, record: &'a CanvasRecord, report: &'a mut CheckReport) -> Self {
        Self {
            conn,
            record,
            report,
            next: 1,
            follows_damage: false,
            state: None,
            folds: true,
            checkpoints: Vec::new(),
        }
    }

    fn run(mut self) -> Result<(), StoreError> {
        let number = self.record.number;
        self.checkpoints = self.conn.read(|conn| checkpoints::list(conn, number))?;
        loop {
            let from = self.next;
            let rows = self.conn.read(|conn| Row::from_seq(conn, number, from, CHUNK_MAX_BYTES))?;
            if rows.is_empty() {
                break;
            }
            rows.iter().try_for_each(|row| self.row(row))?;
        }
        if self.next == 1 {
            self.lost(1, "the journal is empty");
        }
        while let Some(seq) = self.checkpoints.pop() {
            if self.folds {
                self.lost(seq, "the journal ends before its checkpoint");
            }
        }
        Ok(())
    }

    fn row(&mut self, row: &Row) -> Result<(), StoreError> {
        self.report.batches += 1;
        let first = row.first_seq();
        if first != self.next && !self.follows_damage {
            self.lost(self.next, &format!("the journal goes on at seq {first}"));
        }
        let batch = row.batch();
        self.follows_damage = batch.is_err();
        match batch {
            Ok(batch) => {
                self.next = batch.last_seq() + 1;
                self.report.entries += batch.entries.len() as u64;
                if self.folds
                    && let Err(reason) = checkpoints::step(&mut self.state, &batch)
                {
                    self.lost(first, &reason);
                }
            }
            Err(reason) => {
                self.next = first + 1;
                self.lost(first, &reason);
            }
        }
        self.compare_checkpoint()
    }

    fn compare_checkpoint(&mut self) -> Result<(), StoreError> {
        let Some(state) = self.state.as_ref().filter(|_| self.folds) else { return Ok(()) };
        let Some(seq) = self.checkpoints.pop_if(|seq| *seq <= state.seq()) else { return Ok(()) };
        let number = self.record.number;
        let stored = self.conn.read(|conn| Stored::read(conn, number, seq))?;
        let problem = match stored.bytes(number) {
            Err(reason) => Some(reason),
            Ok(bytes) if seq != state.seq() || bytes != state.to_checkpoint() => {
                Some("its checkpoint is not what the journal folds to".to_owned())
            }
            Ok(_) => None,
        };
        self.report.checkpoints += 1;
        if let Some(reason) = problem {
            self.report.add(false, format!("Canvas {:?}, seq {seq}: {reason}.", self.record.id));
        }
        Ok(())
    }

    fn lost(&mut self, seq: Seq, reason: &str) {
        self.folds = false;
        self.report.add(true, format!("Canvas {:?}, seq {seq}: {reason}.", self.record.id));
    }
}
