//! The binary messages: placements and what comes back.

use bincode::config::{Configuration, Fixint, Limit, LittleEndian};
use bincode::{Decode, Encode};

use super::{Delta, WireError, tag};
use crate::cooldown::Allowance;
use crate::entry::Seq;
use crate::geometry::{Cell, Size};
use crate::palette::ColorIndex;
use crate::rules::{Reason, Refusal};

/// Length of a `Place` message, in bytes.
pub const PLACE_BYTES: usize = 10;

/// Largest message with fixed fields, in bytes: `Placed` has 19.
const FIXED_MAX_BYTES: usize = 32;

const CONFIG: Configuration<LittleEndian, Fixint, Limit<FIXED_MAX_BYTES>> =
    bincode::config::legacy().with_limit::<FIXED_MAX_BYTES>();

/// The color byte that stands for "no such cell".
pub const NO_COLOR: u8 = 255;

/// A number that a client gives its placement; the answer carries it back.
pub type Token = u32;

/// Client to server: set one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The client's own number for it.
    pub token: Token,
    /// Where; not yet checked against any canvas.
    pub cell: Cell,
    /// Which color; not yet checked against any palette.
    pub color: ColorIndex,
}

impl Place {
    /// The message.
    pub fn encode(&self) -> [u8; PLACE_BYTES] {
        let mut out = [0; PLACE_BYTES];
        let fields = (tag::PLACE, self.token, self.cell, self.color);
        bincode::encode_into_slice(fields, &mut out, CONFIG).expect("a placement has ten bytes");
        out
    }

    /// Reads the message; every byte must belong to it.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        match bytes.first() {
            Some(&tag::PLACE) => {}
            Some(&other) => return Err(WireError::Tag(other)),
            None => return Err(WireError::Length),
        }
        let (_, token, cell, color): (u8, _, _, _) = decode_fixed(bytes)?;
        Ok(Self { token, cell, color })
    }
}

/// Server to client: everything in binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerFrame {
    /// A placement is durable.
    Placed {
        /// The placement's token.
        token: Token,
        /// Its seq.
        seq: Seq,
        /// What the seat may do next.
        allowance: Allowance,
    },
    /// A placement was not made.
    Refused {
        /// The placement's token.
        token: Token,
        /// Why, and for how long.
        refusal: Refusal,
        /// The cell's true color; `None` outside the canvas.
        color: Option<ColorIndex>,
        /// Pixels that may be placed right now.
        saved: u16,
    },
    /// Cells changed.
    Delta(Delta),
}

#[derive(Encode, Decode)]
struct PlacedFields {
    tag: u8,
    token: Token,
    seq: Seq,
    saved: u16,
    next_ms: u32,
}

#[derive(Encode, Decode)]
struct RefusedFields {
    tag: u8,
    token: Token,
    reason: u8,
    color: u8,
    saved: u16,
    wait_ms: u32,
}

impl ServerFrame {
    /// The message, for a canvas of this size and number of colors.
    pub fn encode(&self, size: Size, colors: usize) -> Vec<u8> {
        match self {
            Self::Placed { token, seq, allowance } => encode_fixed(PlacedFields {
                tag: tag::PLACED,
                token: *token,
                seq: *seq,
                saved: allowance.saved,
                next_ms: allowance.next_ms,
            }),
            Self::Refused { token, refusal, color, saved } => encode_fixed(RefusedFields {
                tag: tag::REFUSED,
                token: *token,
                reason: refusal.reason as u8,
                color: color.unwrap_or(NO_COLOR),
                saved: *saved,
                wait_ms: refusal.wait_ms,
            }),
            Self::Delta(delta) => delta.encode(size, colors),
        }
    }

    /// Reads a message of a canvas of this size and number of colors; `at` is
    /// where the viewer is (see [`Delta::decode`]).
    pub fn decode(bytes: &[u8], size: Size, colors: usize, at: Seq) -> Result<Self, WireError> {
        match bytes.first() {
            None => Err(WireError::Length),
            Some(&tag::PLACED) => {
                let PlacedFields { token, seq, saved, next_ms, .. } = decode_fixed(bytes)?;
                Ok(Self::Placed { token, seq, allowance: Allowance { saved, next_ms } })
            }
            Some(&tag::REFUSED) => {
                let fields: RefusedFields = decode_fixed(bytes)?;
                let color = (fields.color != NO_COLOR).then_some(fields.color);
                if color.is_some_and(|color| usize::from(color) >= colors) {
                    return Err(WireError::Range("color"));
                }
                let reason = Reason::ALL.into_iter().find(|reason| *reason as u8 == fields.reason);
                Ok(Self::Refused {
                    token: fields.token,
                    refusal: Refusal {
                        reason: reason.ok_or(WireError::Range("reason"))?,
                        wait_ms: fields.wait_ms,
                    },
                    color,
                    saved: fields.saved,
                })
            }
            Some(_) => Delta::decode(bytes, size, colors, at).map(Self::Delta),
        }
    }
}

fn encode_fixed(fields: impl Encode) -> Vec<u8> {
    bincode::encode_to_vec(fields, CONFIG).expect("fixed fields encode")
}

fn decode_fixed<T: Decode<()>>(bytes: &[u8]) -> Result<T, WireError> {
    let (value, used) = bincode::decode_from_slice(bytes, CONFIG).map_err(|_| WireError::Length)?;
    if used == bytes.len() { Ok(value) } else { Err(WireError::Length) }
}
