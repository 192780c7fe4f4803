//! Journals: the ordered, durable list of what happened to a canvas.

use std::time::Instant;
use std::vec::IntoIter;

use place_core::{Batch, Seq};
use rusqlite::Connection;

use super::job::Fault;
use super::row::{Row, SEQ_MAX};
use super::{AppendError, Part, Store, StoreError};

/// Rows read at a time, by their size in bytes: the reader is shared, and whoever
/// comes in or asks for a name meanwhile waits for some milliseconds. A reader
/// that pauses must not hold up the write-ahead log either.
const CHUNK_MAX_BYTES: usize = 256 * 1024;

/// The journal of one canvas. Small, so that it can be kept by other means
/// than `SQLite`.
pub trait Journal: Send + Sync + 'static {
    /// Makes a batch durable as the next one. When it is said to have failed,
    /// [`Journal::follow`] tells whether it did.
    ///
    /// # Panics
    /// If the batch is empty.
    fn append(&self, batch: Batch) -> impl Future<Output = Result<(), AppendError>> + Send {
        async move { self.append_all(&[batch]).await }
    }

    /// Makes batches durable one behind the other: all of them or none, whatever
    /// happens meanwhile.
    ///
    /// # Panics
    /// If one is empty.
    fn append_all(&self, batches: &[Batch])
    -> impl Future<Output = Result<(), AppendError>> + Send;

    /// The batches from the one that holds `from` to the present end.
    fn follow(
        &self,
        from: Seq,
    ) -> Result<impl Iterator<Item = Result<Batch, StoreError>> + Send + use<Self>, StoreError>;
}

/// A journal in the store.
#[derive(Clone, Debug)]
pub struct SqliteJournal {
    store: Store,
    canvas: u32,
}

impl Store {
    /// The journal of a canvas.
    pub fn journal(&self, canvas: u32) -> SqliteJournal {
        SqliteJournal { store: self.clone(), canvas }
    }
}

impl Journal for SqliteJournal {
    async fn append_all(&self, batches: &[Batch]) -> Result<(), AppendError> {
        let is_whole = batches.iter().all(|batch| !batch.entries.is_empty());
        assert!(is_whole, "an empty batch has no place in a journal");
        if batches.iter().any(|batch| batch.last_seq() > SEQ_MAX) {
            return Err(AppendError::Io(format!("a journal ends at seq {SEQ_MAX}")));
        }
        let began = Instant::now();
        let entries = batches.iter().map(|batch| batch.entries.len()).sum();
        let rows: Vec<_> = batches.iter().map(|batch| Row::of(self.canvas, batch)).collect();
        let bytes = rows.iter().map(Row::bytes).sum();
        self.store.observer().timed(Part::Encode, began.elapsed(), entries);
        let append =
            move |conn: &Connection| rows.iter().try_for_each(|row| append_next(conn, row));
        self.store.write((entries, bytes), append).await
    }

    fn follow(
        &self,
        from: Seq,
    ) -> Result<impl Iterator<Item = Result<Batch, StoreError>> + Send + use<>, StoreError> {
        Batches::new(self.store.clone(), self.canvas, from)
    }
}

/// Writes a row if it is the next one. The check makes sure of one order even
/// if a second writer had slipped in.
pub(super) fn append_next(conn: &Connection, row: &Row) -> Result<(), Fault<AppendError>> {
    let (next, found) = (Row::end(conn, row.canvas())? + 1, row.first_seq());
    if next != found {
        return Err(Fault::Refused(AppendError::Conflict { next, found }));
    }
    Ok(row.insert(conn)?)
}

/// Where rows come from: the store's shared reader, or a connection of one's own.
pub(super) trait Source {
    /// Reads.
    fn read<T>(
        &self,
        look: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError>;
}

impl Source for Store {
    fn read<T>(
        &self,
        look: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        Store::read(self, look)
    }
}

impl Source for &Connection {
    fn read<T>(
        &self,
        look: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        look(self).map_err(|error| StoreError::read(&error))
    }
}

/// The batches of a journal in order, each verified, without a gap. Ends at the
/// end of the journal, or after the first error.
pub(super) struct Batches<S> {
    source: S,
    canvas: u32,
    next: Seq,
    chunk: IntoIter<Row>,
    is_over: bool,
}

impl<S: Source> Batches<S> {
    /// Begins with the batch that holds `from`.
    pub(super) fn new(source: S, canvas: u32, from: Seq) -> Result<Self, StoreError> {
        let from = from.max(1);
        let span = source.read(|conn| Row::span_at(conn, canvas, from))?;
        let next = span.filter(|(_, last)| *last >= from).map_or(from, |(first, _)| first);
        Ok(Self { source, canvas, next, chunk: Vec::new().into_iter(), is_over: false })
    }

    fn next_row(&mut self) -> Result<Option<Row>, StoreError> {
        if let Some(row) = self.chunk.next() {
            return Ok(Some(row));
        }
        let (canvas, next) = (self.canvas, self.next);
        let rows = self.source.read(|conn| Row::from_seq(conn, canvas, next, CHUNK_MAX_BYTES))?;
        self.chunk = rows.into_iter();
        Ok(self.chunk.next())
    }

    fn next_batch(&mut self) -> Result<Option<Batch>, StoreError> {
        let Some(row) = self.next_row()? else { return Ok(None) };
        let (canvas, seq) = (self.canvas, self.next);
        let damaged = |reason| StoreError::Damaged { canvas, seq, reason };
        if row.first_seq() != seq {
            return Err(damaged(format!("it goes on at seq {}", row.first_seq())));
        }
        let batch = row.batch().map_err(damaged)?;
        self.next = batch.last_seq() + 1;
        Ok(Some(batch))
    }
}

impl<S: Source> Iterator for Batches<S> {
    type Item = Result<Batch, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let item = self.next_batch().transpose();
        self.is_over = !matches!(item, Some(Ok(_)));
        item
    }
}
