//! The journal's entries: everything that can happen to a canvas.

use bincode::config::{Configuration, Fixint, Limit, LittleEndian};
use bincode::enc::EncoderImpl;
use bincode::enc::write::SizeWriter;
use bincode::{Decode, Encode};

use crate::cooldown::Millis;
use crate::geometry::{Area, Cell, Size};
use crate::limits::BATCH_MAX_BYTES;
use crate::marks::Mark;
use crate::palette::{ColorIndex, Palette};
use crate::patch::Patch;
use crate::people::{Standing, Team, TeamNumber};
use crate::rules::{EarlyRules, Rules};

/// A position in a canvas's journal. The first entry has seq 1; 0 is the
/// moment before it.
pub type Seq = u64;

/// The number of a seat within its canvas. Names live beside the journal, so
/// that forgetting a person leaves the history whole.
pub type SeatNumber = u32;

/// The number of a teacher in this data folder; 0 stands for the server itself.
pub type TeacherNumber = u32;

/// One thing that happened. Each has its stored tag, some have two: see
/// [`Batch::encode`].
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
    SetRules {
        /// Who changed them.
        teacher: TeacherNumber,
        /// What holds from now on.
        rules: Rules,
    },
    /// A seat took its last pixel back.
    Undo {
        /// Who.
        seat: SeatNumber,
        /// Where.
        cell: Cell,
        /// What stands there again.
        mark: Mark,
    },
    /// A teacher set many cells at once.
    Patch {
        /// Who.
        teacher: TeacherNumber,
        /// What for.
        cause: Cause,
        /// What each cell became.
        patch: Patch,
    },
    /// A teacher made an area safe from drawing, or free again.
    Protect {
        /// Who.
        teacher: TeacherNumber,
        /// Where.
        area: Area,
        /// Whether it is safe from now on.
        on: bool,
    },
    /// A teacher, or a student who chose a team, decided about a seat.
    SetSeat {
        /// Who; 0 when the student chose.
        teacher: TeacherNumber,
        /// Whose.
        seat: SeatNumber,
        /// What holds from now on.
        standing: Standing,
    },
    /// A teacher gave a team its rules.
    SetTeam {
        /// Who.
        teacher: TeacherNumber,
        /// Which.
        team: TeamNumber,
        /// What holds from now on.
        rules: Team,
    },
    /// A teacher gave pixels away.
    Award {
        /// Who gave.
        teacher: TeacherNumber,
        /// To whom, in ascending order.
        seats: Vec<SeatNumber>,
        /// How many to each.
        pixels: u16,
    },
    /// A teacher took gifts back, as far as they were not used yet.
    Withdraw {
        /// Who took them.
        teacher: TeacherNumber,
        /// From whom, in ascending order.
        seats: Vec<SeatNumber>,
        /// How many from each, at most.
        pixels: u16,
    },
}

/// What a patch was for. The order of the variants is stored: append only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Cause {
    /// An area was set to one color, as nobody's.
    Fill(Area),
    /// An area was brought back to a moment, in milliseconds since the Unix
    /// epoch.
    Restore(Area, Millis),
    /// A seat's pixels from a moment on were taken away.
    Remove(SeatNumber, Millis),
    /// What was decided from one seq to another was taken back.
    Revert(Seq, Seq),
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

/// Bytes of a stored batch ahead of its entries: seq, time and their number.
const HEAD_BYTES: usize = 24;

/// Every entry has one form.
const LONGER_FORM: &str = "an entry in another form than its own";

const CONFIG: Configuration<LittleEndian, Fixint, Limit<BATCH_MAX_BYTES>> =
    bincode::config::legacy().with_limit::<BATCH_MAX_BYTES>();

impl Batch {
    /// The seq of the last entry.
    pub fn last_seq(&self) -> Seq {
        self.first_seq.saturating_add(self.entries.len() as Seq).saturating_sub(1)
    }

    /// The same entries in batches that can be stored one behind the other: in
    /// one batch, unless it would be longer than [`BATCH_MAX_BYTES`].
    pub fn cut(self) -> Vec<Self> {
        let Self { first_seq, at_ms, entries } = self;
        let mut batches: Vec<Self> = Vec::new();
        let mut room = 0;
        for (seq, entry) in (first_seq..).zip(entries) {
            let bytes = entry.stored_bytes();
            match batches.last_mut() {
                Some(batch) if bytes <= room => batch.entries.push(entry),
                _ => {
                    room = BATCH_MAX_BYTES - HEAD_BYTES;
                    batches.push(Self { first_seq: seq, at_ms, entries: vec![entry] });
                }
            }
            room = room.saturating_sub(bytes);
        }
        batches
    }

    /// The stored form: bincode's `legacy` configuration.
    ///
    /// # Panics
    /// Never for a batch within [`crate::limits::BATCH_MAX_ENTRIES`]: encoding
    /// into memory can't fail. One that is longer than [`BATCH_MAX_BYTES`] can't
    /// be read again: [`Batch::cut`] comes first.
    pub fn encode(&self) -> Vec<u8> {
        bincode::encode_to_vec(self, CONFIG).expect("a batch within its bounds encodes")
    }

