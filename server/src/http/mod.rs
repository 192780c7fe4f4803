//! The HTTP side: pages, the board, pictures, joining, and the admin's API.

pub mod admin;
pub mod admission;
pub mod announce;
pub mod auth;
pub mod board;
pub mod bots;
pub mod canvases;
pub mod chat;
pub mod classroom;
pub mod desk;
pub mod enter;
pub mod error;
pub mod forget;
pub mod health;
pub mod image;
pub mod invite;
pub mod join;
mod lasting;
pub mod order;
pub mod origin;
pub mod pages;
pub mod people;
mod qr;
mod roster;
pub mod seats;
pub mod sharing;
pub mod shelf;
pub mod snapshots;
pub mod spec;
pub mod teachers;
pub mod teams;
pub mod timer;
pub mod visitor;

use std::sync::{Arc, OnceLock};

use actix_web::error::{JsonPayloadError, PayloadError};
use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, web};
use tokio::sync::Semaphore;

use crate::accounts::{Guesses, LoginThrottle, Passwords};
use crate::background::Background;
use crate::canvases::Canvases;
use crate::chat::Chat;
use crate::phase::{Phase, PhaseWatch};
use crate::sequencer::LiveCanvas;
use crate::settings::Settings;
use crate::snapshot::Snapshots;
use crate::store::{SeatRecord, Store};
use crate::telemetry::Metrics;
use crate::ws;
use error::ApiError;

/// Largest JSON body of a request, in bytes: a palette of 255 named colors
/// fits.
const JSON_MAX_BYTES: usize = 32 * 1024;

/// What every request can reach.
pub struct Api {
    /// How the server was started.
    pub settings: Settings,
    /// The data folder.
    pub store: Store,
    /// The canvases in use.
    pub canvases: Arc<Canvases>,
    /// The pictures on disk.
    pub snapshots: Snapshots,
    /// Hands on what people write.
    pub chat: Arc<Chat>,
    /// Boards, each built once for all who ask in the same moment.
    pub boards: board::Boards,
    /// Pictures under way.
    pub pictures: image::Pictures,
    /// Where pictures are encoded.
    pub background: Background,
    /// Joins of one address in a short time.
    pub joins: join::Throttle,
    /// Wrong class codes in a short time.
    pub codes_guessed: Guesses,
    /// Wrong cards in a short time.
    pub cards_guessed: Guesses,
    /// Where others on the network reach the server; set once it listens.
    pub address: OnceLock<String>,
    /// Hashes teachers' passwords.
    pub passwords: Passwords,
    /// Attempts to log in.
    pub logins: LoginThrottle,
    /// The hash of the admin token.
    pub admin: admin::TokenHash,
    /// Where things are counted.
    pub metrics: Arc<Metrics>,
    /// Turns of those who read a whole journal.
    pub journal_readers: Semaphore,
    /// How far the server's end has come.
    pub phase: PhaseWatch,
}

/// How many may read a whole journal at a time: each takes a core for up to a
/// second, and up to 200 MiB on the largest canvas.
pub const JOURNAL_READERS: usize = 2;

impl Api {
    /// A canvas by its id.
    pub fn canvas(&self, id: &str) -> Result<Arc<LiveCanvas>, ApiError> {
        self.canvases.get(id).ok_or_else(|| ApiError::no_such_canvas(id))
    }

    /// The seat that a request's cookie belongs to. A look-up in memory or in
    /// one page of the database.
    pub fn seat_of(
        &self,
        request: &HttpRequest,
        live: &LiveCanvas,
    ) -> Result<Option<SeatRecord>, ApiError> {
        let Some(hash) = visitor::seat_secret(request) else { return Ok(None) };
        self.store.seat_by_secret(live.number, hash).map_err(ApiError::internal)
    }

    /// The address of the start page, for links that people pass on.
    pub fn own_address(&self) -> &str {
        self.address.get().map_or("/", String::as_str)
    }

    /// Does something that reads a whole journal, when it is its turn.
    pub async fn reading<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, ApiError> {
        let _turn = self.journal_readers.acquire().await.map_err(ApiError::internal)?;
        blocking(work).await
    }

    /// Whether the server is about to stop.
    pub fn is_stopping(&self) -> bool {
        *self.phase.borrow() >= Phase::Draining
    }
}

/// Runs something that waits for the disk or computes long, away from the
/// worker's own thread.
pub async fn blocking<R: Send + 'static>(
    work: impl FnOnce() -> R + Send + 'static,
) -> Result<R, ApiError> {
    web::block(work).await.map_err(ApiError::internal)
}

