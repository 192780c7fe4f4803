//! `GET …/image.png`: the canvas as a picture, now.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use place_core::Size;
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::board::has;
use super::error::ApiError;
use super::{Api, blocking};
use crate::snapshot::picture::{self, Crop, Picture};

/// Pictures encoded at a time. They take up to a second each at the largest
/// size; the sockets need the other core.
const AT_A_TIME: usize = 1;

/// Pictures that may be asked for while others are encoded.
const WAITING_MAX: usize = 64;

/// Bounds how many pictures are under way.
#[derive(Debug)]
pub struct Pictures {
    encoding: Semaphore,
    waiting: Semaphore,
}

impl Default for Pictures {
    fn default() -> Self {
        Self { encoding: Semaphore::new(AT_A_TIME), waiting: Semaphore::new(WAITING_MAX) }
    }
}

/// The part of the canvas, and how large.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Query {
    scale: Option<u32>,
    x: Option<u16>,
    y: Option<u16>,
    w: Option<u16>,
    h: Option<u16>,
    thumb: Option<u32>,
}

/// Answers with the picture, or with 304 if the client has it.
pub async fn image(
    request: HttpRequest,
    id: web::Path<String>,
    query: web::Query<Query>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, _) = api.see(&request, &id).await?;
    let (size, seq) = {
        let state = live.state.read();
        (state.size(), state.seq())
    };
    let picture = query.picture(size)?;
    let tag = header::EntityTag::new_strong(format!("{seq}-{picture}"));
    if has(&request, &tag) {
        return Ok(HttpResponse::NotModified().insert_header(header::ETag(tag)).finish());
    }
    let _waiting = api.pictures.waiting.try_acquire().map_err(|_| ApiError::full())?;
    let _encoding = api.pictures.encoding.acquire().await.map_err(ApiError::internal)?;
    let source = Arc::clone(&live);
    // Copied in steps, encoded behind everybody else: placing does not wait for
    // a picture.
    let canvas = blocking(move || source.copy()).await?;
    let encode = move || (canvas.seq(), picture::encode(&canvas, &live.name(), picture));
    let (seq, png) = api.background.run(encode).await.map_err(ApiError::internal)?;
    let png = png.map_err(ApiError::internal)?;
    let tag = header::EntityTag::new_strong(format!("{seq}-{picture}"));
    Ok(HttpResponse::Ok()
        .content_type("image/png")
        .insert_header(header::ETag(tag))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(png))
}

impl Query {
    /// The picture asked for, if it is one.
    fn picture(self, size: Size) -> Result<Picture, ApiError> {
        let picture = match self.thumb {
            Some(max_px) => Picture::thumbnail(size, max_px),
            None => Picture::scaled(size, self.part(size), self.scale.unwrap_or(1)),
        };
        picture.map_err(ApiError::invalid)
    }

    /// The part asked for. A missing corner is the canvas's own; a missing size
    /// reaches to its edge.
    fn part(self, size: Size) -> Option<Crop> {
        if [self.x, self.y, self.w, self.h].iter().all(Option::is_none) {
            return None;
        }
        let (x, y) = (self.x.unwrap_or(0), self.y.unwrap_or(0));
        Some(Crop {
            x,
            y,
            width: self.w.unwrap_or(size.width().saturating_sub(x)),
            height: self.h.unwrap_or(size.height().saturating_sub(y)),
        })
    }
}
