//! Forgetting people, for their teachers.

use actix_web::{HttpRequest, HttpResponse, web};
use place_core::SeatNumber;
use serde::Deserialize;
use serde_json::json;

use super::Api;
use super::error::ApiError;
use super::order::governed;
use super::seats::Governed;
use crate::lesson;
use crate::store::Whom;

/// The routes of this file.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/canvases/{id}/forget", web::post().to(class))
        .route("/canvases/{id}/seats/{seat}/forget", web::post().to(one));
}

/// `POST …/seats/{seat}/forget`
async fn one(
    request: HttpRequest,
    path: web::Path<(String, SeatNumber)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let Governed { live, teacher, seat } = Governed::at(&request, path.into_inner(), &api).await?;
    lesson::forget(&api.store, &live, Whom::Seat(seat.number), teacher).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What `POST …/forget` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    /// The canvas's name, typed again: nothing brings a forgotten class back.
    name: String,
}

/// `POST …/forget`: the whole class.
async fn class(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Class>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, teacher) = governed(&request, &api, &id).await?;
    if body.name.trim() != live.name() {
        return Err(ApiError::invalid("type the canvas's name as it is"));
    }
    let seats = lesson::forget(&api.store, &live, Whom::Class, teacher).await?;
    Ok(HttpResponse::Ok().json(json!({ "forgotten": seats.len() })))
}
