//! What a canvas's lesson is like: for its teachers.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::Api;
use super::error::ApiError;
use super::order::{governed, watched};
use crate::classroom::SettingsChange;
use crate::clock;
use crate::lesson::{self, LessonError};
use crate::store::Note;

/// The routes of this module.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/canvases/{id}/settings", web::get().to(show))
        .route("/canvases/{id}/settings", web::patch().to(change));
}

/// `GET …/settings`
async fn show(
    request: HttpRequest,
    id: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let live = watched(&request, &api, &id).await?;
    Ok(HttpResponse::Ok().json(json!({ "settings": *live.classroom.settings() })))
}

/// `PATCH …/settings`
async fn change(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<SettingsChange>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, teacher) = governed(&request, &api, &id).await?;
    let change = body.into_inner();
    let note = Note::by(teacher, clock::wall_ms(), "settings").saying(named(&change));
    lesson::change(&api.store, &live, note, |settings| change.on(&settings)).await?;
    Ok(HttpResponse::Ok().json(json!({ "settings": *live.classroom.settings() })))
}

/// Which settings a change names.
fn named(change: &SettingsChange) -> String {
    let fields = serde_json::to_value(change).unwrap_or_default();
    let fields = fields.as_object().into_iter().flatten();
    // Hours are taken away by `null`; what is not named is not there at all.
    let is_named = |(name, value): &(&String, &Value)| !value.is_null() || *name == "hours";
    fields.filter(is_named).map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
}

impl From<LessonError> for ApiError {
    fn from(error: LessonError) -> Self {
        match error {
            LessonError::Range(error) => Self::invalid(error),
            LessonError::Settings(error) => Self::invalid(error),
            LessonError::Store(error) => error.into(),
            LessonError::Canvas(error) => error.into(),
        }
    }
}
