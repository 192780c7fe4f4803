//! The people of a canvas, for its teachers: the list, the door, the cards.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use place_core::session::close_code;
use place_core::{SeatNumber, TeacherNumber};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ApiError;
use super::order::{governed, watched};
use super::roster::{Entry, ROSTER_MAX_BYTES, Roster};
use super::{Api, json_up_to, teams};
use crate::classroom::new_card;
use crate::clock;
use crate::lesson;
use crate::sequencer::{Audience, LiveCanvas, Word};
use crate::store::{NewSeat, Note, SeatRecord, SeatRole, SeatState, StoreError, nickname};

/// The routes of this file.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/canvases/{id}/seats")
                .app_data(json_up_to(ROSTER_MAX_BYTES))
                .route(web::get().to(list))
                .route(web::post().to(add)),
        )
        .route("/canvases/{id}/seats/admit-all", web::post().to(admit_all))
        .route("/canvases/{id}/seats/{seat}", web::patch().to(rename))
        .route("/canvases/{id}/seats/{seat}/admit", web::post().to(admit))
        .route("/canvases/{id}/seats/{seat}/refuse", web::post().to(refuse))
        .route("/canvases/{id}/seats/{seat}/kick", web::post().to(kick))
        .route("/canvases/{id}/seats/{seat}/unkick", web::post().to(unkick))
        .route("/canvases/{id}/seats/{seat}/renew", web::post().to(renew));
}

/// A seat that there is.
pub(super) fn known(
    api: &Api,
    live: &LiveCanvas,
    seat: SeatNumber,
) -> Result<SeatRecord, ApiError> {
    let found = api.store.seat(live.number, seat)?;
    let is_there = |found: &SeatRecord| found.state != SeatState::Forgotten;
    found.filter(is_there).ok_or_else(|| ApiError::no_such_seat(seat))
}

/// A seat that there is, of somebody who is no teacher.
pub(super) fn known_other(
    api: &Api,
    live: &LiveCanvas,
    seat: SeatNumber,
) -> Result<SeatRecord, ApiError> {
    let found = known(api, live, seat)?;
    if found.role == SeatRole::Teacher {
        return Err(ApiError::invalid("this is a teacher's seat"));
    }
    Ok(found)
}

/// Somebody about whom a teacher of the canvas decides.
pub(super) struct Governed {
    pub(super) live: Arc<LiveCanvas>,
    pub(super) teacher: TeacherNumber,
    pub(super) seat: SeatRecord,
}

impl Governed {
    /// The person of the seat that a path names, who is no teacher.
    pub(super) async fn at(
        request: &HttpRequest,
        (id, number): (String, SeatNumber),
        api: &Api,
    ) -> Result<Self, ApiError> {
        let (live, teacher) = governed(request, api, &id).await?;
        let seat = known_other(api, &live, number)?;
        Ok(Self { live, teacher, seat })
    }

    /// What the record is to say that the teacher did.
    pub(super) fn note(&self, what: &'static str) -> Note {
        note(self.teacher, what).about(self.seat.number)
    }

    /// Lets the person's connections end, and the others know.
    fn send_out(&self, code: u16, reason: &'static str) {
        close(&self.live, self.seat.number, code, reason);
        self.live.note_changed(self.seat.number);
    }
}

/// What the record is to say that a teacher did now.
pub(super) fn note(teacher: TeacherNumber, what: &'static str) -> Note {
    Note::by(teacher, clock::wall_ms(), what)
}

/// `GET …/seats`
async fn list(
    request: HttpRequest,
    id: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let live = watched(&request, &api, &id).await?;
    let (people, cards) = (api.store.people(live.number)?, api.store.cards(live.number)?);
    let state = live.state.read();
    let row = |seat: &SeatRecord| {
        let standing = state.seat(seat.number).standing();
        json!({
            "seat": seat.number,
            "nickname": seat.nickname,
            "role": place_core::wire::lesson::Role::from(seat.role),
            "state": seat.state.name(),
            "team": standing.team,
            "status": standing.status,
            "bot_of": seat.bot_of,
            "muted_until_ms": seat.muted_until_ms,
            "online": live.is_online(seat.number),
            "card": cards.get(&seat.number),
        })
    };
    Ok(HttpResponse::Ok().json(json!({ "seats": people.iter().map(row).collect::<Vec<_>>() })))
}

/// `POST …/seats`: puts people on the list, all of them or none.
async fn add(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Roster>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, teacher) = governed(&request, &api, &id).await?;
    let entries = body.read(&live.classroom.teams()).map_err(ApiError::invalid)?;
    let now = clock::wall_ms();
    let new = |entry: &Entry| NewSeat {
        role: SeatRole::Student,
        state: SeatState::Invited,
        nickname: entry.name.clone(),
        bot_of: None,
        secret_hash: None,
        created_ms: now,
    };
    let seats = entries.iter().map(new).collect();
    let made = api.store.create_seats(live.number, seats, new_card).await;
    let made = made.map_err(|error| line_of(error, &entries))?;
    let in_teams: Vec<_> = made
        .iter()
        .zip(&entries)
        .filter(|(_, entry)| entry.team != 0)
        .map(|(seat, entry)| (seat.number, entry.team))
        .collect();
    if let Err(error) = teams::put_all(&live, teacher, &in_teams).await {
        let numbers = made.iter().map(|seat| seat.number).collect();
        api.store.withdraw(live.number, numbers, None).await?;
        return Err(error);
    }
    let noted = note(teacher, "seats").saying(format!("{} people", made.len()));
    api.store.note(live.number, noted).await?;
    if let Some(last) = made.last() {
        live.note_changed(last.number);
    }
    let cards = api.store.cards(live.number)?;
    let row = |(seat, entry): (&SeatRecord, &Entry)| {
        json!({
            "seat": seat.number,
            "nickname": seat.nickname,
            "card": cards.get(&seat.number),
            "team": entry.team,
        })
    };
    let rows: Vec<Value> = made.iter().zip(&entries).map(row).collect();
    Ok(HttpResponse::Created().json(json!({ "seats": rows })))
}

