//! `GET …/board`: the whole grid at one seq, built and compressed once for all
//! who ask in the same moment.

use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use parking_lot::Mutex;
use place_core::Seq;
use place_core::wire::board;

use super::error::ApiError;
use super::{Api, blocking};
use crate::sequencer::LiveCanvas;

/// How old a board may be: what happened since comes with the catch-up.
const FRESH_FOR: Duration = Duration::from_secs(2);

/// gzip level: 6 is where it stops paying (1000² of r/place: 21 ms against 4 ms
/// at level 1, for a fifth fewer bytes).
const GZIP_LEVEL: u32 = 6;

/// A board, ready to send.
#[derive(Debug)]
struct Board {
    seq: Seq,
    built: Instant,
    plain: Bytes,
    gzip: Bytes,
}

/// One slot a canvas; whoever finds the board stale builds the next while the
/// others wait for it.
type Slot = Arc<tokio::sync::Mutex<Option<Arc<Board>>>>;

/// The boards of all canvases.
#[derive(Debug, Default)]
pub struct Boards(Mutex<HashMap<u32, Slot>>);

impl Boards {
    /// Lets go of a deleted canvas's board.
    pub fn forget(&self, canvas: u32) {
        self.0.lock().remove(&canvas);
    }

    async fn get(&self, api: &Api, live: &Arc<LiveCanvas>) -> Result<Arc<Board>, ApiError> {
        let slot = Arc::clone(self.0.lock().entry(live.number).or_default());
        let mut slot = slot.lock().await;
        if let Some(board) = slot.as_ref().filter(|board| board.is_fresh(live)) {
            return Ok(Arc::clone(board));
        }
        let source = Arc::clone(live);
        let board = Arc::new(blocking(move || Board::build(&source)).await?);
        api.metrics.board_built();
        *slot = Some(Arc::clone(&board));
        Ok(board)
    }
}

impl Board {
    fn build(live: &LiveCanvas) -> Self {
        let plain = board::encode(&live.state.read());
        let seq = board::decode(&plain).map_or(0, |(_, seq, _)| seq);
        let mut gzip = GzEncoder::new(Vec::new(), Compression::new(GZIP_LEVEL));
        let gzip = gzip
            .write_all(&plain)
            .and_then(|()| gzip.finish())
            .expect("writing to memory can't fail");
        Self { seq, built: Instant::now(), plain: plain.into(), gzip: gzip.into() }
    }

    fn is_fresh(&self, live: &LiveCanvas) -> bool {
        live.feed.read(|feed| {
            feed.seq() == self.seq || (self.built.elapsed() < FRESH_FOR && feed.reaches(self.seq))
        })
    }
}

/// Answers with the board, or with 304 if the client has it.
pub async fn board(
    request: HttpRequest,
    id: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, _) = api.see(&request, &id).await?;
    let board = api.boards.get(&api, &live).await?;
    let tag = header::EntityTag::new_weak(board.seq.to_string());
    if has(&request, &tag) {
        return Ok(HttpResponse::NotModified().insert_header(header::ETag(tag)).finish());
    }
    let mut response = HttpResponse::Ok();
    response
        .content_type("application/octet-stream")
        .insert_header(header::ETag(tag))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::VARY, "Accept-Encoding"));
    if accepts_gzip(&request) {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
        Ok(response.body(board.gzip.clone()))
    } else {
        Ok(response.body(board.plain.clone()))
    }
}

/// Whether the client holds what `tag` names.
pub fn has(request: &HttpRequest, tag: &header::EntityTag) -> bool {
    use actix_web::HttpMessage;
    match request.get_header::<header::IfNoneMatch>() {
        Some(header::IfNoneMatch::Any) => true,
        Some(header::IfNoneMatch::Items(tags)) => tags.iter().any(|held| held.weak_eq(tag)),
        None => false,
    }
}

fn accepts_gzip(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(header::ACCEPT_ENCODING);
    accepted.and_then(|value| value.to_str().ok()).is_some_and(|value| {
        value.split(',').any(|coding| {
            let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
            name.trim().eq_ignore_ascii_case("gzip")
                && !matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
        })
    })
}
