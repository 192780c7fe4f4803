//! The whole state of a canvas at one seq, in bytes: what keeps a start short.

use bincode::config::{Configuration, Fixint, Limit, LittleEndian};
use bincode::{Decode, Encode};

use crate::canvas::{Canvas, Protected};
use crate::cooldown::Millis;
use crate::entry::{SeatNumber, Seq};
use crate::geometry::Size;
use crate::limits::{CHECKPOINT_MAX_BYTES, SEATS_MAX, SEQ_MAX};
use crate::marks::Marks;
use crate::palette::{ColorIndex, Palette};
use crate::people::{LastPixel, SeatState, Team, Teams};
use crate::rules::Rules;

/// The version of the stored form.
const VERSION: u8 = 2;

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
    colors: Vec<ColorIndex>,
    owners: Vec<u16>,
    protected: Vec<u64>,
    teams: Teams,
    seats: Vec<(SeatNumber, SeatState)>,
}

impl Canvas {
    /// The state as bytes; equal states give equal bytes.
    pub fn to_checkpoint(&self) -> Vec<u8> {
        #[expect(clippy::disallowed_methods, reason = "sorted right away")]
        let mut seats: Vec<_> = self.seats.iter().map(|(seat, state)| (*seat, *state)).collect();
        seats.sort_unstable_by_key(|(seat, _)| *seat);
        let stored = Stored {
            version: VERSION,
            seq: self.seq,
            at_ms: self.at_ms,
            size: self.size,
            palette: self.palette.clone(),
            rules: self.rules,
            colors: self.marks.colors.clone(),
            owners: self.marks.owners.clone(),
            protected: self.protected.0.to_vec(),
            teams: self.teams.clone(),
            seats,
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
        if used != bytes.len() {
            return Err(wrong("bytes follow its end"));
        }
        let Stored { seq, at_ms, size, palette, rules, .. } = stored;
        if stored.colors.len() != size.cells() || stored.owners.len() != size.cells() {
            return Err(wrong("the grid is not as large as the canvas"));
        }
        if stored.colors.iter().any(|color| !palette.contains(*color)) {
            return Err(wrong("a cell has a color that the palette has not"));
        }
        if !stored.protected.is_empty() && stored.protected.len() != size.cells().div_ceil(64) {
            return Err(wrong("the protection is not as large as the canvas"));
        }
        if stored.seats.iter().any(|(seat, _)| !(1..=SEATS_MAX).contains(seat)) {
            return Err(wrong("a seat has a number that there can't be"));
        }
        let misplaced = |(_, seat): &(SeatNumber, SeatState)| {
            let Some(LastPixel { index, before, .. }) = seat.last else { return false };
            index as usize >= size.cells()
                || !palette.contains(before.color)
                || before.owner > SEATS_MAX
        };
        if stored.seats.iter().any(misplaced) {
            return Err(wrong("a seat's last pixel is one that there can't be"));
        }
        let fits = |team: &Team| team.region.is_none_or(|region| region.fits(size));
        if !stored.teams.0.values().all(fits) {
            return Err(wrong("a team's region lies outside the canvas"));
        }
        if !(1..=SEQ_MAX).contains(&seq) {
            return Err(wrong("seq out of range"));
        }
        let rules = rules.checked().map_err(|_| wrong("rules out of range"))?;
        Ok(Self {
            seq,
            at_ms,
            size,
            palette,
            rules,
            marks: Marks { colors: stored.colors, owners: stored.owners },
            protected: Protected(stored.protected.into()),
            teams: stored.teams,
            seats: stored.seats.into_iter().collect(),
        })
    }
}
