//! The response body of a connection that is served elsewhere afterwards.
//!
//! Over plain TCP it lives for a moment: as soon as the handshake's answer is in
//! the kernel and nothing of what the peer sent is left inside of the web server,
//! a [thread of its own](super::threads) serves the socket, and the web server's
//! buffers and futures go.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::Payload;
use bytes::{Bytes, BytesMut};
use futures_util::Stream;

use super::gate::LetGo;
use super::threads::Ticket;

/// A body that says nothing, and hands the connection over.
pub(super) struct Handover {
    payload: Payload,
    /// What the peer has sent together with its handshake. The web server holds
    /// 160 KiB at the most, and is asked twice.
    said: BytesMut,
    /// Whether the payload was found empty before, after bytes.
    was_emptied: bool,
    /// Its place, and what it is told first; taken once.
    ready: Option<(Ticket, Bytes)>,
}

impl Handover {
    /// The body of a connection that has its place.
    pub(super) fn new(payload: Payload, ticket: Ticket, welcome: Bytes) -> Self {
        Self { payload, said: BytesMut::new(), was_emptied: false, ready: Some((ticket, welcome)) }
    }

    /// Takes in what the web server has read; tells whether there was anything.
    /// An end or an error is found again by whoever reads on.
    fn read(&mut self, cx: &mut Context<'_>) -> bool {
        let before = self.said.len();
        while let Poll::Ready(Some(Ok(bytes))) = Pin::new(&mut self.payload).poll_next(cx) {
            self.said.extend_from_slice(&bytes);
        }
        self.said.len() > before
    }
}

impl MessageBody for Handover {
    type Error = LetGo;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.get_mut();
        // Each time before it asks for the body, the web server moves all that
        // it has read into the payload, unless that was full. So behind a
        // payload that was empty then, or is now, no byte is left in between.
        if this.read(cx) && !this.was_emptied {
            this.was_emptied = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if let Some((ticket, welcome)) = this.ready.take() {
            ticket.redeem(welcome, std::mem::take(&mut this.said).freeze());
        }
        Poll::Ready(Some(Err(LetGo::TakenOver)))
    }
}
