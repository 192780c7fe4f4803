//! What can be done to an area: look who drew there, fill, erase, protect, and
//! bring it back to a moment.

use std::cmp::Reverse;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use place_core::cooldown::Millis;
use place_core::{Area, Canvas, Cause, Cell, ColorIndex, Entry, Mark, Patch, SeatNumber};
use serde::Deserialize;
use serde_json::json;

use super::super::error::ApiError;
use super::super::{Api, blocking};
use super::{decree, entries, governed, name_of, preview, watched};
use crate::clock;
use crate::lesson;
use crate::past::{self, By};
use crate::sequencer::LiveCanvas;
use crate::store::Until;

/// Cells looked at in one go, while placements wait: some tens of microseconds.
const STRIP_CELLS: usize = 1 << 15;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/canvases/{id}/areas/owners", web::post().to(owners))
        .route("/canvases/{id}/areas/fill", web::post().to(fill))
        .route("/canvases/{id}/areas/protect", web::post().to(protect))
        .route("/canvases/{id}/areas/restore", web::post().to(restore))
        .route("/canvases/{id}/cells/{x}/{y}", web::get().to(cell));
}

/// An area of a canvas; the part beside the canvas does not count.
fn on(live: &LiveCanvas, area: Area) -> Result<Area, ApiError> {
    let size = live.state.read().size();
    area.within(size).ok_or_else(|| ApiError::invalid("the area lies beside the canvas"))
}

/// What `POST …/areas/owners` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Owners {
    area: Area,
}

/// `POST …/areas/owners`: whose cells stand in an area, most first.
async fn owners(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Owners>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, _) = governed(&request, &api, &id).await?;
    let area = on(&live, body.area)?;
    let source = Arc::clone(&live);
    let owners = blocking(move || owners_in(&source, area)).await?;
    let mut rows = Vec::new();
    for (seat, cells) in owners {
        let nickname = name_of(&api, &live, seat)?;
        rows.push(json!({ "seat": seat, "nickname": nickname, "cells": cells }));
    }
    Ok(HttpResponse::Ok().json(json!({ "area": area, "owners": rows })))
}

/// Who drew in an area, with the number of cells that stand, most first;
/// nobody's cells are left out. Placements wait for one strip at a time.
fn owners_in(live: &LiveCanvas, area: Area) -> Vec<(SeatNumber, u32)> {
    let mut counts = Vec::new();
    for strip in area.strips(STRIP_CELLS) {
        let state = live.state.read();
        state.marks().count_owners(strip, state.size(), &mut counts);
    }
    let mut owners: Vec<_> = (0..).zip(counts).skip(1).filter(|(_, cells)| *cells > 0).collect();
    owners.sort_by_key(|(_, cells)| Reverse(*cells));
    owners
}

/// What `POST …/areas/fill` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fill {
    area: Area,
    /// The palette's first color, if not named: that erases.
    #[serde(default)]
    color: ColorIndex,
}

/// `POST …/areas/fill`: sets an area to one color, as nobody's.
async fn fill(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Fill>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, teacher) = governed(&request, &api, &id).await?;
    let Fill { area, color } = body.into_inner();
    let area = on(&live, area)?;
    if usize::from(color) >= live.state.read().palette().len() {
        return Err(ApiError::invalid("the palette has no such color"));
    }
    decree(&live, move |canvas| {
        let mark = Mark { color, owner: 0 };
        let changed = |index: &u32| canvas.marks().at(*index) != mark;
        let cells = area.indices(canvas.size()).filter(changed).map(|index| (index, mark));
        entries(teacher, Cause::Fill(area), Patch::split(cells))
    })
    .await
}

/// What `POST …/areas/protect` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Protect {
    area: Area,
    on: bool,
}

/// `POST …/areas/protect`: makes an area safe from drawing, or free again.
async fn protect(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Protect>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, teacher) = governed(&request, &api, &id).await?;
    let Protect { area, on: is_on } = body.into_inner();
    let area = on(&live, area)?;
    let decide = move |_: &Canvas| vec![Entry::Protect { teacher, area, on: is_on }];
    let answer = decree(&live, decide).await?;
    tell_protected(&live).await?;
    Ok(answer)
}

/// Tells everybody where only teachers may draw now.
pub(super) async fn tell_protected(live: &Arc<LiveCanvas>) -> Result<(), ApiError> {
    let source = Arc::clone(live);
    blocking(move || source.look_at_protected()).await?;
    lesson::tell_soon(live);
    Ok(())
}

/// What `POST …/areas/restore` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Restore {
    area: Area,
    /// The moment, in milliseconds since the Unix epoch.
    at_ms: Millis,
    /// Only tell what would happen.
    #[serde(default)]
    preview: bool,
}

/// `POST …/areas/restore`: brings an area back to a moment.
async fn restore(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Restore>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, teacher) = governed(&request, &api, &id).await?;
    let Restore { area, at_ms, preview: is_preview } = body.into_inner();
    let area = on(&live, area)?;
    if at_ms > clock::wall_ms() {
        return Err(ApiError::invalid("that moment is yet to come"));
    }
    let (store, number, size) = (api.store.clone(), live.number, live.state.read().size());
    let work = move || past::replay(&store, number, size, Until::Time(at_ms), None);
    let replay = api.reading(work).await??;
    if is_preview {
        let work = move || {
            let now = live.copy();
            preview(&now, area, &replay.restore(now.marks(), area))
        };
        return Ok(HttpResponse::Ok().json(blocking(work).await?));
    }
    decree(&live, move |canvas| {
        entries(teacher, Cause::Restore(area, at_ms), replay.restore(canvas.marks(), area))
    })
    .await
}

/// `GET …/cells/{x}/{y}`: who drew there, and what stood there before.
async fn cell(
    request: HttpRequest,
    path: web::Path<(String, u16, u16)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (id, x, y) = path.into_inner();
    let live = watched(&request, &api, &id).await?;
    let cell = Cell { x, y };
    let size = live.state.read().size();
    let color = live.state.read().color_at(cell);
    let color = color.ok_or_else(|| ApiError::invalid("the cell lies beside the canvas"))?;
    let (store, number) = (api.store.clone(), live.number);
    let work = move || past::cell_changes(&store, number, size, cell);
    let changes = api.reading(work).await??;
    let mut rows = Vec::new();
    for change in changes {
        let (what, seat, teacher) = match change.by {
            By::Seat(seat) => ("place", Some(seat), None),
            By::Undo(seat) => ("undo", Some(seat), None),
            By::Teacher(teacher, _) => ("tool", None, Some(teacher)),
        };
        let nickname = match seat {
            Some(seat) => name_of(&api, &live, seat)?,
            None => None,
        };
        rows.push(json!({
            "seq": change.seq,
            "at_ms": change.at_ms,
            "what": what,
            "seat": seat,
            "nickname": nickname,
            "teacher": teacher,
            "color": change.after.color,
            "before": change.before.color,
        }));
    }
    Ok(HttpResponse::Ok().json(json!({ "x": x, "y": y, "color": color, "changes": rows })))
}
