//! `place health`: for a container's health check and for people in a hurry.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use serde_json::Value;

use super::Failure;
use super::control::Control;
use crate::net::control_socket_path;
use crate::settings::{Settings, TlsSource};

const READY_PATH: &str = "/readyz";

/// Asks the server whether it takes pixels.
pub(super) fn run(settings: &Settings) -> Result<(), Failure> {
    let answer = match Control::connect(&settings.data)? {
        Some(control) => control.ask("GET", READY_PATH, None)?,
        None => over_tcp(settings)?,
    };
    if answer.status == 200 {
        println!("ready");
        return Ok(());
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    Err(Failure::Other(match body["reason"].as_str() {
        Some(reason) => format!("not ready: {reason}"),
        None => format!("not ready: status {}", answer.status),
    }))
}

/// Some file systems have no sockets; then the server is asked as browsers ask
/// it.
fn over_tcp(settings: &Settings) -> Result<super::control::Answer, Failure> {
    let nobody = || {
        let path = control_socket_path(&settings.data);
        Failure::Other(format!(
            "no server runs on {} (none at {})",
            settings.listen,
            path.display()
        ))
    };
    if settings.tls() != TlsSource::None {
        return Err(nobody());
    }
    let control = Control::connect_tcp(reachable(settings.listen)).ok_or_else(nobody)?;
    let path = format!("{}{READY_PATH}", settings.base_path.prefix());
    Ok(control.ask("GET", &path, None)?)
}

/// Where a server that listens on this address is found on this machine.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other.ip(),
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// What `place health` says of a server that answers so, over TCP.
    fn health_of(answer: &'static str) -> Result<(), String> {
        let dir = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = format!("--listen={}", listener.local_addr().unwrap());
        let data = format!("--data={}", dir.path().display());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let count = stream.read(&mut request).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8_lossy(&request[..count]).into_owned()
        });
        let settings = Settings::from_args([&*listen, &*data, "--base-path=/place"]).unwrap();
        let said = run(&settings).map_err(|failure| failure.to_string());
        assert!(server.join().unwrap().starts_with("GET /place/readyz HTTP/1.1\r\n"));
        said
    }

    #[test]
    fn the_server_s_word_is_passed_on() {
        assert_eq!(health_of("HTTP/1.1 200 OK\r\n\r\n"), Ok(()));
        let full = "HTTP/1.1 503 No\r\n\r\n{\"ready\":false,\"reason\":\"the disk is full\"}";
        assert_eq!(health_of(full), Err("not ready: the disk is full".to_owned()));
        let odd = "HTTP/1.1 500 No\r\n\r\n";
        assert_eq!(health_of(odd), Err("not ready: status 500".to_owned()));
    }

    #[test]
    fn no_server_is_not_healthy() {
        let dir = tempfile::tempdir().unwrap();
        let data = format!("--data={}", dir.path().display());
        // Port 1 of the loopback: nobody listens there.
        let settings = Settings::from_args([&*data, "--listen=127.0.0.1:1"]).unwrap();
        assert!(run(&settings).unwrap_err().to_string().starts_with("no server runs on"));
    }
}
