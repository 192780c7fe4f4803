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

/// Hears about the writer's work, on the writer's thread: must be quick.
pub trait Observer: Send + Sync + 'static {
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
