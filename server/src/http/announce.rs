//! What is said to everybody.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::Api;
use super::auth::{self, Principal};
use super::chat::found;
use super::error::ApiError;
use super::order::governed;
use crate::lesson;

/// The routes of this module.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/announce", web::post().to(everywhere))
        .route("/canvases/{id}/announce", web::post().to(announce))
        .route("/canvases/{id}/announcements/{announcement}", web::delete().to(withdraw));
}

/// What `POST …/announce` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Announce {
    text: String,
    /// How long it is shown.
    minutes: u32,
}

/// `POST /api/canvases/{id}/announce`
async fn announce(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Announce>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, teacher) = governed(&request, &api, &id).await?;
    let Announce { text, minutes } = body.into_inner();
    let announcement = lesson::announce(&api.store, &live, teacher, &text, minutes).await?;
    Ok(HttpResponse::Created().json(json!({ "announcement": announcement })))
}

/// `POST /api/announce`: on every canvas, by the owner of the server.
async fn everywhere(
    request: HttpRequest,
    body: web::Json<Announce>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    match auth::author(&request, &api).await? {
        Principal::Owner => {}
        Principal::Teacher(..) => return Err(ApiError::owner_only()),
    }
    let Announce { text, minutes } = body.into_inner();
    let (store, canvases) = (&api.store, &api.canvases);
    let announcement = lesson::announce_everywhere(store, canvases, &text, minutes).await?;
    Ok(HttpResponse::Created().json(json!({ "announcement": announcement })))
}

/// `DELETE /api/canvases/{id}/announcements/{announcement}`
async fn withdraw(
    request: HttpRequest,
    path: web::Path<(String, i64)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (id, announcement) = path.into_inner();
    let (live, teacher) = governed(&request, &api, &id).await?;
    found(lesson::withdraw(&api.store, &live, teacher, announcement).await?)
}
