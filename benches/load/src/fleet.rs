//! Many WebSocket connections on one thread: an epoll set, one read buffer for
//! all, and a buffer of its own only for a connection with half a message.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use place_core::wire::frame::Opcode;
use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, socket_with, sockopt};

use crate::address;
use crate::websocket::{self, Frame, WebSocketError};

/// Events taken at once: few enough that placements due meanwhile are not late
/// by more than a fraction of a millisecond.
const EVENTS_MAX: usize = 256;

/// The shared read buffer, in bytes: some hundred busy frames.
const READ_BYTES: usize = 256 * 1024;

/// Bytes that may wait for one socket: a server that does not read for so long
/// is broken, and the run ends.
const UNSENT_MAX_BYTES: usize = 1 << 20;

/// Handshakes under way at a time: below every usual accept backlog.
const HANDSHAKES_MAX: usize = 256;

/// Longest time for all handshakes together.
const CONNECT_TIMEOUT: Duration = Duration::from_mins(1);

/// What ends a run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FleetError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("connection {0}: {1}")]
    WebSocket(usize, WebSocketError),
    #[error("connection {0} was lost: {1}")]
    Lost(usize, String),
    #[error("{0} of {1} connections were up after {CONNECT_TIMEOUT:?}")]
    Slow(usize, usize),
}

impl From<Errno> for FleetError {
    fn from(errno: Errno) -> Self {
        Self::Io(errno.into())
    }
}

/// Hears what the server says. `out` takes frames that go back on the same
/// connection.
pub(crate) trait Listener {
    fn message(
        &mut self,
        connection: usize,
        frame: Frame<'_>,
        frame_bytes: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), FleetError>;
}

/// The connections.
pub(crate) struct Fleet {
    epoll: OwnedFd,
    sockets: Vec<Socket>,
    events: Vec<epoll::Event>,
    read: Vec<u8>,
    /// Sockets with bytes that have not been tried to send yet.
    fresh: Vec<usize>,
    open: usize,
    mask: u32,
    /// Looks at the sockets again and again instead of sleeping until one has
    /// something. Readers in life are other machines: one here that sleeps
    /// would have the server pay for waking it up, with every frame.
    pub(crate) spin: bool,
}

struct Socket {
    stream: TcpStream,
    open: bool,
    /// The start of a message that is not whole yet.
    partial: Vec<u8>,
    unsent: Vec<u8>,
    fresh: bool,
    waits_for_room: bool,
}

impl Fleet {
    pub(crate) fn new() -> Result<Self, FleetError> {
        Ok(Self {
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            sockets: Vec::new(),
            events: Vec::with_capacity(EVENTS_MAX),
            read: vec![0; READ_BYTES],
            fresh: Vec::new(),
            open: 0,
            mask: 0x9e37_79b9,
            spin: false,
        })
    }

    /// Connects once for each upgrade request, in order; the connections are
    /// numbered from 0.
    pub(crate) fn connect(
        &mut self,
        target: SocketAddr,
        requests: impl IntoIterator<Item = Vec<u8>>,
        listener: &mut impl Listener,
    ) -> Result<(), FleetError> {
        let deadline = Instant::now() + CONNECT_TIMEOUT;
        let mut requests = requests.into_iter().fuse();
        let mut more = true;
        while more || self.open < self.sockets.len() {
            while more && self.sockets.len() - self.open < HANDSHAKES_MAX {
                match requests.next() {
                    Some(request) => self.start(target, request)?,
                    None => more = false,
                }
            }
            self.poll(Duration::from_millis(100), listener)?;
            if Instant::now() > deadline {
                return Err(FleetError::Slow(self.open, self.sockets.len()));
            }
        }
        Ok(())
    }

    fn start(&mut self, target: SocketAddr, request: Vec<u8>) -> Result<(), FleetError> {
        let family = if target.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(family, SocketType::STREAM, flags, None)?;
        sockopt::set_tcp_nodelay(&socket, true)?;
        let number = self.sockets.len();
        if let Some(source) = address::source(target, number) {
            bind(&socket, &source)?;
        }
        match connect(&socket, &target) {
            Ok(()) | Err(Errno::INPROGRESS) => {}
            Err(error) => return Err(error.into()),
        }
        let stream = TcpStream::from(socket);
        let flags = epoll::EventFlags::IN | epoll::EventFlags::OUT;
        epoll::add(&self.epoll, &stream, epoll::EventData::new_u64(number as u64), flags)?;
        self.sockets.push(Socket {
            stream,
            open: false,
            partial: Vec::new(),
            unsent: request,
            fresh: false,
            waits_for_room: true,
        });
        Ok(())
    }

    /// Has every connection end at once when it is dropped, with a reset: so
    /// that neither side keeps anything of it. Thousands of connections are made
    /// and ended again and again, and ports that wait are soon used up.
    pub(crate) fn hang_up(&mut self) {
        for socket in &self.sockets {
            // One that is broken already needs nothing.
            let _ = sockopt::set_socket_linger(&socket.stream, Some(Duration::ZERO));
        }
    }

