//! The snapshots on disk: one folder a canvas, one file a snapshot.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use place_core::cooldown::Millis;
use place_core::limits::CANVAS_ID_MAX_BYTES;
use place_core::{Canvas, Seq};
use serde::Serialize;

use super::name::Name;
use super::picture::{self, Picture, PictureError};
use super::retention::Retention;

/// Most snapshots in one answer: a year of lessons at the default rule has
/// fewer.
const LIST_MAX: usize = 4096;

/// One snapshot, as the API tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    /// Its file name, by which it is asked for.
    pub name: String,
    /// The canvas's seq that it shows.
    pub seq: Seq,
    /// When it was made, in milliseconds since the Unix epoch.
    pub at_ms: Millis,
    /// Its size.
    pub bytes: u64,
}

/// Why there is no snapshot.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The disk would not have it.
    #[error("{path}: {error}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// It could not be encoded.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The canvas's id is not one: it would lead out of the folder.
    #[error("{0:?} is not the id of a canvas")]
    Canvas(String),
}

/// The folder of all snapshots.
#[derive(Clone, Debug)]
pub struct Snapshots {
    dir: PathBuf,
    retention: Retention,
}

impl Snapshots {
    /// Snapshots below this folder, kept by this rule. The folder is made with
    /// the first one.
    pub fn new(dir: PathBuf, retention: Retention) -> Self {
        Self { dir, retention }
    }

    /// Encodes a canvas and writes it, so that there is either the whole file
    /// or none, whatever happens in between.
    pub fn write(
        &self,
        id: &str,
        title: &str,
        canvas: &Canvas,
        at_ms: Millis,
    ) -> Result<Snapshot, SnapshotError> {
        let dir = self.folder(id)?;
        remove_unfinished(&dir)?;
        let png = picture::encode_at(canvas, title, Picture::whole(canvas.size()), at_ms)?;
        let name = Name::new(canvas.seq(), at_ms);
        write_whole(&dir, &name.to_string(), &png)?;
        Ok(view(name, png.len() as u64))
    }

    /// The snapshots of a canvas, newest first.
    pub fn list(&self, id: &str) -> Result<Vec<Snapshot>, SnapshotError> {
        let dir = self.folder(id)?;
        let mut names = names(&dir)?;
        names.reverse();
        names.truncate(LIST_MAX);
        let with_size = |name: Name| {
            // One that was pruned in the meantime is left out.
            let file = fs::metadata(dir.join(name.to_string())).ok()?;
            Some(view(name, file.len()))
        };
        Ok(names.into_iter().filter_map(with_size).collect())
    }

    /// The seq that the newest snapshot of a canvas shows.
    pub fn newest_seq(&self, id: &str) -> Option<Seq> {
        let names = names(&self.folder(id).ok()?).ok()?;
        names.last().map(|name| name.seq)
    }

    /// Where a snapshot is; `None` if there can't be one of that name.
    pub fn path(&self, id: &str, name: &str) -> Option<PathBuf> {
        Name::parse(name)?;
        Some(self.folder(id).ok()?.join(name))
    }

    /// Deletes what the rule no longer keeps, and says how many that were.
    pub fn prune(&self, id: &str, now_ms: Millis) -> Result<usize, SnapshotError> {
        let dir = self.folder(id)?;
        let names = names(&dir)?;
        let times: Vec<Millis> = names.iter().map(|name| name.at_ms()).collect();
        let surplus = self.retention.surplus(now_ms, &times);
        for index in &surplus {
            let path = dir.join(names[*index].to_string());
            fs::remove_file(&path).map_err(at(&path))?;
        }
        Ok(surplus.len())
    }

    /// Removes all snapshots of a canvas; nothing else that lies there.
    pub fn remove(&self, id: &str) -> Result<(), SnapshotError> {
        let dir = self.folder(id)?;
        remove_unfinished(&dir)?;
        for name in names(&dir)? {
            let path = dir.join(name.to_string());
            fs::remove_file(&path).map_err(at(&path))?;
        }
        match fs::remove_dir(&dir) {
            Err(error)
                if !matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::DirectoryNotEmpty
                ) =>
            {
                Err(at(&dir)(error))
            }
            _ => Ok(()),
        }
    }

    fn folder(&self, id: &str) -> Result<PathBuf, SnapshotError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if (1..=CANVAS_ID_MAX_BYTES).contains(&id.len()) && id.bytes().all(plain) {
            Ok(self.dir.join(id))
        } else {
            Err(SnapshotError::Canvas(id.to_owned()))
        }
    }
}

fn view(name: Name, bytes: u64) -> Snapshot {
    Snapshot { name: name.to_string(), seq: name.seq, at_ms: name.at_ms(), bytes }
}

/// The snapshots in a folder, oldest first; none if there is no folder yet.
fn names(dir: &Path) -> Result<Vec<Name>, SnapshotError> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(at(dir)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(at(dir))?;
        names.extend(entry.file_name().to_str().and_then(Name::parse));
    }
    names.sort_unstable_by_key(|name| (name.at_ms(), name.seq));
    Ok(names)
}

/// Ends the name of a snapshot that is being written.
const UNFINISHED: &str = ".partial";

/// Removes what a crash in the middle of an earlier snapshot has left: a canvas
/// has one writer of snapshots, and it is not writing now.
fn remove_unfinished(dir: &Path) -> Result<(), SnapshotError> {
    let Ok(entries) = fs::read_dir(dir) else { return Ok(()) };
    let is_ours = |name: &str| name.strip_suffix(UNFINISHED).and_then(Name::parse).is_some();
    for entry in entries.flatten() {
        if entry.file_name().to_str().is_some_and(is_ours) {
            fs::remove_file(entry.path()).map_err(at(&entry.path()))?;
        }
    }
    Ok(())
}

