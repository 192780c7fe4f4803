//! One thing to write, and whoever waits for the answer.

use std::time::Instant;

use rusqlite::{Connection, ErrorCode};
use tokio::sync::oneshot;

use super::WriteError;

/// Why a job was not done.
pub(super) enum Fault<E> {
    /// It asks for something impossible; others are not concerned.
    Refused(E),
    /// The database failed; so does everything in the same commit.
    Sqlite(rusqlite::Error),
}

impl<E> From<rusqlite::Error> for Fault<E> {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// Something for the writer to do inside a transaction.
pub(super) trait Job: Send {
    /// Does it; whether its changes are to be kept.
    fn run(&mut self, conn: &Connection) -> rusqlite::Result<bool>;

    /// Journal entries in it, and their encoded size in bytes.
    fn weight(&self) -> (usize, usize);

    /// When it was asked for.
    fn asked_at(&self) -> Instant;

    /// Answers, with the fate of the commit.
    fn answer(self: Box<Self>, commit: Result<(), WriteError>);
}

/// A job made from a closure.
pub(super) struct Task<F, T, E> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    weight: (usize, usize),
    asked_at: Instant,
    reply: oneshot::Sender<Answer<T, E>>,
}

/// What came of a job.
pub(super) struct Answer<T, E> {
    pub(super) result: Result<T, E>,
    /// When it was given.
    pub(super) given_at: Instant,
}

impl<F, T, E> Task<F, T, E>
where
    F: FnOnce(&Connection) -> Result<T, Fault<E>> + Send,
    T: Send,
    E: From<WriteError> + Send,
{
    pub(super) fn new(
        weight: (usize, usize),
        work: F,
    ) -> (Box<Self>, oneshot::Receiver<Answer<T, E>>) {
        let (reply, answer) = oneshot::channel();
        let asked_at = Instant::now();
        (Box::new(Self { work: Some(work), outcome: None, weight, asked_at, reply }), answer)
    }
}

impl<F, T, E> Job for Task<F, T, E>
where
    F: FnOnce(&Connection) -> Result<T, Fault<E>> + Send,
    T: Send,
    E: From<WriteError> + Send,
{
    fn run(&mut self, conn: &Connection) -> rusqlite::Result<bool> {
        let work = self.work.take().expect("a job is run once");
        let outcome = match work(conn) {
            Ok(value) => Ok(value),
            Err(Fault::Refused(refusal)) => Err(refusal),
            // Jobs look before they write, so this one has a bug; the others
            // in the same commit should not suffer from it.
            Err(Fault::Sqlite(error))
                if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) =>
            {
                tracing::error!(%error, "a write broke a constraint of the database");
                Err(WriteError::Io(error.to_string()).into())
            }
            Err(Fault::Sqlite(error)) => return Err(error),
        };
        Ok(self.outcome.insert(outcome).is_ok())
    }

    fn weight(&self) -> (usize, usize) {
        self.weight
    }

    fn asked_at(&self) -> Instant {
        self.asked_at
    }

    fn answer(self: Box<Self>, commit: Result<(), WriteError>) {
        let result = match (self.outcome, commit) {
            // A refusal, too, may rest on something that did not come to be.
            (_, Err(error)) => Err(error.into()),
            (Some(outcome), Ok(())) => outcome,
            (None, Ok(())) => unreachable!("a commit follows only when every job was run"),
        };
        // Whoever asked may be gone; what was written stays.
        let _ = self.reply.send(Answer { result, given_at: Instant::now() });
    }
}
