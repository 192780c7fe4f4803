//! How a single setting is read. Every reader says, on an error, what the value
//! must be: the words that follow "but it must be".

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

/// The path that every address of the server begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasePath(String);

impl BasePath {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let trimmed = text.trim_end_matches('/');
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
        let good = |part: &str| {
            !part.is_empty() && part != "." && part != ".." && part.chars().all(allowed)
        };
        match trimmed.strip_prefix('/') {
            None if trimmed.is_empty() && !text.is_empty() => Ok(Self(String::new())),
            Some(parts) if parts.split('/').all(good) => Ok(Self(trimmed.to_owned())),
            _ => Err("a path such as / or /place".to_owned()),
        }
    }

    /// What stands before the `/` of every route: empty, or `/place`.
    pub fn prefix(&self) -> &str {
        &self.0
    }

    /// The address of the first page, and what pages name as their `<base>`:
    /// `/`, or `/place/`.
    pub fn href(&self) -> String {
        format!("{}/", self.0)
    }
}

/// The proxies whose forwarded headers are believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(network).collect::<Option<_>>().map(Self).ok_or_else(|| {
            "a list of addresses or networks, such as 127.0.0.1,10.0.0.0/8".to_owned()
        })
    }

    /// Whether an address belongs to one of them. An IPv4 address that came in
    /// over an IPv6 socket is the same address.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address.to_canonical()))
    }
}

fn network(text: &str) -> Option<IpNet> {
    match text.parse() {
        Ok(network) => Some(network),
        Err(_) => text.parse().ok().map(|address: IpAddr| IpNet::from(address.to_canonical())),
    }
}

/// What the log looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

impl LogFormat {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("text or json".to_owned()),
        }
    }
}

/// Whether many sends go into one system call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IoUring {
    /// Where it works.
    Auto,
    /// Where it works, with a warning where it does not.
    On,
    /// Never.
    Off,
}

impl IoUring {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "on" => Ok(Self::On),
            "off" => Ok(Self::Off),
            _ => Err("auto, on or off".to_owned()),
        }
    }
}

pub(super) fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        "an IP address and a port, such as 0.0.0.0:8080 or [::]:8080 for every address of this \
         machine, or 127.0.0.1:8080 for this machine alone"
            .to_owned()
    })
}

pub(super) fn path(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() { Err("the path of a file or folder".to_owned()) } else { Ok(text.into()) }
}

pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("true or false".to_owned()),
    }
}

pub(super) fn filter(text: &str) -> Result<String, String> {
    match tracing_subscriber::EnvFilter::try_new(text) {
        Ok(_) if !text.trim().is_empty() => Ok(text.to_owned()),
        _ => Err("a level (error, warn, info, debug or trace), or levels by module such as \
                  info,place::ws=debug"
            .to_owned()),
    }
}

/// A whole number from `MIN` to `MAX`, both included.
pub(super) fn number_between<T, const MIN: u64, const MAX: u64>(text: &str) -> Result<T, String>
where
    T: TryFrom<u64>,
{
    let number = text.parse().ok().filter(|number| (MIN..=MAX).contains(number));
    number
        .and_then(|number| T::try_from(number).ok())
        .ok_or_else(|| format!("a whole number from {MIN} to {MAX}"))
}

pub(super) fn duration_between(
    text: &str,
    min: Duration,
    max: Duration,
) -> Result<Duration, String> {
    let wanted = || format!("a time from {} to {}, such as 90s, 5m or 24h", Span(min), Span(max));
    parse_duration(text).filter(|time| (min..=max).contains(time)).ok_or_else(wanted)
}

/// A time from a second to a day, or 0.
pub(super) fn duration_or_zero(text: &str) -> Result<Duration, String> {
    match parse_duration(text) {
        Some(Duration::ZERO) => Ok(Duration::ZERO),
        _ => duration_between(text, super::SECOND, super::DAY)
            .map_err(|wanted| format!("0, or {wanted}")),
    }
}

/// The units of a duration, largest first, with their milliseconds.
const UNITS_MS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

