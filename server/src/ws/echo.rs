//! `GET /ws/echo`: a plain WebSocket that sends back what it gets, for trying
//! out the protocol and for conformance tests.

use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::{HttpRequest, HttpResponse, rt, web};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, Session};
use futures_util::StreamExt;
use place_core::session::close_code;
use tokio::time::timeout;

use super::Hub;
use super::guard::{self, Watcher};
use crate::http::error::ApiError;
use crate::phase::{self, Phase, PhaseWatch};

/// Longest message that is echoed, in bytes.
const ECHO_MAX_BYTES: usize = 1 << 20;

/// What a peer may send.
const LIMITS: guard::Limits =
    guard::Limits { message_bytes: ECHO_MAX_BYTES as u64, fragments: 1 << 16 };

/// Silence after which an echo connection is closed.
const ECHO_IDLE: std::time::Duration = super::connection::IDLE_TIMEOUT;

/// Most echoes at a time, in the whole process: a class that tries it out. They
/// are no viewers, and must not take the places of those.
const ECHOES_MAX: usize = 256;

/// Echoes open now.
static ECHOES: AtomicUsize = AtomicUsize::new(0);

/// A free place for an echo, taken until it is dropped.
struct Place;

impl Place {
    fn take() -> Option<Self> {
        let place = Self;
        (ECHOES.fetch_add(1, Ordering::Relaxed) < ECHOES_MAX).then_some(place)
    }
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
    hub: web::Data<Rc<Hub>>,
) -> Result<HttpResponse, ApiError> {
    let (guarded, watcher) = guard::guard(payload.into_inner(), LIMITS);
    let payload = super::web_payload(&request, guarded).await;
    let (response, session, stream) =
        actix_ws::handle(&request, payload).map_err(|_| ApiError::not_a_websocket())?;
    let place = Place::take().ok_or_else(ApiError::full)?;
    let stream = stream
        .max_frame_size(ECHO_MAX_BYTES)
        .aggregate_continuations()
        .max_continuation_size(ECHO_MAX_BYTES);
    let phase = hub.sockets().phase.clone();
    rt::spawn(async move {
        echo(session, stream, watcher, phase).await;
        drop(place);
    });
    Ok(response)
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
            Ok(Some(Err(error))) => return Some(Some(reason(super::fault(&error, watcher)))),
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

fn reason((code, text): (u16, &str)) -> CloseReason {
    (CloseCode::from(code), text).into()
}
