//! The response body of an upgraded connection that the web server keeps: over
//! TLS and on the control socket it reads and writes for as long as the
//! connection lasts.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::Payload;
use bytes::{Bytes, BytesMut};
use futures_util::Stream;

use super::connection::{Connection, Write};
use super::hub::Hub;
use super::messages::handle;

/// Why the web server is to let go of a connection at once. It drops its
/// descriptor then and does nothing else to the socket.
#[derive(Debug, thiserror::Error)]
pub(super) enum LetGo {
    /// Another thread serves it from now on.
    #[error("the connection was taken over")]
    TakenOver,
    /// The peer did not answer our close in time.
    #[error("the connection was given up")]
    GivenUp,
}

/// A body that speaks for a connection.
pub(super) struct Gate {
    payload: Payload,
    hub: Rc<Hub>,
    connection: Rc<Connection>,
}

impl Gate {
    /// The body of a connection that is in the hub.
    pub(super) fn new(payload: Payload, hub: Rc<Hub>, connection: Rc<Connection>) -> Self {
        Self { payload, hub, connection }
    }

    /// Takes in what the web server has read.
    fn read(&mut self, cx: &mut Context<'_>) {
        self.connection.resume(handle);
        while self.connection.wants_input() {
            match Pin::new(&mut self.payload).poll_next(cx) {
                Poll::Ready(Some(Ok(bytes))) => {
                    self.connection.take_in(&mut BytesMut::from(bytes), handle);
                }
                Poll::Ready(Some(Err(_)) | None) => return self.connection.hear_end(),
                Poll::Pending => return,
            }
        }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.hub.leave(&self.connection);
    }
}

impl MessageBody for Gate {
    type Error = LetGo;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.get_mut();
        this.read(cx);
        Poll::Ready(match ready!(this.connection.poll_write(cx)) {
            Write::Bytes(bytes) => Some(Ok(bytes)),
            Write::End => None,
            Write::Abort => Some(Err(LetGo::GivenUp)),
        })
    }
}
