//! WebSockets to the running server.

use std::io::Write;
use std::net::TcpStream;

use place_core::wire::scan::{Fault, FrameScan, Limits};

use crate::server::{SERVER, answer, read_more};
use crate::sockets::frame;

/// As the server is set here.
const LIMITS: Limits = Limits { message_bytes: 4096, fragments: 1 << 17 };

/// A frame: opcode and flags, and its payload.
type Frame = (u8, Vec<u8>);

/// The echo answers what came before the first bad frame, in order, and says
/// what was bad.
pub fn echo(bytes: &[u8]) {
    let judged = FrameScan::new(LIMITS).feed(bytes);
    let good = &bytes[..judged.map_or_else(|(before, _)| before, |()| bytes.len())];
    let (mut wanted, closed, whole) = echoed(good);
    let mut sent = bytes.to_vec();
    if !closed {
        match judged {
            Err((_, fault)) => wanted.push((0x88, code_of(fault).to_be_bytes().to_vec())),
            Ok(()) if whole => {
                wanted.push((0x88, 1000u16.to_be_bytes().to_vec()));
                sent.extend(frame(0x88, &1000u16.to_be_bytes()));
            }
            // Cut in a frame: nothing to wait for.
            Ok(()) => {}
        }
    }
    let (mut stream, begun) = open("/ws/echo", "");
    let _ = stream.write_all(&sent);
    if wanted.last().is_none_or(|(first, _)| *first != 0x88) {
        return;
    }
    let mut got = to_the_end(&mut stream, begun);
    let (last, payload) = got.last_mut().expect("a close frame");
    assert_eq!(*last, 0x88, "the last frame is a close frame");
    if judged.is_err() && !closed {
        payload.truncate(2);
    }
    assert_eq!(got, wanted);
}

/// A canvas stays well whatever one connection sends, and what it answers is
/// well-formed. The first byte chooses who it is: nobody, somebody with a seat, or
/// the teacher.
pub fn canvas(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let who = match choice & 3 {
        0 => String::new(),
        1 => format!("Cookie: {}\r\n", SERVER.cookie),
        _ => format!("Cookie: {}\r\n", SERVER.teacher),
    };
    let head = format!("Sec-WebSocket-Protocol: place.v1\r\n{who}");
    let (mut stream, begun) = open("/api/canvases/playground/ws", &head);
    let _ = stream.write_all(bytes);
    let judged = FrameScan::new(Limits { fragments: 16, ..LIMITS }).feed(bytes);
    if judged.is_ok() && !echoed(bytes).2 {
        return;
    }
    let _ = stream.write_all(&frame(0x88, &1000u16.to_be_bytes()));
    let got = to_the_end(&mut stream, begun);
    let close = got.iter().position(|(first, _)| *first == 0x88).expect("a close frame");
    assert_eq!(close + 1, got.len(), "nothing follows a close frame");
    for (first, payload) in got {
        match first {
            0x81 => assert!(serde_json::from_slice::<serde_json::Value>(&payload).is_ok()),
            0x82 => assert!(payload.first().is_some_and(|tag| *tag >= 0x80)),
            0x88..=0x8a => assert!(payload.len() <= 125),
            _ => panic!("a frame that begins with {first:#04x}"),
        }
    }
}

fn code_of(fault: Fault) -> u16 {
    match fault {
        Fault::Protocol => 1002,
        Fault::NotUtf8 => 1007,
        Fault::TooBig => 1009,
    }
}

/// What an echo says to good bytes, whether they close it, and whether they
/// end with a whole frame.
fn echoed(mut bytes: &[u8]) -> (Vec<Frame>, bool, bool) {
    let mut out = Vec::new();
    let mut message = Vec::new();
    let mut opcode = 0;
    while !bytes.is_empty() {
        let Some((first, payload, rest)) = take(bytes) else { return (out, false, false) };
        bytes = rest;
        match first & 0x0f {
            0x8 => {
                out.push((0x88, payload));
                return (out, true, true);
            }
            0x9 => out.push((0x8a, payload)),
            0xa => {}
            kind => {
                opcode = if kind == 0 { opcode } else { kind };
                message.extend(payload);
                if first & 0x80 != 0 {
                    out.push((0x80 | opcode, std::mem::take(&mut message)));
                }
            }
        }
    }
    (out, false, true)
}

/// The first frame of a client's bytes, unmasked, and what follows.
fn take(bytes: &[u8]) -> Option<(u8, Vec<u8>, &[u8])> {
    let ([first, second], rest) = bytes.split_first_chunk()?;
    let (length, rest) = match second & 0x7f {
        126 => {
            let (length, rest) = rest.split_first_chunk()?;
            (usize::from(u16::from_be_bytes(*length)), rest)
        }
        127 => {
            let (length, rest) = rest.split_first_chunk()?;
            (u64::from_be_bytes(*length) as usize, rest)
        }
        short => (usize::from(short), rest),
    };
    let (mask, rest) = rest.split_first_chunk::<4>()?;
    let (payload, rest) = rest.split_at_checked(length)?;
    let payload = payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask);
    Some((*first, payload.collect(), rest))
}

/// A WebSocket, and the bytes that came right behind its handshake.
fn open(path: &str, head: &str) -> (TcpStream, Vec<u8>) {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{head}\r\n",
        SERVER.host()
    );
    loop {
        let mut stream = SERVER.connect();
        stream.write_all(request.as_bytes()).expect("the server reads");
        let answer = answer(&mut stream, true).expect("an answer");
        match answer.status {
            101 => return (stream, answer.body),
            // Those of earlier inputs are still going.
            503 => std::thread::sleep(std::time::Duration::from_millis(50)),
            other => panic!("status {other}"),
        }
    }
}

/// Every frame until the connection ends; `begun` has come already.
fn to_the_end(stream: &mut TcpStream, begun: Vec<u8>) -> Vec<Frame> {
    let mut bytes = begun;
    while read_more(stream, &mut bytes) {
        if let Some(frames) = frames(&bytes)
            && frames.last().is_some_and(|(first, _)| *first == 0x88)
        {
            // As a polite peer does: it answers, and goes.
            let _ = stream.write_all(&frame(0x88, &1000u16.to_be_bytes()));
            let _ = stream.shutdown(std::net::Shutdown::Write);
        }
    }
    frames(&bytes).expect("whole frames")
}

/// The server's frames in these bytes, if they end with a whole one.
fn frames(mut bytes: &[u8]) -> Option<Vec<Frame>> {
    let mut out = Vec::new();
    while let [first, second, rest @ ..] = bytes {
        let (length, rest) = match second {
            126 => {
                let (length, rest) = rest.split_first_chunk()?;
                (usize::from(u16::from_be_bytes(*length)), rest)
            }
            127 => {
                let (length, rest) = rest.split_first_chunk()?;
                (u64::from_be_bytes(*length) as usize, rest)
            }
            short => {
                assert!(*short < 126, "a server does not mask");
                (usize::from(*short), rest)
            }
        };
        let (payload, rest) = rest.split_at_checked(length)?;
        out.push((*first, payload.to_vec()));
        bytes = rest;
    }
    bytes.is_empty().then_some(out)
}
