//! `GET /api/canvases/{id}/ws`: the place where pixels come in and go out.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::{HttpRequest, HttpResponse, rt, web};
use actix_ws::{AggregatedMessage, AggregatedMessageStream};
use bytes::Bytes;
use futures_util::StreamExt;
use place_core::session::{Session, Step};
use place_core::wire::frame::{self, Opcode};
use place_core::wire::pixel::Token;
use place_core::wire::text::{SeatInfo, ServerText};
use place_core::wire::{PROTOCOL_VERSION, SUBPROTOCOL, ServerFrame};
use place_core::{Cell, Reason, Refusal, feed, limits};
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::timeout;

use super::connection::Connection;
use super::direct::Socket;
use super::gate::Gate;
use super::guard::{self, Watcher};
use super::hub::{Hub, Membership, server_frame};
use crate::clock;
use crate::http::error::ApiError;
use crate::http::{Api, origin};
use crate::sequencer::{Command, Placer, Wish};

/// What a peer may send; a placement has ten bytes, a `watch` below fifty.
const LIMITS: guard::Limits =
    guard::Limits { message_bytes: limits::TEXT_MAX_BYTES as u64, fragments: 16 };

/// When to come back after "busy", in milliseconds: about the time in which a
/// full queue empties.
const BUSY_RETRY_MS: u32 = 100;

/// How long a broken connection is still read from and forgotten, so that the
/// close frame reaches the peer before the socket goes.
const LINGER: Duration = Duration::from_millis(250);

/// How long the close frame waits for answers to what came before: longer than
/// any disk that is well takes.
const ANSWERS_MAX: Duration = Duration::from_secs(2);

/// Upgrades to a WebSocket that speaks `place.v1`.
pub async fn upgrade(
    request: HttpRequest,
    payload: web::Payload,
    id: web::Path<String>,
    api: web::Data<Api>,
    hub: web::Data<Rc<Hub>>,
) -> Result<HttpResponse, ApiError> {
    let live = api.canvas(&id)?;
    origin::check(&request, &api)?;
    require_subprotocol(&request)?;
    let seat = api.seat_of(&request, &live)?;
    let session = Session::new(seat.as_ref().map(|seat| seat.number), hub.sockets().ceiling);
    let connection =
        Connection::new(live, session, Socket::of(&request), Arc::clone(&hub.sockets().metrics));
    let (guarded, watcher) = guard::guard(payload.into_inner(), LIMITS);
    let payload = super::web_payload(&request, guarded).await;
    let (response, _session, stream) =
        actix_ws::handle_with_protocols(&request, payload, &[SUBPROTOCOL])
            .map_err(|_| ApiError::not_a_websocket())?;
    let membership = hub.enter(&connection).ok_or_else(|| {
        hub.sockets().metrics.connection_refused("full");
        ApiError::full()
    })?;
    connection.send(feed::text_frame(&welcome(
        &connection,
        api.store.history(),
        seat.map(|seat| SeatInfo { number: seat.number, nickname: seat.nickname }),
    )));
    let stream = stream
        .max_frame_size(limits::TEXT_MAX_BYTES)
        .aggregate_continuations()
        .max_continuation_size(limits::TEXT_MAX_BYTES);
    rt::spawn(read(Rc::clone(&connection), membership, stream, watcher));
    Ok(response
        .map_body(|_, inner| actix_web::body::MessageBody::boxed(Gate::new(inner, connection))))
}

fn require_subprotocol(request: &HttpRequest) -> Result<(), ApiError> {
    let offered = request
        .headers()
        .get_all("sec-websocket-protocol")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|name| name.trim() == SUBPROTOCOL);
    if offered { Ok(()) } else { Err(ApiError::subprotocol()) }
}

