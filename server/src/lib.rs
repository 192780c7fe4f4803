//! PLACE: a collaborative pixel canvas made for a classroom.
//!
//! This crate is the server: everything that waits or fails. What a canvas is
//! and how it changes is in `place-core`.

pub mod accounts;
pub mod app;
pub mod background;
pub mod canvases;
pub mod chat;
pub mod classroom;
pub mod cli;
pub mod clock;
pub mod feed;
pub mod http;
pub mod keeper;
pub mod lesson;
pub mod net;
pub mod palettes;
pub mod past;
pub mod phase;
pub mod sequencer;
pub mod settings;
pub mod snapshot;
pub mod store;
pub mod telemetry;
pub mod tls;
pub mod trash;
pub mod ws;
