//! The teachers' desk of a canvas: everything at a glance.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use place_core::cooldown::Millis;
use place_core::people::SeatState;
use place_core::wire::lesson::{ChatMessage, Lesson, Role};
use place_core::wire::text::CanvasInfo;
use place_core::{SeatNumber, Status, TeacherNumber, TeamNumber};
use serde::Serialize;

use super::error::ApiError;
use super::order::watched;
use super::{Api, blocking, origin};
use crate::chat;
use crate::classroom::CanvasSettings;
use crate::clock;
use crate::sequencer::LiveCanvas;
use crate::store::{self, Codes, DeskSeat};

/// Most seats on a desk: those who are here first. No teacher looks at more,
/// and the answer stays below 250 KiB.
const SEATS_MAX: usize = 1000;

/// The word for those who are in.
const HERE: &str = store::SeatState::Here.name();

/// Most reports on a desk; the next come when these are done.
const REPORTS_MAX: u32 = 100;

/// The routes of this module.
pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/canvases/{id}/desk", web::get().to(desk));
}

/// A desk.
#[derive(Serialize)]
struct Desk {
    canvas: CanvasInfo,
    settings: CanvasSettings,
    lesson: Lesson,
    code: Option<String>,
    key: Option<String>,
    join_url: Option<String>,
    /// Pixels placed in the last minute.
    per_minute: u32,
    /// People with a seat who are here, each once; no bots.
    online: u32,
    /// How many look on besides, without a seat; no teachers.
    onlookers: u32,
    /// How many seats there are, shown here or not.
    seats_total: usize,
    seats: Vec<Row>,
    reports: Vec<Report>,
    teachers: Vec<Teacher>,
}

/// A person on it.
#[derive(Serialize)]
struct Row {
    seat: SeatNumber,
    nickname: Option<String>,
    role: Role,
    state: &'static str,
    team: TeamNumber,
    status: Status,
    muted_until_ms: Millis,
    online: bool,
    /// Seconds since something was heard; `null` if nothing was since the start.
    idle_s: Option<u64>,
    placed: u32,
    standing: u32,
    per_minute: u32,
    card: Option<String>,
}

#[derive(Serialize)]
struct Report {
    id: i64,
    message: ChatMessage,
    /// Who reported it.
    seat: SeatNumber,
    nickname: Option<String>,
    at_ms: Millis,
}

#[derive(Serialize)]
struct Teacher {
    number: TeacherNumber,
    name: String,
}

/// `GET …/desk`
async fn desk(
    request: HttpRequest,
    id: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let live = watched(&request, &api, &id).await?;
    let home = origin::address_to_pass_on(&request, &api);
    let api = api.into_inner();
    let desk = blocking(move || look(&api, &live, &home)).await??;
    Ok(HttpResponse::Ok().json(desk))
}

fn look(api: &Api, live: &Arc<LiveCanvas>, home: &str) -> Result<Desk, ApiError> {
    let Codes { code, link_key: key } = api.store.codes(live.number)?;
    let join_url = key.as_ref().map(|key| format!("{home}c/{}#key={key}", live.id));
    let (seats_total, seats) = seats(api, live)?;
    Ok(Desk {
        canvas: live.info(),
        settings: (*live.classroom.settings()).clone(),
        lesson: live.lesson(clock::wall_ms()),
        code,
        key,
        join_url,
        per_minute: live.classroom.activity.lock().per_minute(clock::monotonic_ms()),
        online: live.online(),
        onlookers: live.onlookers(),
        seats_total,
        seats,
        reports: reports(api, live)?,
        teachers: teachers(api, live)?,
    })
}

/// How many seats there are, and those that are shown, by number.
fn seats(api: &Api, live: &LiveCanvas) -> Result<(usize, Vec<Row>), ApiError> {
    let standing = live.standing();
    let now = clock::monotonic_ms();
    let all = api.store.desk_seats(live.number)?;
    let total = all.len();
    let numbers: Vec<SeatNumber> = all.iter().map(|desk| desk.seat.number).collect();
    // Held for as short as can be: people draw meanwhile.
    let known: Vec<SeatState> = {
        let state = live.state.read();
        numbers.iter().map(|number| state.seat(*number)).collect()
    };
    let active: Vec<_> = {
        let activity = live.classroom.activity.lock();
        numbers.iter().map(|number| activity.of(*number, now)).collect()
    };
    let view = |((DeskSeat { seat, card }, known), (per_minute, idle_s))| {
        let known: SeatState = known;
        Row {
            seat: seat.number,
            nickname: Some(seat.nickname).filter(|name| !name.is_empty()),
            role: seat.role.into(),
            state: seat.state.name(),
            team: known.standing().team,
            status: known.standing().status,
            muted_until_ms: seat.muted_until_ms,
            online: live.is_online(seat.number),
            idle_s,
            placed: known.placed(),
            standing: standing.get(seat.number as usize).copied().unwrap_or(0),
            per_minute,
            card,
        }
    };
    let mut seats: Vec<Row> = all.into_iter().zip(known).zip(active).map(view).collect();
    if total > SEATS_MAX {
        seats.sort_by_key(|seat| (!seat.online, seat.state != HERE, seat.seat));
        seats.truncate(SEATS_MAX);
        seats.sort_by_key(|seat| seat.seat);
    }
    Ok((total, seats))
}

fn reports(api: &Api, live: &LiveCanvas) -> Result<Vec<Report>, ApiError> {
    let mut reports = Vec::new();
    for (report, message) in api.store.reports(live.number, REPORTS_MAX)? {
        let seat = api.store.seat(live.number, report.seat)?;
        reports.push(Report {
            id: report.id,
            message: chat::view(&api.store, live, message)?,
            seat: report.seat,
            nickname: seat.map(|seat| seat.nickname).filter(|name| !name.is_empty()),
            at_ms: report.at_ms,
        });
    }
    Ok(reports)
}

fn teachers(api: &Api, live: &LiveCanvas) -> Result<Vec<Teacher>, ApiError> {
    let mut teachers = Vec::new();
    for number in api.store.teachers_of(live.number)? {
        if let Some(teacher) = api.store.teacher(number)? {
            teachers.push(Teacher { number, name: teacher.name });
        }
    }
    Ok(teachers)
}
