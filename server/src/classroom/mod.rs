//! What a canvas's lesson is like, besides the rules of drawing: who may come
//! and look, what people may say, and until when.
//!
//! None of it changes what stands on the canvas, so none of it is in the
//! journal.

mod activity;
mod bots;
mod code;
pub mod filter;
mod hours;
mod room;
mod settings;
mod signals;

pub use activity::Activity;
pub use bots::Bots;
pub use code::{CARD_LETTERS, CODE_LETTERS, new_card, new_code, new_link_key, tidy_code};
pub use hours::HoursState;
pub use room::{Classroom, NextHours};
pub use settings::{
    CanvasSettings, Hours, JoinRule, Look, PURGE_MAX_DAYS, SLOW_MAX_S, SettingsChange,
    SettingsError, Slot, WORDS_MAX,
};
pub use signals::{DeskPart, Signals};
