//! Checkpoints, and folding journals with or without them.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use place_core::cooldown::Millis;
use place_core::limits::CHECKPOINT_MAX_BYTES;
use place_core::{Batch, Canvas, Seq};
use rusqlite::Connection;

use super::journal::Batches;
use super::row::Row;
use super::{Store, StoreError};

/// Checkpoints kept of each canvas: one to start from, and two for the day
/// when it turns out to be damaged.
const KEPT_CHECKPOINTS: u32 = 3;

/// Size of one part of a stored checkpoint, in bytes. Placements wait for at
/// most one: about two milliseconds on a slow disk.
const PART_MAX_BYTES: usize = 256 * 1024;

/// A canvas as the store has it.
#[derive(Debug)]
pub struct Loaded {
    /// Its state after the journal's last entry.
    pub canvas: Canvas,
    /// The checkpoint that the fold started from; `None` for the beginning.
    pub from_checkpoint: Option<Seq>,
    /// Entries folded after that.
    pub replayed: u64,
    /// Checkpoints that could not be used.
    pub broken_checkpoints: Vec<Seq>,
}

/// How far to fold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Through this seq.
    Seq(Seq),
    /// Through everything that happened up to this moment.
    Time(Millis),
}

impl Store {
    /// Keeps `bytes`, from [`Canvas::to_checkpoint`] at `seq`, to start from
    /// later; the oldest go. Blocks for the compression and on the disk.
    pub fn save_checkpoint(&self, canvas: u32, seq: Seq, bytes: &[u8]) -> Result<(), StoreError> {
        let crc = checksum(canvas, seq, bytes);
        let body = compress(bytes);
        let stale = self.write_and_wait(move |conn| {
            let sql = "DELETE FROM checkpoints WHERE canvas = ? AND seq = ?";
            conn.prepare_cached(sql)?.execute((canvas, seq.cast_signed()))?;
            Ok(parts_without_checkpoint(conn, canvas)?)
        })?;
        self.remove_parts(canvas, stale)?;
        let parts: Vec<_> = body.chunks(PART_MAX_BYTES).map(<[u8]>::to_vec).collect();
        let count = parts.len() as u32;
        for (part, body) in (0u32..).zip(parts) {
            self.write_and_wait(move |conn| {
                let sql = "INSERT INTO checkpoint_parts VALUES (?, ?, ?, ?)";
                conn.prepare_cached(sql)?.execute((canvas, seq.cast_signed(), part, body))?;
                Ok(())
            })?;
        }
        let stale = self.write_and_wait(move |conn| {
            let sql = "INSERT INTO checkpoints VALUES (?, ?, ?, ?)";
            conn.prepare_cached(sql)?.execute((canvas, seq.cast_signed(), count, crc))?;
            forget_oldest(conn, canvas)?;
            Ok(parts_without_checkpoint(conn, canvas)?)
        })?;
        self.remove_parts(canvas, stale)
    }

    /// Makes a new checkpoint in place of those that could not be used, from
    /// what is whole. Blocks like [`Store::save_checkpoint`].
    pub fn mend_checkpoints(&self, canvas: u32, loaded: &Loaded) -> Result<(), StoreError> {
        for seq in &loaded.broken_checkpoints {
            let key = (canvas, seq.cast_signed());
            self.write_and_wait(move |conn| {
                let sql = "DELETE FROM checkpoints WHERE canvas = ? AND seq = ?";
                conn.prepare_cached(sql)?.execute(key)?;
                Ok(())
            })?;
        }
        let state = &loaded.canvas;
        self.save_checkpoint(canvas, state.seq(), &state.to_checkpoint())
    }

    fn remove_parts(&self, canvas: u32, parts: Vec<(i64, u32)>) -> Result<(), StoreError> {
        for (seq, part) in parts {
            self.write_and_wait(move |conn| {
                let sql = "DELETE FROM checkpoint_parts WHERE canvas = ? AND seq = ? AND part = ?";
                conn.prepare_cached(sql)?.execute((canvas, seq, part))?;
                Ok(())
            })?;
        }
        Ok(())
    }

    /// The canvas as its journal tells it, from the newest good checkpoint on.
    /// Blocks.
    pub fn load(&self, canvas: u32) -> Result<Loaded, StoreError> {
        let mut broken = Vec::new();
        for seq in self.read(|conn| list(conn, canvas))? {
            let loaded = match self.checkpoint(canvas, seq) {
                Ok(start) => self.fold_from(canvas, start)?,
                Err(error) => Err(error),
            };
            match loaded {
                Ok(loaded) => return Ok(Loaded { broken_checkpoints: broken, ..loaded }),
                Err(error) => {
                    tracing::warn!(canvas, seq, %error, "a checkpoint can't be used");
                    broken.push(seq);
                }
            }
        }
        let (state, replayed) = fold(Batches::new(self.clone(), canvas, 1)?, canvas, None)?;
        Ok(Loaded { canvas: state, from_checkpoint: None, replayed, broken_checkpoints: broken })
    }

