//! What can go wrong in the store, in sentences.

use std::path::PathBuf;

use place_core::Seq;
use place_core::limits::{CANVAS_ID_MAX_BYTES, CANVAS_NAME_MAX_CHARS, NICKNAME_MAX_CHARS};
use rusqlite::{Error as Sqlite, ffi};

use super::canvases::CANVASES_MAX;
use super::names::NAMES_MAX_OF_SEAT;
use super::teachers::{TEACHER_NAME_MAX_CHARS, TEACHERS_MAX};

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder can't be made or used.
    #[error("the data folder {path} can't be used: {source}")]
    Folder {
        /// The folder, or the file in it.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another process has it.
    #[error("the data folder {0} is in use by another PLACE server")]
    InUse(PathBuf),
    /// There is no database.
    #[error("there is no PLACE database at {0}")]
    Missing(PathBuf),
    /// The file is something else.
    #[error("{0} is not a PLACE database, or its beginning is destroyed")]
    Foreign(PathBuf),
    /// The file was written by a later version.
    #[error(
        "{path} was written by a newer PLACE (schema {found}, this version knows {known}): update \
         PLACE, or restore a backup made with this version"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// The newest schema known here.
        known: u32,
    },
    /// The database can't be read or prepared.
    #[error("the database {path} can't be opened: {reason}")]
    Database {
        /// The file.
        path: PathBuf,
        /// What `SQLite` said.
        reason: String,
    },
}

impl OpenError {
    pub(super) fn folder(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        |source| Self::Folder { path, source }
    }

    pub(super) fn database(path: impl Into<PathBuf>) -> impl FnOnce(Sqlite) -> Self {
        let path = path.into();
        |error| Self::Database { path, reason: error.to_string() }
    }
}

/// Why something could not be made durable. Nothing of it will be seen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// No room; it goes on by itself when there is some again.
    #[error("the disk is full")]
    Full,
    /// The write failed; it may go on by itself.
    #[error("the disk can't be written: {0}")]
    Io(String),
    /// The disk could not promise that what was written is kept. What it has
    /// is unknown until the database is read anew, so nothing more is written.
    #[error("the disk lost a write; PLACE must be restarted, and the disk looked at")]
    Poisoned,
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
}

impl WriteError {
    /// What an error of `SQLite` means for the writer.
    pub(super) fn of(error: &Sqlite) -> Self {
        let Sqlite::SqliteFailure(ffi::Error { extended_code, .. }, _) = error else {
            return Self::Io(error.to_string());
        };
        match *extended_code {
            // The index of the write-ahead log is a file that grows, too.
            ffi::SQLITE_FULL | ffi::SQLITE_IOERR_SHMSIZE => Self::Full,
            // After a failed fsync the kernel has dropped the pages: a second
            // fsync would report success for data that is gone.
            ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC => Self::Poisoned,
            // Writing on would spread the damage.
            code if matches!(code & 0xff, ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB) => {
                Self::Poisoned
            }
            _ => Self::Io(error.to_string()),
        }
    }
}

/// Why a batch was not appended to a journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// No room; it goes on by itself when there is some again.
    #[error("the disk is full")]
    Full,
    /// The write failed; it may go on by itself.
    #[error("the disk can't be written: {0}")]
    Io(String),
    /// Nothing can be written until a restart.
    #[error("the disk lost a write; PLACE must be restarted, and the disk looked at")]
    Poisoned,
    /// The journal is closed.
    #[error("the store is closed")]
    Closed,
    /// The batch does not follow the journal's end: somebody else wrote.
    #[error("the batch starts at seq {found}, but the journal goes on at {next}")]
    Conflict {
        /// The seq that would have followed.
        next: Seq,
        /// The seq that came.
        found: Seq,
    },
}

impl From<WriteError> for AppendError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Full => Self::Full,
            WriteError::Io(reason) => Self::Io(reason),
            WriteError::Poisoned => Self::Poisoned,
            WriteError::Closed => Self::Closed,
        }
    }
}

/// Why the store could not do something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// It could not be read.
    #[error("the database can't be read: {0}")]
    Read(String),
    /// The journal is damaged.
    #[error("the journal of canvas number {canvas} is damaged at seq {seq}: {reason}")]
    Damaged {
        /// The canvas.
        canvas: u32,
        /// The first seq that can't be trusted.
        seq: Seq,
        /// What is wrong.
        reason: String,
    },
    /// There is no such canvas.
    #[error("there is no canvas number {0}")]
    NoSuchCanvas(u32),
    /// The id is taken.
    #[error("there already is a canvas with the id {0:?}")]
    CanvasExists(String),
    /// The id can't be used.
    #[error(
        "a canvas's id has 1 to {CANVAS_ID_MAX_BYTES} of a-z, 0-9 and hyphens and does not begin \
         with a hyphen, not {0:?}"
    )]
    CanvasId(String),
    /// The name can't be used.
    #[error("a canvas's name has 1 to {CANVAS_NAME_MAX_CHARS} characters")]
    CanvasName,
    /// There are as many canvases as there may be.
    #[error("there are {CANVASES_MAX} canvases already, no more are possible")]
    CanvasesFull,
    /// Another canvas has this class code.
    #[error("another canvas has this class code")]
    CodeExists,
    /// There is no such seat.
    #[error("there is no seat {0} in this canvas")]
    NoSuchSeat(u32),
    /// A seat with this secret exists.
    #[error("this secret already has a seat in this canvas")]
    SeatExists,
    /// The nickname can't be used.
    #[error("a nickname has 1 to {NICKNAME_MAX_CHARS} visible characters")]
    Nickname,
    /// Somebody else in the canvas is called so, or one of its teachers.
    #[error("somebody here is called {0} already")]
    NicknameTaken(String),
    /// Somebody has had as many names as may be remembered.
    #[error("this person has had {NAMES_MAX_OF_SEAT} names, no more are possible")]
    NamesFull,
    /// There are as many seats as there may be.
    #[error("all {0} seats of this canvas are taken")]
    SeatsFull(u32),
    /// Somebody has as many bots as may be.
    #[error("you have as many bots as you may have")]
    BotsFull,
    /// The name can't be a teacher's.
    #[error("a teacher's name has 1 to {TEACHER_NAME_MAX_CHARS} characters")]
    TeacherName,
    /// The name is taken.
    #[error("there already is a teacher called {0:?}")]
    TeacherExists(String),
    /// There are as many teachers as there may be.
    #[error("there are {TEACHERS_MAX} teachers already, no more are possible")]
    TeachersFull,
    /// There is no such teacher.
    #[error("there is no such teacher")]
    NoSuchTeacher,
    /// A canvas keeps its last teacher.
    #[error("the canvas is not this teacher's, or has no other teacher")]
    LastTeacher,
    /// The link has been used, or is too old, or never was one.
    #[error("this link has been used already, or is too old")]
    LinkUsed,
    /// Too many reports of one person wait.
    #[error("your teacher has not looked at your other reports yet")]
    TooManyReports,
    /// The writer did not end in time.
    #[error("the store did not close within {0} s")]
    CloseTimeout(u64),
}

impl StoreError {
    pub(super) fn read(error: &Sqlite) -> Self {
        Self::Read(error.to_string())
    }
}
