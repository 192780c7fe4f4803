//! WebSocket frames from the server (RFC 6455, section 5.2): unmasked and
//! whole, so that one encoding serves every viewer.

use bytes::Bytes;

/// What a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Opcode {
    /// UTF-8 text.
    Text = 0x1,
    /// Bytes.
    Binary = 0x2,
    /// The end of the connection.
    Close = 0x8,
    /// Are you there?
    Ping = 0x9,
    /// I am here.
    Pong = 0xa,
}

/// The bit that marks a message's last (here: only) frame.
const FIN: u8 = 0x80;

/// Longest payload of a control frame, in bytes (RFC 6455, section 5.5).
pub const CONTROL_MAX_BYTES: usize = 125;

/// Appends one frame to `out`.
pub fn put(out: &mut Vec<u8>, opcode: Opcode, payload: &[u8]) {
    out.push(FIN | opcode as u8);
    match payload.len() {
        short @ 0..=125 => out.push(short as u8),
        medium @ 126..=0xffff => {
            out.push(126);
            out.extend((medium as u16).to_be_bytes());
        }
        long => {
            out.push(127);
            out.extend((long as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(payload);
}

/// One frame.
pub fn frame(opcode: Opcode, payload: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(payload.len() + 10);
    put(&mut out, opcode, payload);
    out.into()
}

/// A close frame with a code and a reason; the reason is cut to what fits.
pub fn close(code: u16, reason: &str) -> Bytes {
    let end = reason.floor_char_boundary(CONTROL_MAX_BYTES - 2);
    let mut payload = Vec::with_capacity(CONTROL_MAX_BYTES);
    payload.extend(code.to_be_bytes());
    payload.extend_from_slice(&reason.as_bytes()[..end]);
    frame(Opcode::Close, &payload)
}