    /// The state that a checkpoint holds. Blocks.
    pub(super) fn checkpoint(&self, canvas: u32, seq: Seq) -> Result<Canvas, StoreError> {
        let damaged = |reason: String| StoreError::Damaged { canvas, seq, reason };
        let stored = self.read(|conn| Stored::read(conn, canvas, seq))?;
        let bytes = stored.bytes(canvas).map_err(damaged)?;
        let state = Canvas::from_checkpoint(&bytes).map_err(|error| damaged(error.to_string()))?;
        if state.seq() == seq {
            Ok(state)
        } else {
            Err(damaged(format!("its checkpoint is of seq {}", state.seq())))
        }
    }

    /// A canvas as the newest good checkpoint has it that is not later than asked
    /// for: where a reader of the journal may begin. `None` if there is none.
    /// Blocks.
    pub fn checkpoint_until(
        &self,
        canvas: u32,
        until: Until,
    ) -> Result<Option<Canvas>, StoreError> {
        for seq in self.read(|conn| list(conn, canvas))? {
            let is_early = match until {
                Until::Seq(end) => seq <= end,
                Until::Time(end) => {
                    self.read(|conn| Row::time_at(conn, canvas, seq))?.is_some_and(|at| at <= end)
                }
            };
            if !is_early {
                continue;
            }
            match self.checkpoint(canvas, seq) {
                Ok(state) => return Ok(Some(state)),
                Err(error) => tracing::warn!(canvas, seq, %error, "a checkpoint can't be used"),
            }
        }
        Ok(None)
    }

    /// The canvas after everything through `seq`, from the checkpoint that is
    /// nearest ahead of it. Blocks.
    pub fn state_at(&self, canvas: u32, seq: Seq) -> Result<Canvas, StoreError> {
        let start = self.checkpoint_until(canvas, Until::Seq(seq))?;
        let from = start.as_ref().map_or(1, |state| state.seq() + 1);
        let batches = Batches::new(self.clone(), canvas, from)?;
        let wanted = batches.map_while(|batch| match batch {
            Ok(batch) => shortened(batch, seq).map(Ok),
            error => Some(error),
        });
        Ok(fold(wanted, canvas, start)?.0)
    }

    /// Outer error: the journal has lost entries, which no other checkpoint
    /// mends. Inner error: this checkpoint and the journal do not fit together.
    fn fold_from(
        &self,
        canvas: u32,
        start: Canvas,
    ) -> Result<Result<Loaded, StoreError>, StoreError> {
        let seq = start.seq();
        let end = self.read(|conn| Row::end(conn, canvas))?;
        if end < seq {
            let reason = format!("it ends at seq {end}, but there is a checkpoint of seq {seq}");
            return Err(StoreError::Damaged { canvas, seq: end + 1, reason });
        }
        let batches = Batches::new(self.clone(), canvas, seq + 1)?;
        Ok(fold(batches, canvas, Some(start)).map(|(canvas, replayed)| Loaded {
            canvas,
            from_checkpoint: Some(seq),
            replayed,
            broken_checkpoints: Vec::new(),
        }))
    }

    /// The canvas as it was, from the journal alone. Blocks for as long as it
    /// takes to fold it.
    pub fn fold_until(&self, canvas: u32, until: Until) -> Result<Canvas, StoreError> {
        let batches = Batches::new(self.clone(), canvas, 1)?;
        let wanted = batches.map_while(|batch| match (batch, until) {
            (Ok(batch), Until::Time(at_ms)) => (batch.at_ms <= at_ms).then_some(Ok(batch)),
            (Ok(batch), Until::Seq(seq)) => shortened(batch, seq).map(Ok),
            (error, _) => Some(error),
        });
        Ok(fold(wanted, canvas, None)?.0)
    }
}

/// The part of a batch through `seq`, if any.
fn shortened(mut batch: Batch, seq: Seq) -> Option<Batch> {
    let wanted = (seq + 1).checked_sub(batch.first_seq)?;
    batch.entries.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
    (!batch.entries.is_empty()).then_some(batch)
}

/// Folds batches into a state; also tells how many entries there were.
fn fold(
    batches: impl Iterator<Item = Result<Batch, StoreError>>,
    canvas: u32,
    start: Option<Canvas>,
) -> Result<(Canvas, u64), StoreError> {
    let (mut state, mut replayed) = (start, 0);
    for batch in batches {
        let batch = batch?;
        step(&mut state, &batch).map_err(|reason| StoreError::Damaged {
            canvas,
            seq: batch.first_seq,
            reason,
        })?;
        replayed += batch.entries.len() as u64;
    }
    Ok((state.ok_or(StoreError::NoSuchCanvas(canvas))?, replayed))
}

