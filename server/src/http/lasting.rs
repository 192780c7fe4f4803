//! What is asked for is done to its end.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, rt};

use super::error::ApiError;

/// Lets a request that changes something be done to its end, also when whoever
/// asked hangs up meanwhile: what is on disk by then is in memory, too, and
/// everybody concerned is told.
pub(super) async fn done<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if request.method().is_safe() {
        return next.call(request).await;
    }
    rt::spawn(next.call(request)).await.map_err(ApiError::internal)?
}
