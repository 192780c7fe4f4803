//! Who is let in, and how long a request may take to come: the bounds that hold
//! before anybody knows what is asked for. Each refusal is counted.

use std::any::Any;
use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{Extensions, Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_LENGTH, UPGRADE};
use actix_web::middleware::Next;
use actix_web::rt::time::{Sleep, sleep};
use actix_web::{HttpMessage, HttpRequest, web};
use bytes::Bytes;
use futures_util::Stream;
use parking_lot::Mutex;
use place_core::cooldown::{Cooldown, Millis};
use tokio::task::yield_now;

use super::Api;
use super::error::ApiError;
use crate::telemetry::Metrics;
use crate::ws::Accepted;
use crate::{clock, net, ws};

/// Descriptors kept for what is no connection: the store and its write-ahead
/// log, snapshots being written, files being served, the control socket. A
/// server that can't open those can't save.
const SPARE_DESCRIPTORS: u64 = 128;

/// How often connections are looked after.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// Shortest time between two lines of the log about the same lack.
const SAID_INTERVAL: Duration = Duration::from_secs(10);

/// The door that every connection comes through.
#[derive(Debug)]
pub struct Door {
    open_files: u64,
    metrics: Arc<Metrics>,
    said: Mutex<Option<Instant>>,
    watched: Mutex<Vec<Watched>>,
}

/// A connection, and whether too much waited behind it the last time.
#[derive(Debug)]
struct Watched {
    accepted: Weak<Accepted>,
    was_flooded: bool,
}

/// How many requests a connection may make: a page and its pictures at once,
/// then more than a browser or a class's script ever asks for. Whoever sends more
/// waits, and nothing is lost: reading stops until its turn has come.
const REQUEST_PACE: Cooldown = Cooldown { interval_ms: 10, saved_max: 300 };

/// Bytes that may wait behind a request and its body, besides those that the web
/// server has read. Browsers send nothing there, and programs a request or two.
const UNREAD_MAX_BYTES: u64 = 4 * 1024;

/// A connection's stay, kept with it by the web server.
struct Stay {
    metrics: Arc<Metrics>,
    asked: Cell<bool>,
    /// Where [`REQUEST_PACE`] has got to.
    paced_ms: Cell<Millis>,
}

impl Stay {
    /// Counts a request at `now`; tells how long it has to wait, in
    /// milliseconds.
    fn pace(&self, now: Millis) -> u32 {
        match REQUEST_PACE.take(self.paced_ms.get(), now) {
            Ok(next) => {
                self.paced_ms.set(next);
                0
            }
            Err(wait_ms) => {
                // It will be allowed then, and this one is counted already.
                let then = now + Millis::from(wait_ms);
                self.paced_ms.set(REQUEST_PACE.take(self.paced_ms.get(), then).unwrap_or(then));
                wait_ms
            }
        }
    }
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
        Self { open_files, metrics, said: Mutex::default(), watched: Mutex::default() }
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
        let stay = Stay {
            metrics: Arc::clone(&self.metrics),
            asked: Cell::new(false),
            paced_ms: Cell::new(0),
        };
        extensions.insert(stay);
        true
    }

    /// Watches over a connection from now on.
    pub fn watch(&self, accepted: Option<Weak<Accepted>>) {
        let watched = accepted.map(|accepted| Watched { accepted, was_flooded: false });
        self.watched.lock().extend(watched);
    }

    /// Ends the connections behind which too much has waited twice in a row.
    ///
    /// The web server asks to be woken at once while its buffer is full and
    /// nothing can be done with it, be it that an answer takes its time or that
    /// the peer does not read: it would turn in circles for ever.
    fn end_floods(&self) {
        self.watched.lock().retain_mut(|watched| {
            let Some(accepted) = watched.accepted.upgrade() else { return false };
            let is_flooded = accepted.unread_bytes() > UNREAD_MAX_BYTES;
            let is_too_much = is_flooded && watched.was_flooded;
            watched.was_flooded = is_flooded;
            if is_too_much {
                accepted.end();
                self.metrics.connection_refused("flood");
            }
            !is_too_much
        });
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

/// Whether a request is followed by more than anybody needs. The web server reads
/// 128 KiB ahead and makes all requests in them at once, ten kilobytes of memory
/// each, so that what waits behind that is not waited for.
fn is_flood(request: &HttpRequest) -> bool {
    // What comes right behind a handshake is the WebSocket's own matter.
    if request.headers().contains_key(UPGRADE) {
        return false;
    }
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let body: u64 = length.and_then(|value| value.parse().ok()).unwrap_or(0);
    ws::unread_bytes(request) > UNREAD_MAX_BYTES.saturating_add(body)
}

/// Looks after a door's connections once a second, as long as there is a door.
pub async fn look_after(door: Weak<Door>) {
    let mut rounds = tokio::time::interval(LOOK_INTERVAL);
    loop {
        rounds.tick().await;
        let Some(door) = door.upgrade() else { return };
        door.end_floods();
    }
}

/// Counts what is refused, and gives the body of a request so long to come.
pub async fn guarded(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if is_flood(request.request()) {
        if let Some(api) = request.app_data::<web::Data<Api>>() {
            api.metrics.request_refused("pipelined");
        }
        return Err(ApiError::pipelined().into());
    }
    let wait_ms = request.request().conn_data::<Stay>().map_or(0, |stay| {
        stay.asked.set(true);
        let wait_ms = stay.pace(clock::monotonic_ms());
        if wait_ms > 0 {
            stay.metrics.connection_halted("requests");
        }
        wait_ms
    });
    if wait_ms > 0 {
        sleep(Duration::from_millis(wait_ms.into())).await;
    } else {
        // The web server answers what a connection has sent in one go. In
        // between, the others of this worker have their turn: those who draw.
        yield_now().await;
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
    fn a_connection_that_asks_without_end_has_its_pace() {
        let stay =
            Stay { metrics: Arc::default(), asked: Cell::new(false), paced_ms: Cell::new(0) };
        let now = 1_000_000;
        assert!((0..300).all(|_| stay.pace(now) == 0), "a page with all that belongs to it");
        let waits: Vec<u32> = (0..3).map(|_| stay.pace(now)).collect();
        assert_eq!(waits, [10, 20, 30], "each behind the one before");
        assert_eq!(stay.pace(now + 10_000), 0, "later is another matter");
    }

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
