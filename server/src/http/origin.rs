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

/// The address of the start page under which others on the network reach this
/// server: the one that the request used, unless that means "this machine".
pub fn address_to_pass_on(request: &HttpRequest, api: &Api) -> String {
    let caller = caller(request, api);
    if is_this_machine(&caller.host) {
        return api.own_address().to_owned();
    }
    let prefix = api.settings.base_path.prefix();
    format!("{}://{}{prefix}/", caller.scheme.name(), caller.host)
}

/// Whether a host, with or without a port, is nobody else's way here.
fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_loopback = |address: IpAddr| address.is_loopback() || address.is_unspecified();
    name.is_empty() || name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(is_loopback)
}

fn caller(request: &HttpRequest, api: &Api) -> Caller {
    // The control socket has no address; who reaches it is on this machine.
    let peer = request.peer_addr().map_or(Ipv4Addr::LOCALHOST.into(), |peer| peer.ip());
    let tls = request.app_config().secure();
    Caller::resolve(peer, tls, request.headers(), &api.settings.trusted_proxies)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_machine_are_not_passed_on() {
        for host in [
            "",
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1:8080",
            "127.3.2.1",
            "[::1]:80",
            "[::1]",
            "0.0.0.0:8080",
        ] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in ["192.168.1.5:8080", "place.school", "[fd00::1]:8080", "localhost.school"] {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
