//! Work that must never be in anybody's way: pictures, checkpoints, boards.
//!
//! Each kind has one thread of its own with a lower priority than those that
//! serve sockets and disk: on a machine with one core, a second of compression
//! would otherwise take its turns in the middle of everybody's placements. One
//! thread, so that two pictures never compete for memory and cores either.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use tokio::sync::oneshot;

/// Jobs that may wait. Whoever gives some bounds them more tightly: a picture at
/// a time, a checkpoint at a time, a board of each canvas.
const WAITING_MAX: usize = 256;

/// How far behind a thread stands: its `nice` value, from 0 (like everybody) to
/// 19 (only what nobody else wants).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Somebody waits for it, but fewer than for placements: about a tenth of a
    /// busy core.
    Low,
    /// Nobody waits for it.
    Lowest,
}

impl Priority {
    /// Its `nice` value.
    pub fn nice(self) -> i32 {
        match self {
            Self::Low => 10,
            Self::Lowest => 19,
        }
    }
}

/// Why a job was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BackgroundError {
    /// Too many others wait.
    #[error("too much waits to be done in the background")]
    Full,
    /// It panicked, or the thread has ended.
    #[error("the work in the background came to nothing")]
    Broken,
}

type Job = Box<dyn FnOnce() + Send>;

/// A thread for such work; clones share it. It ends with the last of them.
#[derive(Clone, Debug)]
pub struct Background(SyncSender<Job>);

impl Background {
    /// Starts the thread.
    pub fn new(name: &str, priority: Priority) -> io::Result<Self> {
        let (sender, jobs) = sync_channel(WAITING_MAX);
        thread::Builder::new().name(name.to_owned()).spawn(move || {
            step_back(priority.nice());
            work(&jobs);
        })?;
        Ok(Self(sender))
    }

    /// Does something there, and gives its result.
    pub async fn run<R: Send + 'static>(
        &self,
        job: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, BackgroundError> {
        let (sender, result) = oneshot::channel();
        let job = move || {
            // Nobody listens if whoever asked is gone.
            let _ = sender.send(job());
        };
        self.0.try_send(Box::new(job)).map_err(|error| match error {
            TrySendError::Full(_) => BackgroundError::Full,
            TrySendError::Disconnected(_) => BackgroundError::Broken,
        })?;
        result.await.map_err(|_| BackgroundError::Broken)
    }
}

fn work(jobs: &Receiver<Job>) {
    while let Ok(job) = jobs.recv() {
        // The panic itself is told by its hook; the thread goes on.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

/// Lowers the priority of this thread, and of those that it starts, to a `nice`
/// value. A system that does not let it is no reason not to work.
pub fn step_back(nice: i32) {
    // On Linux, "this process" means the calling thread alone (setpriority(2)).
    if rustix::process::getpriority_process(None).is_ok_and(|now| now >= nice) {
        return;
    }
    if let Err(error) = rustix::process::setpriority_process(None, nice) {
        tracing::debug!(%error, "the priority can't be lowered");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_on<R>(future: impl Future<Output = R>) -> R {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    fn nice() -> i32 {
        rustix::process::getpriority_process(None).unwrap()
    }

    #[test]
    fn work_is_done_behind_everybody_else() {
        let before = nice();
        let background = Background::new("test", Priority::Lowest).unwrap();
        assert_eq!(block_on(background.run(nice)), Ok(19));
        assert_eq!(nice(), before, "and only there");
    }

    #[test]
    fn a_job_that_panics_harms_no_other() {
        let background = Background::new("test", Priority::Low).unwrap();
        let broken = block_on(background.run(|| panic!("a bug")));
        assert_eq!(broken, Err::<(), _>(BackgroundError::Broken));
        assert_eq!(block_on(background.run(|| 7)), Ok(7));
    }

    #[test]
    fn no_more_wait_than_there_is_room_for() {
        let background = Background::new("test", Priority::Low).unwrap();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let (begun, has_begun) = std::sync::mpsc::channel();
        let hold = move || {
            begun.send(()).unwrap();
            let _ = wait.recv();
        };
        background.0.send(Box::new(hold)).unwrap();
        has_begun.recv().unwrap();
        for _ in 0..WAITING_MAX {
            background.0.try_send(Box::new(|| {})).unwrap();
        }
        assert_eq!(block_on(background.run(|| ())), Err(BackgroundError::Full));
        drop(go);
    }
}
