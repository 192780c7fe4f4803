//! The data folder: its files, its lock, and durable renames.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::OpenError;

/// The database's name in the data folder.
const DATABASE: &str = "place.db";

/// The lock file's name. The database itself is not locked, so that backups
/// and checks work beside a server.
const LOCK: &str = "place.lock";

/// Path of the database in a data folder.
pub(super) fn database_in(dir: &Path) -> PathBuf {
    dir.join(DATABASE)
}

/// The path with `suffix` after its last part.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A data folder that no other process may write to.
#[derive(Debug)]
pub(super) struct LockedFolder {
    /// Unlocked when it is dropped, or when the process dies in whatever way.
    _lock: File,
}

impl LockedFolder {
    /// Creates the folder if it is missing, readable by its owner only, and
    /// locks it.
    pub(super) fn open(dir: &Path) -> Result<Self, OpenError> {
        create_private(dir).map_err(OpenError::folder(dir))?;
        let path = dir.join(LOCK);
        let lock = private_file(OpenOptions::new().write(true).create(true).truncate(false), &path)
            .map_err(OpenError::folder(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse(dir.to_owned())),
            Err(TryLockError::Error(source)) => Err(OpenError::Folder { path, source }),
        }
    }
}

fn create_private(dir: &Path) -> io::Result<()> {
    let missing: Vec<_> = dir.ancestors().take_while(|dir| !dir.exists()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)?;
    // Each name stands in the folder above it.
    missing.into_iter().rev().filter(|dir| !dir.as_os_str().is_empty()).try_for_each(sync_folder_of)
}

/// Opens a file that, if new, only its owner may read.
pub(super) fn private_file(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

/// The folder that a path lies in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Makes names that came or went beside `path` durable. Other systems than
/// Unix do so by themselves.
pub(super) fn sync_folder_of(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder_of(path))?.sync_all() } else { Ok(()) }
}

/// Removes a file if it is there.
pub(super) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Makes sure that the database's file exists, that only its owner may read
/// it, and that its name is on disk before anything in it counts.
pub(super) fn create_database_file(path: &Path) -> Result<(), OpenError> {
    let create = || {
        private_file(OpenOptions::new().write(true).create(true).truncate(false), path)?;
        sync_folder_of(path)
    };
    create().map_err(OpenError::folder(path))
}
