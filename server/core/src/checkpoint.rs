//! The whole state of a canvas at one seq, in bytes: what keeps a start short.

use bincode::config::{Configuration, Fixint, Limit, LittleEndian};
use bincode::{Decode, Encode};

use crate::canvas::Canvas;
use crate::cooldown::Millis;
use crate::entry::{SeatNumber, Seq};
use crate::geometry::Size;
use crate::limits::{CHECKPOINT_MAX_BYTES, SEQ_MAX};
use crate::palette::{ColorIndex, Palette};
use crate::rules::Rules;

/// The version of the stored form.
const VERSION: u8 = 1;

const CONFIG: Configuration<LittleEndian, Fixint, Limit<CHECKPOINT_MAX_BYTES>> =
    bincode::config::legacy().with_limit::<CHECKPOINT_MAX_BYTES>();

/// A checkpoint that can't be used; the journal alone still tells everything.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The bytes are not a checkpoint.
    #[error("not a checkpoint: {0}")]
    Decode(#[from] bincode::error::DecodeError),
    /// The parts do not fit together.
    #[error("the checkpoint contradicts itself: {0}")]
    Inconsistent(&'static str),
}

#[derive(Encode, Decode)]
struct Stored {
    version: u8,
    seq: Seq,
    at_ms: Millis,
    size: Size,
    palette: Palette,
    rules: Rules,
    cells: Vec<ColorIndex>,
    tats: Vec<(SeatNumber, Millis)>,
}

impl Canvas {
    /// The state as bytes; equal states give equal bytes.
    pub fn to_checkpoint(&self) -> Vec<u8> {
        #[expect(clippy::disallowed_methods, reason = "sorted right away")]
        let mut tats: Vec<_> = self.tats.iter().map(|(seat, tat)| (*seat, *tat)).collect();
        tats.sort_unstable();
        let stored = Stored {
            version: VERSION,
            seq: self.seq,
            at_ms: self.at_ms,
            size: self.size,
            palette: self.palette.clone(),
            rules: self.rules,
            cells: self.cells.clone(),
            tats,
        };
        bincode::encode_to_vec(stored, CONFIG).expect("a state within its bounds encodes")
    }

    /// The state that [`Canvas::to_checkpoint`] wrote.
    pub fn from_checkpoint(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let wrong = CheckpointError::Inconsistent;
        // First of all: what follows may look different in another version.
        if bytes.first().is_some_and(|version| *version != VERSION) {
            return Err(wrong("unknown version"));
        }
        let (stored, used): (Stored, usize) = bincode::decode_from_slice(bytes, CONFIG)?;
        let Stored { version: _, seq, at_ms, size, palette, rules, cells, tats } = stored;
        if used != bytes.len() {
            return Err(wrong("bytes follow its end"));
        }
        if cells.len() != size.cells() {
            return Err(wrong("the grid is not as large as the canvas"));
        }
        if cells.iter().any(|color| !palette.contains(*color)) {
            return Err(wrong("a cell has a color that the palette has not"));
        }
        if !(1..=SEQ_MAX).contains(&seq) {
            return Err(wrong("seq out of range"));
        }
        let rules = rules.checked().map_err(|_| wrong("rules out of range"))?;
        Ok(Self { seq, at_ms, size, palette, rules, cells, tats: tats.into_iter().collect() })
    }
}