    /// Reads the stored form; every byte must belong to it.
    pub fn decode(bytes: &[u8]) -> Result<Self, BatchError> {
        let (batch, used) = bincode::decode_from_slice(bytes, CONFIG)?;
        if used == bytes.len() { Ok(batch) } else { Err(BatchError::Trailing(bytes.len() - used)) }
    }
}

impl Entry {
    /// The length of the stored form, in bytes.
    fn stored_bytes(&self) -> usize {
        let mut encoder = EncoderImpl::new(SizeWriter::default(), CONFIG);
        self.encode(&mut encoder).expect("counting does not fail");
        encoder.into_writer().bytes_written
    }
}

/// A one-byte tag in place of bincode's four: there is one for each pixel ever
/// placed. A tag once written is read for ever. Rules without undo that no
/// teacher set have the tags and the form that they had before there was either,
/// and no other.
impl Encode for Entry {
    fn encode<E: bincode::enc::Encoder>(
        &self,
        encoder: &mut E,
    ) -> Result<(), bincode::error::EncodeError> {
        match self {
            Self::Create { size, palette, rules } => {
                let early = EarlyRules::of(*rules);
                (if early.is_some() { 0u8 } else { 9 }, size).encode(encoder)?;
                palette.encode(encoder)?;
                match early {
                    Some(early) => early.encode(encoder),
                    None => rules.encode(encoder),
                }
            }
            Self::Place { seat, cell, color } => (1u8, seat, cell, color).encode(encoder),
            Self::SetRules { teacher, rules } => match EarlyRules::of(*rules) {
                Some(early) if *teacher == 0 => (2u8, early).encode(encoder),
                _ => (10u8, teacher, rules).encode(encoder),
            },
            Self::Undo { seat, cell, mark } => (3u8, seat, cell, mark).encode(encoder),
            Self::Patch { teacher, cause, patch } => (4u8, teacher, cause, patch).encode(encoder),
            Self::Protect { teacher, area, on } => (5u8, teacher, area, on).encode(encoder),
            Self::SetSeat { teacher, seat, standing } => {
                (6u8, teacher, seat, standing).encode(encoder)
            }
            Self::SetTeam { teacher, team, rules } => (7u8, teacher, team, rules).encode(encoder),
            Self::Award { teacher, seats, pixels } => (8u8, teacher, seats, pixels).encode(encoder),
            Self::Withdraw { teacher, seats, pixels } => {
                (11u8, teacher, seats, pixels).encode(encoder)
            }
        }
    }
}

impl<C> Decode<C> for Entry {
    fn decode<D: bincode::de::Decoder<Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, bincode::error::DecodeError> {
        let from = decoder;
        Ok(match u8::decode(from)? {
            0 => Self::Create {
                size: Decode::decode(from)?,
                palette: Decode::decode(from)?,
                rules: EarlyRules::decode(from)?.into(),
            },
            1 => Self::Place {
                seat: Decode::decode(from)?,
                cell: Decode::decode(from)?,
                color: Decode::decode(from)?,
            },
            2 => Self::SetRules { teacher: 0, rules: EarlyRules::decode(from)?.into() },
            3 => Self::Undo {
                seat: Decode::decode(from)?,
                cell: Decode::decode(from)?,
                mark: Decode::decode(from)?,
            },
            4 => Self::Patch {
                teacher: Decode::decode(from)?,
                cause: Decode::decode(from)?,
                patch: Decode::decode(from)?,
            },
            5 => Self::Protect {
                teacher: Decode::decode(from)?,
                area: Decode::decode(from)?,
                on: Decode::decode(from)?,
            },
            6 => Self::SetSeat {
                teacher: Decode::decode(from)?,
                seat: Decode::decode(from)?,
                standing: Decode::decode(from)?,
            },
            7 => Self::SetTeam {
                teacher: Decode::decode(from)?,
                team: Decode::decode(from)?,
                rules: Decode::decode(from)?,
            },
            8 => Self::Award {
                teacher: Decode::decode(from)?,
                seats: Decode::decode(from)?,
                pixels: Decode::decode(from)?,
            },
            9 => {
                let (size, palette) = (Decode::decode(from)?, Decode::decode(from)?);
                let rules = Rules::decode(from)?;
                if EarlyRules::of(rules).is_some() {
                    return Err(bincode::error::DecodeError::Other(LONGER_FORM));
                }
                Self::Create { size, palette, rules }
            }
            10 => {
                let (teacher, rules) = (TeacherNumber::decode(from)?, Rules::decode(from)?);
                if teacher == 0 && EarlyRules::of(rules).is_some() {
                    return Err(bincode::error::DecodeError::Other(LONGER_FORM));
                }
                Self::SetRules { teacher, rules }
            }
            11 => Self::Withdraw {
                teacher: Decode::decode(from)?,
                seats: Decode::decode(from)?,
                pixels: Decode::decode(from)?,
            },
            _ => return Err(bincode::error::DecodeError::Other("unknown entry tag")),
        })
    }
}

bincode::impl_borrow_decode!(Entry);
