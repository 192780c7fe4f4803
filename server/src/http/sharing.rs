//! Whose a canvas is: teachers share theirs with others.

use actix_web::{HttpRequest, HttpResponse, web};
use place_core::TeacherNumber;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Api;
use super::error::ApiError;
use super::order::{governed, watched};
use crate::clock;
use crate::lesson;
use crate::sequencer::LiveCanvas;
use crate::store::{Note, StoreError};

/// The routes of this file.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/canvases/{id}/teachers", web::get().to(list))
        .route("/canvases/{id}/teachers", web::post().to(share))
        .route("/canvases/{id}/teachers/{number}", web::delete().to(unshare));
}

fn teachers(api: &Api, live: &LiveCanvas) -> Result<Value, ApiError> {
    let mut rows = Vec::new();
    for number in api.store.teachers_of(live.number)? {
        let name = api.store.teacher(number)?.map(|teacher| teacher.name);
        rows.push(json!({ "number": number, "name": name }));
    }
    Ok(json!({ "teachers": rows }))
}

/// `GET …/teachers`: nobody means all of them.
async fn list(
    request: HttpRequest,
    id: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let live = watched(&request, &api, &id).await?;
    Ok(HttpResponse::Ok().json(teachers(&api, &live)?))
}

/// What `POST …/teachers` takes: who is to share it, one way or the other.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Share {
    number: Option<TeacherNumber>,
    name: Option<String>,
}

/// `POST …/teachers`
async fn share(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Share>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, author) = governed(&request, &api, &id).await?;
    let found = match body.into_inner() {
        Share { number: Some(number), name: None } => api.store.teacher(number)?,
        Share { number: None, name: Some(name) } => {
            api.store.teacher_by_name(&name)?.map(|(teacher, _)| teacher)
        }
        _ => return Err(ApiError::invalid("name one teacher, by number or by name")),
    };
    let teacher = found.ok_or(StoreError::NoSuchTeacher)?.number;
    // One that belonged to all stays with whoever shares it.
    if author != 0 && api.store.teachers_of(live.number)?.is_empty() {
        api.store.share_canvas(live.number, author).await?;
    }
    api.store.share_canvas(live.number, teacher).await?;
    let note = Note::by(author, clock::wall_ms(), "share").saying(format!("teacher {teacher}"));
    api.store.note(live.number, note).await?;
    lesson::close_to_others(&api.store, &live)?;
    Ok(HttpResponse::Created().json(teachers(&api, &live)?))
}

/// `DELETE …/teachers/{number}`: the last one keeps it.
async fn unshare(
    request: HttpRequest,
    path: web::Path<(String, TeacherNumber)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (id, teacher) = path.into_inner();
    let (live, author) = governed(&request, &api, &id).await?;
    api.store.unshare_canvas(live.number, teacher).await?;
    let note = Note::by(author, clock::wall_ms(), "unshare").saying(format!("teacher {teacher}"));
    api.store.note(live.number, note).await?;
    lesson::close_to_others(&api.store, &live)?;
    Ok(HttpResponse::NoContent().finish())
}
