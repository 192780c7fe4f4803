//! Bots: programs that draw, each with a seat and a secret of its own.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use place_core::{SeatNumber, Standing};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ApiError;
use super::join::{acceptable, hash, random_secret};
use super::visitor::Visitor;
use super::{Api, origin, teams};
use crate::clock;
use crate::lesson;
use crate::sequencer::LiveCanvas;
use crate::store::{NewBot, SeatRecord, SeatRole, Whom};

/// The routes of this file.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/canvases/{id}/bots", web::get().to(list))
        .route("/canvases/{id}/bots", web::post().to(create))
        .route("/canvases/{id}/bots/{seat}", web::delete().to(remove));
}

/// Whose bots somebody looks after.
#[derive(Clone, Copy)]
enum Owner {
    /// All of the canvas, for its teachers.
    Teacher,
    /// A student's own.
    Student(SeatNumber),
}

impl Owner {
    fn of(visitor: &Visitor) -> Result<Self, ApiError> {
        if visitor.teacher.is_some() {
            return Ok(Self::Teacher);
        }
        match visitor.seat_inside()? {
            seat if seat.role == SeatRole::Student => Ok(Self::Student(seat.number)),
            _ => Err(ApiError::no_seat()),
        }
    }

    fn looks_after(self, bot: &SeatRecord) -> bool {
        match self {
            Self::Teacher => true,
            Self::Student(seat) => bot.bot_of == Some(seat),
        }
    }
}

/// A canvas, and whose bots are asked about.
async fn owner(
    request: &HttpRequest,
    api: &Api,
    id: &str,
) -> Result<(Arc<LiveCanvas>, Owner), ApiError> {
    let (live, visitor) = api.enter(request, id).await?;
    Ok((live, Owner::of(&visitor)?))
}

/// `GET …/bots`
async fn list(
    request: HttpRequest,
    id: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, owner) = owner(&request, &api, &id).await?;
    let bots = api.store.bots(live.number)?;
    let row = |bot: &SeatRecord| {
        json!({
            "seat": bot.number,
            "nickname": bot.nickname,
            "bot_of": bot.bot_of,
            "online": live.is_online(bot.number),
        })
    };
    let rows: Vec<Value> = bots.iter().filter(|bot| owner.looks_after(bot)).map(row).collect();
    Ok(HttpResponse::Ok().json(json!({ "bots": rows })))
}

/// What `POST …/bots` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
}

/// `POST …/bots`: the secret is told this once.
async fn create(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<New>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    origin::check(&request, &api)?;
    let (live, owner) = owner(&request, &api, &id).await?;
    let bot_of = match owner {
        Owner::Teacher => None,
        Owner::Student(_) if !live.classroom.settings().bots => return Err(ApiError::bots_off()),
        Owner::Student(seat) => Some(seat),
    };
    if live.classroom.settings().is_archived {
        return Err(ApiError::archived());
    }
    let nickname = acceptable(&live, &body.name)?;
    let secret = random_secret();
    let new = NewBot { bot_of, nickname, secret_hash: hash(&secret), created_ms: clock::wall_ms() };
    let bot = api.store.create_bot(live.number, new).await?;
    if let Some(student) = bot_of {
        // Before: what is decided about the student from here on counts for both.
        live.classroom.bots.lock().add(bot.number, student);
        stand_as(&live, bot.number, student).await?;
    }
    live.note_changed(bot.number);
    let answer = json!({ "seat": bot.number, "nickname": bot.nickname, "token": secret });
    Ok(HttpResponse::Created().json(answer))
}

/// A bot is in its student's team, and may draw where the student may.
async fn stand_as(live: &LiveCanvas, bot: SeatNumber, student: SeatNumber) -> Result<(), ApiError> {
    teams::decide(live, move |canvas| {
        let standing = Standing { is_teacher: false, ..canvas.seat(student).standing() };
        let entry = place_core::Entry::SetSeat { teacher: 0, seat: bot, standing };
        if standing == canvas.seat(bot).standing() { Vec::new() } else { vec![entry] }
    })
    .await
    .map(drop)
}

/// `DELETE …/bots/{seat}`: nothing but its number and its pixels stay.
async fn remove(
    request: HttpRequest,
    path: web::Path<(String, SeatNumber)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    origin::check(&request, &api)?;
    let (id, number) = path.into_inner();
    let (live, owner) = owner(&request, &api, &id).await?;
    let bots = api.store.bots(live.number)?;
    if !bots.iter().any(|bot| bot.number == number && owner.looks_after(bot)) {
        return Err(ApiError::no_such_seat(number));
    }
    lesson::forget(&api.store, &live, Whom::Seat(number), 0).await?;
    Ok(HttpResponse::NoContent().finish())
}
