//! A client's frames (RFC 6455, section 5), judged as their bytes come by.
//!
//! Nothing is buffered and nothing unpacked: this only says, at the earliest
//! byte that tells, that a stream can't be read on, and how much of it came
//! before the bad frame. What a parser behind it is given then holds neither
//! frames over the limit nor broken ones.

use super::frame::CONTROL_MAX_BYTES;
use super::utf8::{NotUtf8, Utf8};

/// Longest frame header from a client, in bytes: two, eight of extended length
/// and four of mask (RFC 6455, section 5.2).
const HEADER_MAX_BYTES: usize = 14;

/// Text unmasked at a time, in bytes: more than most messages have, and small
/// enough for the stack.
const UNMASKED_BYTES: usize = 1024;

/// What a peer may send.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Longest message, all its fragments together, in bytes.
    pub message_bytes: u64,
    /// Most fragments of a message.
    pub fragments: u32,
}

/// Why a stream can't be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A message longer than allowed, or in more pieces.
    TooBig,
    /// A frame that breaks RFC 6455.
    Protocol,
    /// A text, or the reason of a close, that is not UTF-8.
    NotUtf8,
}

impl From<NotUtf8> for Fault {
    fn from(_: NotUtf8) -> Self {
        Self::NotUtf8
    }
}

/// A message of which some fragments have come.
#[derive(Clone, Copy, Debug)]
struct Message {
    is_text: bool,
    bytes: u64,
    fragments: u32,
}

/// What is looked at in the payload of the frame at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Payload {
    Any,
    Text { is_last: bool },
    Close,
}

/// The frames of one connection.
#[derive(Debug)]
pub struct FrameScan {
    limits: Limits,
    header: [u8; HEADER_MAX_BYTES],
    header_len: usize,
    payload: Payload,
    payload_left: u64,
    /// The mask, turned so that its first byte is the next one's.
    mask: [u8; 4],
    /// The message that is not yet whole.
    unfinished: Option<Message>,
    text: Utf8,
    close: [u8; CONTROL_MAX_BYTES],
    close_len: usize,
}