/// Reads a duration: whole numbers with units, largest first, such as `5m`,
/// `1h30m` or `250ms`; `0` needs no unit.
pub fn parse_duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let (mut rest, mut total_ms, mut units) = (text, 0u64, UNITS_MS.iter());
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let (unit, after) =
            after.split_at(after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len()));
        // The iterator goes on where it stopped: a unit comes once, in order.
        let (_, unit_ms) = units.find(|(name, _)| *name == unit)?;
        let part_ms = number.parse::<u64>().ok()?.checked_mul(*unit_ms)?;
        total_ms = total_ms.checked_add(part_ms)?;
        rest = after;
    }
    (!text.is_empty()).then_some(Duration::from_millis(total_ms))
}

/// Writes a duration as [`parse_duration`] reads it.
struct Span(Duration);

impl fmt::Display for Span {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest_ms = self.0.as_millis() as u64;
        if rest_ms == 0 {
            return out.write_str("0");
        }
        for (unit, unit_ms) in UNITS_MS {
            if rest_ms >= unit_ms {
                write!(out, "{}{unit}", rest_ms / unit_ms)?;
                rest_ms %= unit_ms;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_are_numbers_with_units() {
        let table = [
            ("0", Some(0)),
            ("0s", Some(0)),
            ("250ms", Some(250)),
            ("5m", Some(300_000)),
            ("1h30m", Some(5_400_000)),
            ("2d3h4m5s6ms", Some(183_845_006)),
            ("", None),
            ("5", None),
            ("m", None),
            ("5 m", None),
            ("-5m", None),
            ("5m1h", None),
            ("5m5m", None),
            ("1.5h", None),
            ("5min", None),
            ("99999999999999999999d", None),
            ("999999999999999999d", None),
        ];
        for (text, wanted_ms) in table {
            assert_eq!(parse_duration(text), wanted_ms.map(Duration::from_millis), "{text:?}");
        }
    }

    #[test]
    fn base_paths_are_brought_into_one_form() {
        let table = [
            ("/", Some("")),
            ("//", Some("")),
            ("/place", Some("/place")),
            ("/school/place/", Some("/school/place")),
            ("", None),
            ("place", None),
            ("/a//b", None),
            ("/a/../b", None),
            ("/a b", None),
            ("/a?b", None),
        ];
        for (text, wanted) in table {
            assert_eq!(BasePath::parse(text).ok().as_ref().map(BasePath::prefix), wanted, "{text}");
        }
        assert_eq!(BasePath::parse("/").unwrap().href(), "/");
        assert_eq!(BasePath::parse("/place").unwrap().href(), "/place/");
    }

    #[test]
    fn trusted_proxies_are_addresses_and_networks() {
        let proxies = TrustedProxies::parse("127.0.0.1, 10.0.0.0/8,fd00::/8,").unwrap();
        let table = [
            ("127.0.0.1", true),
            ("127.0.0.2", false),
            ("10.255.0.1", true),
            ("::ffff:10.1.2.3", true),
            ("fd12::1", true),
            ("::1", false),
        ];
        for (address, wanted) in table {
            assert_eq!(proxies.contains(address.parse().unwrap()), wanted, "{address}");
        }
        assert!(!TrustedProxies::parse("").unwrap().contains("127.0.0.1".parse().unwrap()));
        assert!(TrustedProxies::parse("localhost").is_err());
        assert!(TrustedProxies::parse("10.0.0.0/33").is_err());
    }

    proptest! {
        #[test]
        fn durations_survive_being_written(ms in 0u64..10_000_000_000) {
            let time = Duration::from_millis(ms);
            prop_assert_eq!(parse_duration(&Span(time).to_string()), Some(time));
        }

        #[test]
        fn no_text_makes_a_reader_panic(text in ".{0,40}") {
            let _ = (parse_duration(&text), BasePath::parse(&text), TrustedProxies::parse(&text));
            let _ = (listen(&text), switch(&text), number_between::<u32, 1, 9>(&text));
        }
    }
}
