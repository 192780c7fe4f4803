//! Whether a browser's request comes from this server's own pages.
//!
//! A WebSocket may be opened by any page of the web, with the cookies of this
//! server. The `Origin` header, which no page can forge, tells them apart;
//! programs that are no browsers leave it out.

use super::forwarded::{Caller, Scheme};

/// A request from a page that is not this server's own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the page at {origin} may not do this; this server's own pages are at {own}. Behind a proxy, \
     the setting trusted_proxies must name it"
)]
pub struct ForeignOrigin {
    /// What the browser said.
    pub origin: String,
    /// What it should have said.
    pub own: String,
}

/// Lets requests pass whose `Origin` is absent or this server's own.
pub fn check(origin: Option<&str>, caller: &Caller) -> Result<(), ForeignOrigin> {
    let Some(origin) = origin else { return Ok(()) };
    let own = authority(caller.scheme, &caller.host);
    let given =
        origin.split_once("://").and_then(|(scheme, host)| authority(Scheme::parse(scheme)?, host));
    if own.is_some() && given == own {
        Ok(())
    } else {
        let own = format!("{}://{}", caller.scheme.name(), caller.host);
        Err(ForeignOrigin { origin: origin.to_owned(), own })
    }
}

/// Scheme, host and port in one form; `None` for what is not a host.
fn authority(scheme: Scheme, text: &str) -> Option<(Scheme, String, u16)> {
    // The colons of an IPv6 address stand in brackets.
    let colon = text.rfind(':').filter(|colon| !text[*colon..].contains(']'));
    let (host, port) = match colon {
        Some(colon) => (&text[..colon], text[colon + 1..].parse().ok()?),
        None => (text, scheme.default_port()),
    };
    let foreign = |c: char| !(c.is_ascii_alphanumeric() || "-._[]:".contains(c));
    if host.is_empty() || host.contains(foreign) {
        return None;
    }
    Some((scheme, host.to_ascii_lowercase(), port))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn caller(scheme: Scheme, host: &str) -> Caller {
        Caller { address: [127, 0, 0, 1].into(), scheme, host: host.to_owned() }
    }

    #[test]
    fn only_our_own_pages_and_programs_pass() {
        let table = [
            (Scheme::Http, "localhost:8080", None, true),
            (Scheme::Http, "", None, true),
            (Scheme::Http, "localhost:8080", Some("http://localhost:8080"), true),
            (Scheme::Http, "Place.School", Some("http://place.school"), true),
            (Scheme::Http, "place.school", Some("http://place.school:80"), true),
            (Scheme::Https, "place.school:443", Some("https://place.school"), true),
            (Scheme::Http, "[fd00::1]:8080", Some("http://[fd00::1]:8080"), true),
            (Scheme::Http, "[fd00::1]", Some("http://[fd00::1]"), true),
            (Scheme::Http, "localhost:8080", Some("http://localhost:8081"), false),
            (Scheme::Http, "localhost:8080", Some("https://localhost:8080"), false),
            (Scheme::Http, "place.school", Some("https://place.school"), false),
            (Scheme::Http, "place.school", Some("http://evil.place.school"), false),
            (Scheme::Http, "place.school", Some("http://place.school.evil"), false),
            (Scheme::Http, "place.school", Some("http://place.school@evil"), false),
            (Scheme::Http, "place.school", Some("http://place.school/"), false),
            (Scheme::Http, "place.school", Some("null"), false),
            (Scheme::Http, "place.school", Some(""), false),
            (Scheme::Http, "", Some("http://"), false),
            (Scheme::Http, "a:b", Some("http://a:b"), false),
        ];
        for (scheme, host, origin, wanted) in table {
            let passed = check(origin, &caller(scheme, host)).is_ok();
            assert_eq!(passed, wanted, "{scheme:?} {host} {origin:?}");
        }
    }

    #[test]
    fn the_refusal_says_what_was_expected() {
        let error = check(Some("https://a"), &caller(Scheme::Http, "a")).unwrap_err();
        assert!(error.to_string().contains("https://a may not"));
        assert!(error.to_string().contains("http://a."));
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(origin in ".{0,40}", host in ".{0,40}") {
            let _ = check(Some(&origin), &caller(Scheme::Http, &host));
        }
    }
}
