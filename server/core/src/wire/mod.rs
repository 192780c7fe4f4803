//! The wire format: what travels in WebSocket messages. `docs/protocol.md`
//! tells it byte by byte; `docs/vectors.json` holds golden examples that the
//! server and the client both read.

pub mod bits;
pub mod board;
pub mod delta;
pub mod frame;
pub mod lesson;
pub mod packed;
pub mod pixel;
pub mod scan;
pub mod text;
pub mod utf8;

pub use delta::Delta;
pub use pixel::{Place, ServerFrame};

/// The WebSocket sub-protocol that names this version of the wire format.
pub const SUBPROTOCOL: &str = "place.v1";

/// The version that `welcome` announces.
pub const PROTOCOL_VERSION: u8 = 1;

/// First bytes of binary messages.
pub mod tag {
    /// Client to server: set one cell.
    pub const PLACE: u8 = 0x01;
    /// Server to client: a placement is durable.
    pub const PLACED: u8 = 0x81;
    /// Server to client: a placement was not made.
    pub const REFUSED: u8 = 0x82;
    /// Server to client: cells changed. The two highest bits mark it, the others
    /// say how it is coded.
    pub const DELTA: u8 = 0xc0;
}

/// A message that does not follow the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// It ends too early, or goes on after its end.
    #[error("the message has the wrong length")]
    Length,
    /// The first byte is not a tag of this direction.
    #[error("unknown tag {0:#04x}")]
    Tag(u8),
    /// A field is outside its range.
    #[error("{0} is out of range")]
    Range(&'static str),
}
