//! Requests to the running server.

use std::cell::RefCell;
use std::io::Write;
use std::net::TcpStream;

use crate::server::{Answer, SERVER, answer};

const METHODS: [&str; 8] = ["GET", "POST", "PATCH", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"];

/// Headers that say where a request ends, or that it is something else: they
/// are written here, truthfully.
const FRAMING: [&str; 6] =
    ["content-length", "transfer-encoding", "connection", "upgrade", "expect", "host"];

/// Requests on one connection: the server lets each have some hundred at once, and
/// then slows it down.
const PER_CONNECTION: u32 = 200;

thread_local! {
    /// The connection of the last request, if it goes on, and how many it had.
    static OPEN: RefCell<Option<(TcpStream, u32)>> = const { RefCell::new(None) };
}

/// What would end the class that the inputs are about: it must be there for the
/// next one.
const ENDINGS: [(&str, &[u8]); 5] = [
    ("DELETE", b"api/canvases/playground"),
    ("POST", b"api/canvases/playground/archive"),
    ("POST", b"api/canvases/playground/forget"),
    ("POST", b"api/canvases/playground/leave"),
    ("POST", b"api/logout"),
];

/// A request is answered, and not with a failure of the server. The input: a
/// byte of choices, the target, a header a line, an empty line, the body.
pub fn request(bytes: &[u8]) {
    let Some((choice, text)) = bytes.split_first() else { return };
    let method = METHODS[usize::from(choice & 7)];
    if ENDINGS.iter().any(|(of, target)| *of == method && text.starts_with(target)) {
        return;
    }
    let request = written(*choice, method, text);
    let answer = exchange(&request, method == "HEAD");
    let told = String::from_utf8_lossy(&answer.body);
    let is_fine = (200..500).contains(&answer.status) || answer.status == 503;
    assert!(is_fine, "{}: {told}\n{}", answer.status, String::from_utf8_lossy(&request));
    let is_json = answer.head.iter().any(|line| line.starts_with("content-type: application/json"));
    if is_json && !answer.body.is_empty() {
        serde_json::from_slice::<serde_json::Value>(&answer.body).expect("JSON that can be read");
    }
}

fn written(choice: u8, method: &str, text: &[u8]) -> Vec<u8> {
    let (head, body) = match text.windows(2).position(|two| two == b"\n\n") {
        Some(end) => (&text[..end], &text[end + 2..]),
        None => (text, &[][..]),
    };
    let mut lines = head.split(|byte| *byte == b'\n');
    let target = lines.next().unwrap_or_default();
    let mut out = format!("{method} /").into_bytes();
    out.extend(target.iter().filter(|byte| byte.is_ascii_graphic()));
    out.extend(format!(" HTTP/1.1\r\nHost: {}\r\n", SERVER.host()).bytes());
    if choice & 8 != 0 {
        out.extend(format!("Authorization: Bearer {}\r\n", SERVER.token).bytes());
    }
    if choice & 16 != 0 {
        out.extend(format!("Cookie: {}\r\n", SERVER.cookie).bytes());
    }
    if choice & 64 != 0 {
        out.extend(format!("Cookie: {}\r\n", SERVER.teacher).bytes());
    }
    if choice & 32 != 0 {
        out.extend(b"Content-Type: application/json\r\n");
    }
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let is_framing =
            FRAMING.iter().any(|name| line[..colon].eq_ignore_ascii_case(name.as_bytes()));
        let is_name = colon > 0
            && line[..colon].iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
        let is_value = line[colon..].iter().all(|byte| !byte.is_ascii_control());
        if is_name && is_value && !is_framing {
            out.extend_from_slice(line);
            out.extend(b"\r\n");
        }
    }
    out.extend(format!("Content-Length: {}\r\n\r\n", body.len()).bytes());
    out.extend_from_slice(body);
    out
}

/// Sends a request on the open connection, or on a new one if that has ended.
fn exchange(request: &[u8], head_only: bool) -> Answer {
    if let Some((mut stream, count)) = OPEN.take()
        && count < PER_CONNECTION
        && stream.write_all(request).is_ok()
        && let Some(answer) = answer(&mut stream, head_only)
    {
        keep(stream, count + 1, &answer);
        return answer;
    }
    let mut stream = SERVER.connect();
    // It may answer before it has read everything, and hang up.
    let _ = stream.write_all(request);
    let answer = answer(&mut stream, head_only).expect("a request is answered");
    keep(stream, 1, &answer);
    answer
}

fn keep(stream: TcpStream, count: u32, answer: &Answer) {
    if answer.keeps_open {
        OPEN.set(Some((stream, count)));
    }
}