    /// Puts one message in line for a connection; [`Fleet::flush`] sends it.
    pub(crate) fn queue(&mut self, connection: usize, opcode: Opcode, payload: &[u8]) {
        // Not random, but never the same twice in a row: a mask protects
        // proxies from browsers, and there are neither here.
        self.mask = self.mask.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f);
        let socket = &mut self.sockets[connection];
        websocket::put_masked(&mut socket.unsent, opcode, payload, self.mask.to_le_bytes());
        if !socket.fresh {
            socket.fresh = true;
            self.fresh.push(connection);
        }
    }

    /// Sends what is in line.
    pub(crate) fn flush(&mut self) -> Result<(), FleetError> {
        let mut fresh = std::mem::take(&mut self.fresh);
        for connection in fresh.drain(..) {
            self.sockets[connection].fresh = false;
            if !self.sockets[connection].waits_for_room {
                self.send(connection)?;
            }
        }
        self.fresh = fresh;
        Ok(())
    }

    /// Waits for the server, at most `timeout`, and hears what it says.
    pub(crate) fn poll(
        &mut self,
        timeout: Duration,
        listener: &mut impl Listener,
    ) -> Result<(), FleetError> {
        let timeout = if self.spin { Duration::ZERO } else { timeout };
        let timeout = Timespec {
            tv_sec: timeout.as_secs().cast_signed(),
            tv_nsec: i64::from(timeout.subsec_nanos()),
        };
        let mut events = std::mem::take(&mut self.events);
        events.clear();
        match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&timeout)) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        for event in &events {
            let connection = event.data.u64() as usize;
            let flags = event.flags;
            if flags.contains(epoll::EventFlags::OUT) {
                self.send(connection)?;
            }
            if flags
                .intersects(epoll::EventFlags::IN | epoll::EventFlags::HUP | epoll::EventFlags::ERR)
            {
                self.receive(connection, listener)?;
            }
        }
        self.events = events;
        Ok(())
    }

    fn send(&mut self, connection: usize) -> Result<(), FleetError> {
        let socket = &mut self.sockets[connection];
        let mut sent = 0;
        while sent < socket.unsent.len() {
            match socket.stream.write(&socket.unsent[sent..]) {
                Ok(0) => {
                    return Err(FleetError::Lost(connection, "nothing can be sent".to_owned()));
                }
                Ok(count) => sent += count,
                Err(error) if is_not_yet(&error) => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(FleetError::Lost(connection, error.to_string())),
            }
        }
        socket.unsent.drain(..sent);
        if socket.unsent.len() > UNSENT_MAX_BYTES {
            return Err(FleetError::Lost(connection, "the server does not read".to_owned()));
        }
        let waits = !socket.unsent.is_empty();
        if waits != socket.waits_for_room {
            socket.waits_for_room = waits;
            let mut flags = epoll::EventFlags::IN;
            flags.set(epoll::EventFlags::OUT, waits);
            let data = epoll::EventData::new_u64(connection as u64);
            epoll::modify(&self.epoll, &socket.stream, data, flags)?;
        }
        Ok(())
    }

    fn receive(
        &mut self,
        connection: usize,
        listener: &mut impl Listener,
    ) -> Result<(), FleetError> {
        let socket = &mut self.sockets[connection];
        let count = match socket.stream.read(&mut self.read) {
            Ok(0) => return Err(FleetError::Lost(connection, "the server closed it".to_owned())),
            Ok(count) => count,
            Err(error) if is_not_yet(&error) || error.kind() == ErrorKind::Interrupted => {
                return Ok(());
            }
            Err(error) => return Err(FleetError::Lost(connection, error.to_string())),
        };
        let was_open = socket.open;
        let mut out = std::mem::take(&mut socket.unsent);
        let already_unsent = out.len();
        let result = if socket.partial.is_empty() {
            let used = socket.hear(connection, &self.read[..count], &mut out, listener);
            used.map(|used| socket.partial.extend_from_slice(&self.read[used..count]))
        } else {
            let mut bytes = std::mem::take(&mut socket.partial);
            bytes.extend_from_slice(&self.read[..count]);
            let used = socket.hear(connection, &bytes, &mut out, listener);
            used.map(|used| socket.partial = bytes.split_off(used))
        };
        let has_more = out.len() > already_unsent;
        socket.unsent = out;
        self.open += usize::from(socket.open && !was_open);
        result?;
        if has_more && !socket.waits_for_room {
            self.send(connection)?;
        }
        Ok(())
    }
}

impl Socket {
    /// Hears every whole message in `bytes`; tells how many bytes they took.
    fn hear(
        &mut self,
        connection: usize,
        bytes: &[u8],
        out: &mut Vec<u8>,
        listener: &mut impl Listener,
    ) -> Result<usize, FleetError> {
        let wrong = |error| FleetError::WebSocket(connection, error);
        let mut at = 0;
        if !self.open {
            match websocket::upgrade_answer(bytes).map_err(wrong)? {
                Some(head) => at = head,
                None => return Ok(0),
            }
            self.open = true;
        }
        while let Some((frame, length)) = websocket::take_frame(&bytes[at..]).map_err(wrong)? {
            match frame.opcode {
                Opcode::Ping => {
                    websocket::put_masked(out, Opcode::Pong, frame.payload, [1, 2, 3, 4]);
                }
                Opcode::Pong => {}
                Opcode::Close => {
                    return Err(FleetError::Lost(connection, close_text(frame.payload)));
                }
                Opcode::Text | Opcode::Binary => {
                    listener.message(connection, frame, length, out)?;
                }
            }
            at += length;
        }
        Ok(at)
    }
}

fn is_not_yet(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected)
}

fn close_text(payload: &[u8]) -> String {
    match payload.split_first_chunk() {
        Some((code, reason)) => format!(
            "closed with {}, {:?}",
            u16::from_be_bytes(*code),
            String::from_utf8_lossy(reason)
        ),
        None => "closed without a code".to_owned(),
    }
}

#[cfg(test)]
#[path = "fleet_tests.rs"]
mod tests;
