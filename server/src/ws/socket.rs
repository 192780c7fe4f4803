//! A connection's own hold of its socket, to read and write without the web
//! server.

use std::any::Any;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Weak};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use parking_lot::Mutex;
use rustix::io::{Errno, ioctl_fionread};
use rustix::net::{RecvFlags, SendFlags, Shutdown, recv, send, shutdown};

/// An accepted connection, until somebody takes it over or it ends.
#[derive(Debug)]
pub struct Accepted {
    /// A second descriptor.
    descriptor: Mutex<Option<OwnedFd>>,
    is_plain: bool,
}

impl Accepted {
    /// Bytes that the peer has sent and that nobody has read yet; none for a
    /// connection that was taken over.
    pub fn unread_bytes(&self) -> u64 {
        let descriptor = self.descriptor.lock();
        descriptor.as_ref().and_then(|descriptor| ioctl_fionread(descriptor).ok()).unwrap_or(0)
    }

    /// Ends the connection; the web server finds it closed by its peer.
    pub fn end(&self) {
        if let Some(descriptor) = self.descriptor.lock().as_ref() {
            // An error means that it is over already.
            let _ = shutdown(descriptor, Shutdown::Both);
        }
    }
}

/// Keeps a second descriptor of a connection for whoever takes it over from the
/// web server, or watches over it. It is closed with the connection if nobody
/// takes it.
pub fn note_socket(io: &dyn Any, extensions: &mut Extensions) -> Option<Weak<Accepted>> {
    let plain = io.downcast_ref::<TcpStream>().map(|stream| (stream, true));
    let (stream, is_plain) = plain.or_else(|| {
        let tls = io.downcast_ref::<TlsStream<TcpStream>>()?;
        Some((tls.get_ref().0, false))
    })?;
    match stream.as_fd().try_clone_to_owned() {
        Ok(descriptor) => {
            let descriptor = Mutex::new(Some(descriptor));
            let accepted = Arc::new(Accepted { descriptor, is_plain });
            let weak = Arc::downgrade(&accepted);
            extensions.insert(accepted);
            Some(weak)
        }
        // Without it the connection works as well, through the web server.
        Err(error) => {
            tracing::debug!(%error, "a connection has no second descriptor");
            None
        }
    }
}

/// Bytes that a request's connection has sent and that nobody has read yet; none
/// if that is not known.
pub fn unread_bytes(request: &HttpRequest) -> u64 {
    request.conn_data::<Arc<Accepted>>().map_or(0, |accepted| accepted.unread_bytes())
}

/// A connection's socket. Nothing here waits.
#[derive(Debug)]
pub(super) struct Socket {
    descriptor: OwnedFd,
    is_plain: bool,
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

impl Sent {
    /// Reads the result of a `send` of `length` bytes.
    pub(super) fn of(result: Result<usize, Errno>, length: usize) -> Self {
        match result {
            Ok(sent) if sent == length => Self::All,
            Ok(sent) => Self::Part(sent),
            // The last: the kernel is out of memory for sockets right now.
            Err(Errno::AGAIN | Errno::INTR | Errno::NOBUFS) => Self::Part(0),
            Err(_) => Self::Broken,
        }
    }
}

/// What came of a receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Received {
    /// So many bytes.
    Bytes(usize),
    /// Nothing yet.
    Nothing,
    /// The peer has no more to say.
    End,
    /// The connection is broken.
    Broken,
}

impl Socket {
    /// How every frame is sent: without waiting, and without the signal that a
    /// broken connection would raise.
    pub(super) const SEND_FLAGS: SendFlags = SendFlags::DONTWAIT.union(SendFlags::NOSIGNAL);

    /// The socket of the connection that a request came on, once.
    pub(super) fn take(request: &HttpRequest) -> Option<Self> {
        let accepted: &Arc<Accepted> = request.conn_data()?;
        let descriptor = accepted.descriptor.lock().take()?;
        Some(Self { descriptor, is_plain: accepted.is_plain })
    }

    /// Whether bytes go out as they are: nothing can be sent past TLS.
    pub(super) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Sends what the kernel takes right now.
    pub(super) fn send(&self, bytes: &[u8]) -> Sent {
        debug_assert!(self.is_plain, "nothing is sent past TLS");
        Sent::of(send(&self.descriptor, bytes, Self::SEND_FLAGS), bytes.len())
    }

    /// Reads what has come.
    pub(super) fn receive(&self, buffer: &mut [u8]) -> Received {
        match recv(&self.descriptor, buffer, RecvFlags::DONTWAIT) {
            Ok((0, _)) => Received::End,
            Ok((count, _)) => Received::Bytes(count),
            Err(Errno::AGAIN | Errno::INTR) => Received::Nothing,
            Err(_) => Received::Broken,
        }
    }

    /// Tells the peer that nothing more will come.
    pub(super) fn end_writing(&self) {
        // An error means that the connection is broken already.
        let _ = shutdown(&self.descriptor, Shutdown::Write);
    }

    /// Ends the connection at once, for a peer that reads nothing: a close
    /// frame would wait behind everything else it does not read.
    pub(super) fn shut_down(&self) {
        let _ = shutdown(&self.descriptor, Shutdown::Both);
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

#[cfg(test)]
impl Socket {
    /// Two ends of a connection, one of them ours.
    pub(super) fn pair() -> (Self, std::os::unix::net::UnixStream) {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        (Self { descriptor: ours.into(), is_plain: true }, theirs)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    #[test]
    fn a_full_socket_takes_a_part_and_says_how_much() {
        let (socket, mut theirs) = Socket::pair();
        let bytes = vec![7; 1 << 20];
        let Sent::Part(taken) = socket.send(&bytes) else { panic!("a megabyte can't fit") };
        assert!(taken > 0);
        assert_eq!(socket.send(&bytes), Sent::Part(0), "it stays full");
        drop(socket);
        let mut read = Vec::new();
        theirs.read_to_end(&mut read).unwrap();
        assert_eq!(read.len(), taken);
    }

    #[test]
    fn a_peer_that_is_gone_breaks_the_connection_and_nothing_else() {
        let (socket, theirs) = Socket::pair();
        assert_eq!(socket.send(b"hello"), Sent::All);
        drop(theirs);
        assert_eq!(socket.send(b"hello"), Sent::Broken);
    }

    #[test]
    fn one_side_may_end_before_the_other() {
        let (socket, mut theirs) = Socket::pair();
        let mut buffer = [0; 16];
        assert_eq!(socket.receive(&mut buffer), Received::Nothing);
        socket.end_writing();
        assert_eq!(theirs.read(&mut buffer).unwrap(), 0);
        theirs.write_all(b"last words").unwrap();
        drop(theirs);
        assert_eq!(socket.receive(&mut buffer), Received::Bytes(10));
        assert_eq!(socket.receive(&mut buffer), Received::End);
    }

    #[test]
    fn shutting_down_ends_the_peer_s_stream() {
        let (socket, mut theirs) = Socket::pair();
        assert_eq!(socket.send(b"bye"), Sent::All);
        socket.shut_down();
        let mut read = Vec::new();
        theirs.read_to_end(&mut read).unwrap();
        assert_eq!(read, b"bye");
    }
}
