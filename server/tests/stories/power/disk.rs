//! A disk as the notes tell it: what is certainly on it, what may be, and what a
//! power cut could leave of the rest.
//!
//! What is assumed is what POSIX promises and no more: bytes are certain after
//! a sync of their file, names after a sync of their folder. Of everything else
//! any part may be there, sector by sector and in any order; a sector that was
//! under the head may hold garbage. Names in one folder come and go in their
//! order, as in every journaling file system.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::notes::{Act, Note};
use crate::kills::Dice;

/// What a sector is good for when the power goes while it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tearing {
    /// The old or the new bytes.
    Whole,
    /// Old, new, or garbage: also where nothing was to be written.
    Garbage,
}

/// What a disk is like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) sector_bytes: usize,
    pub(crate) tearing: Tearing,
}

/// A change of a file's bytes that is not certain yet.
#[derive(Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Size(usize),
}

#[derive(Clone, Default)]
struct File {
    certain: Vec<u8>,
    pending: Vec<Change>,
}

/// A change of a folder that is not certain yet.
#[derive(Clone)]
enum Naming {
    Is(String, usize),
    Gone(String),
}

/// The disk under one tree of folders.
#[derive(Clone, Default)]
pub(crate) struct Disk {
    files: Vec<File>,
    /// Names as programs see them, and as they are certain to be.
    names: BTreeMap<String, usize>,
    certain: BTreeMap<String, usize>,
    pending: BTreeMap<String, Vec<Naming>>,
}

fn folder_of(path: &str) -> String {
    path.rsplit_once('/').expect("an absolute path").0.to_owned()
}

impl Disk {
    /// Does what was noted.
    pub(crate) fn follow(&mut self, note: &Note) {
        let Note { act, name, .. } = note;
        match act {
            Act::Create => {
                self.files.push(File::default());
                self.name(name, self.files.len() - 1);
            }
            Act::Write(at, bytes) => self.change(name, Change::Write(*at, bytes.clone())),
            Act::Truncate(size) => self.change(name, Change::Size(*size)),
            Act::Sync => {
                if let Some(file) = self.names.get(name).map(|at| &mut self.files[*at]) {
                    file.sync();
                }
            }
            Act::SyncFolder => {
                for naming in self.pending.remove(name).unwrap_or_default() {
                    naming.apply(&mut self.certain);
                }
            }
            Act::Rename(to) => {
                if let Some(file) = self.names.get(name).copied() {
                    self.unname(name);
                    self.name(to, file);
                }
            }
            Act::Link(to) => {
                if let Some(file) = self.names.get(name).copied() {
                    self.name(to, file);
                }
            }
            Act::Unlink => self.unname(name),
            // Folders are there from the beginning: nothing rests on them.
            Act::Folder => {}
        }
    }

    fn name(&mut self, name: &str, file: usize) {
        self.names.insert(name.to_owned(), file);
        let naming = Naming::Is(name.to_owned(), file);
        self.pending.entry(folder_of(name)).or_default().push(naming);
    }

    fn unname(&mut self, name: &str) {
        self.names.remove(name);
        self.pending.entry(folder_of(name)).or_default().push(Naming::Gone(name.to_owned()));
    }

    /// What is done to a file without a name is of no interest.
    fn change(&mut self, name: &str, change: Change) {
        if let Some(at) = self.names.get(name) {
            self.files[*at].pending.push(change);
        }
    }

    /// Whether anything about a file whose name ends so is not certain.
    pub(crate) fn is_uncertain(&self, ending: &str) -> bool {
        self.names
            .iter()
            .any(|(name, at)| name.ends_with(ending) && !self.files[*at].pending.is_empty())
    }

    /// Cuts the power, and writes what is left into a folder: the files below
    /// `root`.
    pub(crate) fn cut(&self, kind: Kind, dice: &mut Dice, root: &str, to: &Path) {
        let mut names = self.certain.clone();
        for pending in self.pending.values() {
            let kept = dice.below(pending.len() as u64 + 1) as usize;
            pending[..kept].iter().for_each(|naming| naming.apply(&mut names));
        }
        let mut contents = BTreeMap::new();
        for (name, at) in names {
            let bytes = contents.entry(at).or_insert_with(|| self.files[at].cut(kind, dice));
            let below = name.strip_prefix(root).expect("notes are about this tree");
            let path = to.join(below.trim_start_matches('/'));
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, bytes).expect("writes");
        }
    }
}

impl Naming {
    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        match self {
            Self::Is(name, file) => names.insert(name.clone(), *file),
            Self::Gone(name) => names.remove(name),
        };
    }
}

impl File {
    fn sync(&mut self) {
        for change in std::mem::take(&mut self.pending) {
            match change {
                Change::Write(at, bytes) => put(&mut self.certain, at, &bytes),
                Change::Size(size) => self.certain.resize(size, 0),
            }
        }
    }

    /// What a power cut leaves: as many changes of its size as chance will, and
    /// of each write the sectors that chance will.
    fn cut(&self, kind: Kind, dice: &mut Dice) -> Vec<u8> {
        let mut bytes = self.certain.clone();
        if self.pending.is_empty() {
            return bytes;
        }
        let sizes_kept = dice.below(self.pending.len() as u64 + 1) as usize;
        let sectors_kept_percent = [0, 10, 50, 90, 100][dice.below(5) as usize];
        let mut size = bytes.len();
        for (number, change) in self.pending.iter().enumerate() {
            let is_kept = number < sizes_kept;
            match change {
                Change::Size(new) if is_kept => {
                    bytes.resize(*new, 0);
                    size = *new;
                }
                Change::Size(_) => {}
                Change::Write(at, new) => {
                    if is_kept {
                        size = size.max(at + new.len());
                    }
                    write_sectors(&mut bytes, *at, new, kind, sectors_kept_percent, dice);
                }
            }
        }
        bytes.resize(size, 0);
        bytes
    }
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[at..end].copy_from_slice(bytes);
}

/// Writes some of the sectors.
fn write_sectors(
    file: &mut Vec<u8>,
    at: usize,
    new: &[u8],
    kind: Kind,
    kept_percent: u64,
    dice: &mut Dice,
) {
    let Kind { sector_bytes, tearing } = kind;
    let end = at + new.len();
    for sector in at / sector_bytes..end.div_ceil(sector_bytes) {
        let (from, to) = (sector * sector_bytes, (sector + 1) * sector_bytes);
        if dice.below(100) < kept_percent {
            let (from, to) = (from.max(at), to.min(end));
            put(file, from, &new[from - at..to - at]);
        } else if tearing == Tearing::Garbage && dice.one_in(4) {
            let garbage: Vec<u8> = (from..to).map(|_| dice.below(256) as u8).collect();
            put(file, from, &garbage);
        }
    }
}
