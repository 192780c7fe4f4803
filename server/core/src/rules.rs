//! What may be done on a canvas, and why something may not.

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::cooldown::Cooldown;
use crate::limits::{COOLDOWN_MAX_MS, SAVED_MAX_PIXELS, UNDO_MAX_MS};

/// Whether a canvas takes pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Everybody with a seat may draw.
    #[default]
    Open,
    /// Everybody may look, nobody may draw, for now.
    Frozen,
    /// Drawing is over.
    Closed,
}

/// The rules of a canvas that may change while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Rules {
    /// Whether the canvas takes pixels.
    pub mode: Mode,
    /// Time in which one pixel grows back, in milliseconds; 0 for none.
    pub cooldown_ms: u32,
    /// Most pixels that a seat may save up; at least 1.
    pub saved_max: u16,
    /// Time in which a seat may take its last pixel back, in milliseconds; 0
    /// for never.
    pub undo_ms: u32,
}

/// Rules as they are stored while a pixel can't be taken back.
#[derive(Clone, Copy, Debug, Encode, Decode)]
pub(crate) struct EarlyRules {
    mode: Mode,
    cooldown_ms: u32,
    saved_max: u16,
}

impl EarlyRules {
    /// The short form of rules, if they have one.
    pub(crate) fn of(rules: Rules) -> Option<Self> {
        let Rules { mode, cooldown_ms, saved_max, undo_ms } = rules;
        (undo_ms == 0).then_some(Self { mode, cooldown_ms, saved_max })
    }
}

impl From<EarlyRules> for Rules {
    fn from(early: EarlyRules) -> Self {
        let EarlyRules { mode, cooldown_ms, saved_max } = early;
        Self { mode, cooldown_ms, saved_max, undo_ms: 0 }
    }
}

/// A rule outside its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// The cooldown is too long.
    #[error("a cooldown is 0 to {COOLDOWN_MAX_MS} ms, not {0} ms")]
    Cooldown(u32),
    /// Too many saved-up pixels, or none.
    #[error("1 to {SAVED_MAX_PIXELS} pixels can be saved up, not {0}")]
    Saved(u16),
    /// The time to take a pixel back is too long.
    #[error("a pixel can be taken back within 0 to {UNDO_MAX_MS} ms, not {0} ms")]
    Undo(u32),
}

impl Rules {
    /// The rules as they are, if each is within its range.
    pub fn checked(self) -> Result<Self, RulesError> {
        if self.cooldown_ms > COOLDOWN_MAX_MS {
            Err(RulesError::Cooldown(self.cooldown_ms))
        } else if !(1..=SAVED_MAX_PIXELS).contains(&self.saved_max) {
            Err(RulesError::Saved(self.saved_max))
        } else if self.undo_ms > UNDO_MAX_MS {
            Err(RulesError::Undo(self.undo_ms))
        } else {
            Ok(self)
        }
    }

    /// The cooldown part.
    pub fn cooldown(&self) -> Cooldown {
        Cooldown { interval_ms: self.cooldown_ms, saved_max: self.saved_max }
    }
}

/// Why a placement was refused. The discriminants are the wire's reason bytes:
/// append only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Reason {
    /// No saved-up pixel is left; the wait is told.
    Cooldown = 1,
    /// The cell lies outside the canvas.
    OutOfBounds = 2,
    /// The palette has no such color.
    UnknownColor = 3,
    /// The canvas is frozen.
    Frozen = 4,
    /// The canvas is closed.
    Closed = 5,
    /// The server, or this connection, has too much waiting.
    Busy = 6,
    /// The message was not a placement.
    Malformed = 7,
    /// The connection has no seat.
    NoSeat = 8,
    /// The journal can't be written.
    Storage = 9,
    /// The server is about to stop.
    Stopping = 10,
    /// The cell is protected.
    Protected = 11,
    /// The cell is in another team's region, or outside of one's own.
    Region = 12,
    /// The teacher has frozen the seat.
    SeatFrozen = 13,
    /// The teacher has sent the seat away.
    Banned = 14,
    /// There is no pixel that could be taken back.
    NothingToUndo = 15,
    /// The time to take the pixel back is over.
    TooLate = 16,
    /// Somebody has drawn over the pixel that was to be taken back.
    DrawnOver = 17,
}

impl Reason {
    /// Every reason, in wire order.
    pub const ALL: [Self; 17] = [
        Self::Cooldown,
        Self::OutOfBounds,
        Self::UnknownColor,
        Self::Frozen,
        Self::Closed,
        Self::Busy,
        Self::Malformed,
        Self::NoSeat,
        Self::Storage,
        Self::Stopping,
        Self::Protected,
        Self::Region,
        Self::SeatFrozen,
        Self::Banned,
        Self::NothingToUndo,
        Self::TooLate,
        Self::DrawnOver,
    ];

    /// The reason's name in metrics, logs and docs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cooldown => "cooldown",
            Self::OutOfBounds => "out_of_bounds",
            Self::UnknownColor => "unknown_color",
            Self::Frozen => "frozen",
            Self::Closed => "closed",
            Self::Busy => "busy",
            Self::Malformed => "malformed",
            Self::NoSeat => "no_seat",
            Self::Storage => "storage",
            Self::Stopping => "stopping",
            Self::Protected => "protected",
            Self::Region => "region",
            Self::SeatFrozen => "seat_frozen",
            Self::Banned => "banned",
            Self::NothingToUndo => "nothing_to_undo",
            Self::TooLate => "too_late",
            Self::DrawnOver => "drawn_over",
        }
    }
}

/// A placement that was not made, and what the placer should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// For a cooldown: milliseconds until a placement would be allowed.
    pub wait_ms: u32,
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self { reason, wait_ms: 0 }
    }
}
