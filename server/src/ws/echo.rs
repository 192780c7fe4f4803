//! `GET /ws/echo`: a plain WebSocket that sends back what it gets, for trying
//! out the protocol and for conformance tests.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::{HttpRequest, HttpResponse, rt, web};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, Session};
use bytes::Bytes;
use futures_util::StreamExt;
use place_core::session::close_code;
use tokio::time::timeout;

use super::Hub;
use super::guard::{self, Watcher};
use super::socket::Socket;
use crate::http::Api;
use crate::http::error::ApiError;
use crate::phase::{self, Phase, PhaseWatch};

/// Silence after which an echo connection is closed.
const ECHO_IDLE: std::time::Duration = super::connection::IDLE_TIMEOUT;

/// Most echoes at a time, in the whole process: a class that tries it out. They
/// are no viewers, and must not take the places of those.
const ECHOES_MAX: usize = 256;

/// Bytes that one message of each echo may have together: where messages may
/// be longer, there are fewer echoes.
const ECHOED_MAX_BYTES: usize = 256 << 20;

/// Most fragments of a message: each one kept takes 32 bytes beside its own.
/// The conformance suite sends 4 MiB in fragments of 64 bytes and an empty one.
const FRAGMENTS_MAX: u32 = 1 << 17;

/// Echoes open now.
static ECHOES: AtomicUsize = AtomicUsize::new(0);

/// A free place for an echo, taken until it is dropped.
struct Place;

impl Place {
    fn take(message_bytes: usize) -> Option<Self> {
        let place = Self;
        (ECHOES.fetch_add(1, Ordering::Relaxed) < places(message_bytes)).then_some(place)
    }
}

/// How many echoes there may be.
fn places(message_bytes: usize) -> usize {
    (ECHOED_MAX_BYTES / message_bytes).clamp(1, ECHOES_MAX)
}

impl Drop for Place {
    fn drop(&mut self) {
        ECHOES.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Upgrades to an echo.
pub async fn upgrade(
    request: HttpRequest,
    payload: web::Payload,
    api: web::Data<Api>,
    hub: web::Data<Rc<Hub>>,
) -> Result<HttpResponse, ApiError> {
    let message_bytes = api.settings.echo_message_bytes as usize;
    let limits = guard::Limits { message_bytes: message_bytes as u64, fragments: FRAGMENTS_MAX };
    let (guarded, watcher) = guard::guard(payload.into_inner(), limits);
    let payload = super::web_payload(&request, guarded).await;
    let (response, session, stream) =
        actix_ws::handle(&request, payload).map_err(|_| ApiError::not_a_websocket())?;
    let place = Place::take(message_bytes).ok_or_else(ApiError::full)?;
    let stream = stream
        .max_frame_size(message_bytes)
        .aggregate_continuations()
        .max_continuation_size(message_bytes);
    let phase = hub.sockets().phase.clone();
    rt::spawn(async move {
        echo(session, stream, watcher, phase).await;
        drop(place);
    });
    let socket = Socket::take(&request).filter(Socket::is_plain);
    Ok(response.map_body(|_, inner| Ending { inner, socket }.boxed()))
}

/// The library's response body, after which the connection ends at once.
///
/// A server is to be the first to close (RFC 6455, section 7.1.1), and the peer
/// waits for it; left alone, the web server would wait for the peer for as long
/// as a connection may take to close. Past TLS that is how it stays.
struct Ending {
    inner: BoxBody,
    socket: Option<Socket>,
}

impl MessageBody for Ending {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let next = ready!(Pin::new(&mut self.inner).poll_next(cx));
        if let (None, Some(socket)) = (&next, &self.socket) {
            // With a write buffer of one byte, a body is only asked for more
            // when everything before, the close frame too, has left.
            socket.end_writing();
        }
        Poll::Ready(next)
    }
}

async fn echo(
    mut session: Session,
    mut stream: AggregatedMessageStream,
    watcher: Watcher,
    mut phase: PhaseWatch,
) {
    let ended = tokio::select! {
        () = phase::reached(&mut phase, Phase::Closing) => {
            Some(Some(reason((close_code::GOING_AWAY, "the server is stopping"))))
        }
        ended = converse(&mut session, &mut stream, &watcher) => ended,
    };
    if let Some(reason) = ended {
        // A peer that neither reads nor goes away is cut off by the socket's
        // own time-out.
        let _ = timeout(ECHO_IDLE, session.close(reason)).await;
        let _ = timeout(ECHO_IDLE, watcher.drain()).await;
    }
}

/// Echoes until there is a reason to close, or nobody to close on.
async fn converse(
    session: &mut Session,
    stream: &mut AggregatedMessageStream,
    watcher: &Watcher,
) -> Option<Option<CloseReason>> {
    loop {
        let message = match timeout(ECHO_IDLE, stream.next()).await {
            Ok(Some(Ok(AggregatedMessage::Close(reason)))) => return Some(reason),
            Ok(Some(Ok(message))) => message,
            Ok(Some(Err(_))) => return Some(Some(reason(fault(watcher)))),
            Ok(None) => return None,
            Err(_) => return Some(Some(reason((close_code::IDLE, "nothing heard for 75 s")))),
        };
        // Waiting for the peer to read is right here: nobody else depends on
        // this connection, and it stops reading meanwhile.
        let sent = timeout(ECHO_IDLE, async {
            match message {
                AggregatedMessage::Text(text) => session.text(text).await,
                AggregatedMessage::Binary(bytes) => session.binary(bytes).await,
                AggregatedMessage::Ping(payload) => session.pong(&payload).await,
                AggregatedMessage::Pong(_) | AggregatedMessage::Close(_) => Ok(()),
            }
        });
        if !matches!(sent.await, Ok(Ok(()))) {
            return None;
        }
    }
}

/// The close code and reason for a stream that the guard has ended. The parser
/// behind it finds nothing that the guard lets pass.
fn fault(watcher: &Watcher) -> (u16, &'static str) {
    super::close_of(watcher.fault().unwrap_or(guard::Fault::Protocol))
}

fn reason((code, text): (u16, &str)) -> CloseReason {
    (CloseCode::from(code), text).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_messages_leave_fewer_places() {
        let table = [(1 << 10, 256), (1 << 20, 256), (16 << 20, 16), (64 << 20, 4), (1 << 30, 1)];
        for (message_bytes, wanted) in table {
            assert_eq!(places(message_bytes), wanted, "{message_bytes} bytes");
        }
    }
}
