//! The addresses under which others in the room find this machine.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::forwarded::Scheme;
use crate::settings::{Settings, TlsSource};

/// Most addresses printed or put into a certificate; a machine that has more
/// is no classroom's.
const ADDRESSES_MAX: usize = 8;

/// Names that bridges of containers and virtual machines begin with: nobody in
/// the room can open those.
const VIRTUAL_PREFIXES: [&str; 9] =
    ["docker", "br-", "veth", "virbr", "vboxnet", "vmnet", "cni", "podman", "lxc"];

/// The machine's addresses on its networks: IPv4 first, then IPv6.
pub fn addresses() -> Vec<IpAddr> {
    let found = if_addrs::get_if_addrs().unwrap_or_else(|error| {
        tracing::debug!(%error, "the network interfaces can't be listed");
        Vec::new()
    });
    select(found.into_iter().map(|interface| (interface.name.clone(), interface.ip())))
}

/// Those that others can open, in a steady order, without repetition.
fn select(found: impl Iterator<Item = (String, IpAddr)>) -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = found
        .filter(|(name, address)| !is_virtual(name) && is_reachable(*address))
        .map(|(_, address)| address)
        .collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses.truncate(ADDRESSES_MAX);
    addresses
}

fn is_virtual(interface: &str) -> bool {
    VIRTUAL_PREFIXES.iter().any(|prefix| interface.starts_with(prefix))
}

fn is_reachable(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !(v4.is_loopback() || v4.is_link_local() || v4.is_unspecified()),
        IpAddr::V6(v6) => !(v6.is_loopback() || v6.is_unicast_link_local() || v6.is_unspecified()),
    }
}

/// The variable by which a container's programs are told that they are in one;
/// our image sets it, as Podman does.
const CONTAINER_VARIABLE: &str = "container";

/// What to open, on this machine and on others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    here: Option<String>,
    others: Vec<String>,
    is_container: bool,
}

/// What a container says in place of its own addresses.
const OUTSIDE_CONTAINER: &str = "the address of the computer that runs this container";

fn is_container() -> bool {
    std::env::var_os(CONTAINER_VARIABLE).is_some_and(|kind| !kind.is_empty())
}

fn scheme(settings: &Settings) -> Scheme {
    if settings.tls() == TlsSource::None { Scheme::Http } else { Scheme::Https }
}

impl Addresses {
    /// Those of a server that listens on this port.
    pub fn of(settings: &Settings, port: u16) -> Self {
        let listening = SocketAddr::new(settings.listen.ip(), port);
        // A container's own addresses are of no use to anybody outside of it,
        // and it can't know those of the computer.
        let is_container = listening.ip().is_unspecified() && is_container();
        let lan = if is_container { Vec::new() } else { addresses() };
        Self { is_container, ..Self::among(settings, listening, &lan) }
    }

    fn among(settings: &Settings, listening: SocketAddr, lan: &[IpAddr]) -> Self {
        let scheme = scheme(settings);
        let url = |host: &str| {
            let port = match listening.port() {
                port if port == scheme.default_port() => String::new(),
                port => format!(":{port}"),
            };
            format!("{}://{host}{port}{}", scheme.name(), settings.base_path.href())
        };
        let ip = listening.ip();
        let here = (ip.is_unspecified() || ip.is_loopback()).then(|| url("localhost"));
        let others: Vec<IpAddr> = if ip.is_unspecified() {
            lan.iter().copied().filter(|address| ip.is_ipv6() || address.is_ipv4()).collect()
        } else if ip.is_loopback() {
            Vec::new()
        } else {
            vec![ip]
        };
        let others = others.into_iter().map(|address| url(&in_url(address))).collect();
        Self { here, others, is_container: false }
    }

    /// The one to give to somebody else.
    pub fn to_pass_on(&self) -> &str {
        self.others.first().or(self.here.as_ref()).map_or("/", String::as_str)
    }
}

/// One address a line.
impl fmt::Display for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PLACE is running. Open it\n")?;
        if let Some(here) = &self.here {
            writeln!(f, "  on this machine:  {here}")?;
        }
        for other in &self.others {
            writeln!(f, "  on the network:   {other}")?;
        }
        if self.is_container {
            writeln!(f, "  on the network:   {OUTSIDE_CONTAINER}")?;
        }
        Ok(())
    }
}

fn in_url(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_addresses_that_others_can_open_are_told() {
        let found = [
            ("lo", "127.0.0.1"),
            ("wlan0", "192.168.1.7"),
            ("eth0", "10.1.2.3"),
            ("eth0", "fe80::1"),
            ("eth0", "fd00::7"),
            ("eth1", "169.254.1.1"),
            ("docker0", "172.17.0.1"),
            ("br-12ab", "172.18.0.1"),
            ("eth2", "10.1.2.3"),
            ("lo", "::1"),
        ];
        let selected = select(found.into_iter().map(|(name, text)| (name.to_owned(), ip(text))));
        assert_eq!(selected, [ip("10.1.2.3"), ip("192.168.1.7"), ip("fd00::7")]);
    }

    #[test]
    fn the_text_fits_what_the_server_listens_on() {
        let lan = [ip("192.168.1.7"), ip("fd00::7")];
        let table: &[(&[&str], &str, &[&str])] = &[
            (&[], "0.0.0.0:8080", &["http://localhost:8080/", "http://192.168.1.7:8080/"]),
            (
                &["--base-path=/place"],
                "[::]:80",
                &[
                    "http://localhost/place/",
                    "http://192.168.1.7/place/",
                    "http://[fd00::7]/place/",
                ],
            ),
            (&["--tls-self-signed"], "127.0.0.1:8443", &["https://localhost:8443/"]),
            (&["--tls-self-signed"], "192.168.1.7:443", &["https://192.168.1.7/"]),
        ];
        for (args, listening, wanted) in table {
            let settings = Settings::from_args(args.iter().copied()).unwrap();
            let addresses = Addresses::among(&settings, listening.parse().unwrap(), &lan);
            let text = addresses.to_string();
            let urls: Vec<&str> = text
                .lines()
                .filter_map(|line| line.split_whitespace().last())
                .filter(|word| word.contains("://"))
                .collect();
            assert_eq!(urls, *wanted, "{text}");
        }
    }
}
