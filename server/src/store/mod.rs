//! The store: everything that outlives the process, in one data folder.
//!
//! One `SQLite` file holds the journals, the seats, the canvases and the
//! checkpoints. One thread writes, in group commits; reading goes on beside it.
//! What a future says is written is on disk.

mod announcements;
mod backup;
mod bots;
mod canvases;
mod cards;
mod chat;
mod check;
mod checkpoints;
mod error;
mod folder;
mod forget;
mod health;
mod job;
mod journal;
mod keys;
mod lesson;
mod names;
mod nickname;
mod observer;
mod queue;
mod record;
mod repair;
mod reports;
mod restore;
mod row;
mod schema;
mod seat;
mod seats;
mod secrets;
mod sharing;
mod take_back;
mod teachers;
mod teams;
mod trash;
mod unname;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, sync_channel};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, JoinHandle, Thread};
use std::time::Duration;

use parking_lot::Mutex;
use rusqlite::Connection;

pub use announcements::AnnouncementRecord;
pub use backup::{BackupError, BackupReport, backup};
pub use bots::{BOTS_MAX_OF_STUDENT, BOTS_MAX_OF_TEACHERS, NewBot};
pub use canvases::{CANVASES_MAX, CanvasRecord, Setup};
pub use chat::{MESSAGES_MAX, MessageRecord};
pub use check::{CheckReport, Problem, check};
pub use checkpoints::{Loaded, Until};
pub use error::{AppendError, OpenError, StoreError, WriteError};
pub use forget::{Forgotten, Whom};
pub use health::Health;
pub use journal::{Journal, SqliteJournal};
pub use keys::{KEYS_MAX, KeyKind, KeyRecord, LABEL_MAX_CHARS, NewKey};
pub use lesson::{Codes, DeskSeat, TeamRecord};
pub use names::NAMES_MAX_OF_SEAT;
pub use nickname::{is_visible, nickname, nickname_key};
pub use observer::{Commit, NoObserver, Observer, Part};
pub use record::{NOTES_MAX, Note, NotePlace, NoteRecord, Wanted};
pub use repair::{Hole, RepairError, RepairReport, repair};
pub use reports::ReportRecord;
pub use restore::{RestoreError, RestoreReport, restore};
pub use seat::{CardMaker, MUTED_UNTIL_LIFTED, NewSeat, SeatRecord, SeatRole, SeatState};
pub use secrets::SECRETS_MAX;
pub use teachers::{TEACHER_NAME_MAX_CHARS, TEACHERS_MAX, TeacherRecord, name_key, teacher_name};
pub use trash::Trash;

use folder::LockedFolder;
use job::{Fault, Task};
use queue::Queue;
use writer::{Shared, Writer};

/// How long a close may take: a full queue is committed in well under a second,
/// and no service manager waits for ever.
const CLOSE_MAX: Duration = Duration::from_secs(10);

/// Size of what [`Store::probe`] writes, in bytes: a batch of a busy class, so
/// that a disk that takes it takes placements, too.
const PROBE_BYTES: u32 = 64 * 1024;

/// How a store behaves.
#[derive(Clone)]
pub struct StoreOptions {
    /// Most seats in one canvas.
    pub seats_max: u32,
    /// Hears about the store's work.
    pub observer: Arc<dyn Observer>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        // A large school several times over; a seat takes about 100 bytes.
        Self { seats_max: 10_000, observer: Arc::new(NoObserver) }
    }
}

/// An open data folder; clones share it.
///
/// What is needed while a class is drawing is `async` or done in microseconds.
/// The rest says that it blocks: call it off the workers.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    dir: PathBuf,
    seats_max: u32,
    shared: Arc<Shared>,
    /// `None` once closed.
    reader: Mutex<Option<Connection>>,
    history: String,
    writer: Mutex<Option<(JoinHandle<()>, Receiver<()>)>>,
}

