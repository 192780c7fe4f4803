//! Who calls, behind proxies, and from which page.

use std::net::IpAddr;
use std::sync::LazyLock;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use place::net::{Caller, origin};
use place::settings::{Settings, TrustedProxies};

/// A hop that somebody made up.
const MADE_UP: &str = "192.0.2.66";

static TRUSTED: LazyLock<Vec<TrustedProxies>> = LazyLock::new(|| {
    ["", "127.0.0.1", "10.0.0.0/8,fd00::/8", "0.0.0.0/0,::/0"]
        .iter()
        .map(|list| format!("--trusted-proxies={list}"))
        .map(|flag| Settings::from_args([flag.as_str()]).expect("good lists").trusted_proxies)
        .collect()
});

/// A header is believed as far as its writers are, and a made-up hop in front
/// changes nothing. The input: a byte of choices, the peer's address, and a
/// header a line.
pub fn resolve(bytes: &[u8]) {
    let Some((choice, text)) = bytes.split_first() else { return };
    let trusted = &TRUSTED[usize::from(choice & 3)];
    let tls = choice & 4 != 0;
    let mut lines = text.split(|byte| *byte == b'\n');
    let peer = lines.next().and_then(|line| std::str::from_utf8(line).ok()?.parse().ok());
    let peer: IpAddr = peer.unwrap_or([10, 0, 0, 1].into());
    let lines: Vec<_> = lines.filter_map(header).collect();
    let headers: HeaderMap = lines.iter().cloned().collect();
    let caller = Caller::resolve(peer, tls, &headers, trusted);
    if !trusted.contains(peer) {
        assert_eq!(caller.address, peer.to_canonical(), "a stranger is who it is");
    }
    if !trusted.contains(caller.address) {
        for (name, made_up) in
            [("forwarded", format!("for={MADE_UP}")), ("x-forwarded-for", MADE_UP.into())]
        {
            if !headers.contains_key(name) {
                continue;
            }
            let name = HeaderName::from_static(name);
            let value = HeaderValue::from_str(&made_up).expect("a value");
            let spoofed = [(name, value)].into_iter().chain(lines.iter().cloned()).collect();
            assert_eq!(Caller::resolve(peer, tls, &spoofed, trusted), caller);
        }
    }
    check_origin(headers.get("origin").and_then(|value| value.to_str().ok()), &caller);
}

/// A page that passes is at the caller's host and scheme.
fn check_origin(given: Option<&str>, caller: &Caller) {
    let (Ok(()), Some(given)) = (origin::check(given, caller), given) else { return };
    let (scheme, host) = given.split_once("://").expect("an origin has a scheme");
    assert!(scheme.eq_ignore_ascii_case(caller.scheme.name()));
    assert_eq!(name_of(host), name_of(&caller.host));
    assert!(!host.contains(['/', '@', ' ']));
}

/// A host without its port.
fn name_of(host: &str) -> String {
    let colon = host.rfind(':').filter(|colon| !host[*colon..].contains(']'));
    host[..colon.unwrap_or(host.len())].to_ascii_lowercase()
}

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = HeaderName::from_bytes(line[..colon].trim_ascii()).ok()?;
    Some((name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?))
}
