//! What must hold for every input. Each function takes the bytes of one input
//! and panics where something is wrong: the fuzz targets feed them what the
//! fuzzer thinks of.

pub mod frames;
pub mod input;
pub mod palettes;
pub mod sockets;
pub mod storage;
pub mod texts;

#[cfg(feature = "server")]
pub mod callers;
#[cfg(feature = "server")]
pub mod connections;
#[cfg(feature = "server")]
pub mod http;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "server")]
pub mod settings;
