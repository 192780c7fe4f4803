//! What clients are told about the people of a canvas and their lesson.

use serde::{Deserialize, Serialize};

use crate::cooldown::Millis;
use crate::entry::SeatNumber;
use crate::geometry::Area;
use crate::people::{Status, TeamNumber};

/// Where people may write to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum ChatMode {
    /// In the class and in the team.
    #[default]
    On,
    /// In the team only.
    Team,
    /// Nowhere.
    Off,
}

/// From whom the picture is hidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Curtain {
    /// From nobody.
    #[default]
    None,
    /// From those without a seat: the projector, and people who look on.
    Audience,
    /// From all but teachers.
    Everyone,
}

/// What students are told about who placed a pixel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Names {
    /// The nickname.
    #[default]
    Nickname,
    /// The team.
    Team,
    /// Nothing.
    Nobody,
}

/// How people come to their team.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum TeamRule {
    /// They choose.
    #[default]
    Choose,
    /// They are dealt evenly, in the order in which they come.
    Deal,
    /// The teacher assigns them.
    Assign,
}

/// What somebody is in a canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// A student.
    #[default]
    Student,
    /// A teacher.
    Teacher,
    /// A program.
    Bot,
}

/// A team as everybody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TeamInfo {
    /// Its number in the canvas, from 1 on.
    pub number: TeamNumber,
    /// What it is called.
    pub name: String,
    /// Its color, `#rrggbb`.
    pub color: String,
    /// Cells in which nobody else may draw.
    pub region: Option<Area>,
    /// Whether its own people may draw nowhere else.
    pub is_confined: bool,
}

/// A class timer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Timer {
    /// When it ends, in milliseconds since the Unix epoch by the server's clock.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub ends_ms: Millis,
    /// What for; empty if that is not said.
    pub label: String,
    /// Whether the canvas is frozen when it ends.
    pub freezes: bool,
}

/// What a teacher says to everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Announcement {
    /// Its number on this server.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub id: i64,
    /// What is said.
    pub text: String,
    /// Who says it; empty for the server itself.
    pub from: String,
    /// When it was said, in milliseconds since the Unix epoch.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub at_ms: Millis,
    /// When it is over.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub ends_ms: Millis,
}

/// What holds for everybody besides the rules of drawing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Lesson {
    /// Where people may write.
    pub chat: ChatMode,
    /// Seconds between two messages of a person; 0 for no slow mode.
    pub slow_s: u16,
    /// What is told about who placed a pixel.
    pub names: Names,
    /// Whether the scores are shown.
    pub scores: bool,
    /// From whom the picture is hidden.
    pub curtain: Curtain,
    /// The class timer, if one runs.
    pub timer: Option<Timer>,
    /// When the canvas opens by its hours, if it is closed by them, in
    /// milliseconds since the Unix epoch.
    #[cfg_attr(feature = "typescript", ts(type = "number | null"))]
    pub opens_ms: Option<Millis>,
    /// When the canvas closes by its hours, if it is open by them.
    #[cfg_attr(feature = "typescript", ts(type = "number | null"))]
    pub closes_ms: Option<Millis>,
    /// The teams, by number.
    pub teams: Vec<TeamInfo>,
    /// Where only teachers may draw: areas that have no cell in common, from the
    /// top; of more than [`PROTECTED_TOLD_MAX_AREAS`] only the largest.
    ///
    /// [`PROTECTED_TOLD_MAX_AREAS`]: crate::limits::PROTECTED_TOLD_MAX_AREAS
    pub protected: Vec<Area>,
    /// How people come to their team.
    pub team_rule: TeamRule,
    /// Whether students may have bots.
    pub bots: bool,
    /// What is being announced.
    pub announcements: Vec<Announcement>,
    /// The server's clock as this was said, in milliseconds since the Unix
    /// epoch: clocks of laptops differ.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub now_ms: Millis,
}

/// What holds for the person who is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct You {
    /// The seat; 0 for a teacher who has not drawn yet.
    pub seat: SeatNumber,
    /// What the person is called.
    pub nickname: String,
    /// What the person is.
    pub role: Role,
    /// The team; 0 for none.
    pub team: TeamNumber,
    /// Whether the seat may draw.
    pub status: Status,
    /// Until when the person may not write, in milliseconds since the Unix
    /// epoch; 0 if it may, 9007199254740991 until the teacher lifts it.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub muted_until_ms: Millis,
}

/// Somebody who is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Person {
    /// The seat.
    pub seat: SeatNumber,
    /// What the person is called; `null` for one who was forgotten.
    pub nickname: Option<String>,
    /// What the person is.
    pub role: Role,
    /// The team; 0 for none.
    pub team: TeamNumber,
}

/// What somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ChatMessage {
    /// Its number on this server; later messages have higher ones.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub id: i64,
    /// The team that can read it; 0 for the whole class.
    pub channel: TeamNumber,
    /// Who wrote it; 0 for a teacher without a seat.
    pub seat: SeatNumber,
    /// What that person is called; `null` for one who was forgotten.
    pub nickname: Option<String>,
    /// What that person is.
    pub role: Role,
    /// The person's team at that time; 0 for none.
    pub team: TeamNumber,
    /// When, in milliseconds since the Unix epoch.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub at_ms: Millis,
    /// What was written; empty once it is deleted.
    pub text: String,
    /// The message that this one answers.
    #[cfg_attr(feature = "typescript", ts(type = "number | null"))]
    pub reply_to: Option<i64>,
    /// Seats that it mentions.
    pub mentions: Vec<SeatNumber>,
    /// Whether it was deleted.
    pub is_deleted: bool,
}