/// The same error, with the line that it is about.
fn line_of(error: StoreError, entries: &[Entry]) -> ApiError {
    let StoreError::NicknameTaken(name) = &error else { return error.into() };
    let line = entries.iter().find(|entry| entry.name == *name).map_or(0, |entry| entry.line);
    ApiError::invalid(format!("line {line}: somebody here is called “{name}” already"))
}

/// What `PATCH …/seats/{seat}` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    nickname: Option<String>,
}

/// `PATCH …/seats/{seat}`: a teacher may give any name; no filter knows a class
/// better.
async fn rename(
    request: HttpRequest,
    path: web::Path<(String, SeatNumber)>,
    body: web::Json<Change>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let mut person = Governed::at(&request, path.into_inner(), &api).await?;
    let number = person.seat.number;
    if let Some(name) = body.into_inner().nickname {
        let name = nickname(&name)?;
        let noted = Some(person.note("rename"));
        api.store.rename_seat(person.live.number, number, &name, noted).await?;
        if person.seat.nickname != name {
            person.seat.nickname = name;
            lesson::after_standing(&api.store, &person.live, number);
        }
    }
    Ok(HttpResponse::Ok().json(json!({ "seat": number, "nickname": person.seat.nickname })))
}

/// `POST …/seats/{seat}/admit`: opens the door for one, also for one who was
/// refused a while ago.
async fn admit(
    request: HttpRequest,
    path: web::Path<(String, SeatNumber)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (id, seat) = path.into_inner();
    let (live, teacher) = governed(&request, &api, &id).await?;
    let noted = note(teacher, "admit");
    let admitted = if api.store.admit_refused(live.number, seat, new_card, noted).await? {
        live.note_changed(seat);
        vec![seat]
    } else {
        known(&api, &live, seat)?;
        let_in(&api, &live, teacher, Some(seat)).await?
    };
    Ok(HttpResponse::Ok().json(json!({ "admitted": admitted })))
}

/// `POST …/seats/admit-all`: opens the door for all who wait.
async fn admit_all(
    request: HttpRequest,
    id: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, teacher) = governed(&request, &api, &id).await?;
    let admitted = let_in(&api, &live, teacher, None).await?;
    Ok(HttpResponse::Ok().json(json!({ "admitted": admitted })))
}

async fn let_in(
    api: &Api,
    live: &LiveCanvas,
    teacher: TeacherNumber,
    seat: Option<SeatNumber>,
) -> Result<Vec<SeatNumber>, ApiError> {
    let admitted = api.store.admit(live.number, seat, note(teacher, "admit")).await?;
    for seat in &admitted {
        live.note_changed(*seat);
    }
    Ok(admitted)
}

/// `POST …/seats/{seat}/refuse`: sends somebody away who waits. What is known of
/// the person is erased an hour later; until then the door can still be opened.
async fn refuse(
    request: HttpRequest,
    path: web::Path<(String, SeatNumber)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let person = Governed::at(&request, path.into_inner(), &api).await?;
    let Governed { live, seat, .. } = &person;
    if !api.store.refuse(live.number, seat.number, person.note("refuse")).await? {
        return Err(ApiError::invalid("nobody waits in this seat"));
    }
    live.note_changed(seat.number);
    Ok(HttpResponse::NoContent().finish())
}

/// `POST …/seats/{seat}/kick`: sends somebody out; the card brings the person
/// back.
async fn kick(
    request: HttpRequest,
    path: web::Path<(String, SeatNumber)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let person = Governed::at(&request, path.into_inner(), &api).await?;
    let Governed { live, seat, .. } = &person;
    api.store.kick(live.number, seat.number, person.note("kick")).await?;
    person.send_out(close_code::KICKED, "the teacher has sent you out");
    Ok(HttpResponse::NoContent().finish())
}

/// `POST …/seats/{seat}/unkick`: takes that back, for an hour: the person's
/// machines are known again.
async fn unkick(
    request: HttpRequest,
    path: web::Path<(String, SeatNumber)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let person = Governed::at(&request, path.into_inner(), &api).await?;
    let Governed { live, seat, .. } = &person;
    if api.store.unkick(live.number, seat.number, person.note("unkick")).await? {
        live.note_changed(seat.number);
    }
    Ok(HttpResponse::NoContent().finish())
}

/// `POST …/seats/{seat}/renew`: another card, for one that was lost or lent. All
/// machines of the person must use it.
async fn renew(
    request: HttpRequest,
    path: web::Path<(String, SeatNumber)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let person = Governed::at(&request, path.into_inner(), &api).await?;
    let Governed { live, seat, .. } = &person;
    let noted = person.note("renew");
    let card = api.store.renew_card(live.number, seat.number, new_card, noted).await?;
    person.send_out(close_code::SEAT_ENDED, "there is a new card for this seat");
    Ok(HttpResponse::Ok().json(json!({ "card": card })))
}

/// Closes all connections of a seat.
pub(super) fn close(live: &LiveCanvas, seat: SeatNumber, code: u16, reason: &'static str) {
    live.post(Audience::Seat(seat), Word::Close(code, reason));
}
