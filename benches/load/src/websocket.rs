//! The client's side of WebSocket (RFC 6455), as little of it as this server's
//! frames need: they are whole and unmasked.

use place_core::wire::frame::Opcode;

/// The key of every handshake here, and the answer to it: the RFC's own
/// example. A key is there to keep caches and plain HTTP servers from being
/// mistaken for a WebSocket; for a test on loopback one key does, and saves a
/// SHA-1.
const SAMPLE_KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
pub(crate) const SAMPLE_ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// Longest head of an answer, in bytes: the server's has below 400.
const HEAD_MAX_BYTES: usize = 4096;

/// Longest payload believed, in bytes: a catch-up has at most 320 KiB.
const PAYLOAD_MAX_BYTES: u64 = 1 << 20;

/// One frame from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    pub(crate) opcode: Opcode,
    pub(crate) payload: &'a [u8],
}

/// Bytes that are not what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WebSocketError {
    #[error("the upgrade was refused: {0}")]
    Refused(String),
    #[error("a broken frame: {0}")]
    Frame(&'static str),
}

/// The request that asks for an upgrade.
pub(crate) fn upgrade_request(host: &str, path: &str, cookie: Option<&str>) -> Vec<u8> {
    let cookie = cookie.map(|cookie| format!("Cookie: {cookie}\r\n")).unwrap_or_default();
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {SAMPLE_KEY}\r\n\
         Sec-WebSocket-Protocol: {}\r\n{cookie}\r\n",
        place_core::wire::SUBPROTOCOL
    )
    .into_bytes()
}

/// Reads the answer to the upgrade: the length of its head once that is whole.
pub(crate) fn upgrade_answer(bytes: &[u8]) -> Result<Option<usize>, WebSocketError> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return if bytes.len() > HEAD_MAX_BYTES {
            Err(WebSocketError::Refused("an endless answer".to_owned()))
        } else {
            Ok(None)
        };
    };
    let head = String::from_utf8_lossy(&bytes[..end]);
    let mut lines = head.lines();
    let status = lines.next().unwrap_or_default();
    let accepted = lines.filter_map(|line| line.split_once(':')).any(|(name, value)| {
        name.eq_ignore_ascii_case("sec-websocket-accept") && value.trim() == SAMPLE_ACCEPT
    });
    if status.starts_with("HTTP/1.1 101") && accepted {
        Ok(Some(end + 4))
    } else {
        Err(WebSocketError::Refused(status.to_owned()))
    }
}

/// Appends one frame to the server, masked as the RFC asks of clients.
pub(crate) fn put_masked(out: &mut Vec<u8>, opcode: Opcode, payload: &[u8], mask: [u8; 4]) {
    assert!(payload.len() <= 125, "everything that this program says is short");
    put_header(out, 0x80 | opcode as u8, payload.len() as u64, mask);
    out.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
}

/// Appends the header of a masked frame that announces so many bytes, whether
/// they come or not.
pub(crate) fn put_header(out: &mut Vec<u8>, first: u8, length: u64, mask: [u8; 4]) {
    out.push(first);
    match length {
        0..126 => out.push(0x80 | length as u8),
        126..0x1_0000 => {
            out.push(0x80 | 0x7e);
            out.extend((length as u16).to_be_bytes());
        }
        _ => {
            out.push(0x80 | 0x7f);
            out.extend(length.to_be_bytes());
        }
    }
    out.extend(mask);
}

/// The first frame of `bytes` and its whole length, if it is there.
pub(crate) fn take_frame(bytes: &[u8]) -> Result<Option<(Frame<'_>, usize)>, WebSocketError> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    if first & 0xf0 != 0x80 {
        return Err(WebSocketError::Frame("a fragment or a reserved bit"));
    }
    let opcode = match first & 0x0f {
        0x1 => Opcode::Text,
        0x2 => Opcode::Binary,
        0x8 => Opcode::Close,
        0x9 => Opcode::Ping,
        0xa => Opcode::Pong,
        _ => return Err(WebSocketError::Frame("an unknown opcode")),
    };
    let (length, header) = match *second {
        short @ 0..=125 => (u64::from(short), 2),
        126 => match rest.first_chunk() {
            Some(length) => (u64::from(u16::from_be_bytes(*length)), 4),
            None => return Ok(None),
        },
        127 => match rest.first_chunk() {
            Some(length) => (u64::from_be_bytes(*length), 10),
            None => return Ok(None),
        },
        _ => return Err(WebSocketError::Frame("a masked frame from the server")),
    };
    if length > PAYLOAD_MAX_BYTES {
        return Err(WebSocketError::Frame("over 1 MiB"));
    }
    let whole = header + length as usize;
    Ok(bytes.get(header..whole).map(|payload| (Frame { opcode, payload }, whole)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use place_core::wire::frame;

    #[test]
    fn reads_what_the_core_frames_at_every_length_form() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 300_000] {
            let payload: Vec<u8> = (0..length).map(|index: usize| index as u8).collect();
            let bytes = frame::frame(Opcode::Binary, &payload);
            let (frame, used) = take_frame(&bytes).unwrap().expect("the frame is whole");
            assert_eq!(
                (frame.opcode, frame.payload, used),
                (Opcode::Binary, &payload[..], bytes.len())
            );
            for cut in [0, 1, 2, 3, 9, bytes.len() - 1] {
                if cut < bytes.len() {
                    assert_eq!(take_frame(&bytes[..cut]), Ok(None), "{length} cut at {cut}");
                }
            }
        }
    }

    #[test]
    fn refuses_what_a_server_must_not_send() {
        for bytes in [[0x02, 0], [0xc2, 0], [0x83, 0], [0x82, 0x80]] {
            assert!(matches!(take_frame(&bytes), Err(WebSocketError::Frame(_))), "{bytes:?}");
        }
        let huge = [0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0];
        assert_eq!(take_frame(&huge), Err(WebSocketError::Frame("over 1 MiB")));
    }

    #[test]
    fn a_masked_frame_is_the_rfc_example() {
        let mut out = Vec::new();
        put_masked(&mut out, Opcode::Text, b"Hello", [0x37, 0xfa, 0x21, 0x3d]);
        assert_eq!(out, [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
    }

    #[test]
    fn an_answer_counts_only_with_the_right_key() {
        let answer = |accept: &str| {
            format!(
                "HTTP/1.1 101 Switching Protocols\r\nsec-websocket-accept: {accept}\r\n\r\nrest"
            )
        };
        let good = answer(SAMPLE_ACCEPT);
        assert_eq!(upgrade_answer(good.as_bytes()), Ok(Some(good.len() - 4)));
        assert_eq!(upgrade_answer(&good.as_bytes()[..40]), Ok(None));
        assert!(upgrade_answer(answer("wrong").as_bytes()).is_err());
        assert!(upgrade_answer(b"HTTP/1.1 404 Not Found\r\n\r\n").is_err());
    }
}
