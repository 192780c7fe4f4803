//! Who calls, and under which address, when there are proxies in between.
//!
//! A forwarded header is believed only as far as the proxies that wrote it are
//! trusted: anybody can send such a header, so the list is read from its right
//! end, where the nearest proxy wrote, and reading stops at the first address
//! that is no trusted proxy.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::{HOST, HeaderMap};

use crate::settings::TrustedProxies;

/// Proxies in a row that are followed: more than any site has.
const HOPS_MAX: usize = 16;

/// How the caller speaks to the outermost proxy, or to this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// In the clear.
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    /// As it stands in an address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port that an address without one means.
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Http, Self::Https]
            .into_iter()
            .find(|scheme| text.eq_ignore_ascii_case(scheme.name()))
    }
}

/// The caller of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Its address.
    pub address: IpAddr,
    /// How it speaks to us.
    pub scheme: Scheme,
    /// The host, and port if any, that it asked for; empty if it named none.
    pub host: String,
}

impl Caller {
    /// The caller behind a connection: `peer` is the other end of the socket,
    /// `tls` whether that speaks TLS.
    pub fn resolve(peer: IpAddr, tls: bool, headers: &HeaderMap, trusted: &TrustedProxies) -> Self {
        let direct = Self {
            address: peer.to_canonical(),
            scheme: if tls { Scheme::Https } else { Scheme::Http },
            host: values(headers, HOST.as_str()).next().unwrap_or_default().to_owned(),
        };
        if !trusted.contains(peer) {
            return direct;
        }
        if headers.contains_key("forwarded") {
            direct.behind_forwarded(headers, trusted)
        } else {
            direct.behind_x_forwarded(headers, trusted)
        }
    }

    /// The standard header (RFC 7239). Each element tells about one hop, so the
    /// outermost trusted proxy has the last word on scheme and host.
    fn behind_forwarded(mut self, headers: &HeaderMap, trusted: &TrustedProxies) -> Self {
        let elements: Vec<&str> =
            values(headers, "forwarded").flat_map(|value| split(value, ',')).collect();
        for element in elements.into_iter().rev().take(HOPS_MAX) {
            if !trusted.contains(self.address) {
                break;
            }
            let mut next = None;
            for pair in split(element, ';') {
                let Some((name, value)) = pair.split_once('=') else { continue };
                let value = value.trim().trim_matches('"');
                match name.trim().to_ascii_lowercase().as_str() {
                    "for" => next = address(value),
                    "proto" => self.scheme = Scheme::parse(value).unwrap_or(self.scheme),
                    "host" => value.clone_into(&mut self.host),
                    _ => {}
                }
            }
            match next {
                Some(address) => self.address = address,
                None => break,
            }
        }
        self
    }

    /// The older headers. The right end of each is what the nearest proxy
    /// wrote.
    fn behind_x_forwarded(mut self, headers: &HeaderMap, trusted: &TrustedProxies) -> Self {
        let last = |name| {
            let value: &str = values(headers, name).last()?;
            value.rsplit(',').next().map(str::trim).filter(|value| !value.is_empty())
        };
        self.scheme = last("x-forwarded-proto").and_then(Scheme::parse).unwrap_or(self.scheme);
        if let Some(host) = last("x-forwarded-host") {
            host.clone_into(&mut self.host);
        }
        let hops: Vec<&str> =
            values(headers, "x-forwarded-for").flat_map(|value| value.split(',')).collect();
        for hop in hops.into_iter().rev().take(HOPS_MAX) {
            if !trusted.contains(self.address) {
                break;
            }
            match address(hop.trim()) {
                Some(address) => self.address = address,
                None => break,
            }
        }
        self
    }
}

/// Every value of a header that is text.
fn values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).filter_map(|value| value.to_str().ok())
}

/// Splits at a separator, but not inside of quotes.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"';
        c == separator && !quoted
    })
}

