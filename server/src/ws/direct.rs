//! Sending on a connection's own socket, past the web server's buffers.
//!
//! Waking a connection's task so that it polls its body, copies the bytes and
//! writes them costs half as much again as the write itself. When nothing is
//! buffered ahead, the hub writes by itself.
//!
//! This is the one place in PLACE with unsafe code.
#![allow(unsafe_code)]

use std::any::Any;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use rustix::net::{SendFlags, Shutdown, send, shutdown};

/// The descriptor of an accepted connection, noted at its start.
#[derive(Clone, Copy, Debug)]
struct Accepted {
    descriptor: RawFd,
    /// Whether bytes go out as they are: nothing can be sent past TLS.
    plain: bool,
}

/// Notes a connection's descriptor.
pub fn note_socket(io: &dyn Any, extensions: &mut Extensions) {
    let plain = io.downcast_ref::<TcpStream>().map(|stream| (stream, true));
    let noted = plain.or_else(|| {
        let tls = io.downcast_ref::<TlsStream<TcpStream>>()?;
        Some((tls.get_ref().0, false))
    });
    if let Some((stream, plain)) = noted {
        extensions.insert(Accepted { descriptor: stream.as_raw_fd(), plain });
    }
}

/// A connection's socket, to send on without waiting.
///
/// # Invariant
///
/// The web server's dispatcher owns both the socket and the response body, and
/// lives on one thread. A `Socket` is used only by that body or its
/// [`Connection`], on that thread, and only while the body exists: the body
/// takes it back when it is dropped ([`Connection::release`]). So the descriptor is open, and is
/// this connection's, whenever [`Socket::send`] runs.
///
/// [`Connection`]: super::connection::Connection
/// [`Connection::release`]: super::connection::Connection::release
#[derive(Debug)]
pub(super) struct Socket {
    accepted: Accepted,
    /// Keeps it on its thread.
    _not_send: std::marker::PhantomData<*const ()>,
}

/// What became of a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// Everything is in the kernel.
    All,
    /// This many bytes are; the rest must wait.
    Part(usize),
    /// The connection is broken.
    Broken,
}

impl Socket {
    /// The socket of the connection that a request came on.
    pub(super) fn of(request: &HttpRequest) -> Option<Self> {
        let accepted = *request.conn_data()?;
        Some(Self { accepted, _not_send: std::marker::PhantomData })
    }

    /// Whether [`Socket::send`] may be used.
    pub(super) fn is_plain(&self) -> bool {
        self.accepted.plain
    }

    /// Tells the peer that nothing more will come.
    pub(super) fn end_writing(&self) {
        // An error means that the connection is broken already.
        let _ = shutdown(self.borrow(), Shutdown::Write);
    }

    /// Ends the connection at once, for a peer that reads nothing: a close
    /// frame would wait behind everything else it does not read.
    pub(super) fn shut_down(&self) {
        // An error means that the connection is broken already.
        let _ = shutdown(self.borrow(), Shutdown::Both);
    }

    fn borrow(&self) -> BorrowedFd<'_> {
        // SAFETY: by the invariant the descriptor is open for as long as this
        // `Socket` is used.
        unsafe { BorrowedFd::borrow_raw(self.accepted.descriptor) }
    }

    /// Sends what the kernel takes right now.
    pub(super) fn send(&self, bytes: &[u8]) -> Sent {
        debug_assert!(self.is_plain(), "nothing is sent past TLS");
        match send(self.borrow(), bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
            Ok(sent) if sent == bytes.len() => Sent::All,
            Ok(sent) => Sent::Part(sent),
            Err(error) => match io::Error::from(error).kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => Sent::Part(0),
                _ => Sent::Broken,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;

    use super::*;

    fn pair() -> (UnixStream, UnixStream, Socket) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let accepted = Accepted { descriptor: ours.as_raw_fd(), plain: true };
        let socket = Socket { accepted, _not_send: std::marker::PhantomData };
        (ours, theirs, socket)
    }

    #[test]
    fn a_full_socket_takes_a_part_and_says_how_much() {
        let (ours, mut theirs, socket) = pair();
        let bytes = vec![7; 1 << 20];
        let Sent::Part(taken) = socket.send(&bytes) else { panic!("a megabyte can't fit") };
        assert!(taken > 0);
        assert_eq!(socket.send(&bytes), Sent::Part(0), "it stays full");
        drop(ours);
        let mut read = Vec::new();
        theirs.read_to_end(&mut read).unwrap();
        assert_eq!(read.len(), taken);
    }

    #[test]
    fn a_peer_that_is_gone_breaks_the_connection_and_nothing_else() {
        let (_ours, theirs, socket) = pair();
        assert_eq!(socket.send(b"hello"), Sent::All);
        drop(theirs);
        assert_eq!(socket.send(b"hello"), Sent::Broken);
    }

    #[test]
    fn one_side_may_end_before_the_other() {
        let (mut ours, mut theirs, socket) = pair();
        socket.end_writing();
        assert_eq!(theirs.read(&mut [0; 16]).unwrap(), 0);
        theirs.write_all(b"last words").unwrap();
        drop(theirs);
        let mut read = Vec::new();
        ours.read_to_end(&mut read).unwrap();
        assert_eq!(read, b"last words");
    }

    #[test]
    fn shutting_down_ends_the_peer_s_stream() {
        let (_ours, mut theirs, socket) = pair();
        assert_eq!(socket.send(b"bye"), Sent::All);
        socket.shut_down();
        let mut read = Vec::new();
        theirs.read_to_end(&mut read).unwrap();
        assert_eq!(read, b"bye");
    }
}
