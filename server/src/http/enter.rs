//! The way in: codes that lead to a canvas, and what is said at its door.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::join::{by_card, cookie, is_same, sit_down, view};
use super::{Api, origin};
use crate::accounts::Guess;
use crate::classroom::{CARD_LETTERS, CODE_LETTERS, JoinRule, Look, tidy_code};
use crate::clock;
use crate::sequencer::LiveCanvas;
use crate::store::SeatState;

/// The routes of this file.
pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/enter", web::post().to(enter)).route("/canvases/{id}/door", web::get().to(door));
}

impl Api {
    /// Lets somebody try a class code.
    pub(super) fn guess_code(&self, request: &HttpRequest) -> Result<Guess<'_>, ApiError> {
        let address = origin::address(request, self);
        self.codes_guessed.begin(address, clock::monotonic_ms()).map_err(ApiError::too_many_codes)
    }

    /// Lets somebody try a card. Counted apart: whoever guesses class codes does
    /// not keep those with a card out.
    pub(super) fn guess_card(&self, request: &HttpRequest) -> Result<Guess<'_>, ApiError> {
        let address = origin::address(request, self);
        self.cards_guessed.begin(address, clock::monotonic_ms()).map_err(ApiError::too_many_codes)
    }
}

/// What `POST /api/enter` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Enter {
    code: String,
}

/// `POST /api/enter`: where a code leads. A personal card opens its seat at once.
async fn enter(
    request: HttpRequest,
    body: web::Json<Enter>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    origin::check(&request, &api)?;
    let code = tidy_code(&body.code).ok_or_else(ApiError::unknown_code)?;
    match code.len() {
        CODE_LETTERS => by_class_code(&request, &api, &code),
        CARD_LETTERS => {
            let (live, seat) = by_card(&request, &api, &code)?;
            let (seat, secret) = sit_down(&request, &api, &live, seat, &code).await?;
            Ok(HttpResponse::Ok()
                .cookie(cookie(&request, &api, &live, &secret))
                .json(json!({ "canvas": canvas(&live), "seat": view(&seat) })))
        }
        _ => Err(ApiError::unknown_code()),
    }
}

fn by_class_code(request: &HttpRequest, api: &Api, code: &str) -> Result<HttpResponse, ApiError> {
    let guess = api.guess_code(request)?;
    let number = api.store.canvas_by_code(code)?;
    let live = number.and_then(|number| api.canvases.by_number(number));
    let live = live.ok_or_else(ApiError::unknown_code)?;
    guess.was_right();
    let settings = live.classroom.settings();
    if settings.is_archived {
        return Err(ApiError::archived());
    }
    Ok(HttpResponse::Ok().json(json!({
        "canvas": canvas(&live),
        "join": settings.join,
        "teams": live.lesson(clock::wall_ms()).teams,
        "team_rule": settings.team_rule,
    })))
}

fn canvas(live: &LiveCanvas) -> Value {
    json!({ "id": live.id, "name": live.name() })
}

/// What a visitor lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Needs {
    /// Nothing: to look, at least.
    Nothing,
    /// The class code, to join.
    Code,
    /// A personal card, to join.
    Card,
    /// A seat, which there is for a nickname.
    Seat,
}

/// What `GET …/door` may be asked with.
#[derive(Deserialize)]
struct DoorQuery {
    key: Option<String>,
}

/// `GET …/door`: what a canvas's page asks before it has a seat.
async fn door(
    request: HttpRequest,
    id: web::Path<String>,
    query: web::Query<DoorQuery>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, visitor) = api.visit(&request, &id).await?;
    let settings = live.classroom.settings();
    let link_key = api.store.codes(live.number)?.link_key;
    let key_ok = query.key.as_deref().is_some_and(|key| is_same(key, link_key.as_deref()));
    let is_in = visitor.teacher.is_some()
        || visitor.seat.as_ref().is_some_and(|seat| seat.state == SeatState::Here);
    let needs = if is_in { Needs::Nothing } else { needs(settings.join, settings.look, key_ok) };
    let mut canvas = canvas(&live);
    canvas["mode"] = json!(live.state.read().rules().mode);
    Ok(HttpResponse::Ok().json(json!({
        "canvas": canvas,
        "join": settings.join,
        "needs": needs,
        "teams": live.lesson(clock::wall_ms()).teams,
        "team_rule": settings.team_rule,
        "key_ok": key_ok,
        "is_archived": settings.is_archived,
    })))
}

fn needs(join: JoinRule, look: Look, key_ok: bool) -> Needs {
    match (join, look) {
        (JoinRule::Open, Look::Anyone) => Needs::Nothing,
        (JoinRule::Open, Look::Seats) => Needs::Seat,
        (JoinRule::Code | JoinRule::Approve, _) if key_ok => Needs::Seat,
        (JoinRule::Code | JoinRule::Approve, _) => Needs::Code,
        (JoinRule::Roster, _) => Needs::Card,
    }
}
