//! Who is here, and who may not write.

use actix_web::{HttpRequest, HttpResponse, web};
use place_core::SeatNumber;
use place_core::cooldown::Millis;
use serde::Deserialize;
use serde_json::json;

use super::Api;
use super::chat::reader;
use super::error::ApiError;
use super::order::governed;
use super::seats::note;
use crate::clock;
use crate::lesson;
use crate::store::MUTED_UNTIL_LIFTED;

/// Longest mute with an end, in minutes: a week.
const MUTE_MAX_MINUTES: u32 = 7 * 24 * 60;

const MINUTE_MS: Millis = 60_000;

/// The routes of this module.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/canvases/{id}/people", web::get().to(people))
        .route("/canvases/{id}/seats/{seat}/mute", web::post().to(mute))
        .route("/canvases/{id}/seats/{seat}/unmute", web::post().to(unmute));
}

/// `GET …/people`
async fn people(
    request: HttpRequest,
    id: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, visitor) = api.enter(&request, &id).await?;
    reader(&visitor)?;
    Ok(HttpResponse::Ok().json(json!({ "people": lesson::here(&api.store, &live)? })))
}

/// What `POST …/seats/{seat}/mute` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mute {
    /// For how long; without, until the teacher lifts it.
    minutes: Option<u32>,
}

/// `POST …/seats/{seat}/mute`
async fn mute(
    request: HttpRequest,
    path: web::Path<(String, SeatNumber)>,
    body: web::Json<Mute>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let now = clock::wall_ms();
    let (until_ms, details) = match body.minutes {
        None => (MUTED_UNTIL_LIFTED, String::new()),
        Some(minutes) if (1..=MUTE_MAX_MINUTES).contains(&minutes) => {
            (now + Millis::from(minutes) * MINUTE_MS, format!("{minutes} min"))
        }
        Some(_) => {
            let text = format!("somebody is muted for 1 to {MUTE_MAX_MINUTES} minutes");
            return Err(ApiError::invalid(text));
        }
    };
    set(&request, path.into_inner(), &api, until_ms, ("mute", details)).await
}

/// `POST …/seats/{seat}/unmute`
async fn unmute(
    request: HttpRequest,
    path: web::Path<(String, SeatNumber)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    set(&request, path.into_inner(), &api, 0, ("unmute", String::new())).await
}

async fn set(
    request: &HttpRequest,
    (id, seat): (String, SeatNumber),
    api: &Api,
    until_ms: Millis,
    (what, details): (&'static str, String),
) -> Result<HttpResponse, ApiError> {
    let (live, teacher) = governed(request, api, &id).await?;
    let note = note(teacher, what).saying(details);
    if !api.store.mute_seat(live.number, seat, until_ms, note).await? {
        return Err(ApiError::no_such_seat(seat));
    }
    lesson::after_standing(&api.store, &live, seat);
    Ok(HttpResponse::NoContent().finish())
}