/// Folds one batch into a state that may not have begun yet.
pub(super) fn step(state: &mut Option<Canvas>, batch: &Batch) -> Result<(), String> {
    match state {
        Some(state) => state.apply(batch),
        None => Canvas::begin(batch).map(|begun| *state = Some(begun)),
    }
    .map_err(|error| error.to_string())
}

/// A checkpoint as it lies in the database.
pub(super) struct Stored {
    pub(super) seq: Seq,
    crc: u32,
    parts: u32,
    found: u32,
    body: Vec<u8>,
}

impl Stored {
    pub(super) fn read(conn: &Connection, canvas: u32, seq: Seq) -> rusqlite::Result<Self> {
        let key = (canvas, seq.cast_signed());
        let (parts, crc) = conn
            .prepare_cached("SELECT parts, crc FROM checkpoints WHERE canvas = ? AND seq = ?")?
            .query_row(key, |row| Ok((row.get(0)?, row.get(1)?)))?;
        let sql = "SELECT body FROM checkpoint_parts WHERE canvas = ? AND seq = ? ORDER BY part";
        let mut statement = conn.prepare_cached(sql)?;
        let mut rows = statement.query(key)?;
        let (mut body, mut found) = (Vec::new(), 0);
        while let Some(row) = rows.next()?
            && body.len() <= CHECKPOINT_MAX_BYTES
        {
            body.extend_from_slice(row.get_ref(0)?.as_blob()?);
            found += 1;
        }
        Ok(Self { seq, crc, parts, found, body })
    }

    /// What [`Canvas::to_checkpoint`] gave, if every bit is as it was; what is
    /// wrong otherwise.
    pub(super) fn bytes(&self, canvas: u32) -> Result<Vec<u8>, String> {
        if self.parts != self.found {
            return Err(format!("its checkpoint has {} of {} parts", self.found, self.parts));
        }
        let bytes = decompress(&self.body)
            .map_err(|error| format!("its checkpoint can't be unpacked: {error}"))?;
        if self.crc == checksum(canvas, self.seq, &bytes) {
            Ok(bytes)
        } else {
            Err("its checkpoint's checksum does not match".to_owned())
        }
    }
}

/// The seqs of a canvas's checkpoints, newest first.
pub(super) fn list(conn: &Connection, canvas: u32) -> rusqlite::Result<Vec<Seq>> {
    let sql = "SELECT seq FROM checkpoints WHERE canvas = ? ORDER BY seq DESC";
    let read = |row: &rusqlite::Row<'_>| row.get(0).map(i64::cast_unsigned);
    conn.prepare_cached(sql)?.query_map([canvas], read)?.collect()
}

/// Forgets a canvas's checkpoints from a seq on; their parts go with the next one
/// that is saved.
pub(super) fn forget_from(conn: &Connection, canvas: u32, seq: Seq) -> rusqlite::Result<()> {
    let sql = "DELETE FROM checkpoints WHERE canvas = ? AND seq >= ?";
    conn.prepare_cached(sql)?.execute((canvas, seq.cast_signed())).map(|_| ())
}

fn forget_oldest(conn: &Connection, canvas: u32) -> rusqlite::Result<()> {
    let sql = "DELETE FROM checkpoints WHERE canvas = ?1 AND seq NOT IN \
               (SELECT seq FROM checkpoints WHERE canvas = ?1 ORDER BY seq DESC LIMIT ?2)";
    conn.prepare_cached(sql)?.execute((canvas, KEPT_CHECKPOINTS)).map(|_| ())
}

/// Parts that no checkpoint needs: of forgotten ones, and of one that a crash
/// cut short.
fn parts_without_checkpoint(conn: &Connection, canvas: u32) -> rusqlite::Result<Vec<(i64, u32)>> {
    let sql = "SELECT seq, part FROM checkpoint_parts WHERE canvas = ?1 AND seq NOT IN \
               (SELECT seq FROM checkpoints WHERE canvas = ?1)";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    conn.prepare_cached(sql)?.query_map([canvas], read)?.collect()
}

fn checksum(canvas: u32, seq: Seq, bytes: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&canvas.to_le_bytes());
    crc.update(&seq.to_le_bytes());
    crc.update(bytes);
    crc.finalize()
}

fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("writing to memory does not fail");
    encoder.finish().expect("writing to memory does not fail")
}

fn decompress(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than allowed, so that a larger one does not pass as cut.
    ZlibDecoder::new(body).take(CHECKPOINT_MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
