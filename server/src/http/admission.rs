//! Who is let in, and how long a request may take to come: the bounds that hold
//! before anybody knows what is asked for. Each refusal is counted.

use std::any::Any;
use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{Extensions, Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::rt::time::{Sleep, sleep};
use actix_web::{HttpMessage, web};
use bytes::Bytes;
use futures_util::Stream;
use parking_lot::Mutex;

use super::Api;
use super::error::ApiError;
use crate::net;
use crate::telemetry::Metrics;

/// Descriptors kept for what is no connection: the store and its write-ahead
/// log, snapshots being written, files being served, the control socket. A
/// server that can't open those can't save.
const SPARE_DESCRIPTORS: u64 = 128;

/// Shortest time between two lines of the log about the same lack.
const SAID_INTERVAL: Duration = Duration::from_secs(10);

/// The door that every connection comes through.
#[derive(Debug)]
pub struct Door {
    open_files: u64,
    metrics: Arc<Metrics>,
    said: Mutex<Option<Instant>>,
}

/// A connection's stay, kept with it by the web server.
struct Stay {
    metrics: Arc<Metrics>,
    asked: Cell<bool>,
}

impl Drop for Stay {
    fn drop(&mut self) {
        if !self.asked.get() {
            self.metrics.connection_refused("silent");
        }
    }
}

impl Door {
    /// A door into a process that may open so many files.
    pub fn new(open_files: u64, metrics: Arc<Metrics>) -> Self {
        Self { open_files, metrics, said: Mutex::default() }
    }

    /// Lets an accepted connection in, or ends it at once because too few
    /// descriptors are left. Tells which.
    pub fn admit(&self, io: &dyn Any, extensions: &mut Extensions) -> bool {
        if self.is_too_high(net::descriptor(io)) {
            net::end(io);
            self.metrics.connection_refused("descriptors");
            self.say();
            return false;
        }
        extensions.insert(Stay { metrics: Arc::clone(&self.metrics), asked: Cell::new(false) });
        true
    }

    /// The system gives the lowest descriptor that is free: a high one means
    /// that all below it are in use, by whatever.
    fn is_too_high(&self, descriptor: Option<u64>) -> bool {
        let most = self.open_files.saturating_sub(SPARE_DESCRIPTORS).max(SPARE_DESCRIPTORS);
        descriptor.is_some_and(|descriptor| descriptor >= most)
    }

    fn say(&self) {
        let mut said = self.said.lock();
        if said.is_none_or(|said| said.elapsed() >= SAID_INTERVAL) {
            *said = Some(Instant::now());
            tracing::warn!(
                open_files = self.open_files,
                "too many connections for the open files that the system allows: new ones are \
                 ended at once. Who is here stays. Raise the limit (ulimit -n, LimitNOFILE=)"
            );
        }
    }
}

/// Counts what is refused, and gives the body of a request so long to come.
pub async fn guarded(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if let Some(stay) = request.request().conn_data::<Stay>() {
        stay.asked.set(true);
    }
    let api = request.app_data::<web::Data<Api>>().cloned();
    if let (Some(api), false) = (&api, matches!(*request.method(), Method::GET | Method::HEAD)) {
        let ends = Box::pin(sleep(api.settings.request_timeout));
        let payload = InTime { payload: request.take_payload(), ends };
        request.set_payload(Payload::Stream { payload: Box::pin(payload) });
    }
    let response = next.call(request).await?;
    let error = response.response().error().and_then(|error| error.as_error::<ApiError>());
    if let (Some(api), Some(error)) = (api, error) {
        api.metrics.request_refused(error.code());
    }
    Ok(response)
}

/// A body that must have come by some time. Nothing else bounds that: a byte
/// now and then would keep a request, its task and its buffers for ever.
struct InTime {
    payload: Payload,
    ends: Pin<Box<Sleep>>,
}

impl Stream for InTime {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // Time first: bytes that are always there must not win for ever.
        if self.ends.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into()))));
        }
        Pin::new(&mut self.payload).poll_next(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_descriptors_are_for_files() {
        let door = |open_files| Door::new(open_files, Arc::default());
        assert!(!door(1024).is_too_high(Some(1024 - 129)));
        assert!(door(1024).is_too_high(Some(1024 - 128)));
        assert!(!door(1024).is_too_high(None), "not a socket");
        assert!(!door(u64::MAX).is_too_high(Some(1 << 30)));
        assert!(!door(64).is_too_high(Some(20)), "some are let in, however few there are");
    }
}
