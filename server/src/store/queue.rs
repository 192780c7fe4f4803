//! The writer's bounded queue: pushed to by whoever, taken whole by the writer.

use parking_lot::{Condvar, Mutex};
use tokio::sync::Semaphore;

use super::WriteError;
use super::job::Job;

/// Most jobs that wait for the writer; whoever has more to write waits in line
/// for a place. Each canvas has one batch under way at most, so these are
/// places for a whole school joining at the same moment.
pub(super) const QUEUE_MAX_JOBS: usize = 1024;

pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    bell: Condvar,
    places: Semaphore,
}

struct Waiting {
    jobs: Vec<Box<dyn Job>>,
    open: bool,
}

impl Queue {
    pub(super) fn new() -> Self {
        Self {
            waiting: Mutex::new(Waiting { jobs: Vec::new(), open: true }),
            bell: Condvar::new(),
            places: Semaphore::new(QUEUE_MAX_JOBS),
        }
    }

    /// Puts a job into the queue as soon as there is a place.
    pub(super) async fn push(&self, job: Box<dyn Job>) -> Result<(), WriteError> {
        let place = self.places.acquire().await.map_err(|_| WriteError::Closed)?;
        let mut waiting = self.waiting.lock();
        if !waiting.open {
            return Err(WriteError::Closed);
        }
        place.forget();
        waiting.jobs.push(job);
        self.bell.notify_one();
        Ok(())
    }

    /// Waits for jobs and takes all there are; `None` once the queue is closed
    /// and empty.
    pub(super) fn take(&self) -> Option<Vec<Box<dyn Job>>> {
        let mut waiting = self.waiting.lock();
        while waiting.jobs.is_empty() {
            if !waiting.open {
                return None;
            }
            self.bell.wait(&mut waiting);
        }
        let jobs = std::mem::take(&mut waiting.jobs);
        drop(waiting);
        self.places.add_permits(jobs.len());
        Some(jobs)
    }

    /// Whether nothing waits.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.lock().jobs.is_empty()
    }

    /// Takes no more jobs; those inside are still done.
    pub(super) fn close(&self) {
        self.waiting.lock().open = false;
        self.places.close();
        self.bell.notify_all();
    }

    /// Drops what waits: nobody is left to do it, and whoever asked hears so.
    pub(super) fn abandon(&self) {
        self.close();
        self.waiting.lock().jobs.clear();
    }
}
