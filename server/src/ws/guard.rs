//! A guard in front of the WebSocket parser that reads frame *headers*.
//!
//! The parser checks a frame's length only after the whole frame has been
//! buffered, so one socket that announces two gigabytes would be given them.
//! The guard sees the announcement and stops there. It hands on everything
//! before the bad frame, so that messages ahead of it are not lost, and bounds
//! what many small fragments may add up to.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use bytes::Bytes;
use futures_util::Stream;

/// Longest frame header from a client, in bytes: two, eight of extended length
/// and four of mask (RFC 6455, section 5.2).
const HEADER_MAX_BYTES: usize = 14;

/// Longest control frame payload, in bytes (RFC 6455, section 5.5).
const CONTROL_MAX_BYTES: u64 = 125;

/// What a peer may send.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Longest message, all its fragments together, in bytes.
    pub(super) message_bytes: u64,
    /// Most fragments of a message: each one kept may hold on to a whole read
    /// buffer.
    pub(super) fragments: u32,
}

/// Why the guard stopped a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Violation {
    /// A message longer than allowed, or in more pieces.
    TooBig,
    /// A frame that breaks RFC 6455.
    Protocol,
}

/// The headers of a stream of frames, read as the bytes come by.
#[derive(Debug)]
struct HeaderScan {
    limits: Limits,
    header: [u8; HEADER_MAX_BYTES],
    header_len: usize,
    payload_left: u64,
    /// Bytes and fragments so far of a message that is not yet whole.
    unfinished: Option<(u64, u32)>,
}

impl HeaderScan {
    fn new(limits: Limits) -> Self {
        Self { limits, header: [0; _], header_len: 0, payload_left: 0, unfinished: None }
    }

    /// Reads `bytes`; on a violation, tells how many of them came before the
    /// bad frame's header.
    fn scan(&mut self, bytes: &[u8]) -> Result<(), (usize, Violation)> {
        let mut at = 0;
        let mut frame_start = 0;
        while at < bytes.len() {
            if self.payload_left > 0 {
                let step = self.payload_left.min((bytes.len() - at) as u64);
                self.payload_left -= step;
                at += step as usize;
                continue;
            }
            if self.header_len == 0 {
                frame_start = at;
            }
            self.header[self.header_len] = bytes[at];
            self.header_len += 1;
            at += 1;
            let payload = self.whole_header().and_then(|whole| match whole {
                Some(payload) => self.account(payload).map(Some),
                None => Ok(None),
            });
            if let Some(payload) = payload.map_err(|violation| (frame_start, violation))? {
                self.header_len = 0;
                self.payload_left = payload;
            }
        }
        Ok(())
    }

    /// The payload length, once the header is whole.
    fn whole_header(&self) -> Result<Option<u64>, Violation> {
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
        let bad_control = is_control(*first)
            && (first & 0x80 == 0 || length_bytes > 0 || short > CONTROL_MAX_BYTES);
        if reserved || unmasked || bad_control {
            return Err(Violation::Protocol);
        }
        let Some((length, mask)) = extended.split_at_checked(length_bytes) else {
            return Ok(None);
        };
        let long = length.iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
        if long > self.limits.message_bytes {
            return Err(Violation::TooBig);
        }
        Ok((mask.len() == 4).then_some(short + long))
    }

    /// Adds a frame to its message.
    fn account(&mut self, payload: u64) -> Result<u64, Violation> {
        let first = self.header[0];
        if is_control(first) {
            return Ok(payload);
        }
        let continuation = opcode(first) == 0;
        let (bytes, fragments) = match (continuation, self.unfinished.take()) {
            (true, Some((bytes, fragments))) => (bytes + payload, fragments + 1),
            (false, None) => (payload, 1),
            _ => return Err(Violation::Protocol),
        };
        if bytes > self.limits.message_bytes || fragments > self.limits.fragments {
            return Err(Violation::TooBig);
        }
        let last = first & 0x80 != 0;
        self.unfinished = (!last).then_some((bytes, fragments));
        Ok(payload)
    }
}

fn opcode(first: u8) -> u8 {
    first & 0x0f
}

fn is_control(first: u8) -> bool {
    first & 0x08 != 0
}

/// A request payload that passes the guard.
struct Guarded {
    source: Rc<Source>,
    scan: HeaderScan,
    /// Between the good bytes and the error: the parser must first look at
    /// what it has.
    pause: bool,
}

struct Source {
    payload: RefCell<Payload>,
    violation: Cell<Option<Violation>>,
}

/// Puts a guard around a payload: what the parser reads, and the guard's own
/// view of the connection.
pub(super) fn guard(payload: Payload, limits: Limits) -> (Payload, Watcher) {
    let source = Rc::new(Source { payload: RefCell::new(payload), violation: Cell::default() });
    let guarded =
        Guarded { source: Rc::clone(&source), scan: HeaderScan::new(limits), pause: false };
    (Payload::Stream { payload: Box::pin(guarded) }, Watcher(source))
}