impl Store {
    /// Opens a data folder, and creates what is missing. Blocks on the disk.
    pub fn open(dir: impl AsRef<Path>, options: StoreOptions) -> Result<Self, OpenError> {
        let dir = dir.as_ref();
        let folder = LockedFolder::open(dir)?;
        let path = folder::database_in(dir);
        folder::create_database_file(&path)?;
        let shared = Arc::new(Shared {
            queue: Queue::new(),
            health: health::SharedHealth::default(),
            observer: options.observer,
            wants_empty_log: AtomicBool::new(false),
        });
        let writer = Writer::open(path.clone(), folder, Arc::clone(&shared))?;
        let reader = schema::open_reader(&path)?;
        let history = schema::history(&reader).map_err(OpenError::database(&path))?;
        let (ended, wait_for_end) = sync_channel(1);
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                writer.run();
                // Nobody listens if the close has given up.
                let _ = ended.send(());
            })
            .map_err(OpenError::folder(dir))?;
        Ok(Self(Arc::new(Inner {
            dir: dir.to_owned(),
            seats_max: options.seats_max,
            shared,
            reader: Mutex::new(Some(reader)),
            history,
            writer: Mutex::new(Some((thread, wait_for_end))),
        })))
    }

    /// The data folder.
    pub fn dir(&self) -> &Path {
        &self.0.dir
    }

    /// Most seats in one canvas.
    pub fn seats_max(&self) -> u32 {
        self.0.seats_max
    }

    /// Names the history that the journals tell; a restored backup has another
    /// one.
    pub fn history(&self) -> &str {
        &self.0.history
    }

    /// Whether the disk takes what it is given, as the last commit showed.
    pub fn health(&self) -> Health {
        self.0.shared.health.get()
    }

    /// Tries a real, durable write. Sets the health right when it succeeds.
    pub async fn probe(&self) -> Result<(), WriteError> {
        self.write((0, 0), |conn| {
            let sql = "INSERT OR REPLACE INTO probe (id, body) VALUES (1, randomblob(?1))";
            Ok(conn.prepare_cached(sql)?.execute([PROBE_BYTES]).map(|_| ())?)
        })
        .await
    }

    /// Finishes what waits, tidies up and gives the folder free. Blocks, for 10
    /// seconds at most; does nothing the second time.
    pub fn close(&self) -> Result<(), StoreError> {
        self.0.close()
    }

    fn observer(&self) -> &dyn Observer {
        &*self.0.shared.observer
    }

    /// Has the writer do something, and waits until it is durable.
    async fn write<F, T, E>(&self, weight: (usize, usize), work: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, Fault<E>> + Send + 'static,
        T: Send + 'static,
        E: From<WriteError> + Send + 'static,
    {
        let (task, answer) = Task::new(weight, work);
        self.0.shared.queue.push(task).await?;
        let Ok(answer) = answer.await else { return Err(WriteError::Closed.into()) };
        self.0.shared.observer.timed(Part::Return, answer.given_at.elapsed(), weight.0);
        answer.result
    }

    /// The same for what is rare or heavy; blocks the caller.
    fn write_and_wait<F, T>(&self, work: F) -> Result<T, StoreError>
    where
        F: FnOnce(&Connection) -> Result<T, Fault<StoreError>> + Send + 'static,
        T: Send + 'static,
    {
        wait_for(self.write((0, 0), work))
    }

    /// Reads with the shared connection: for what takes milliseconds at most.
    fn read<T>(
        &self,
        look: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let reader = self.0.reader.lock();
        let conn = reader.as_ref().ok_or(WriteError::Closed)?;
        look(conn).map_err(|error| StoreError::read(&error))
    }
}

impl Inner {
    fn close(&self) -> Result<(), StoreError> {
        self.shared.queue.close();
        // Before the writer's, so that the last connection leaves no log behind.
        *self.reader.lock() = None;
        let Some((thread, ended)) = self.writer.lock().take() else { return Ok(()) };
        // The other way to end is by a panic, which the join tells.
        if ended.recv_timeout(CLOSE_MAX) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            return Err(StoreError::CloseTimeout(CLOSE_MAX.as_secs()));
        }
        thread.join().map_err(|_| WriteError::Poisoned.into())
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            tracing::error!(%error, "the store did not close well");
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("dir", &self.0.dir).finish_non_exhaustive()
    }
}

/// Blocks until a future is done.
fn wait_for<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_breaks_a_constraint_is_undone_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::open(dir.path(), StoreOptions::default()).expect("opens");
        let bug: Result<(), StoreError> = store.write_and_wait(|conn| {
            conn.execute("INSERT INTO probe VALUES (1, x'00')", ())?;
            conn.execute("INSERT INTO probe VALUES (2, x'00')", ())?;
            Ok(())
        });
        assert!(matches!(bug, Err(StoreError::Write(WriteError::Io(_)))), "{bug:?}");
        assert_eq!(store.health(), Health::Ok);
        let count = || {
            store.read(|conn| conn.query_row("SELECT count(*) FROM probe", (), |row| row.get(0)))
        };
        assert_eq!(count(), Ok(0));
        wait_for(store.probe()).expect("it goes on");
        assert_eq!(count(), Ok(1));
    }

    #[test]
    fn a_job_with_a_bug_closes_the_store_instead_of_hanging_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::open(dir.path(), StoreOptions::default()).expect("opens");
        let bug: Result<(), StoreError> = store.write_and_wait(|_| panic!("a bug"));
        assert_eq!(bug, Err(WriteError::Closed.into()));
        assert_eq!(wait_for(store.probe()), Err(WriteError::Closed));
        assert_eq!(store.health(), Health::Poisoned);
        assert_eq!(store.close(), Err(WriteError::Poisoned.into()));
    }

    #[test]
    fn errors_are_told_apart() {
        use rusqlite::ffi;
        let meaning =
            |code| WriteError::of(&rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        assert_eq!(meaning(ffi::SQLITE_FULL), WriteError::Full);
        assert_eq!(meaning(ffi::SQLITE_IOERR_SHMSIZE), WriteError::Full);
        assert!(matches!(meaning(ffi::SQLITE_IOERR_WRITE), WriteError::Io(_)));
        assert!(matches!(meaning(ffi::SQLITE_READONLY), WriteError::Io(_)));
        for code in [ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR_DIR_FSYNC] {
            assert_eq!(meaning(code), WriteError::Poisoned);
        }
        for code in [ffi::SQLITE_CORRUPT, ffi::SQLITE_CORRUPT_INDEX, ffi::SQLITE_NOTADB] {
            assert_eq!(meaning(code), WriteError::Poisoned);
        }
    }
}
