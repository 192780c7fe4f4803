//! What people wrote to each other: to read again, to report, and for teachers
//! to delete.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::error::ApiError;
use super::order::governed;
use super::visitor::Visitor;
use super::{Api, origin};
use crate::chat::Author;
use crate::clock;
use crate::store::Note;

/// Most messages in one answer.
const PAGE_MAX: u32 = 50;

/// The routes of this module.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/canvases/{id}/chat", web::get().to(history))
        .route("/canvases/{id}/chat/{message}", web::delete().to(delete))
        .route("/canvases/{id}/chat/{message}/report", web::post().to(report))
        .route("/canvases/{id}/chat/{message}/restore", web::post().to(restore))
        .route("/canvases/{id}/reports/{report}/done", web::post().to(done));
}

/// What `GET …/chat` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    /// Only messages before this one.
    before: Option<i64>,
    /// Most messages.
    limit: Option<u32>,
}

/// `GET …/chat`
async fn history(
    request: HttpRequest,
    id: web::Path<String>,
    page: web::Query<Page>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, visitor) = api.enter(&request, &id).await?;
    let limit = page.limit.unwrap_or(PAGE_MAX);
    if !(1..=PAGE_MAX).contains(&limit) {
        return Err(ApiError::invalid(format!("1 to {PAGE_MAX} messages are told at a time")));
    }
    let messages = api.chat.history(&live, reader(&visitor)?, page.before, limit)?;
    Ok(HttpResponse::Ok().json(json!({ "messages": messages })))
}

/// Whoever may read: somebody with a seat, or a teacher.
pub(super) fn reader(visitor: &Visitor) -> Result<Author, ApiError> {
    let author = Author { seat: visitor.seat_taken(), teacher: visitor.teacher };
    let may_read = author.seat.is_some() || author.teacher.is_some();
    if may_read { Ok(author) } else { Err(ApiError::seats_only()) }
}

/// `DELETE …/chat/{message}`
async fn delete(
    request: HttpRequest,
    path: web::Path<(String, i64)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (id, message) = path.into_inner();
    let (live, teacher) = governed(&request, &api, &id).await?;
    found(api.chat.delete(&live, message, teacher).await?)
}

/// `POST …/chat/{message}/restore`: a deletion is taken back.
async fn restore(
    request: HttpRequest,
    path: web::Path<(String, i64)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (id, message) = path.into_inner();
    let (live, teacher) = governed(&request, &api, &id).await?;
    found(api.chat.restore(&live, message, teacher).await?)
}

/// `POST …/chat/{message}/report`
async fn report(
    request: HttpRequest,
    path: web::Path<(String, i64)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (id, message) = path.into_inner();
    origin::check(&request, &api)?;
    let (live, visitor) = api.enter(&request, &id).await?;
    let seat = visitor.seat_taken().ok_or_else(ApiError::seats_only)?;
    found(api.chat.report(&live, seat, message).await?)
}

/// `POST …/reports/{report}/done`
async fn done(
    request: HttpRequest,
    path: web::Path<(String, i64)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (id, report) = path.into_inner();
    let (live, teacher) = governed(&request, &api, &id).await?;
    let note = Note::by(teacher, clock::wall_ms(), "report_done");
    found(api.chat.finish_report(&live, report, note).await?)
}

/// Nothing more to say, if there is such a thing.
pub(super) fn found(is_there: bool) -> Result<HttpResponse, ApiError> {
    if is_there { Ok(HttpResponse::NoContent().finish()) } else { Err(ApiError::not_found()) }
}
