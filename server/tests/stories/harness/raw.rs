//! A WebSocket without a library: sends any bytes, and reads what a strict
//! client would read.

use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use super::http::parse_head;
use super::stream::Stream;
use super::{Address, PATIENCE, Seat};

/// The bit of a message's last frame.
pub(crate) const FIN: u8 = 0x80;

/// The bit of a masked frame, beside its length.
const MASKED: u8 = 0x80;

/// Opcodes (RFC 6455, section 5.2).
pub(crate) mod op {
    pub(crate) const CONTINUATION: u8 = 0;
    pub(crate) const TEXT: u8 = 1;
    pub(crate) const BINARY: u8 = 2;
    pub(crate) const CLOSE: u8 = 8;
    pub(crate) const PING: u8 = 9;
    pub(crate) const PONG: u8 = 10;
}

/// The mask of every frame: any will do.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A frame from the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Opcode and flags.
    pub(crate) first: u8,
    pub(crate) payload: Vec<u8>,
}

/// The header of a masked frame that announces so many bytes.
pub(crate) fn header(first: u8, length: u64) -> Vec<u8> {
    let mut out = vec![first];
    match length {
        0..126 => out.push(MASKED | length as u8),
        126..0x1_0000 => {
            out.push(MASKED | 0x7e);
            out.extend((length as u16).to_be_bytes());
        }
        _ => {
            out.push(MASKED | 0x7f);
            out.extend(length.to_be_bytes());
        }
    }
    out.extend(MASK);
    out
}

/// A whole masked frame.
pub(crate) fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = header(first, payload.len() as u64);
    out.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    out
}

/// A WebSocket after its handshake.
pub(crate) struct Raw {
    stream: Stream,
    unread: Vec<u8>,
    /// How long something may take to come.
    patience: Duration,
}

impl Raw {
    /// Opens a canvas.
    pub(crate) fn open(address: &Address, canvas: &str, seat: Option<&Seat>) -> Self {
        Self::open_on(address.connect_tcp(), address, canvas, seat)
    }

    /// Opens a canvas with a receive buffer of so many bytes.
    pub(crate) fn open_narrow(
        address: &Address,
        canvas: &str,
        seat: Option<&Seat>,
        bytes: usize,
    ) -> Self {
        let stream = Stream::connect_narrow(address.socket(), bytes).expect("the server listens");
        Self::open_on(stream, address, canvas, seat)
    }

    fn open_on(stream: Stream, address: &Address, canvas: &str, seat: Option<&Seat>) -> Self {
        let cookie = seat.map(|seat| format!("Cookie: {}\r\n", seat.cookie)).unwrap_or_default();
        let head = format!("Sec-WebSocket-Protocol: place.v1\r\n{cookie}");
        let path = format!("/api/canvases/{canvas}/ws");
        let mut raw = Self::upgrade(stream, address, &path, &head);
        let welcome = raw.frame().expect("a welcome");
        assert_eq!(welcome.first, FIN | op::TEXT, "{welcome:?}");
        raw
    }

    /// Opens a canvas and sends `behind` in the same breath, before any answer
    /// to the handshake.
    pub(crate) fn open_saying(
        address: &Address,
        canvas: &str,
        seat: Option<&Seat>,
        behind: &[u8],
    ) -> Self {
        let mut raw = Self::begin_saying(address, canvas, seat, behind);
        raw.welcomed();
        raw
    }

    /// The same, but nothing is read: [`Raw::welcomed`] does it.
    pub(crate) fn begin_saying(
        address: &Address,
        canvas: &str,
        seat: Option<&Seat>,
        behind: &[u8],
    ) -> Self {
        let cookie = seat.map(|seat| format!("Cookie: {}\r\n", seat.cookie)).unwrap_or_default();
        let head = format!("Sec-WebSocket-Protocol: place.v1\r\n{cookie}");
        let path = format!("/api/canvases/{canvas}/ws");
        let mut stream = address.connect_tcp();
        let request = [handshake(address, &path, &head).as_bytes(), behind].concat();
        stream.write_all(&request).expect("the server reads");
        Self { stream, unread: Vec::new(), patience: PATIENCE }
    }

