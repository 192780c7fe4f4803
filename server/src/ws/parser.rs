//! Frames from a peer (RFC 6455, section 5), read where they lie.
//!
//! Bytes come as the socket gives them. [`FrameScan`] judges them; whole frames
//! of what it lets pass are unmasked in place and handed on without a copy. Only
//! what is not yet whole is kept, and its memory is given back as soon as it is.

use place_core::wire::scan::{Fault, FrameScan, Limits};

/// The bit of a message's last frame.
const FIN: u8 = 0x80;

/// A message from a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}

/// The reading side of one connection.
#[derive(Debug)]
pub(super) struct Parser {
    scan: FrameScan,
    /// What the scan stopped at, until everything in front of it is read.
    fault: Option<Fault>,
    /// Bytes of a frame that is not yet whole, or that nobody wanted yet.
    held: Vec<u8>,
    unfinished: Option<Unfinished>,
}

/// The header of a frame that the scan has let pass.
struct Header {
    first: u8,
    /// Bytes of the header itself.
    length: usize,
    payload: usize,
    mask: [u8; 4],
}

impl Parser {
    /// Before the first frame.
    pub(super) fn new(limits: Limits) -> Self {
        Self { scan: FrameScan::new(limits), fault: None, held: Vec::new(), unfinished: None }
    }

    /// Reads what came, and hands on each message that is whole. A fault is told
    /// when all messages in front of it were handed on; nothing may be fed after
    /// it.
    pub(super) fn feed(
        &mut self,
        bytes: &mut [u8],
        mut take: impl FnMut(Message<'_>) -> Flow,
    ) -> Result<(), Fault> {
        let good = match self.fault {
            // It was met before, behind messages that had to wait.
            Some(_) => 0,
            None => self.scan.feed(bytes).map_or_else(
                |(before, fault)| {
                    self.fault = Some(fault);
                    before
                },
                |()| bytes.len(),
            ),
        };
        let flow = if self.held.is_empty() {
            let (read, flow) = self.read(&mut bytes[..good], &mut take)?;
            self.held = bytes[read..good].to_vec();
            flow
        } else {
            let mut joined = std::mem::take(&mut self.held);
            joined.extend_from_slice(&bytes[..good]);
            let (read, flow) = self.read(&mut joined, &mut take)?;
            joined.drain(..read);
            joined.shrink_to_fit();
            self.held = joined;
            flow
        };
        match self.fault {
            Some(fault) if flow == Flow::Go => Err(fault),
            _ => Ok(()),
        }
    }

    /// Reads whole frames; tells how many bytes they had, and why it ended.
    fn read(
        &mut self,
        bytes: &mut [u8],
        take: &mut impl FnMut(Message<'_>) -> Flow,
    ) -> Result<(usize, Flow), Fault> {
        let mut at = 0;
        while let Some(header) = header(&bytes[at..]) {
            let start = at + header.length;
            let Some(payload) = bytes[start..].get_mut(..header.payload) else { break };
            unmask(payload, header.mask);
            at = start + header.payload;
            match self.frame(header.first, payload, take)? {
                Flow::Go => {}
                Flow::Pause => return Ok((at, Flow::Pause)),
                Flow::Stop => return Ok((bytes.len(), Flow::Stop)),
            }
        }
        Ok((at, Flow::Go))
    }

    /// Takes in a whole frame, and hands on the message that it ends.
    fn frame(
        &mut self,
        first: u8,
        payload: &[u8],
        take: &mut impl FnMut(Message<'_>) -> Flow,
    ) -> Result<Flow, Fault> {
        let (opcode, is_last) = (first & 0x0f, first & FIN != 0);
        match opcode {
            0x8 => {
                let code = payload.first_chunk().map(|code| u16::from_be_bytes(*code));
                return Ok(take(Message::Close(code)));
            }
            0x9 => return Ok(take(Message::Ping(payload))),
            0xa => return Ok(take(Message::Pong)),
            _ => {}
        }
        let mut whole = match self.unfinished.take() {
            None if is_last => return Ok(take(message(opcode == 1, payload)?)),
            None => Unfinished { is_text: opcode == 1, bytes: Vec::new() },
            Some(unfinished) => unfinished,
        };
        whole.bytes.extend_from_slice(payload);
        if is_last {
            return Ok(take(message(whole.is_text, &whole.bytes)?));
        }
        self.unfinished = Some(whole);
        Ok(Flow::Go)
    }
}

/// The header at the front, once it is whole.
fn header(bytes: &[u8]) -> Option<Header> {
    let [first, second, rest @ ..] = bytes else { return None };
    let (length_bytes, short) = match second & 0x7f {
        126 => (2, 0),
        127 => (8, 0),
        short => (0, usize::from(short)),
    };
    let (length, rest) = rest.split_at_checked(length_bytes)?;
    let mask = *rest.first_chunk()?;
    let payload = length.iter().fold(short, |value, byte| value << 8 | usize::from(*byte));
    Some(Header { first: *first, length: 2 + length_bytes + mask.len(), payload, mask })
}

fn message(is_text: bool, bytes: &[u8]) -> Result<Message<'_>, Fault> {
    if is_text {
        std::str::from_utf8(bytes).map(Message::Text).map_err(|_| Fault::NotUtf8)
    } else {
        Ok(Message::Binary(bytes))
    }
}

fn unmask(bytes: &mut [u8], mask: [u8; 4]) {
    for piece in bytes.chunks_mut(mask.len()) {
        piece.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    }
}

#[cfg(test)]
#[path = "parser_tests.rs"]
mod tests;
