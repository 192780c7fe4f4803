//! Who asks, and from which page.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::http::header::ORIGIN;

use super::Api;
use super::error::ApiError;
use crate::net::{Caller, Scheme, origin};

/// Refuses requests that another site's page makes in a student's name.
pub fn check(request: &HttpRequest, api: &Api) -> Result<(), ApiError> {
    let given = match request.headers().get(ORIGIN).map(|value| value.to_str()) {
        None => None,
        Some(Ok(given)) => Some(given),
        Some(Err(_)) => Some(""),
    };
    origin::check(given, &caller(request, api)).map_err(|error| ApiError::foreign_origin(&error))
}

/// The address a request comes from, for the throttle only.
pub fn address(request: &HttpRequest, api: &Api) -> IpAddr {
    caller(request, api).address
}

/// Whether the browser speaks TLS, with us or with the proxy in front.
pub fn is_https(request: &HttpRequest, api: &Api) -> bool {
    caller(request, api).scheme == Scheme::Https
}

fn caller(request: &HttpRequest, api: &Api) -> Caller {
    // The control socket has no address; who reaches it is on this machine.
    let peer = request.peer_addr().map_or(Ipv4Addr::LOCALHOST.into(), |peer| peer.ip());
    let tls = request.app_config().secure();
    Caller::resolve(peer, tls, request.headers(), &api.settings.trusted_proxies)
}
