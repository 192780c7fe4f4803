//! The text messages: JSON for everything that is not a pixel.

use serde::{Deserialize, Serialize};

use crate::entry::{SeatNumber, Seq};
use crate::palette::Palette;
use crate::people::TeamNumber;
use crate::rules::{Mode, Rules};
use crate::wire::lesson::{Announcement, ChatMessage, Lesson, Person, You};
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
#[expect(clippy::large_enum_variant, reason = "encoded at once, and never kept")]
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
        /// What holds for the person; `null` for one that only watches.
        you: Option<You>,
        /// What holds for everybody.
        lesson: Lesson,
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
        /// People here: those with a seat, each once, without bots.
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
    /// How many people are here.
    Presence {
        /// People here: those with a seat, each once, without bots.
        online: u32,
    },
    /// What you may place changed, and it was not by placing.
    Allowance {
        /// Pixels that may be placed right now.
        saved: u16,
        /// Milliseconds until `saved` grows by one; 0 when it is full.
        next_ms: u32,
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
    /// What holds for everybody changed.
    Lesson {
        /// What holds now.
        lesson: Lesson,
    },
    /// What holds for you changed.
    You {
        /// What holds now.
        you: You,
    },
    /// People came or went, or are called something else now.
    People {
        /// Who is here, new or changed.
        here: Vec<Person>,
        /// Seats that left.
        left: Vec<SeatNumber>,
    },
    /// Somebody wrote.
    Chat {
        /// What.
        message: ChatMessage,
    },
    /// A message was deleted.
    ChatDeleted {
        /// Which.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        id: i64,
    },
    /// A message is something else now: a teacher has brought it back, or the name
    /// of somebody who was forgotten is gone from it.
    ChatChanged {
        /// What it is now.
        message: ChatMessage,
    },
    /// People were forgotten: show their names no more.
    Forgotten {
        /// Their seats.
        seats: Vec<SeatNumber>,
    },
    /// Your message was not taken.
    ChatRefused {
        /// Your number for it.
        token: Token,
        /// Why, in a word that stays the same.
        code: String,
        /// Why, in a sentence, for clients that do not know the word.
        text: String,
        /// Milliseconds until it may be tried again; 0 if that is of no use.
        wait_ms: u32,
        /// The number in the rule: the characters of a message, the seconds
        /// between two; 0 for a rule without one.
        limit: u32,
    },
    /// Your message was taken, and is on its way to everybody.
    ChatTaken {
        /// Your number for it.
        token: Token,
        /// Its number.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        id: i64,
    },
    /// A teacher says something to everybody.
    Announcement {
        /// What.
        announcement: Announcement,
    },
    /// An announcement is over before its time.
    AnnouncementOver {
        /// Which.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        id: i64,
    },
    /// The picture is hidden: no more changes come. Once it is shown again, a
    /// `reload` follows.
    Hidden,
    /// To teachers only: something on the desk changed.
    Desk {
        /// What, in a word: `people`, `reports`, `settings`.
        what: String,
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
    /// Write to the class or the team.
    Chat {
        /// Comes back with the answer.
        token: Token,
        /// The team that can read it; 0 for the whole class.
        channel: TeamNumber,
        /// What.
        text: String,
        /// The message that this one answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional, type = "number"))]
        reply_to: Option<i64>,
    },
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
