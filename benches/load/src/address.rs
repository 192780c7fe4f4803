//! Where the load may go, and where it seems to come from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Connections from one source address: below the 28,232 ephemeral ports that
/// Linux has by default for each, with room for those of earlier runs that
/// still wait out their `TIME_WAIT`.
const CONNECTIONS_PER_SOURCE: usize = 4000;

/// An address that this program does not talk to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TargetError {
    #[error("{0:?} is not http://ADDRESS:PORT")]
    Syntax(String),
    #[error("{0} is not this machine: load is made on loopback only (127.0.0.0/8 or ::1)")]
    NotLoopback(IpAddr),
}

/// Reads `http://127.0.0.1:8080`; refuses everything but loopback.
pub(crate) fn target(url: &str) -> Result<SocketAddr, TargetError> {
    let address: SocketAddr = url
        .trim()
        .strip_prefix("http://")
        .map(|rest| rest.trim_end_matches('/').replace("localhost", "127.0.0.1"))
        .and_then(|rest| rest.parse().ok())
        .ok_or_else(|| TargetError::Syntax(url.to_owned()))?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err(TargetError::NotLoopback(address.ip()))
    }
}

/// The source address of the connection with this number; `None` leaves it to
/// the system.
pub(crate) fn source(target: SocketAddr, connection: usize) -> Option<SocketAddr> {
    if target.is_ipv6() {
        return None;
    }
    let number = connection / CONNECTIONS_PER_SOURCE;
    let address = Ipv4Addr::new(127, 1, (number / 250) as u8, (number % 250) as u8 + 1);
    Some(SocketAddr::from((address, 0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_a_target() {
        assert!(target("http://127.0.0.1:8080").is_ok());
        assert!(target("http://127.9.8.7:80/").is_ok());
        assert!(target("http://localhost:80").is_ok());
        assert!(target("http://[::1]:80").is_ok());
        let lan = "http://192.168.1.5:80";
        assert!(matches!(target(lan), Err(TargetError::NotLoopback(_))));
        assert!(matches!(target("http://[2001:db8::1]:80"), Err(TargetError::NotLoopback(_))));
        for wrong in ["https://127.0.0.1:1", "127.0.0.1:1", "http://example.org:1", ""] {
            assert!(matches!(target(wrong), Err(TargetError::Syntax(_))), "{wrong}");
        }
    }

    #[test]
    fn many_connections_come_from_many_addresses() {
        let target = "127.0.0.1:1".parse().unwrap();
        let of = |connection| source(target, connection).unwrap().ip().to_string();
        assert_eq!(of(0), "127.1.0.1");
        assert_eq!(of(3999), "127.1.0.1");
        assert_eq!(of(4000), "127.1.0.2");
        assert_eq!(of(4000 * 250), "127.1.1.1");
        assert_eq!(source("[::1]:1".parse().unwrap(), 0), None);
    }
}