/// The guard's view of a connection.
pub(super) struct Watcher(Rc<Source>);

impl Watcher {
    /// Why the guard stopped the connection, if it did.
    pub(super) fn violation(&self) -> Option<Violation> {
        self.0.violation.get()
    }

    /// Reads and forgets until the peer has no more to say. Closing a socket
    /// with unread bytes resets it, and would destroy the close frame on its
    /// way to the peer.
    pub(super) async fn drain(&self) {
        poll_fn(|cx| {
            let mut payload = self.0.payload.borrow_mut();
            loop {
                match ready!(Pin::new(&mut *payload).poll_next(cx)) {
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return Poll::Ready(()),
                }
            }
        })
        .await;
    }
}

impl Stream for Guarded {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.pause) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.source.violation.get().is_some() {
            return Poll::Ready(Some(Err(PayloadError::Overflow)));
        }
        let chunk = ready!(Pin::new(&mut *self.source.payload.borrow_mut()).poll_next(cx)?);
        let Some(chunk) = chunk else { return Poll::Ready(None) };
        match self.scan.scan(&chunk) {
            Ok(()) => Poll::Ready(Some(Ok(chunk))),
            Err((before, violation)) => {
                self.source.violation.set(Some(violation));
                if before == 0 {
                    return Poll::Ready(Some(Err(PayloadError::Overflow)));
                }
                self.pause = true;
                Poll::Ready(Some(Ok(chunk.slice(..before))))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { message_bytes: 4096, fragments: 4 };
    const FIN: u8 = 0x80;

    /// A masked frame with a payload of zeros, announced as `length`.
    fn frame(first: u8, length: u64, payload: usize) -> Vec<u8> {
        let mut out = vec![first];
        match length {
            0..126 => out.push(0x80 | length as u8),
            126..0x1_0000 => {
                out.push(0x80 | 0x7e);
                out.extend((length as u16).to_be_bytes());
            }
            _ => {
                out.push(0x80 | 0x7f);
                out.extend(length.to_be_bytes());
            }
        }
        out.extend([1, 2, 3, 4]);
        out.extend(vec![0; payload]);
        out
    }

    #[test]
    fn frames_within_the_limits_pass_however_they_are_cut() {
        let stream = [
            frame(FIN | 2, 10, 10),
            frame(FIN | 1, 4096, 4096),
            frame(FIN | 9, 0, 0),
            frame(2, 2000, 2000),
            frame(FIN | 9, 125, 125),
            frame(0, 2000, 2000),
            frame(FIN, 96, 96),
        ]
        .concat();
        for cut in 1..40 {
            let mut scan = HeaderScan::new(LIMITS);
            for piece in stream.chunks(cut) {
                assert_eq!(scan.scan(piece), Ok(()), "pieces of {cut}");
            }
            assert_eq!((scan.header_len, scan.payload_left), (0, 0));
        }
    }

    #[test]
    fn a_bad_frame_is_stopped_at_its_header() {
        let good = frame(FIN | 2, 10, 10);
        let table = [
            ("over the limit", frame(FIN | 2, 4097, 0), Violation::TooBig),
            ("two gigabytes", frame(FIN | 2, 2 << 30, 0), Violation::TooBig),
            ("the longest there is", frame(FIN | 2, u64::MAX, 0), Violation::TooBig),
            ("a long ping", frame(FIN | 9, 126, 0), Violation::Protocol),
            ("a fragmented ping", frame(9, 0, 0), Violation::Protocol),
            ("no mask", vec![FIN | 2, 0x0a], Violation::Protocol),
            ("a reserved bit", frame(FIN | 0x40 | 2, 0, 0), Violation::Protocol),
            ("a reserved opcode", frame(FIN | 3, 0, 0), Violation::Protocol),
            ("a continuation of nothing", frame(FIN, 1, 0), Violation::Protocol),
        ];
        for (name, bad, violation) in table {
            let stream = [good.clone(), bad].concat();
            let found = HeaderScan::new(LIMITS).scan(&stream);
            assert_eq!(found, Err((good.len(), violation)), "{name}");
        }
    }

    #[test]
    fn fragments_are_bounded_in_sum_and_number() {
        let too_long = [frame(2, 4000, 4000), frame(0, 97, 97)].concat();
        assert_eq!(HeaderScan::new(LIMITS).scan(&too_long), Err((4008, Violation::TooBig)));
        let too_many = [vec![frame(2, 1, 1)], vec![frame(0, 1, 1); 4]].concat().concat();
        assert_eq!(HeaderScan::new(LIMITS).scan(&too_many), Err((28, Violation::TooBig)));
        let interleaved = [frame(2, 1, 1), frame(FIN | 2, 1, 1)].concat();
        assert_eq!(HeaderScan::new(LIMITS).scan(&interleaved), Err((7, Violation::Protocol)));
    }
}