impl FrameScan {
    /// Before the first frame.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            header: [0; _],
            header_len: 0,
            payload: Payload::Any,
            payload_left: 0,
            mask: [0; _],
            unfinished: None,
            text: Utf8::default(),
            close: [0; _],
            close_len: 0,
        }
    }

    /// Whether the stream may end here: not inside of a frame.
    pub fn is_between_frames(&self) -> bool {
        self.header_len == 0 && self.payload_left == 0
    }

    /// Reads `bytes`; on a fault, tells how many of them came before the bad
    /// frame. Nothing may be fed after one.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), (usize, Fault)> {
        let mut at = 0;
        let mut frame_start = 0;
        while at < bytes.len() {
            let read = if self.payload_left > 0 {
                self.payload(&bytes[at..])
            } else {
                if self.header_len == 0 {
                    frame_start = at;
                }
                self.header_byte(bytes[at]).map(|()| 1)
            };
            at += read.map_err(|fault| (frame_start, fault))?;
        }
        Ok(())
    }

    fn header_byte(&mut self, byte: u8) -> Result<(), Fault> {
        self.header[self.header_len] = byte;
        self.header_len += 1;
        let Some(length) = self.whole_header()? else { return Ok(()) };
        self.mask.copy_from_slice(&self.header[self.header_len - 4..self.header_len]);
        self.header_len = 0;
        self.payload = self.account(length)?;
        self.payload_left = length;
        if length == 0 { self.end_of_frame() } else { Ok(()) }
    }

    /// The payload's length, once the header is whole.
    fn whole_header(&self) -> Result<Option<u64>, Fault> {
        let [first, second, extended @ ..] = &self.header[..self.header_len] else {
            return Ok(None);
        };
        let (length_bytes, short) = match second & 0x7f {
            126 => (2, 0),
            127 => (8, 0),
            short => (0, u64::from(short)),
        };
        let reserved = first & 0x70 != 0 || matches!(opcode(*first), 0x3..=0x7 | 0xb..);
        let unmasked = second & 0x80 == 0;
        let bad_control = is_control(*first) && (!is_last(*first) || length_bytes > 0);
        let bad_order = !is_control(*first) && (opcode(*first) == 0) != self.unfinished.is_some();
        if reserved || unmasked || bad_control || bad_order {
            return Err(Fault::Protocol);
        }
        let Some((length, mask)) = extended.split_at_checked(length_bytes) else {
            return Ok(None);
        };
        let length = length.iter().fold(short, |value, byte| value << 8 | u64::from(*byte));
        if length > self.limits.message_bytes && !is_control(*first) {
            return Err(Fault::TooBig);
        }
        Ok((mask.len() == 4).then_some(length))
    }

    /// Adds the frame to its message.
    fn account(&mut self, length: u64) -> Result<Payload, Fault> {
        let first = self.header[0];
        if is_control(first) {
            self.close_len = 0;
            return Ok(if opcode(first) == 0x8 { Payload::Close } else { Payload::Any });
        }
        let mut message = self.unfinished.take().unwrap_or(Message {
            is_text: opcode(first) == 0x1,
            bytes: 0,
            fragments: 0,
        });
        message.bytes += length;
        message.fragments += 1;
        if message.bytes > self.limits.message_bytes || message.fragments > self.limits.fragments {
            return Err(Fault::TooBig);
        }
        let is_last = is_last(first);
        self.unfinished = (!is_last).then_some(message);
        Ok(if message.is_text { Payload::Text { is_last } } else { Payload::Any })
    }

    /// Reads what has come of the payload, and tells how much that is.
    fn payload(&mut self, bytes: &[u8]) -> Result<usize, Fault> {
        let length = self.payload_left.min(bytes.len() as u64) as usize;
        let bytes = &bytes[..length];
        match self.payload {
            Payload::Any => {}
            Payload::Text { .. } => {
                let mut unmasked = [0; UNMASKED_BYTES];
                for piece in bytes.chunks(UNMASKED_BYTES) {
                    let unmasked = &mut unmasked[..piece.len()];
                    self.unmask(piece, unmasked);
                    self.text.feed(unmasked)?;
                }
            }
            Payload::Close => {
                let mut unmasked = [0; CONTROL_MAX_BYTES];
                self.unmask(bytes, &mut unmasked[..length]);
                self.close[self.close_len..][..length].copy_from_slice(&unmasked[..length]);
                self.close_len += length;
            }
        }
        self.payload_left -= length as u64;
        if self.payload_left == 0 {
            self.end_of_frame()?;
        }
        Ok(length)
    }

    fn unmask(&mut self, masked: &[u8], out: &mut [u8]) {
        // Whole masks first: the compiler makes wide operations of them.
        let mask = self.mask;
        for (from, to) in masked.chunks(mask.len()).zip(out.chunks_mut(mask.len())) {
            for ((from, to), mask) in from.iter().zip(to).zip(mask) {
                *to = from ^ mask;
            }
        }
        self.mask.rotate_left(masked.len() % mask.len());
    }

    fn end_of_frame(&mut self) -> Result<(), Fault> {
        match self.payload {
            Payload::Text { is_last: true } if !self.text.is_whole() => Err(Fault::NotUtf8),
            Payload::Close => check_close(&self.close[..self.close_len]),
            Payload::Any | Payload::Text { .. } => Ok(()),
        }
    }
}

/// Checks the payload of a close frame: nothing, or a code that may be sent and
/// a reason (RFC 6455, sections 5.5.1 and 7.4, and the codes registered since).
fn check_close(payload: &[u8]) -> Result<(), Fault> {
    let Some((code, reason)) = payload.split_first_chunk() else {
        return if payload.is_empty() { Ok(()) } else { Err(Fault::Protocol) };
    };
    if !matches!(u16::from_be_bytes(*code), 1000..=1003 | 1007..=1014 | 3000..=4999) {
        return Err(Fault::Protocol);
    }
    std::str::from_utf8(reason).map(drop).map_err(|_| Fault::NotUtf8)
}

fn opcode(first: u8) -> u8 {
    first & 0x0f
}

fn is_control(first: u8) -> bool {
    first & 0x08 != 0
}

fn is_last(first: u8) -> bool {
    first & 0x80 != 0
}