    /// The same, with more patience: for what takes its time by design.
    pub(crate) fn waiting(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Reads the answer to the handshake, and the welcome.
    pub(crate) fn welcomed(&mut self) {
        self.finish().expect("the handshake succeeds");
        let welcome = self.frame().expect("a welcome");
        assert_eq!(welcome.first, FIN | op::TEXT, "{welcome:?}");
    }

    /// Opens the echo.
    pub(crate) fn echo(address: &Address) -> Self {
        Self::upgrade(address.connect_tcp(), address, "/ws/echo", "")
    }

    /// Does the handshake on a stream, with further lines in its head.
    pub(crate) fn upgrade(stream: Stream, address: &Address, path: &str, head: &str) -> Self {
        Self::try_upgrade(stream, address, path, head).expect("the handshake succeeds")
    }

    /// The same, if the server lets it in.
    pub(crate) fn try_upgrade(
        mut stream: Stream,
        address: &Address,
        path: &str,
        head: &str,
    ) -> Option<Self> {
        let request = handshake(address, path, head);
        stream.write_all(request.as_bytes()).expect("the server reads");
        let mut raw = Self { stream, unread: Vec::new(), patience: PATIENCE };
        raw.finish().map(|()| raw)
    }

    /// Reads the answer to the handshake.
    fn finish(&mut self) -> Option<()> {
        while parse_head(&self.unread).is_none() {
            assert!(self.read_some(), "no answer to the handshake");
        }
        let (status, headers, rest) = parse_head(&self.unread).expect("just seen");
        if status != 101 {
            eprintln!("{}", String::from_utf8_lossy(&self.unread));
            return None;
        }
        // The key of the request and this are the example of RFC 6455, section 1.3.
        let accept = headers.iter().find(|(name, _)| name == "sec-websocket-accept");
        assert_eq!(accept.expect("the header").1, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        self.unread = rest.to_vec();
        Some(())
    }

    /// Sends bytes as they are; tells whether all of them went.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// Sends as much as goes without the server reading, up to `most` bytes.
    pub(crate) fn push(&mut self, piece: &[u8], most: usize, patience: Duration) -> usize {
        self.stream.tcp().set_write_timeout(Some(patience)).expect("a write time-out");
        let mut sent = 0;
        while sent < most {
            match self.stream.write(piece) {
                Ok(count) if count == piece.len() => sent += count,
                // Cut in the middle of a frame: the rest is owed.
                Ok(count) => return sent + count,
                Err(_) => return sent,
            }
        }
        sent
    }

    /// The next frame; `None` at the end of the connection.
    pub(crate) fn frame(&mut self) -> Option<Frame> {
        loop {
            if let Some((frame, length)) = parse(&self.unread) {
                self.unread.drain(..length);
                return Some(frame);
            }
            if !self.read_some() {
                assert!(self.unread.is_empty(), "cut in a frame: {:02x?}", self.unread);
                return None;
            }
        }
    }

    /// The next frame that is not what the feed tells everybody.
    pub(crate) fn own_frame(&mut self) -> Option<Frame> {
        loop {
            let frame = self.frame()?;
            let text = String::from_utf8_lossy(&frame.payload);
            if !(frame.first == FIN | op::TEXT && text.contains("\"presence\"")) {
                return Some(frame);
            }
        }
    }

    /// Reads to the end; the code of the close frame that must come last.
    #[track_caller]
    pub(crate) fn close_code(&mut self) -> u16 {
        let mut code = None;
        while let Some(frame) = self.frame() {
            assert!(code.is_none(), "a frame after the close frame: {frame:?}");
            if frame.first == FIN | op::CLOSE {
                let bytes = frame.payload.get(..2).expect("a close code");
                code = Some(u16::from_be_bytes([bytes[0], bytes[1]]));
                // As a polite peer does: it answers, and goes.
                self.send(&masked(FIN | op::CLOSE, bytes));
                self.hang_up();
            }
        }
        code.expect("the connection ended without a close frame")
    }

    /// Whether the server is still there: answers a ping.
    #[track_caller]
    pub(crate) fn ping(&mut self) {
        assert!(self.send(&masked(FIN | op::PING, b"there?")), "it is gone");
        loop {
            let frame = self.frame().expect("it is gone");
            if frame == (Frame { first: FIN | op::PONG, payload: b"there?".to_vec() }) {
                return;
            }
        }
    }

    /// Closes the sending side.
    pub(crate) fn hang_up(&self) {
        let _ = self.stream.tcp().shutdown(std::net::Shutdown::Write);
    }

    fn read_some(&mut self) -> bool {
        self.stream.tcp().set_read_timeout(Some(self.patience)).expect("a read time-out");
        let mut bytes = [0; 16 * 1024];
        match self.stream.read(&mut bytes) {
            Ok(0) => false,
            Ok(count) => {
                self.unread.extend_from_slice(&bytes[..count]);
                true
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("nothing came for {:?}", self.patience)
            }
            Err(_) => false,
        }
    }
}

/// The request of a handshake, with further lines in its head.
fn handshake(address: &Address, path: &str, head: &str) -> String {
    format!(
        "GET {}{path} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{head}\r\n",
        address.base(),
        address.socket()
    )
}

/// The first frame and its length, once it is whole.
fn parse(bytes: &[u8]) -> Option<(Frame, usize)> {
    let (first, rest) = bytes.split_first()?;
    let (second, rest) = rest.split_first()?;
    assert_eq!(first & 0x70, 0, "a reserved bit is set");
    assert_eq!(second & 0x80, 0, "a server does not mask");
    let (length, rest) = match second {
        126 => {
            let (length, rest) = rest.split_first_chunk()?;
            (usize::from(u16::from_be_bytes(*length)), rest)
        }
        127 => {
            let (length, rest) = rest.split_first_chunk()?;
            (usize::try_from(u64::from_be_bytes(*length)).expect("a length"), rest)
        }
        short => (usize::from(*short), rest),
    };
    let payload = rest.get(..length)?.to_vec();
    let whole = bytes.len() - rest.len() + length;
    Some((Frame { first: *first, payload }, whole))
}
