//! The response body of an upgraded connection: it hands the socket what the
//! connection is told and the feed's shared frames, one after another.

use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;

use super::connection::{Connection, Write};

/// The peer did not answer our close in time: the socket is dropped.
#[derive(Debug, thiserror::Error)]
#[error("the connection was given up")]
pub(super) struct GivenUp;

impl From<Infallible> for GivenUp {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// A body that yields frames from a connection.
pub(super) struct Gate {
    /// The library's own body. It yields nothing here; dropping it is what
    /// tells the message stream that the connection is gone.
    _inner: BoxBody,
    connection: Rc<Connection>,
}

impl Gate {
    /// Puts the gate in front of the library's body.
    pub(super) fn new(inner: BoxBody, connection: Rc<Connection>) -> Self {
        Self { _inner: inner, connection }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.connection.release();
    }
}

impl MessageBody for Gate {
    type Error = GivenUp;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.get_mut();
        Poll::Ready(match ready!(this.connection.poll_write(cx)) {
            Write::Bytes(bytes) => Some(Ok(bytes)),
            Write::End => None,
            Write::Abort => Some(Err(GivenUp)),
        })
    }
}
