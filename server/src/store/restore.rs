//! Restoring a backup into a data folder.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use place_core::cooldown::Millis;
use rusqlite::Connection;

use super::OpenError;
use super::backup::{Unfinished, put_in_place};
use super::check::{CheckReport, check_file};
use super::folder::{self, LockedFolder};
use super::schema;

/// What was restored.
#[derive(Clone, Debug)]
pub struct RestoreReport {
    /// What was found when the backup was verified.
    pub check: CheckReport,
    /// Where the database that was there before is now.
    pub kept_aside: Option<PathBuf>,
}

/// Why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The backup or the data folder can't be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The backup is damaged.
    #[error("the backup is damaged, nothing was restored. {0}")]
    Damaged(CheckReport),
    /// There is a database already.
    #[error(
        "the data folder {0} already has a database; with --force it is kept aside under a dated \
         name"
    )]
    Occupied(PathBuf),
    /// Copying failed.
    #[error("{path} can't be written: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Puts a backup into a data folder that no server uses. A database that is
/// there is kept aside if `force` is given, under a name with the date of
/// `now_ms`. Blocks.
pub fn restore(
    file: impl AsRef<Path>,
    dir: impl AsRef<Path>,
    force: bool,
    now_ms: Millis,
) -> Result<RestoreReport, RestoreError> {
    let (file, dir) = (file.as_ref(), dir.as_ref());
    let check = check_file(file)?;
    if !check.is_complete() {
        return Err(RestoreError::Damaged(check));
    }
    let _folder = LockedFolder::open(dir)?;
    let database = folder::database_in(dir);
    let is_occupied = database.exists();
    if is_occupied && !force {
        return Err(RestoreError::Occupied(dir.to_owned()));
    }
    let write_error = |path: &Path| {
        let path = path.to_owned();
        |source| RestoreError::File { path, source }
    };
    let copy_path = folder::with_suffix(&database, ".restoring");
    let unfinished = Unfinished::begin(copy_path.clone()).map_err(write_error(&copy_path))?;
    copy(file, &copy_path).map_err(write_error(&copy_path))?;
    schema::begin_history(&copy_path)
        .map_err(|error| write_error(&copy_path)(io::Error::other(error)))?;
    let kept_aside = is_occupied.then(|| aside(&database, now_ms));
    if let Some(aside) = &kept_aside {
        keep_aside(&database, aside).map_err(write_error(aside))?;
    }
    put_in_place(unfinished.path(), &database).map_err(write_error(&database))?;
    Ok(RestoreReport { check, kept_aside })
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut new_file = OpenOptions::new();
    new_file.write(true).create(true).truncate(true);
    let mut to = folder::private_file(&mut new_file, to)?;
    io::copy(&mut fs::File::open(from)?, &mut to).map(|_| ())
}

fn aside(database: &Path, now_ms: Millis) -> PathBuf {
    let date = date(now_ms);
    let mut attempt = 1;
    loop {
        let number = if attempt == 1 { String::new() } else { format!("-{attempt}") };
        let path = folder::with_suffix(database, &format!(".before-{date}{number}"));
        if !path.exists() {
            return path;
        }
        attempt += 1;
    }
}

/// The UTC date and time of a moment, fit for a file's name.
pub(super) fn date(now_ms: Millis) -> String {
    let text = Connection::open_in_memory().and_then(|conn| {
        let sql = "SELECT strftime('%Y%m%dT%H%M%SZ', ?, 'unixepoch')";
        conn.query_row(sql, [(now_ms / 1000).cast_signed()], |row| row.get(0))
    });
    text.unwrap_or_else(|_| now_ms.to_string())
}

/// Gives the old database a second name, with its log, so that the new one can
/// take the first in one step. At no moment is there no database.
fn keep_aside(database: &Path, aside: &Path) -> io::Result<()> {
    let log = folder::with_suffix(database, "-wal");
    // An undamaged database takes its log in when it is closed.
    if let Ok(conn) = Connection::open(database) {
        let _ = conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    if fs::hard_link(database, aside).is_err() {
        // A file system without links.
        fs::rename(database, aside)?;
    }
    // What a damaged one has left must not meet the new database.
    if log.exists() {
        fs::rename(&log, folder::with_suffix(aside, "-wal"))?;
    }
    folder::remove_if_there(&folder::with_suffix(database, "-shm"))?;
    // Before the new database can take the name, also after a power cut.
    folder::sync_folder_of(database)
}