/// An address, with or without a port; IPv6 ones may stand in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = match bare.parse() {
        Ok(address) => Some(address),
        Err(_) => text.parse().ok().map(|socket: SocketAddr| socket.ip()),
    };
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;
    use crate::settings::Settings;

    const PROXIES: &str = "--trusted-proxies=10.0.0.0/8,fd00::/8";

    fn resolve(peer: &str, tls: bool, headers: &[(&str, &str)]) -> (String, &'static str, String) {
        let mut map = HeaderMap::new();
        map.insert(HOST, HeaderValue::from_static("inside:8080"));
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            map.append(name, HeaderValue::from_str(value).unwrap());
        }
        let trusted = Settings::from_args([PROXIES]).unwrap().trusted_proxies;
        let caller = Caller::resolve(peer.parse().unwrap(), tls, &map, &trusted);
        (caller.address.to_string(), caller.scheme.name(), caller.host)
    }

    /// Peer, headers, and the address, scheme and host to find.
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], (&'a str, &'a str, &'a str));

    fn check(table: &[Row]) {
        for (peer, headers, (address, scheme, host)) in table {
            let found = resolve(peer, false, headers);
            let wanted = ((*address).to_owned(), *scheme, (*host).to_owned());
            assert_eq!(found, wanted, "{peer} {headers:?}");
        }
    }

    #[test]
    fn a_stranger_s_headers_count_for_nothing() {
        let forged = [
            ("x-forwarded-for", "9.9.9.9"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "evil.example"),
            ("forwarded", "for=9.9.9.9;proto=https;host=evil.example"),
        ];
        check(&[
            ("1.2.3.4", &forged, ("1.2.3.4", "http", "inside:8080")),
            ("::ffff:1.2.3.4", &forged, ("1.2.3.4", "http", "inside:8080")),
        ]);
        assert_eq!(resolve("1.2.3.4", true, &[]).1, "https");
    }

    #[test]
    fn the_rightmost_untrusted_address_is_the_caller() {
        let xff = |value: &'static str| [("x-forwarded-for", value)];
        check(&[
            ("10.0.0.1", &[], ("10.0.0.1", "http", "inside:8080")),
            ("10.0.0.1", &xff("1.2.3.4"), ("1.2.3.4", "http", "inside:8080")),
            ("::ffff:10.0.0.1", &xff("1.2.3.4"), ("1.2.3.4", "http", "inside:8080")),
            ("10.0.0.1", &xff("9.9.9.9, 1.2.3.4, 10.0.0.2"), ("1.2.3.4", "http", "inside:8080")),
            ("10.0.0.1", &xff("10.0.0.3,10.0.0.2"), ("10.0.0.3", "http", "inside:8080")),
            ("10.0.0.1", &xff("1.2.3.4:5678"), ("1.2.3.4", "http", "inside:8080")),
            ("fd00::1", &xff("[2001:db8::7]:99"), ("2001:db8::7", "http", "inside:8080")),
            ("10.0.0.1", &xff("1.2.3.4, nonsense"), ("10.0.0.1", "http", "inside:8080")),
            (
                "10.0.0.1",
                &[("x-forwarded-for", "9.9.9.9"), ("x-forwarded-for", "1.2.3.4")],
                ("1.2.3.4", "http", "inside:8080"),
            ),
        ]);
    }

    #[test]
    fn scheme_and_host_come_from_the_proxy() {
        check(&[
            (
                "10.0.0.1",
                &[("x-forwarded-proto", "https"), ("x-forwarded-host", "place.school")],
                ("10.0.0.1", "https", "place.school"),
            ),
            (
                "10.0.0.1",
                &[("x-forwarded-proto", "http, https"), ("x-forwarded-host", "evil, place.school")],
                ("10.0.0.1", "https", "place.school"),
            ),
            (
                "10.0.0.1",
                &[("x-forwarded-proto", "gopher"), ("x-forwarded-host", " ")],
                ("10.0.0.1", "http", "inside:8080"),
            ),
        ]);
    }

    #[test]
    fn the_standard_header_wins_and_is_read_hop_by_hop() {
        let forwarded = |value: &'static str| [("forwarded", value)];
        check(&[
            (
                "10.0.0.1",
                &[("forwarded", "for=1.2.3.4"), ("x-forwarded-for", "9.9.9.9")],
                ("1.2.3.4", "http", "inside:8080"),
            ),
            (
                "10.0.0.1",
                &forwarded("For=\"[2001:db8::7]:4711\";Proto=HTTPS;host=\"place.school:8443\""),
                ("2001:db8::7", "https", "place.school:8443"),
            ),
            (
                "10.0.0.1",
                &forwarded(
                    "for=1.2.3.4;proto=https;host=outer, for=10.0.0.2;proto=http;host=inner",
                ),
                ("1.2.3.4", "https", "outer"),
            ),
            (
                "10.0.0.1",
                &forwarded("for=9.9.9.9;host=evil, for=1.2.3.4;proto=https"),
                ("1.2.3.4", "https", "inside:8080"),
            ),
            ("10.0.0.1", &forwarded("for=unknown"), ("10.0.0.1", "http", "inside:8080")),
            ("10.0.0.1", &forwarded("for=_hidden, x"), ("10.0.0.1", "http", "inside:8080")),
            ("10.0.0.1", &forwarded("by=\"a,b\";for=1.2.3.4"), ("1.2.3.4", "http", "inside:8080")),
        ]);
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(value in "[ -~]{0,80}") {
            resolve("10.0.0.1", false, &[("forwarded", &value)]);
            resolve("10.0.0.1", false, &[("x-forwarded-for", &value), ("x-forwarded-proto", &value)]);
        }
    }
}
