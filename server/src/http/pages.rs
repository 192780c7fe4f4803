//! The client's pages and files.

use std::io;
use std::path::Path;

use actix_files::Files;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, web};

use super::error::ApiError;

/// What a page of ours may load and do: its own files, nothing else.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/// The line in the page that names where it lives.
const BASE_TAG: &str = "<base href=\"/\"";

/// The one page of the client; what it shows follows from its address.
#[derive(Clone)]
pub struct IndexPage(web::Bytes);

impl IndexPage {
    /// Reads the page and writes the base path into it.
    pub fn load(web: &Path, base_path: &str) -> io::Result<Self> {
        let page = std::fs::read_to_string(web.join("index.html"))?;
        if !page.contains(BASE_TAG) {
            return Err(io::Error::other("index.html has no <base href=\"/\">"));
        }
        let base = format!("<base href=\"{base_path}\"");
        Ok(Self(page.replace(BASE_TAG, &base).into()))
    }
}

/// The client's routes.
pub fn routes(config: &mut web::ServiceConfig) {
    let of_students = ["/", "/card", "/c/{id}", "/c/{id}/gallery"];
    let of_teachers = ["/teach", "/teach/{id}", "/teach/{id}/cards", "/p/{id}"];
    for path in of_students.into_iter().chain(of_teachers) {
        config.route(path, web::get().to(index));
        config.route(path, web::head().to(index));
    }
}

/// The client's files. Those in `assets` carry a hash in their names and never
/// change.
pub fn files(folder: &Path) -> Files {
    Files::new("/", folder)
        .try_compressed()
        .prefer_utf8(true)
        .disable_content_disposition()
        .default_handler(web::to(nothing_here))
}

/// Says of every answer how long it may be kept, unless it says so itself.
pub async fn with_cache_rule(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let mut rule = cache_rule(request.path());
    let mut response = next.call(request).await?;
    if response.status().is_client_error() || response.status().is_server_error() {
        rule = HeaderValue::from_static("no-cache");
    }
    if !response.headers().contains_key(header::CACHE_CONTROL) {
        response.headers_mut().insert(header::CACHE_CONTROL, rule);
    }
    Ok(response)
}

/// How long what is at this path may be kept.
fn cache_rule(path: &str) -> HeaderValue {
    HeaderValue::from_static(if path.contains("/assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    })
}

async fn index(page: web::Data<IndexPage>) -> HttpResponse {
    page_with(StatusCode::OK, &page)
}

/// What is said where nothing is. A person gets the page, which says it kindly; a program gets JSON.
pub async fn nothing_here(
    request: HttpRequest,
    page: web::Data<IndexPage>,
) -> Result<HttpResponse, ApiError> {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if accepts.is_some_and(|accepts| accepts.contains("text/html")) {
        Ok(page_with(StatusCode::NOT_FOUND, &page))
    } else {
        Err(ApiError::not_found())
    }
}

fn page_with(status: StatusCode, page: &IndexPage) -> HttpResponse {
    HttpResponse::build(status).content_type("text/html; charset=utf-8").body(page.0.clone())
}
