//! Pictures of a canvas: encoding them, and keeping them on disk.

mod name;
pub mod picture;
pub mod retention;
mod shelf;

pub use picture::{Crop, Picture, PictureError};
pub use retention::Retention;
pub use shelf::{Snapshot, SnapshotError, Snapshots};
