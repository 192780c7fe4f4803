//! Whether the server lives, whether pixels can be placed, and the numbers.

use actix_web::{HttpResponse, web};
use serde_json::json;

use super::Api;
use super::error::ApiError;
use crate::store::Health;

/// `GET /healthz`
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`. While the store fails, each call tries a small durable
/// write, so that the answer is true and not a memory.
pub async fn readyz(api: web::Data<Api>) -> Result<HttpResponse, ApiError> {
    if api.is_stopping() {
        return Ok(not_ready("the server is stopping"));
    }
    let failing = match api.store.health() {
        Health::Ok => None,
        _ => api.store.probe().await.err(),
    };
    Ok(match failing {
        None => HttpResponse::Ok().json(json!({ "ready": true })),
        Some(error) => not_ready(&error.to_string()),
    })
}

fn not_ready(reason: &str) -> HttpResponse {
    HttpResponse::ServiceUnavailable().json(json!({ "ready": false, "reason": reason }))
}

/// `GET /metrics`
pub async fn metrics(api: web::Data<Api>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .body(api.metrics.encode())
}
