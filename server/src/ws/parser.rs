//! Frames from a peer (RFC 6455, section 5), read where they lie.
//!
//! Bytes come as the socket gives them. Whole frames are unmasked in place and
//! handed on without a copy; only what is not yet whole is kept, and its memory
//! is given back as soon as it is. A frame that announces more than is allowed
//! is refused by its header, before any of it is kept.

use place_core::wire::frame::CONTROL_MAX_BYTES;
use place_core::wire::scan::{Fault, Limits};

/// The bit of a message's last frame.
const FIN: u8 = 0x80;

/// A message from a peer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message<'a> {
    /// Bytes.
    Binary(&'a [u8]),
    /// Text.
    Text(&'a str),
    /// Are you there?
    Ping(&'a [u8]),
    /// I am here.
    Pong,
    /// The peer closes, with a code if it gave one.
    Close(Option<u16>),
}

/// What the reader of a message wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// The next message.
    Go,
    /// Nothing for now: what is left is kept.
    Pause,
    /// Nothing more, ever.
    Stop,
}

/// A message of which some fragments have come.
#[derive(Debug)]
struct Unfinished {
    is_text: bool,
    bytes: Vec<u8>,
    fragments: u32,
}

/// The reading side of one connection.
#[derive(Debug, Default)]
pub(super) struct Parser {
    /// Bytes of a frame that is not yet whole, or that nobody wanted yet.
    held: Vec<u8>,
    unfinished: Option<Box<Unfinished>>,
}

/// A frame's header.
struct Header {
    first: u8,
    /// Bytes of the header itself.
    length: usize,
    payload: usize,
    mask: [u8; 4],
}

impl Header {
    fn opcode(&self) -> u8 {
        self.first & 0x0f
    }

    fn is_last(&self) -> bool {
        self.first & FIN != 0
    }

    fn is_control(&self) -> bool {
        self.first & 0x08 != 0
    }
}

impl Parser {
    /// Reads what came, and hands on each message that is whole. Messages in
    /// front of a bad frame are handed on before the fault is told.
    pub(super) fn feed(
        &mut self,
        bytes: &mut [u8],
        limits: Limits,
        mut take: impl FnMut(Message<'_>) -> Flow,
    ) -> Result<(), Fault> {
        if self.held.is_empty() {
            let read = self.read(bytes, limits, &mut take)?;
            self.held = bytes[read..].to_vec();
            return Ok(());
        }
        let mut joined = std::mem::take(&mut self.held);
        joined.extend_from_slice(bytes);
        let read = self.read(&mut joined, limits, &mut take)?;
        joined.drain(..read);
        joined.shrink_to_fit();
        self.held = joined;
        Ok(())
    }

    /// Reads whole frames; tells how many bytes they had.
    fn read(
        &mut self,
        bytes: &mut [u8],
        limits: Limits,
        take: &mut impl FnMut(Message<'_>) -> Flow,
    ) -> Result<usize, Fault> {
        let mut at = 0;
        while let Some(header) = self.header(&bytes[at..], limits)? {
            let start = at + header.length;
            let Some(payload) = bytes[start..].get_mut(..header.payload) else { break };
            unmask(payload, header.mask);
            at = start + header.payload;
            match self.frame(&header, payload, take)? {
                Flow::Go => {}
                Flow::Pause => return Ok(at),
                Flow::Stop => return Ok(bytes.len()),
            }
        }
        Ok(at)
    }

    /// The header at the front, once it is whole; refused as soon as what has
    /// come of it says that it must be.
    fn header(&self, bytes: &[u8], limits: Limits) -> Result<Option<Header>, Fault> {
        let [first, second, rest @ ..] = bytes else { return Ok(None) };
        let (first, second) = (*first, *second);
        let (length_bytes, short) = match second & 0x7f {
            126 => (2, 0),
            127 => (8, 0),
            short => (0, u64::from(short)),
        };
        let control = first & 0x08 != 0;
        let reserved = first & 0x70 != 0 || matches!(first & 0x0f, 0x3..=0x7 | 0xb..);
        let unmasked = second & 0x80 == 0;
        let bad_control =
            control && (first & FIN == 0 || length_bytes > 0 || short > CONTROL_MAX_BYTES as u64);
        let bad_order = !control && (first & 0x0f == 0) != self.unfinished.is_some();
        if reserved || unmasked || bad_control || bad_order {
            return Err(Fault::Protocol);
        }
        let Some((length, rest)) = rest.split_at_checked(length_bytes) else { return Ok(None) };
        let payload = length.iter().fold(short, |value, byte| value << 8 | u64::from(*byte));
        if !control {
            let before = self.unfinished.as_deref();
            let (bytes, fragments) =
                before.map_or((0, 0), |before| (before.bytes.len() as u64, before.fragments));
            if payload > limits.message_bytes - bytes || fragments >= limits.fragments {
                return Err(Fault::TooBig);
            }
        }
        let Some((mask, _)) = rest.split_first_chunk() else { return Ok(None) };
        Ok(Some(Header {
            first,
            length: 2 + length_bytes + mask.len(),
            payload: payload as usize,
            mask: *mask,
        }))
    }

    /// Takes in a whole frame, and hands on the message that it ends.
    fn frame(
        &mut self,
        header: &Header,
        payload: &[u8],
        take: &mut impl FnMut(Message<'_>) -> Flow,
    ) -> Result<Flow, Fault> {
        if header.is_control() {
            return Ok(take(match header.opcode() {
                0x8 => Message::Close(close_code_of(payload)?),
                0x9 => Message::Ping(payload),
                _ => Message::Pong,
            }));
        }
        let whole = match self.unfinished.take() {
            None if header.is_last() => {
                return Ok(take(message(header.opcode() == 1, payload)?));
            }
            None => Box::new(Unfinished {
                is_text: header.opcode() == 1,
                bytes: payload.to_vec(),
                fragments: 1,
            }),
            Some(mut unfinished) => {
                unfinished.bytes.extend_from_slice(payload);
                unfinished.fragments += 1;
                unfinished
            }
        };
        if header.is_last() {
            return Ok(take(message(whole.is_text, &whole.bytes)?));
        }
        self.unfinished = Some(whole);
        Ok(Flow::Go)
    }
}

fn message(is_text: bool, bytes: &[u8]) -> Result<Message<'_>, Fault> {
    if is_text {
        std::str::from_utf8(bytes).map(Message::Text).map_err(|_| Fault::NotUtf8)
    } else {
        Ok(Message::Binary(bytes))
    }
}

/// The code of a close frame (RFC 6455, sections 5.5.1 and 7.4): some are never
/// to be sent, and the reason behind the code must be UTF-8.
fn close_code_of(payload: &[u8]) -> Result<Option<u16>, Fault> {
    let Some((code, reason)) = payload.split_first_chunk() else {
        return if payload.is_empty() { Ok(None) } else { Err(Fault::Protocol) };
    };
    let code = u16::from_be_bytes(*code);
    if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
        return Err(Fault::Protocol);
    }
    std::str::from_utf8(reason).map(|_| Some(code)).map_err(|_| Fault::NotUtf8)
}

fn unmask(bytes: &mut [u8], mask: [u8; 4]) {
    for piece in bytes.chunks_mut(mask.len()) {
        piece.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    }
}

#[cfg(test)]
#[path = "parser_tests.rs"]
mod tests;
