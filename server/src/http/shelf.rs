//! A teacher's canvases: the list, copies, putting away, deleting.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use place_core::limits::BATCH_MAX_ENTRIES;
use place_core::session::close_code;
use place_core::wire::lesson::Curtain;
use place_core::{Area, Cause, TeacherNumber};
use place_core::{Batch, Canvas, Entry, Mark, Mode, Patch, SeatNumber, Standing, Team, TeamNumber};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Api;
use super::auth::{self, Principal};
use super::canvases::{CanvasView, make, setup};
use super::error::ApiError;
use super::order::{self, governed};
use crate::canvases::NewCanvas;
use crate::classroom::{CanvasSettings, new_card};
use crate::sequencer::{Audience, LiveCanvas, Word};
use crate::store::{NewSeat, Note, SeatRecord, SeatRole, SeatState, Setup, StoreError, TeamRecord};
use crate::{clock, lesson, trash};

/// The routes of this file.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/desk", web::get().to(list))
        .route("/canvases/{id}", web::delete().to(delete))
        .route("/canvases/{id}/duplicate", web::post().to(duplicate))
        .route("/canvases/{id}/archive", web::post().to(archive));
}

/// A canvas on the list.
#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    width: u16,
    height: u16,
    mode: Mode,
    online: u32,
    /// Students with a seat.
    seats: u32,
    is_archived: bool,
    code: Option<String>,
    teachers: Vec<String>,
    /// When something happened on it last.
    last_ms: u64,
    purge_days: u16,
}

/// `GET /api/desk`: the teacher's canvases; the owner's are all of them.
async fn list(request: HttpRequest, api: web::Data<Api>) -> Result<HttpResponse, ApiError> {
    let principal = auth::principal(&request, &api).await?;
    let mut rows = Vec::new();
    for live in api.canvases.all() {
        if order::allow(&api, &live, &principal).is_ok() {
            rows.push(row(&api, &live)?);
        }
    }
    Ok(HttpResponse::Ok().json(json!({ "canvases": rows })))
}

fn row(api: &Api, live: &LiveCanvas) -> Result<Row, ApiError> {
    let settings = live.classroom.settings();
    let mut teachers = Vec::new();
    for number in api.store.teachers_of(live.number)? {
        teachers.extend(api.store.teacher(number)?.map(|teacher| teacher.name));
    }
    let (mode, last_ms) = {
        let state = live.state.read();
        (state.rules().mode, state.at_ms())
    };
    let (size, _) = live.shape();
    Ok(Row {
        id: live.id.clone(),
        name: live.name(),
        width: size.width(),
        height: size.height(),
        mode,
        online: live.online(),
        seats: api.store.students(live.number)?,
        is_archived: settings.is_archived,
        code: api.store.codes(live.number)?.code,
        teachers,
        last_ms,
        purge_days: settings.purge_days,
    })
}

/// What `POST …/archive` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Archive {
    on: bool,
}

/// `POST …/archive`: puts a canvas away, where only its teachers see it, or
/// brings it back. Nothing on it changes.
async fn archive(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Archive>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, teacher) = governed(&request, &api, &id).await?;
    let on = body.on;
    let what = if on { "archive" } else { "unarchive" };
    let note = Note::by(teacher, clock::wall_ms(), what);
    let put = |settings| CanvasSettings { is_archived: on, ..settings };
    lesson::change(&api.store, &live, note, put).await?;
    if on {
        for audience in [Audience::Students, Audience::Onlookers] {
            live.post(audience, gone("the canvas was put away"));
        }
    }
    Ok(HttpResponse::Ok().json(json!({ "is_archived": on })))
}

fn gone(reason: &'static str) -> Word {
    Word::Close(close_code::GONE, reason)
}

/// What `DELETE /api/canvases/{id}` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delete {
    /// The canvas's name, typed: nothing brings it back.
    name: String,
}

/// `DELETE /api/canvases/{id}`: deletes a canvas with everything about it. Goes
/// on when whoever asked is gone.
async fn delete(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Delete>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, _) = governed(&request, &api, &id).await?;
    if body.name.trim() != live.name() {
        return Err(ApiError::invalid("type the canvas's name exactly: this can't be taken back"));
    }
    let api = api.into_inner();
    let deleted = actix_web::rt::spawn(async move { remove(&api, &live).await }).await;
    deleted.map_err(ApiError::internal)??;
    Ok(HttpResponse::NoContent().finish())
}

async fn remove(api: &Api, live: &LiveCanvas) -> Result<(), ApiError> {
    if !api.canvases.take_out(live).await {
        return Err(ApiError::no_such_canvas(&live.id));
    }
    let (store, snapshots, number) = (api.store.clone(), api.snapshots.clone(), live.number);
    // Where pictures and checkpoints are made: none of it is under way then.
    let deleted = api.background.run(move || trash::delete(&store, &snapshots, number)).await;
    let deleted = deleted.map_err(ApiError::internal).and_then(|done| done.map_err(ApiError::from));
    // Also if it stays: its connections belong to a sequencer that has ended.
    live.post(Audience::Everyone, gone("the canvas was deleted"));
    api.boards.forget(number);
    match deleted {
        Ok(()) => tracing::info!(canvas = %live.id, "deleted"),
        Err(error) => {
            let canvases = Arc::clone(&api.canvases);
            super::blocking(move || canvases.take_back(number)).await??;
            return Err(error);
        }
    }
    Ok(())
}

