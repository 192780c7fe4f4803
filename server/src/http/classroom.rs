//! What a canvas's lesson is like: for its teachers.

use actix_web::{HttpRequest, HttpResponse, web};
use place_core::wire::text::ServerText;
use serde_json::json;

use super::Api;
use super::error::ApiError;
use super::order::{governed, watched};
use crate::classroom::{CanvasSettings, SettingsChange};
use crate::clock;
use crate::sequencer::{Audience, LiveCanvas, Word};

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
    let (live, _) = governed(&request, &api, &id).await?;
    let settings = body.into_inner().on(&live.classroom.settings());
    apply(&api, &live, settings).await?;
    Ok(HttpResponse::Ok().json(json!({ "settings": *live.classroom.settings() })))
}

/// Keeps other settings, and lets everybody know.
pub async fn apply(api: &Api, live: &LiveCanvas, settings: CanvasSettings) -> Result<(), ApiError> {
    let settings = settings.checked(clock::wall_ms()).map_err(ApiError::invalid)?;
    let json = serde_json::to_string(&settings).map_err(ApiError::internal)?;
    api.store.set_settings(live.number, json).await?;
    let before = live.classroom.settings();
    live.classroom.set_settings(settings);
    tell(live);
    if before.curtain != live.classroom.settings().curtain {
        draw_curtain(live);
    }
    Ok(())
}

/// Tells everybody what holds now.
pub fn tell(live: &LiveCanvas) {
    let lesson = live.lesson(clock::wall_ms());
    live.say(Audience::Everyone, &ServerText::Lesson { lesson });
    live.say(Audience::Teachers, &ServerText::Desk { what: "settings".to_owned() });
}

/// Shows the picture to those who may see it, and hides it from the others.
fn draw_curtain(live: &LiveCanvas) {
    let hidden = place_core::feed::text_frame(&ServerText::Hidden);
    let shown = ServerText::Reload { reason: "shown".to_owned() };
    for (audience, has_seat) in [(Audience::Onlookers, false), (Audience::Students, true)] {
        if live.classroom.is_hidden_from(has_seat, false) {
            live.post(audience, Word::Hide(hidden.clone()));
        } else {
            live.say(audience, &shown);
        }
    }
}
