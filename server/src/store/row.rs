//! The journal's rows: one batch each, with a checksum over all of it.

use place_core::cooldown::Millis;
use place_core::{Batch, Seq};
use rusqlite::{Connection, OptionalExtension, Row as SqlRow};

/// Bits of a key that hold the seq.
const SEQ_BITS: u32 = 40;

/// The highest seq that fits into a key: 21 years at r/place's record pace of
/// 1,640 pixels a second, day and night.
pub(super) const SEQ_MAX: Seq = (1 << SEQ_BITS) - 1;

/// One stored batch.
pub(super) struct Row {
    key: i64,
    last_seq: i64,
    at_ms: i64,
    crc: u32,
    body: Vec<u8>,
}

/// The key of a seq of a canvas.
pub(super) fn key(canvas: u32, seq: Seq) -> i64 {
    (i64::from(canvas) << SEQ_BITS) | seq.min(SEQ_MAX).cast_signed()
}

impl Row {
    /// The stored form of a batch.
    pub(super) fn of(canvas: u32, batch: &Batch) -> Self {
        let mut row = Self {
            key: key(canvas, batch.first_seq),
            last_seq: batch.last_seq().cast_signed(),
            at_ms: batch.at_ms.cast_signed(),
            crc: 0,
            body: batch.encode(),
        };
        row.crc = row.checksum();
        row
    }

    /// Which canvas it belongs to.
    pub(super) fn canvas(&self) -> u32 {
        (self.key.cast_unsigned() >> SEQ_BITS) as u32
    }

    /// The seq of its first entry.
    pub(super) fn first_seq(&self) -> Seq {
        self.key.cast_unsigned() & SEQ_MAX
    }

    /// The seq of its last entry.
    pub(super) fn last_seq(&self) -> Seq {
        self.last_seq.cast_unsigned()
    }

    /// The encoded batch.
    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }

    /// Its other columns, as fields of JSON.
    pub(super) fn columns(&self) -> String {
        let Self { key, last_seq, at_ms, crc, .. } = self;
        format!("\"key\":{key},\"last_seq\":{last_seq},\"at_ms\":{at_ms},\"crc\":{crc}")
    }

    /// Size of the encoded batch, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.body.len()
    }

    /// The batch, if every bit is as it was written; what is wrong otherwise.
    pub(super) fn batch(&self) -> Result<Batch, String> {
        if self.crc != self.checksum() {
            return Err("its checksum does not match".to_owned());
        }
        let batch = Batch::decode(&self.body).map_err(|error| error.to_string())?;
        let at_ms: Millis = self.at_ms.cast_unsigned();
        let is_consistent = !batch.entries.is_empty()
            && batch.first_seq == self.first_seq()
            && batch.last_seq() == self.last_seq()
            && batch.at_ms == at_ms;
        if is_consistent { Ok(batch) } else { Err("its parts contradict each other".to_owned()) }
    }

    fn checksum(&self) -> u32 {
        let mut crc = crc32fast::Hasher::new();
        for number in [self.key, self.last_seq, self.at_ms] {
            crc.update(&number.to_le_bytes());
        }
        crc.update(&self.body);
        crc.finalize()
    }

    /// Writes it.
    pub(super) fn insert(&self, conn: &Connection) -> rusqlite::Result<()> {
        let sql = "INSERT INTO journal (key, last_seq, at_ms, crc, body) VALUES (?, ?, ?, ?, ?)";
        let values = (self.key, self.last_seq, self.at_ms, self.crc, &self.body);
        conn.prepare_cached(sql)?.execute(values).map(|_| ())
    }

    /// Removes it.
    pub(super) fn remove(&self, conn: &Connection) -> rusqlite::Result<()> {
        conn.prepare_cached("DELETE FROM journal WHERE key = ?")?.execute([self.key]).map(|_| ())
    }

    fn read(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            key: row.get(0)?,
            last_seq: row.get(1)?,
            at_ms: row.get(2)?,
            crc: row.get(3)?,
            body: row.get(4)?,
        })
    }

    /// Rows of a canvas from a seq on, in order, until they hold `bytes_max`
    /// together; one at least, if there is one.
    pub(super) fn from_seq(
        conn: &Connection,
        canvas: u32,
        seq: Seq,
        bytes_max: usize,
    ) -> rusqlite::Result<Vec<Self>> {
        let sql = "SELECT key, last_seq, at_ms, crc, body FROM journal \
                   WHERE key BETWEEN ?1 AND ?2 ORDER BY key";
        let mut statement = conn.prepare_cached(sql)?;
        let mut found = statement.query((key(canvas, seq), key(canvas, SEQ_MAX)))?;
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while bytes < bytes_max
            && let Some(row) = found.next()?
        {
            let row = Self::read(row)?;
            bytes += row.bytes() + size_of::<Self>();
            rows.push(row);
        }
        Ok(rows)
    }

    /// The first and last seq of the row with the highest first seq up to `seq`.
    pub(super) fn span_at(
        conn: &Connection,
        canvas: u32,
        seq: Seq,
    ) -> rusqlite::Result<Option<(Seq, Seq)>> {
        let sql = "SELECT key, last_seq FROM journal \
                   WHERE key BETWEEN ?1 AND ?2 ORDER BY key DESC LIMIT 1";
        conn.prepare_cached(sql)?
            .query_row((key(canvas, 0), key(canvas, seq)), |row| {
                let (key, last): (i64, i64) = (row.get(0)?, row.get(1)?);
                Ok((key.cast_unsigned() & SEQ_MAX, last.cast_unsigned()))
            })
            .optional()
    }

    /// When the batch happened that holds a seq.
    pub(super) fn time_at(
        conn: &Connection,
        canvas: u32,
        seq: Seq,
    ) -> rusqlite::Result<Option<Millis>> {
        let sql = "SELECT at_ms FROM journal WHERE key BETWEEN ?1 AND ?2 ORDER BY key DESC LIMIT 1";
        conn.prepare_cached(sql)?
            .query_row((key(canvas, 0), key(canvas, seq)), |row| row.get(0).map(i64::cast_unsigned))
            .optional()
    }

    /// The seq of the last entry of a canvas's journal; 0 if it has none.
    pub(super) fn end(conn: &Connection, canvas: u32) -> rusqlite::Result<Seq> {
        Ok(Self::span_at(conn, canvas, SEQ_MAX)?.map_or(0, |(_, last)| last))
    }
}
