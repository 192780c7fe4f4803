//! The pure heart of PLACE.
//!
//! Nothing here reads a clock, does I/O, waits or rolls dice: time, bytes and
//! seeds come in as arguments, so that everything can be simulated and every
//! fold of a journal gives the same state.

#![forbid(unsafe_code)]
// What `clippy.toml` lists, and an order that depends on a hash.
#![deny(clippy::disallowed_types, clippy::disallowed_methods, clippy::disallowed_macros)]
#![deny(clippy::iter_over_hash_type)]

pub mod canvas;
pub mod checkpoint;
pub mod cooldown;
pub mod copying;
pub mod draft;
pub mod entry;
pub mod feed;
pub mod geometry;
pub mod history;
mod judge;
pub mod limits;
pub mod marks;
pub mod mend;
pub mod mirror;
pub mod pace;
pub mod palette;
pub mod patch;
pub mod people;
pub mod revert;
pub mod rules;
pub mod sequencer;
pub mod session;
pub mod travel;
pub mod wire;

pub use canvas::{Canvas, FoldError, Proposal, Protected};
pub use draft::{Draft, Receipt};
pub use entry::{Batch, Cause, Entry, SeatNumber, Seq, TeacherNumber};
pub use feed::Feed;
pub use geometry::{Area, Cell, Size};
pub use marks::{Mark, Marks};
pub use mirror::Mirror;
pub use pace::Pace;
pub use palette::{ColorIndex, Palette, PaletteColor};
pub use patch::Patch;
pub use people::{SeatState, Standing, Status, Team, TeamNumber};
pub use rules::{Mode, Reason, Refusal, Rules};
