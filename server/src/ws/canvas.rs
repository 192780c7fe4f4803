//! `GET /api/canvases/{id}/ws`: the place where pixels come in and go out.

use std::rc::Rc;

use actix_web::body::MessageBody;
use actix_web::{HttpRequest, HttpResponse, web};
use place_core::feed;
use place_core::session::Session;
use place_core::wire::lesson::You;
use place_core::wire::text::{SeatInfo, ServerText};
use place_core::wire::{PROTOCOL_VERSION, SUBPROTOCOL};

use super::connection::Connection;
use super::gate::Gate;
use super::hub::Hub;
use super::socket::Socket;
use super::who::Who;
use crate::clock;
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
    let connection =
        hub.enter(&live, session, who, || Socket::take(&request)).ok_or_else(|| {
            hub.sockets().metrics.connection_refused("full");
            ApiError::full()
        })?;
    let you = api.you(&live, &visitor)?;
    connection.send(feed::text_frame(&welcome(&connection, api.store.history(), you)));
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

fn welcome(connection: &Connection, history: &str, you: Option<You>) -> ServerText {
    let live = connection.live();
    let now = live.clock.now();
    let seat = connection.who().seat;
    let (seq, allowance) = {
        let state = live.state.read();
        (state.seq(), state.allowance(seat.unwrap_or(0), now))
    };
    let nickname = you.as_ref().map_or_else(String::new, |you| you.nickname.clone());
    ServerText::Welcome {
        protocol: PROTOCOL_VERSION,
        canvas: live.info(),
        seat: seat.map(|number| SeatInfo { number, nickname }),
        you,
        lesson: live.lesson(clock::wall_ms()),
        history: history.to_owned(),
        seq,
        saved: allowance.saved,
        next_ms: allowance.next_ms,
        online: live.online(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}
