//! The text messages: JSON for everything that is not a pixel.

use serde::{Deserialize, Serialize};

use crate::entry::{SeatNumber, Seq};
use crate::palette::Palette;
use crate::rules::{Mode, Rules};
use crate::wire::pixel::Token;

/// One color as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PaletteColor {
    /// What the color is called.
    pub name: String,
    /// `#rrggbb`.
    pub hex: String,
}

/// What a client knows about a canvas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CanvasInfo {
    /// The canvas's part of its address.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// Its colors, in order.
    pub palette: Vec<PaletteColor>,
    /// Whether it takes pixels.
    pub mode: Mode,
    /// Time in which one pixel grows back, in milliseconds; 0 for none.
    pub cooldown_ms: u32,
    /// Most pixels that may be saved up.
    pub saved_max: u16,
    /// Time in which one's last pixel can be taken back, in milliseconds; 0 for
    /// never.
    pub undo_ms: u32,
}

/// A person's place in a canvas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SeatInfo {
    /// Its number in the canvas.
    pub number: SeatNumber,
    /// What the person is called.
    pub nickname: String,
}

/// Server to client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerText {
    /// The first message of every connection.
    Welcome {
        /// Version of the protocol.
        protocol: u8,
        /// The canvas.
        canvas: CanvasInfo,
        /// The connection's seat; `null` for one that only watches.
        seat: Option<SeatInfo>,
        /// Names the journal: another one, another history. Seqs of one say
        /// nothing in the other.
        history: String,
        /// Where the canvas is.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        seq: Seq,
        /// Pixels that may be placed right now.
        saved: u16,
        /// Milliseconds until `saved` grows by one; 0 when it is full.
        next_ms: u32,
        /// People watching.
        online: u32,
        /// The server's version.
        version: String,
    },
    /// You are live, and the canvas is at `seq`.
    Beat {
        /// Where the canvas is.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        seq: Seq,
    },
    /// How many people watch.
    Presence {
        /// People watching.
        online: u32,
    },
    /// The rules changed.
    Rules {
        /// Whether the canvas takes pixels.
        mode: Mode,
        /// Time in which one pixel grows back, in milliseconds.
        cooldown_ms: u32,
        /// Most pixels that may be saved up.
        saved_max: u16,
        /// Time in which one's last pixel can be taken back, in milliseconds.
        undo_ms: u32,
    },
    /// Too far behind: get the board again.
    Reload {
        /// Why, in a word.
        reason: String,
    },
    /// A sentence for people.
    Notice {
        /// What it is about, in a word.
        code: String,
        /// The sentence.
        text: String,
    },
    /// A text message was not understood.
    Error {
        /// What was wrong, in a word.
        code: String,
        /// What was wrong, in a sentence.
        text: String,
    },
}

/// Client to server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientText {
    /// Take one's last pixel back.
    Undo {
        /// Comes back with the answer, which is that of a placement.
        token: Token,
    },
    /// Follow the canvas.
    Watch {
        /// The seq of the board that the client holds; without it, from now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional, type = "number"))]
        since: Option<Seq>,
    },
}

impl ServerText {
    /// The message.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("text messages have only string keys")
    }

    /// The rules message.
    pub fn rules(rules: Rules) -> Self {
        let Rules { mode, cooldown_ms, saved_max, undo_ms } = rules;
        Self::Rules { mode, cooldown_ms, saved_max, undo_ms }
    }
}

/// A palette as clients see it.
pub fn palette_info(palette: &Palette) -> Vec<PaletteColor> {
    let info =
        |color: &crate::PaletteColor| PaletteColor { name: color.name.clone(), hex: color.hex() };
    palette.colors().iter().map(info).collect()
}
