//! A guard in front of the WebSocket parser.
//!
//! The parser checks a frame's length only after the whole frame has been
//! buffered, so one socket that announces two gigabytes would be given them; it
//! checks a text's letters only at the message's end; and what it had parsed
//! before a bad frame is lost behind the error. The guard judges every frame as
//! its bytes come by ([`FrameScan`]) and stops there. It hands on everything
//! before the bad frame, so that the messages ahead of it are answered.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use bytes::Bytes;
use futures_util::Stream;
use place_core::wire::scan::FrameScan;
pub(super) use place_core::wire::scan::{Fault, Limits};

/// A request payload that passes the guard.
struct Guarded {
    source: Rc<Source>,
    scan: FrameScan,
    /// Between the good bytes and the error: the parser must first look at
    /// what it has.
    pause: bool,
}

struct Source {
    payload: RefCell<Payload>,
    fault: Cell<Option<Fault>>,
}

/// Puts a guard around a payload: what the parser reads, and the guard's own
/// view of the connection.
pub(super) fn guard(payload: Payload, limits: Limits) -> (Payload, Watcher) {
    let source = Rc::new(Source { payload: RefCell::new(payload), fault: Cell::default() });
    let guarded =
        Guarded { source: Rc::clone(&source), scan: FrameScan::new(limits), pause: false };
    (Payload::Stream { payload: Box::pin(guarded) }, Watcher(source))
}

/// The guard's view of a connection.
pub(super) struct Watcher(Rc<Source>);

impl Watcher {
    /// Why the guard stopped the connection, if it did.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.0.fault.get()
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
        if !self.pause && self.source.fault.get().is_none() {
            let chunk = ready!(Pin::new(&mut *self.source.payload.borrow_mut()).poll_next(cx)?);
            let Some(chunk) = chunk else { return Poll::Ready(None) };
            let Err((before, fault)) = self.scan.feed(&chunk) else {
                return Poll::Ready(Some(Ok(chunk)));
            };
            self.source.fault.set(Some(fault));
            self.pause = true;
            if before > 0 {
                return Poll::Ready(Some(Ok(chunk.slice(..before))));
            }
        }
        if std::mem::take(&mut self.pause) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(PayloadError::Overflow)))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    const LIMITS: Limits = Limits { message_bytes: 4096, fragments: 4 };
    const GOOD: &[u8] = &[0x82, 0x81, 0, 0, 0, 0, b'x'];
    const BAD: &[u8] = &[0x82, 0x01, b'x'];

    /// What the parser is handed, poll by poll, until the error; an empty
    /// string of bytes stands for "nothing now".
    fn handed_on(chunks: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        let chunks = stream::iter(chunks.into_iter().map(|chunk| Ok(Bytes::from(chunk))));
        let (mut payload, watcher) = guard(Payload::Stream { payload: Box::pin(chunks) }, LIMITS);
        let mut cx = Context::from_waker(std::task::Waker::noop());
        let mut polls = Vec::new();
        loop {
            match Pin::new(&mut payload).poll_next(&mut cx) {
                Poll::Ready(Some(Ok(bytes))) => polls.push(bytes.to_vec()),
                Poll::Pending => polls.push(Vec::new()),
                Poll::Ready(end) => {
                    assert_eq!(end.is_some(), watcher.fault().is_some());
                    return polls;
                }
            }
        }
    }

    #[test]
    fn the_parser_gets_time_for_what_came_before_the_error() {
        assert_eq!(handed_on(vec![GOOD.to_vec()]), [GOOD]);
        assert_eq!(handed_on(vec![[GOOD, BAD].concat()]), [GOOD, b""]);
        // In two reads that are there at once.
        assert_eq!(handed_on(vec![GOOD.to_vec(), BAD.to_vec()]), [GOOD, b""]);
        assert_eq!(handed_on(vec![BAD.to_vec()]), [b""]);
    }
}
