//! Reads what the recorder noted.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Stands between a program and the system.
const RECORDER: &str = include_str!("recorder.c");

/// Bytes of a record's five numbers.
const HEAD_BYTES: usize = 40;

/// Something done to a file or folder.
pub(crate) enum Act {
    Create,
    Write(usize, Vec<u8>),
    Truncate(usize),
    Sync,
    SyncFolder,
    Rename(String),
    Link(String),
    Unlink,
    Folder,
}

/// One record.
pub(crate) struct Note {
    pub(crate) act: Act,
    pub(crate) name: String,
    /// Where the record ends in the notes, in bytes.
    pub(crate) end: u64,
}

/// Notes that are being taken.
pub(crate) struct Recorder {
    library: PathBuf,
    notes: PathBuf,
    root: PathBuf,
}

impl Recorder {
    /// Notes, kept beside, about the files below `root`.
    pub(crate) fn about(root: &Path, beside: &Path) -> Self {
        let (source, library) = (beside.join("recorder.c"), beside.join("recorder.so"));
        fs::write(&source, RECORDER).expect("writes");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]).args([&library, &source]).arg("-ldl");
        assert!(compiler.status().expect("the C compiler that builds SQLite").success());
        let recorder = Self { library, notes: beside.join("notes"), root: root.to_owned() };
        fs::write(&recorder.notes, "").expect("writes");
        recorder
    }

    /// What a program needs in its environment to be recorded.
    pub(crate) fn environment(&self) -> Vec<(String, std::ffi::OsString)> {
        vec![
            ("LD_PRELOAD".to_owned(), self.library.clone().into()),
            ("PLACE_TEST_NOTES".to_owned(), self.notes.clone().into()),
            ("PLACE_TEST_ROOT".to_owned(), self.root.clone().into()),
        ]
    }

    /// How long the notes are: everything that was known before this moment is
    /// in them.
    pub(crate) fn moment(&self) -> u64 {
        fs::metadata(&self.notes).expect("they are kept").len()
    }

    /// All notes.
    pub(crate) fn read(&self) -> Vec<Note> {
        let bytes = fs::read(&self.notes).expect("they are kept");
        let mut notes = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            notes.push(note(&bytes, &mut at));
        }
        notes
    }
}

fn note(bytes: &[u8], at: &mut usize) -> Note {
    let head = &bytes[*at..*at + HEAD_BYTES];
    let number = |index: usize| {
        let eight = head[index * 8..][..8].try_into().expect("eight bytes");
        u64::from_ne_bytes(eight) as usize
    };
    *at += HEAD_BYTES;
    let mut take = |length: usize| {
        *at += length;
        bytes[*at - length..*at].to_vec()
    };
    let text = |bytes| String::from_utf8(bytes).expect("plain names");
    let (name, other, body) = (text(take(number(2))), text(take(number(3))), take(number(4)));
    let act = match number(0) {
        1 => Act::Create,
        2 => Act::Write(number(1), body),
        3 => Act::Truncate(number(1)),
        4 => Act::Sync,
        5 => Act::SyncFolder,
        6 => Act::Rename(other),
        7 => Act::Link(other),
        8 => Act::Unlink,
        9 => Act::Folder,
        kind => panic!("the recorder notes no {kind}"),
    };
    Note { act, name, end: *at as u64 }
}