/// What `POST …/duplicate` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Duplicate {
    name: String,
    /// The same names and teams; with cards of their own.
    #[serde(default)]
    with_people: bool,
    /// What stands on it now, as nobody's.
    #[serde(default)]
    with_picture: bool,
}

/// `POST …/duplicate`: another canvas like this one.
async fn duplicate(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Duplicate>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let author = auth::author(&request, &api).await?;
    let live = api.canvas(&id)?;
    order::allow(&api, &live, &author)?;
    let Duplicate { name, with_people, with_picture } = body.into_inner();
    let people = if with_people { students(&api, &live)? } else { Vec::new() };
    let team = |team: &place_core::wire::lesson::TeamInfo| TeamRecord {
        number: team.number,
        name: team.name.clone(),
        color: team.color.clone(),
    };
    let teams: Vec<_> = live.classroom.teams().iter().map(team).collect();
    let source = Arc::clone(&live);
    let (new, entries) = super::blocking(move || {
        let canvas = source.copy();
        let numbers: Vec<_> = source.classroom.teams().iter().map(|team| team.number).collect();
        let entries = beginning(&canvas, &numbers, &people_of(&people), with_picture);
        let new = NewCanvas {
            id: None,
            name,
            size: canvas.size(),
            palette: canvas.palette().clone(),
            rules: canvas.rules(),
        };
        (new, (entries, people))
    })
    .await?;
    let (entries, people) = entries;
    let settings = CanvasSettings {
        timer: None,
        is_archived: false,
        curtain: Curtain::None,
        ..(*live.classroom.settings()).clone()
    };
    let setup = Setup {
        teacher: match &author {
            Principal::Teacher(teacher, _) => Some(teacher.number),
            Principal::Owner => None,
        },
        teams,
        people: people.iter().map(invited).collect(),
        new_card: Some(new_card),
        batches: batches(entries),
        ..setup(&settings)?
    };
    let made = make(&api, new, setup).await?;
    Ok(HttpResponse::Created().json(CanvasView::from(&made)))
}

/// The students of a canvas who are in, or on its list.
fn students(api: &Api, live: &LiveCanvas) -> Result<Vec<SeatRecord>, StoreError> {
    let mut people = api.store.people(live.number)?;
    people.retain(|seat| seat.role == SeatRole::Student && seat.state != SeatState::Waiting);
    Ok(people)
}

fn people_of(people: &[SeatRecord]) -> Vec<SeatNumber> {
    people.iter().map(|seat| seat.number).collect()
}

fn invited(seat: &SeatRecord) -> NewSeat {
    NewSeat {
        role: SeatRole::Student,
        state: SeatState::Invited,
        nickname: seat.nickname.clone(),
        bot_of: None,
        secret_hash: None,
        created_ms: clock::wall_ms(),
    }
}

/// What happens on a copy first: its teams get their rules, its people their
/// teams, and its cells their colors, as nobody's.
fn beginning(
    canvas: &Canvas,
    teams: &[TeamNumber],
    people: &[SeatNumber],
    with_picture: bool,
) -> Vec<Entry> {
    const TEACHER: TeacherNumber = 0;
    let rules = |team: &TeamNumber| (*team, canvas.team(*team));
    let mut entries: Vec<Entry> = teams
        .iter()
        .map(rules)
        .filter(|(_, rules)| *rules != Team::default())
        .map(|(team, rules)| Entry::SetTeam { teacher: TEACHER, team, rules })
        .collect();
    for (seat, before) in (1..).zip(people) {
        let team = canvas.seat(*before).standing().team;
        if team != 0 {
            let standing = Standing { team, ..Standing::default() };
            entries.push(Entry::SetSeat { teacher: TEACHER, seat, standing });
        }
    }
    if with_picture {
        let marks = (0..).zip(canvas.cells()).filter(|(_, color)| **color != 0);
        let patches = Patch::split(marks.map(|(at, color)| (at, Mark { color: *color, owner: 0 })));
        let cause = Cause::Fill(Area::whole(canvas.size()));
        entries.extend(patches.into_iter().map(|patch| Entry::Patch {
            teacher: TEACHER,
            cause,
            patch,
        }));
    }
    entries
}

/// Entries in batches behind a genesis. A patch may fill one alone.
fn batches(entries: Vec<Entry>) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    for (seq, entry) in (2..).zip(entries) {
        let is_patch = matches!(entry, Entry::Patch { .. });
        match batches.last_mut() {
            Some(last) if !is_patch && last.entries.len() < BATCH_MAX_ENTRIES => {
                last.entries.push(entry);
            }
            _ => batches.push(Batch { first_seq: seq, at_ms: 0, entries: vec![entry] }),
        }
    }
    batches
}
