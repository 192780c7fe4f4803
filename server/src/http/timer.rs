//! The class timer.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::Api;
use super::chat::found;
use super::error::ApiError;
use super::order::governed;
use crate::lesson;

/// The routes of this module.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/canvases/{id}/timer", web::post().to(set))
        .route("/canvases/{id}/timer", web::delete().to(stop));
}

/// What `POST …/timer` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    seconds: u32,
    #[serde(default)]
    label: String,
    /// Whether the canvas is frozen when it ends.
    #[serde(default)]
    freezes: bool,
}

/// `POST …/timer`
async fn set(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Set>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, teacher) = governed(&request, &api, &id).await?;
    let Set { seconds, label, freezes } = body.into_inner();
    let timer = lesson::set_timer(&api.store, &live, teacher, seconds, label, freezes).await?;
    Ok(HttpResponse::Created().json(json!({ "timer": timer })))
}

/// `DELETE …/timer`
async fn stop(
    request: HttpRequest,
    id: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, teacher) = governed(&request, &api, &id).await?;
    found(lesson::stop_timer(&api.store, &live, teacher).await?)
}
