//! What the store tells whoever measures it.

use std::time::Duration;

use super::WriteError;

/// One commit: everything that waited, made durable together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit {
    /// From taking the jobs to the disk's word.
    pub took: Duration,
    /// Jobs in it.
    pub jobs: usize,
    /// Journal entries in it.
    pub entries: usize,
    /// Encoded size of those, in bytes.
    pub bytes: usize,
}

/// A part of a batch's way into the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Encoding it.
    Encode,
    /// Waiting for the writer; the longest of a commit.
    Wait,
    /// Writing the rows of a commit.
    Write,
    /// Committing them: the log written, and synced to the disk.
    Sync,
    /// Until whoever asked goes on.
    Return,
}

/// Hears about the store's work, mostly on the writer's thread: must be quick.
pub trait Observer: Send + Sync + 'static {
    /// So many journal entries have gone through a part of their way, together.
    fn timed(&self, part: Part, took: Duration, entries: usize) {
        let _ = (part, took, entries);
    }

    /// A commit is on disk.
    fn committed(&self, commit: &Commit) {
        let _ = commit;
    }

    /// A commit failed.
    fn failed(&self, error: &WriteError) {
        let _ = error;
    }

    /// The write-ahead log was carried over into the database.
    fn log_carried_over(&self, took: Duration) {
        let _ = took;
    }
}

/// Hears and says nothing.
#[derive(Clone, Copy, Debug)]
pub struct NoObserver;

impl Observer for NoObserver {}
