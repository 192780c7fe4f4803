//! Order on a canvas: what its teachers can look up, take back and forbid.

mod areas;
mod people;
mod record;
mod scores;
mod sheet;
mod who;

use std::ops::RangeInclusive;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use place_core::{Area, Canvas, Cause, Entry, Patch, SeatNumber, Seq, Size, TeacherNumber};
use serde_json::{Value, json};

use super::Api;
use super::auth::{self, Principal};
use super::error::ApiError;
use crate::past;
use crate::sequencer::{DecreeFailure, LiveCanvas};

/// The routes of this module, below `/canvases/{id}`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .configure(areas::routes)
        .configure(people::routes)
        .configure(record::routes)
        .configure(scores::routes)
        .configure(who::routes);
}

/// A canvas, for one of its teachers who changes it.
pub(super) async fn governed(
    request: &HttpRequest,
    api: &Api,
    id: &str,
) -> Result<(Arc<LiveCanvas>, TeacherNumber), ApiError> {
    let author = auth::author(request, api).await?;
    let live = api.canvas(id)?;
    allow(api, &live, &author)?;
    Ok((live, author.number()))
}

/// A canvas, for one of its teachers who looks.
pub(super) async fn watched(
    request: &HttpRequest,
    api: &Api,
    id: &str,
) -> Result<Arc<LiveCanvas>, ApiError> {
    let principal = auth::principal(request, api).await?;
    let live = api.canvas(id)?;
    allow(api, &live, &principal)?;
    Ok(live)
}

/// Lets the owner and the canvas's own teachers pass.
pub fn allow(api: &Api, live: &LiveCanvas, principal: &Principal) -> Result<(), ApiError> {
    match principal {
        Principal::Owner => Ok(()),
        Principal::Teacher(teacher, _) => {
            let is_theirs = api.store.is_teacher_of(live.number, teacher.number)?;
            if is_theirs { Ok(()) } else { Err(ApiError::not_yours()) }
        }
    }
}

/// What somebody is called; `None` for one who was forgotten.
fn name_of(api: &Api, live: &LiveCanvas, seat: SeatNumber) -> Result<Option<String>, ApiError> {
    let seat = api.store.seat(live.number, seat)?;
    Ok(seat.map(|seat| seat.nickname).filter(|name| !name.is_empty()))
}

/// Has decisions happen, and tells the seqs that they took and the cells that
/// they changed.
async fn decree(
    live: &LiveCanvas,
    decide: impl FnOnce(&Canvas) -> Vec<Entry> + Send + 'static,
) -> Result<HttpResponse, ApiError> {
    let outcome = live.decree(decide).await;
    match outcome {
        Ok(seqs) => Ok(HttpResponse::Ok().json(done(&seqs))),
        Err(DecreeFailure::Nothing) => Ok(HttpResponse::Ok().json(json!({ "seqs": null }))),
        Err(error) => Err(error.into()),
    }
}

fn done(seqs: &RangeInclusive<Seq>) -> Value {
    json!({ "seqs": [seqs.start(), seqs.end()] })
}

impl From<DecreeFailure> for ApiError {
    fn from(failure: DecreeFailure) -> Self {
        match failure {
            DecreeFailure::Impossible(error) => Self::invalid(error),
            DecreeFailure::Range(error) => Self::invalid(error),
            DecreeFailure::Nothing => Self::invalid(failure),
            DecreeFailure::Storage(error) => Self::storage(error),
            DecreeFailure::Busy => Self::full(),
            DecreeFailure::Stopping => Self::stopping(),
        }
    }
}

/// Patches as entries.
fn entries(teacher: TeacherNumber, cause: Cause, patches: Vec<Patch>) -> Vec<Entry> {
    patches.into_iter().map(|patch| Entry::Patch { teacher, cause, patch }).collect()
}

/// What patches would do: how many cells they change, and what the area around
/// them would look like.
fn preview(now: &Canvas, area: Area, patches: &[Patch]) -> Value {
    let colors = past::preview(now.marks(), now.size(), area, patches);
    let cells: usize = patches.iter().map(Patch::len).sum();
    json!({
        "cells": cells,
        "area": area,
        "colors": BASE64.encode(&colors),
    })
}

/// The smallest area in which patches lie; the whole canvas, if there are none.
fn extent(size: Size, patches: &[Patch]) -> Area {
    let areas = patches.iter().filter_map(|patch| patch.extent(size));
    areas.reduce(Area::with).unwrap_or(Area::whole(size))
}
