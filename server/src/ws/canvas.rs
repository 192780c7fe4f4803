//! `GET /api/canvases/{id}/ws`: the place where pixels come in and go out.

use std::rc::Rc;

use actix_web::body::MessageBody;
use actix_web::{HttpRequest, HttpResponse, web};
use place_core::feed;
use place_core::session::Session;
use place_core::wire::text::{SeatInfo, ServerText};
use place_core::wire::{PROTOCOL_VERSION, SUBPROTOCOL};

use super::connection::Connection;
use super::gate::Gate;
use super::hub::Hub;
use super::socket::Socket;
use crate::http::error::ApiError;
use crate::http::{Api, origin};

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
    // Only its answer to the handshake is of use: reading and writing are ours.
    let nothing = super::web_payload(&request, actix_web::dev::Payload::None).await;
    let (response, _, _) = actix_ws::handle_with_protocols(&request, nothing, &[SUBPROTOCOL])
        .map_err(|_| ApiError::not_a_websocket())?;
    let session = Session::new(seat.as_ref().map(|seat| seat.number), hub.sockets().ceiling);
    let connection = hub.enter(&live, session, || Socket::take(&request)).ok_or_else(|| {
        hub.sockets().metrics.connection_refused("full");
        ApiError::full()
    })?;
    connection.send(feed::text_frame(&welcome(
        &connection,
        api.store.history(),
        seat.map(|seat| SeatInfo { number: seat.number, nickname: seat.nickname }),
    )));
    let gate = Gate::new(payload.into_inner(), Rc::clone(&hub), connection);
    Ok(response.map_body(|_, _| gate.boxed()))
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