/// Every route below the base path.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .app_data(json_up_to(JSON_MAX_BYTES))
        // What is no number leads nowhere, and is not repeated: it may be a secret.
        .app_data(web::PathConfig::default().error_handler(|_, _| ApiError::not_found().into()))
        .app_data(
            web::QueryConfig::default().error_handler(|error, _| {
                ApiError::invalid(without_values(&error.to_string())).into()
            }),
        )
        .service(
            web::scope("/api")
                .wrap(from_fn(lasting::done))
                .configure(api_routes)
                .default_service(web::to(no_such_thing)),
        )
        .route("/ws/echo", web::get().to(ws::echo::upgrade))
        .route("/healthz", web::get().to(health::healthz))
        .route("/readyz", web::get().to(health::readyz))
        .route("/metrics", web::get().to(health::metrics))
        .configure(pages::routes);
}

/// Takes JSON bodies up to a size.
fn json_up_to(most_bytes: usize) -> web::JsonConfig {
    web::JsonConfig::default()
        .limit(most_bytes)
        .error_handler(move |error, _| bad_body(&error, most_bytes).into())
}

/// Why the body of a request can't be used.
fn bad_body(error: &JsonPayloadError, most_bytes: usize) -> ApiError {
    match error {
        JsonPayloadError::Payload(PayloadError::Io(error))
            if error.kind() == std::io::ErrorKind::TimedOut =>
        {
            ApiError::too_slow()
        }
        JsonPayloadError::Overflow { .. }
        | JsonPayloadError::OverflowKnownLength { .. }
        | JsonPayloadError::Payload(PayloadError::Overflow) => ApiError::too_big(most_bytes),
        other => ApiError::invalid(without_values(&other.to_string())),
    }
}

/// What a reader of requests complains about, without what was sent: it may be a
/// password or a code in the wrong place, and errors are shown, copied and kept.
fn without_values(complaint: &str) -> String {
    let plain = cut(complaint, "string \"", "\", expected", "a string");
    cut(&plain, "unknown variant `", "`, expected", "unknown word")
}

/// A complaint in which something stands in place of what begins with a mark and
/// goes on until the last place where it may end.
fn cut(complaint: &str, mark: &str, end: &str, in_place: &str) -> String {
    let Some((before, value)) = complaint.split_once(mark) else { return complaint.to_owned() };
    // What does not end is cut to the end of the text.
    let wanted = value.rsplit_once(end).map_or("something else", |(_, wanted)| wanted.trim_start());
    format!("{before}{in_place}, expected {wanted}")
}

fn api_routes(config: &mut web::ServiceConfig) {
    config
        .configure(teachers::routes)
        .configure(order::routes)
        .configure(spec::routes)
        .configure(classroom::routes)
        .configure(chat::routes)
        .configure(people::routes)
        .configure(announce::routes)
        .configure(timer::routes)
        .configure(desk::routes)
        .configure(enter::routes)
        .configure(join::routes)
        .configure(invite::routes)
        .configure(seats::routes)
        .configure(sharing::routes)
        .configure(shelf::routes)
        .configure(forget::routes)
        .configure(bots::routes)
        .configure(teams::routes)
        .route("/palettes", web::get().to(canvases::palettes))
        .route("/canvases", web::get().to(canvases::list))
        .route("/canvases", web::post().to(canvases::create))
        .route("/canvases/{id}", web::get().to(canvases::show))
        .route("/canvases/{id}", web::patch().to(canvases::change))
        .route("/canvases/{id}/board", web::get().to(board::board))
        .route("/canvases/{id}/image.png", web::get().to(image::image))
        .route("/canvases/{id}/snapshots", web::get().to(snapshots::list))
        .route("/canvases/{id}/snapshots/{name}", web::get().to(snapshots::show))
        .route("/canvases/{id}/ws", web::get().to(ws::canvas::upgrade));
}

async fn no_such_thing() -> Result<String, ApiError> {
    Err(ApiError::not_found())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_do_not_repeat_what_was_sent() {
        let complaint = |text: &str| {
            #[derive(Debug, serde::Deserialize)]
            #[serde(rename_all = "lowercase")]
            enum Word {
                Open,
            }
            let number = serde_json::from_str::<u16>(text).unwrap_err().to_string();
            let word = serde_json::from_str::<Word>(text).map(|Word::Open| ()).unwrap_err();
            (without_values(&number), without_values(&word.to_string()))
        };
        let secrets =
            [r#""s3cret""#, r#""s3cret\", expected s3cret\\""#, r#""`s3cret`, expected""#];
        for secret in secrets {
            let (number, word) = complaint(secret);
            assert!(number.starts_with("invalid type: a string, expected u16"), "{number}");
            assert!(word.starts_with("unknown word, expected `open`"), "{word}");
        }
        let unclosed = without_values("invalid type: string \"s3cret");
        assert_eq!(unclosed, "invalid type: a string, expected something else");
        assert_eq!(without_values("missing field `name`"), "missing field `name`");
    }
}
