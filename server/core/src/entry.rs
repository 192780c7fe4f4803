//! The journal's entries: everything that can happen to a canvas.

use bincode::config::{Configuration, Fixint, Limit, LittleEndian};
use bincode::{Decode, Encode};

use crate::cooldown::Millis;
use crate::geometry::{Cell, Size};
use crate::limits::BATCH_MAX_BYTES;
use crate::palette::{ColorIndex, Palette};
use crate::rules::Rules;

/// A position in a canvas's journal. The first entry has seq 1; 0 is the
/// moment before it.
pub type Seq = u64;

/// The number of a seat within its canvas. Names live beside the journal, so
/// that forgetting a person leaves the history whole.
pub type SeatNumber = u32;

/// One thing that happened. The order of the variants is the stored tag:
/// append only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The canvas began; always and only at seq 1.
    Create {
        /// Its size; it never changes.
        size: Size,
        /// Its colors.
        palette: Palette,
        /// Its first rules.
        rules: Rules,
    },
    /// A seat set a cell to a color.
    Place {
        /// Who.
        seat: SeatNumber,
        /// Where.
        cell: Cell,
        /// Which color.
        color: ColorIndex,
    },
    /// The rules changed.
    SetRules(Rules),
}

/// Entries that were committed together, in order. All happened at `at_ms`:
/// time comes from the journal, never from a clock, so that every fold of it
/// agrees.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Batch {
    /// The seq of the first entry.
    pub first_seq: Seq,
    /// When, in milliseconds since the Unix epoch; never before the batch
    /// ahead of it.
    pub at_ms: Millis,
    /// What happened.
    pub entries: Vec<Entry>,
}

/// A batch that can't be read.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The bytes are not a batch.
    #[error("not a batch: {0}")]
    Decode(#[from] bincode::error::DecodeError),
    /// There are bytes after its end.
    #[error("{0} bytes follow the end of the batch")]
    Trailing(usize),
}

const CONFIG: Configuration<LittleEndian, Fixint, Limit<BATCH_MAX_BYTES>> =
    bincode::config::legacy().with_limit::<BATCH_MAX_BYTES>();

impl Batch {
    /// The seq of the last entry.
    pub fn last_seq(&self) -> Seq {
        self.first_seq.saturating_add(self.entries.len() as Seq).saturating_sub(1)
    }

    /// The stored form: bincode's `legacy` configuration.
    ///
    /// # Panics
    /// Never for a batch within [`crate::limits::BATCH_MAX_ENTRIES`]: encoding
    /// into memory can't fail.
    pub fn encode(&self) -> Vec<u8> {
        bincode::encode_to_vec(self, CONFIG).expect("a batch within its bounds encodes")
    }

    /// Reads the stored form; every byte must belong to it.
    pub fn decode(bytes: &[u8]) -> Result<Self, BatchError> {
        let (batch, used) = bincode::decode_from_slice(bytes, CONFIG)?;
        if used == bytes.len() { Ok(batch) } else { Err(BatchError::Trailing(bytes.len() - used)) }
    }
}

/// A one-byte tag in place of bincode's four: there is one for each pixel ever
/// placed.
impl Encode for Entry {
    fn encode<E: bincode::enc::Encoder>(
        &self,
        encoder: &mut E,
    ) -> Result<(), bincode::error::EncodeError> {
        match self {
            Self::Create { size, palette, rules } => {
                0u8.encode(encoder)?;
                size.encode(encoder)?;
                palette.encode(encoder)?;
                rules.encode(encoder)
            }
            Self::Place { seat, cell, color } => {
                1u8.encode(encoder)?;
                seat.encode(encoder)?;
                cell.encode(encoder)?;
                color.encode(encoder)
            }
            Self::SetRules(rules) => {
                2u8.encode(encoder)?;
                rules.encode(encoder)
            }
        }
    }
}

impl<C> Decode<C> for Entry {
    fn decode<D: bincode::de::Decoder<Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, bincode::error::DecodeError> {
        match u8::decode(decoder)? {
            0 => Ok(Self::Create {
                size: Decode::decode(decoder)?,
                palette: Decode::decode(decoder)?,
                rules: Decode::decode(decoder)?,
            }),
            1 => Ok(Self::Place {
                seat: Decode::decode(decoder)?,
                cell: Decode::decode(decoder)?,
                color: Decode::decode(decoder)?,
            }),
            2 => Ok(Self::SetRules(Decode::decode(decoder)?)),
            _ => Err(bincode::error::DecodeError::Other("unknown entry tag")),
        }
    }
}

bincode::impl_borrow_decode!(Entry);