fn welcome(connection: &Connection, history: &str, seat: Option<SeatInfo>) -> ServerText {
    let live = connection.live();
    let now = live.clock.now();
    let (seq, allowance) = {
        let state = live.state.read();
        (state.seq(), state.allowance(seat.as_ref().map_or(0, |seat| seat.number), now))
    };
    ServerText::Welcome {
        protocol: PROTOCOL_VERSION,
        canvas: live.info(),
        seat,
        history: history.to_owned(),
        seq,
        saved: allowance.saved,
        next_ms: allowance.next_ms,
        online: live.online(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// Reads until the connection ends. Handlers say what to do; only this loop
/// does it.
async fn read(
    connection: Rc<Connection>,
    membership: Membership,
    mut stream: AggregatedMessageStream,
    watcher: Watcher,
) {
    while let Some(message) = stream.next().await {
        connection.hear();
        match message {
            Ok(AggregatedMessage::Close(reason)) => {
                let _ = timeout(ANSWERS_MAX, connection.answers()).await;
                connection.finish(Some(super::close_answer(reason.as_ref())));
                break;
            }
            Ok(_) if !connection.is_open() => {}
            Ok(message) => handle(&connection, &membership, message),
            Err(_) => {
                let (code, reason) = super::fault(&watcher);
                let _ = timeout(ANSWERS_MAX, connection.answers()).await;
                connection.close(code, reason);
                break;
            }
        }
        connection.room().await;
    }
    // A peer whose stream broke gets a moment to read why; one that has closed
    // ends this at once.
    let _ = timeout(LINGER, watcher.drain()).await;
    connection.finish(None);
    drop(membership);
}

fn handle(connection: &Rc<Connection>, membership: &Membership, message: AggregatedMessage) {
    let step = match message {
        AggregatedMessage::Binary(bytes) => {
            let now = clock::monotonic_ms();
            connection.session(|session| session.binary(&bytes, now))
        }
        AggregatedMessage::Text(text) => {
            let now = clock::monotonic_ms();
            connection.session(|session| session.text(&text, now))
        }
        AggregatedMessage::Ping(payload) => {
            connection.send(frame::frame(Opcode::Pong, &payload));
            return;
        }
        AggregatedMessage::Pong(_) | AggregatedMessage::Close(_) => return,
    };
    match step {
        Step::Propose(token, proposal) => {
            let wish = |placer| Wish::Place(placer, proposal);
            ask(connection, membership, token, Some(proposal.cell), wish);
        }
        Step::Undo(token, seat) => {
            ask(connection, membership, token, None, |placer| Wish::Undo(placer, seat));
        }
        Step::Refuse(token, refusal, cell) => {
            connection.send(refused(connection, token, refusal, cell));
        }
        Step::Watch(since) => connection.watch(since),
        Step::Say(text) => connection.send(feed::text_frame(&text)),
        Step::Close(code, reason) => connection.close(code, reason),
    }
}

/// Hands a wish about a cell to the sequencer, if its queue has room.
fn ask(
    connection: &Rc<Connection>,
    membership: &Membership,
    token: Token,
    cell: Option<Cell>,
    wish: impl FnOnce(Placer) -> Wish,
) {
    let placer = Placer {
        mailbox: membership.mailbox().clone(),
        connection: membership.id(),
        token,
        read_at: Instant::now(),
    };
    let refusal = match connection.live().commands.try_send(Command::Wish(wish(placer))) {
        Ok(()) => return,
        Err(TrySendError::Full(_)) => Refusal { reason: Reason::Busy, wait_ms: BUSY_RETRY_MS },
        Err(TrySendError::Closed(_)) => Reason::Stopping.into(),
    };
    connection.session(Session::answered);
    connection.send(refused(connection, token, refusal, cell));
}

fn refused(connection: &Connection, token: Token, refusal: Refusal, cell: Option<Cell>) -> Bytes {
    let live = connection.live();
    connection.count_refusal(refusal.reason);
    let (color, saved) = {
        let state = live.state.read();
        let seat = connection.session(|session| session.seat()).unwrap_or(0);
        let allowance = state.allowance(seat, live.clock.now());
        (cell.and_then(|cell| state.color_at(cell)), allowance.saved)
    };
    server_frame(live, &ServerFrame::Refused { token, refusal, color, saved })
}
