//! Listening and accepted sockets, and how many of them the system allows.

use std::any::Any;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::AsRawFd;
use std::time::Duration;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use socket2::{Domain, Protocol, SockRef, Socket, Type};

/// Connections that wait to be accepted: a class that opens the page in the
/// same second, and every viewer that comes back after a restart.
const BACKLOG: i32 = 4096;

/// Bytes that the kernel keeps for a reader that is slow. Left alone it grows
/// to 4 MiB a socket; this holds seconds of a busy canvas.
const SEND_BUFFER_BYTES: usize = 64 * 1024;

/// Bytes that the kernel keeps until they are read; it doubles the number. What
/// people send is small. A peer that sends without end is held up by its own
/// kernel then, instead of filling the web server's buffers.
const RECEIVE_BUFFER_BYTES: usize = 32 * 1024;

/// Time after which a peer that acknowledges nothing is given up: laptops that
/// were closed, phones that left the room.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED_MAX: Duration = Duration::from_secs(30);

/// Time of silence after which the kernel asks whether the peer is there.
const KEEPALIVE_AFTER: Duration = Duration::from_mins(1);

/// Listens on an address.
///
/// A restarted server takes its port back at once, although connections of the
/// old one linger. `[::]` means every address, IPv4 ones too.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// Sets an accepted connection up; given to the web server as its `on_connect`,
/// for plain and TLS connections.
pub fn prepare_socket(io: &dyn Any, _: &mut Extensions) {
    if let Some(stream) = stream(io) {
        tune(stream);
    }
}

/// The number that the system gave to an accepted connection.
pub fn descriptor(io: &dyn Any) -> Option<u64> {
    u64::try_from(stream(io)?.as_raw_fd()).ok()
}

/// Ends an accepted connection; the web server finds it closed by its peer.
pub fn end(io: &dyn Any) {
    if let Some(stream) = stream(io) {
        // An error means that it is broken already.
        let _ = SockRef::from(stream).shutdown(std::net::Shutdown::Both);
    }
}

/// The TCP connection of what the web server has accepted.
fn stream(io: &dyn Any) -> Option<&TcpStream> {
    io.downcast_ref::<TcpStream>().or_else(|| {
        let tls = io.downcast_ref::<TlsStream<TcpStream>>()?;
        Some(tls.get_ref().0)
    })
}

fn tune(stream: &TcpStream) {
    let socket = SockRef::from(stream);
    let keepalive = socket2::TcpKeepalive::new().with_time(KEEPALIVE_AFTER);
    let mut set = vec![
        // A pixel is not held back until more bytes come.
        socket.set_tcp_nodelay(true),
        socket.set_send_buffer_size(SEND_BUFFER_BYTES),
        socket.set_recv_buffer_size(RECEIVE_BUFFER_BYTES),
        socket.set_tcp_keepalive(&keepalive),
    ];
    #[cfg(target_os = "linux")]
    set.push(socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED_MAX)));
    if let Some(error) = set.into_iter().find_map(Result::err) {
        // The connection may have ended already; it works without, too.
        tracing::debug!(%error, "a socket option was refused");
    }
}

/// Raises the limit of open files to what the system allows this process, and
/// gives the limit in force.
pub fn raise_open_files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::debug!(%error, "the limit of open files could not be raised");
    }
    // No limit is a limit that nobody reaches.
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_can_be_taken_back_at_once() {
        let first = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = first.local_addr().unwrap();
        assert_eq!(listen(address).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        let client = std::net::TcpStream::connect(address).unwrap();
        drop((first, client));
        listen(address).unwrap();
    }

    #[test]
    fn accepted_sockets_are_bounded_and_prompt() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        runtime.block_on(async {
            let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
            let address = listener.local_addr().unwrap();
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let (_client, accepted) =
                tokio::join!(tokio::net::TcpStream::connect(address), listener.accept());
            let stream = accepted.unwrap().0;
            prepare_socket(&stream, &mut Extensions::default());
            let socket = SockRef::from(&stream);
            assert!(socket.tcp_nodelay().unwrap());
            // Linux doubles the value for its own book-keeping.
            assert!(socket.send_buffer_size().unwrap() <= 2 * SEND_BUFFER_BYTES);
            assert!(socket.recv_buffer_size().unwrap() <= 2 * RECEIVE_BUFFER_BYTES);
            #[cfg(target_os = "linux")]
            assert_eq!(socket.tcp_user_timeout().unwrap(), Some(UNACKNOWLEDGED_MAX));
        });
    }

    #[test]
    fn open_files_are_raised_to_the_hard_limit() {
        let raised = raise_open_files();
        assert_eq!(Some(raised), getrlimit(Resource::Nofile).maximum.or(Some(u64::MAX)));
    }
}
