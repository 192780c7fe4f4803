//! The response body of an upgraded connection.
//!
//! Over plain TCP it lives for a moment: as soon as the handshake's answer is in
//! the kernel and nothing of what the peer sent is on its way through the web
//! server, the worker takes the socket over, and the web server's buffers and
//! futures go. Over TLS and on the control socket the web server keeps the
//! connection, and this body reads and writes for as long as it lasts.

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
    /// The worker serves it from now on.
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
    /// Whether the worker may still take the connection over.
    may_be_taken: bool,
    is_taken: bool,
}

/// How reading went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Nothing has come, and nothing is on its way through the web server.
    Quiet,
    /// Something came, and there may be more.
    Came,
    /// The peer has ended, or must read before it is read from.
    Halted,
}

impl Gate {
    /// The body of a connection that is in the hub.
    pub(super) fn new(payload: Payload, hub: Rc<Hub>, connection: Rc<Connection>) -> Self {
        let may_be_taken = hub.can_take_over(&connection);
        Self { payload, hub, connection, may_be_taken, is_taken: false }
    }

    /// Takes in what the web server has read.
    ///
    /// The web server's dispatcher polls this body after it has moved what it
    /// had read into the payload, unless the payload was full already. So when
    /// the payload turns out to be empty, no byte is left inside the
    /// dispatcher.
    fn read(&mut self, cx: &mut Context<'_>) -> Reading {
        self.connection.resume(handle);
        let mut reading = Reading::Quiet;
        while self.connection.wants_input() {
            match Pin::new(&mut self.payload).poll_next(cx) {
                Poll::Ready(Some(Ok(bytes))) => {
                    reading = Reading::Came;
                    self.connection.take_in(&mut BytesMut::from(bytes), handle);
                }
                Poll::Ready(Some(Err(_)) | None) => {
                    self.connection.hear_end();
                    return Reading::Halted;
                }
                Poll::Pending => return reading,
            }
        }
        Reading::Halted
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        if !self.is_taken {
            self.hub.leave(&self.connection);
        }
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
        let reading = this.read(cx);
        if this.may_be_taken {
            match reading {
                Reading::Quiet => {
                    this.is_taken = this.hub.take_over(&this.connection);
                    if this.is_taken {
                        return Poll::Ready(Some(Err(LetGo::TakenOver)));
                    }
                    this.may_be_taken = false;
                }
                // Once more, to find it quiet.
                Reading::Came => cx.waker().wake_by_ref(),
                Reading::Halted => {}
            }
        }
        Poll::Ready(match ready!(this.connection.poll_write(cx)) {
            Write::Bytes(bytes) => Some(Ok(bytes)),
            Write::End => None,
            Write::Abort => Some(Err(LetGo::GivenUp)),
        })
    }
}
