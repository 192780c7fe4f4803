//! Backups: one verified file, made while a server goes on writing.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::check::{CheckReport, check_file};
use super::{OpenError, folder, schema};

/// What a backup holds.
#[derive(Clone, Debug)]
pub struct BackupReport {
    /// Size of the file, in bytes.
    pub bytes: u64,
    /// What was found when it was verified.
    pub check: CheckReport,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The data folder can't be read.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The file can't be written.
    #[error("the backup {path} can't be written: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file exists and holds something else.
    #[error("{0} exists and is not a PLACE backup: choose another name")]
    Exists(PathBuf),
    /// The file would lie among the server's own.
    #[error("{0} lies in the data folder: a backup belongs elsewhere, best on another disk")]
    Inside(PathBuf),
    /// Copying failed.
    #[error("the database could not be copied: {0}")]
    Copy(String),
    /// The copy is damaged, so its source is.
    #[error("the data are damaged, no backup was made. {0}")]
    Damaged(CheckReport),
}

/// Copies the database of a data folder to a file, as it is at one moment, and
/// verifies the copy. A server may use the folder all the while. The file
/// appears when it is good; an earlier backup of that name is replaced then.
/// Blocks.
pub fn backup(dir: impl AsRef<Path>, file: impl AsRef<Path>) -> Result<BackupReport, BackupError> {
    let (dir, file) = (dir.as_ref(), file.as_ref());
    let source = schema::open_reader(&folder::database_in(dir))?;
    check_target(dir, file)?;
    let write_error = |source| BackupError::File { path: file.to_owned(), source };
    let unfinished =
        Unfinished::begin(folder::with_suffix(file, ".unfinished")).map_err(write_error)?;
    let check = write_copy(&source, unfinished.path())?;
    let bytes = put_in_place(unfinished.path(), file).map_err(write_error)?;
    Ok(BackupReport { bytes, check })
}

/// A database in the making; removed again unless it was renamed.
pub(super) struct Unfinished(PathBuf);

impl Unfinished {
    /// Makes room for one of this name. What an earlier one that was killed has
    /// left beside it goes first: `SQLite` would take its journal for this
    /// one's, and "undo" into it what was never done.
    pub(super) fn begin(path: PathBuf) -> io::Result<Self> {
        remove(&path)?;
        folder::sync_folder_of(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // What remains is in nobody's way.
        let _ = remove(&self.0);
    }
}

/// Removes a database with what lies beside it, if it is there.
fn remove(path: &Path) -> io::Result<()> {
    for suffix in ["", "-journal", "-wal", "-shm"] {
        folder::remove_if_there(&folder::with_suffix(path, suffix))?;
    }
    Ok(())
}

fn check_target(dir: &Path, file: &Path) -> Result<(), BackupError> {
    let write_error = |source| BackupError::File { path: file.to_owned(), source };
    let target = folder::folder_of(file).canonicalize().map_err(write_error)?;
    if dir.canonicalize().is_ok_and(|dir| dir == target) {
        return Err(BackupError::Inside(file.to_owned()));
    }
    if file.exists() && schema::open_reader(file).is_err() {
        return Err(BackupError::Exists(file.to_owned()));
    }
    Ok(())
}

fn write_copy(source: &Connection, copy: &Path) -> Result<CheckReport, BackupError> {
    let write_error = |source| BackupError::File { path: copy.to_owned(), source };
    let mut new_file = OpenOptions::new();
    new_file.write(true).create(true).truncate(true);
    folder::private_file(&mut new_file, copy).map_err(write_error)?;
    copy_database(source, copy).map_err(|error| BackupError::Copy(error.to_string()))?;
    let report = check_file(copy)?;
    if report.is_complete() { Ok(report) } else { Err(BackupError::Damaged(report)) }
}

fn copy_database(source: &Connection, copy: &Path) -> rusqlite::Result<()> {
    let mut target = Connection::open(copy)?;
    // All in one step: between steps another process's writes would make it
    // start again, for ever under load. Writers do not wait for it.
    match Backup::new(source, &mut target)?.step(-1)? {
        StepResult::Done => {}
        other => {
            let text = Some(format!("the copy stopped early ({other:?})"));
            let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
            return Err(rusqlite::Error::SqliteFailure(code, text));
        }
    }
    // One file, with nothing beside it.
    target.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    target.close().map_err(|(_, error)| error)
}

/// Makes a finished file durable under its own name; its size in bytes.
pub(super) fn put_in_place(unfinished: &Path, file: &Path) -> io::Result<u64> {
    let finished = File::open(unfinished)?;
    finished.sync_all()?;
    let bytes = finished.metadata()?.len();
    drop(finished);
    fs::rename(unfinished, file)?;
    folder::sync_folder_of(file)?;
    Ok(bytes)
}
