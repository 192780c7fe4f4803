//! The pictures on disk.

use actix_files::NamedFile;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::error::ApiError;
use super::{Api, blocking};

/// `GET …/snapshots`
pub async fn list(
    request: HttpRequest,
    id: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, _) = api.see(&request, &id).await?;
    let (snapshots, id) = (api.snapshots.clone(), live.id.clone());
    let list = blocking(move || snapshots.list(&id)).await?.map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok().json(json!({ "snapshots": list })))
}

/// `GET …/snapshots/{name}`. A snapshot never changes under its name.
pub async fn show(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (id, name) = path.into_inner();
    let (live, _) = api.see(&request, &id).await?;
    let path = api.snapshots.path(&live.id, &name).ok_or_else(ApiError::not_found)?;
    let file = blocking(|| NamedFile::open(path)).await?.map_err(|_| ApiError::not_found())?;
    let mut response = file.into_response(&request);
    let forever = HeaderValue::from_static("private, max-age=31536000, immutable");
    response.headers_mut().insert(CACHE_CONTROL, forever);
    Ok(response)
}
