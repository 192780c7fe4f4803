//! `GET /api/canvases/{id}/ws`: the place where pixels come in and go out.

use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use place_core::feed;
use place_core::session::Session;
use place_core::wire::text::{SeatInfo, ServerText};
use place_core::wire::{PROTOCOL_VERSION, SUBPROTOCOL};

use super::gate::Gate;
use super::handover::Handover;
use super::hub::Hub;
use super::socket::Socket;
use super::threads::{Entrant, Threads};
use super::who::Who;
use crate::clock;
use crate::http::error::ApiError;
use crate::http::visitor::Visitor;
use crate::http::{Api, origin};
use crate::sequencer::LiveCanvas;

/// Upgrades to a WebSocket that speaks `place.v1`.
pub async fn upgrade(
    request: HttpRequest,
    payload: web::Payload,
    id: web::Path<String>,
    api: web::Data<Api>,
    hub: web::Data<Rc<Hub>>,
    threads: web::Data<Threads>,
) -> Result<HttpResponse, ApiError> {
    api.canvas(&id)?;
    origin::check(&request, &api)?;
    require_subprotocol(&request)?;
    let (live, visitor) = api.enter(&request, &id).await?;
    let who = Who {
        seat: visitor.seat_taken(),
        teacher: visitor.teacher,
        is_bot: visitor.is_bot(),
        is_projector: visitor.is_projector,
    };
    // Only its answer to the handshake is of use: reading and writing are ours.
    let nothing = super::web_payload(&request, actix_web::dev::Payload::None).await;
    let (response, _, _) = actix_ws::handle_with_protocols(&request, nothing, &[SUBPROTOCOL])
        .map_err(|_| ApiError::not_a_websocket())?;
    let session = Session::new(who.seat, hub.sockets().ceiling);
    let place = hub.sockets().place().ok_or_else(|| {
        hub.sockets().metrics.connection_refused("full");
        ApiError::full()
    })?;
    let socket = Socket::take(&request);
    // Each enters first and is told then how things stand: what changes in
    // between is told afterwards.
    let payload = payload.into_inner();
    let body = match socket {
        Some(socket) if socket.is_plain() => {
            let entrant = Entrant { live: Arc::clone(&live), session, who, socket, place };
            let ticket = threads.enter(entrant).await.ok_or_else(ApiError::stopping)?;
            // Whoever was sent away meanwhile was not there to be told.
            let (_, visitor) = api.enter(&request, &id).await?;
            Handover::new(payload, ticket, welcome(&api, &live, &visitor, who)?).boxed()
        }
        socket => {
            let connection = hub.enter(&live, session, who, socket, place);
            let gate = Gate::new(payload, Rc::clone(&hub), Rc::clone(&connection));
            connection.send(welcome(&api, &live, &visitor, who)?);
            gate.boxed()
        }
    };
    Ok(response.map_body(|_, _| body))
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

/// What somebody is told first, as a frame.
fn welcome(api: &Api, live: &LiveCanvas, visitor: &Visitor, who: Who) -> Result<Bytes, ApiError> {
    let you = api.you(live, visitor)?;
    let now = live.clock.now();
    let seat = who.seat;
    let (seq, allowance) = {
        let state = live.state.read();
        (state.seq(), state.allowance(seat.unwrap_or(0), now))
    };
    let nickname = you.as_ref().map_or_else(String::new, |you| you.nickname.clone());
    Ok(feed::text_frame(&ServerText::Welcome {
        protocol: PROTOCOL_VERSION,
        canvas: live.info(),
        seat: seat.map(|number| SeatInfo { number, nickname }),
        you,
        lesson: live.lesson(clock::wall_ms()),
        history: api.store.history().to_owned(),
        seq,
        saved: allowance.saved,
        next_ms: allowance.next_ms,
        online: live.online(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }))
}