/// Writes under another name, syncs, renames, and syncs the folder: a reader
/// never sees half of it, and after a power cut there is all of it or nothing.
fn write_whole(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), SnapshotError> {
    fs::create_dir_all(dir).map_err(at(dir))?;
    let (partial, path) = (dir.join(format!("{name}{UNFINISHED}")), dir.join(name));
    let written = File::create(&partial)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&partial, &path))
        .and_then(|()| File::open(dir)?.sync_all());
    written.map_err(|error| {
        // On a full disk, the rest must not stay behind.
        let _ = fs::remove_file(&partial);
        at(&path)(error)
    })
}

fn at(path: &Path) -> impl Fn(io::Error) -> SnapshotError {
    move |error| SnapshotError::Io { path: path.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use place_core::{Mode, Palette, Rules, Size};

    use super::*;

    const RULE: Retention =
        Retention { all: Duration::from_hours(24), hourly: Duration::from_hours(30 * 24) };
    const HOUR_MS: Millis = 3_600_000;

    fn canvas() -> Canvas {
        let palette = Palette::parse("ffffff White\n000000 Black").unwrap();
        let rules = Rules { mode: Mode::Open, cooldown_ms: 0, saved_max: 1, undo_ms: 0 };
        Canvas::begin(&Canvas::genesis(Size::new(16, 16).unwrap(), palette, rules, 5)).unwrap()
    }

    #[test]
    fn a_snapshot_is_written_listed_found_and_pruned() {
        let dir = tempfile::tempdir().unwrap();
        let snapshots = Snapshots::new(dir.path().join("snapshots"), RULE);
        assert_eq!(snapshots.list("a").unwrap(), []);
        assert_eq!(snapshots.newest_seq("a"), None);
        let canvas = canvas();
        let hour = 1_800_000_000_000 / HOUR_MS * HOUR_MS;
        let early = snapshots.write("a", "A", &canvas, hour).unwrap();
        let late = snapshots.write("a", "A", &canvas, hour + 1000).unwrap();
        assert_eq!(snapshots.list("a").unwrap(), [late.clone(), early.clone()]);
        assert_eq!(snapshots.newest_seq("a"), Some(1));
        assert_eq!(snapshots.list("b").unwrap(), []);
        let path = snapshots.path("a", &early.name).unwrap();
        assert_eq!(fs::metadata(path).unwrap().len(), early.bytes);
        assert_eq!(snapshots.prune("a", hour + HOUR_MS).unwrap(), 0);
        assert_eq!(snapshots.prune("a", hour + 48 * HOUR_MS).unwrap(), 1);
        assert_eq!(snapshots.list("a").unwrap(), [late]);
    }

    #[test]
    fn all_of_a_canvas_are_removed_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let snapshots = Snapshots::new(dir.path().to_owned(), RULE);
        for id in ["a", "b", "c"] {
            snapshots.write(id, "A", &canvas(), 1_800_000_000_000).unwrap();
        }
        fs::write(dir.path().join("b").join("notes.txt"), "x").unwrap();
        for id in ["a", "b", "never"] {
            snapshots.remove(id).unwrap();
        }
        assert!(!dir.path().join("a").exists());
        assert_eq!(fs::read_dir(dir.path().join("b")).unwrap().count(), 1);
        assert_eq!(snapshots.list("c").unwrap().len(), 1);
    }

    #[test]
    fn only_its_own_files_are_touched() {
        let dir = tempfile::tempdir().unwrap();
        let snapshots = Snapshots::new(dir.path().to_owned(), RULE);
        fs::create_dir(dir.path().join("a")).unwrap();
        for name in ["notes.txt", "notes.txt.partial", "1-2.png"] {
            fs::write(dir.path().join("a").join(name), "x").unwrap();
        }
        snapshots.write("a", "A", &canvas(), 1_800_000_000_000).unwrap();
        assert_eq!(snapshots.list("a").unwrap().len(), 1);
        snapshots.prune("a", u64::MAX).unwrap();
        assert_eq!(fs::read_dir(dir.path().join("a")).unwrap().count(), 4);
    }

    #[test]
    fn what_a_crash_left_unfinished_goes_with_the_next_one() {
        let dir = tempfile::tempdir().unwrap();
        let snapshots = Snapshots::new(dir.path().to_owned(), RULE);
        let folder = dir.path().join("a");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("000000000001-20200101T000000Z.png.partial"), "x").unwrap();
        assert_eq!(snapshots.list("a").unwrap(), []);
        snapshots.write("a", "A", &canvas(), 1_800_000_000_000).unwrap();
        assert_eq!(snapshots.list("a").unwrap().len(), 1);
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
    }

    #[test]
    fn no_id_or_name_leads_out_of_the_folder() {
        let snapshots = Snapshots::new("/nowhere".into(), RULE);
        let name = "000000001041-20270115T080000Z.png";
        assert!(snapshots.path("a", name).is_some());
        for id in ["", "..", "a/b", "a\\b", ".", "é", "a b", &"a".repeat(33)] {
            assert_eq!(snapshots.path(id, name), None, "{id:?}");
            assert!(snapshots.list(id).is_err(), "{id:?}");
            assert!(snapshots.write(id, "", &canvas(), 0).is_err(), "{id:?}");
        }
        assert_eq!(snapshots.path("a", "../secret"), None);
    }

    #[test]
    fn a_failed_write_names_the_file_and_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a"), "a file where the folder should be").unwrap();
        let snapshots = Snapshots::new(dir.path().to_owned(), RULE);
        let error = snapshots.write("a", "A", &canvas(), 0).unwrap_err();
        assert!(error.to_string().starts_with(dir.path().to_str().unwrap()), "{error}");
    }
}
