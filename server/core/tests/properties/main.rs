//! What holds for every input: tables for the edges, random inputs for the
//! rest.

#[path = "../support/mod.rs"]
mod support;

mod batches;
mod bits;
mod checkpoints;
mod cooldowns;
mod copies;
mod deltas;
mod frames;
mod geometry;
mod hostile;
mod mending;
mod pacing;
mod palettes;
mod patches;
mod people;
mod reverts;
mod rules;
mod scans;
mod sessions;
mod travel;
mod undo;
