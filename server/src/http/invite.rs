//! How people are invited: codes, links, and their QR codes.

use actix_web::{HttpRequest, HttpResponse, web};
use place_core::SeatNumber;
use serde::Deserialize;
use serde_json::json;

use super::error::ApiError;
use super::order::{governed, watched};
use super::seats::{known_other, note};
use super::{Api, origin, qr};
use crate::classroom::{new_card, new_code, new_link_key};
use crate::sequencer::LiveCanvas;
use crate::store::{Codes, Store, StoreError};

/// The routes of this file.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/canvases/{id}/code", web::post().to(change))
        .route("/canvases/{id}/invite", web::get().to(invite))
        .route("/canvases/{id}/qr.svg", web::get().to(link_qr))
        .route("/canvases/{id}/seats/{seat}/qr.svg", web::get().to(card_qr));
}

/// What can be done with a canvas's codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Do {
    /// Others in place of those that there are.
    Renew,
    /// None: nobody comes by a code or a link any more.
    Close,
    /// Those that there are, or new ones.
    Open,
}

/// What `POST …/code` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    r#do: Do,
}

/// `POST …/code`
async fn change(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Change>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, teacher) = governed(&request, &api, &id).await?;
    let present = api.store.codes(live.number)?;
    let (codes, details) = match body.r#do {
        Do::Open if present.code.is_some() && present.link_key.is_some() => (present, ""),
        Do::Open => (new_codes(&api.store, live.number).await?, "open"),
        Do::Renew => (new_codes(&api.store, live.number).await?, "renew"),
        Do::Close => {
            api.store.set_codes(live.number, Codes::default()).await?;
            (Codes::default(), "close")
        }
    };
    if !details.is_empty() {
        api.store.note(live.number, note(teacher, "code").saying(details)).await?;
    }
    Ok(HttpResponse::Ok().json(json!({ "code": codes.code, "key": codes.link_key })))
}

/// Gives a canvas codes that no other has.
pub(super) async fn new_codes(store: &Store, canvas: u32) -> Result<Codes, StoreError> {
    loop {
        let codes = Codes { code: Some(new_code()), link_key: Some(new_link_key()) };
        match store.set_codes(canvas, codes.clone()).await {
            Ok(()) => return Ok(codes),
            // One in half a million, on a server with 256 canvases.
            Err(StoreError::CodeExists) => {}
            Err(error) => return Err(error),
        }
    }
}

/// The address at which people join by a link. What follows the `#` is not sent
/// to any server, so it stands in no log.
fn link(request: &HttpRequest, api: &Api, live: &LiveCanvas, codes: &Codes) -> String {
    let page = format!("{}c/{}", origin::address_to_pass_on(request, api), live.id);
    match &codes.link_key {
        Some(key) => format!("{page}#key={key}"),
        None => page,
    }
}

/// `GET …/invite`
async fn invite(
    request: HttpRequest,
    id: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let live = watched(&request, &api, &id).await?;
    let codes = api.store.codes(live.number)?;
    Ok(HttpResponse::Ok().json(json!({
        "url": link(&request, &api, &live, &codes),
        "qr_svg_url": format!("{}/api/canvases/{}/qr.svg", api.settings.base_path.prefix(), live.id),
        "code": codes.code,
        "key": codes.link_key,
    })))
}

/// `GET …/qr.svg`
async fn link_qr(
    request: HttpRequest,
    id: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let live = watched(&request, &api, &id).await?;
    qr::answer(&link(&request, &api, &live, &api.store.codes(live.number)?))
}

/// `GET …/seats/{seat}/qr.svg`
async fn card_qr(
    request: HttpRequest,
    path: web::Path<(String, SeatNumber)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (id, seat) = path.into_inner();
    let live = watched(&request, &api, &id).await?;
    known_other(&api, &live, seat)?;
    let card = api.store.card_or_new(live.number, seat, new_card).await?;
    qr::answer(&format!("{}card#{card}", origin::address_to_pass_on(&request, &api)))
}
