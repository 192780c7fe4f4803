//! The HTTP side of the protocol: canvases, seats, boards. One request a
//! connection: none of it is in what is measured.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use place_core::wire::text::CanvasInfo;
use place_core::{Mirror, Size};
use serde_json::json;

use crate::crowd::Shape;

/// Longest wait for one answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Largest answer, in bytes: the board of the largest canvas has 16 MiB.
const ANSWER_MAX_BYTES: u64 = 32 << 20;

/// Times that a request is repeated when the server says "slow down".
const RETRIES_MAX: u32 = 30;

/// Longest single wait before a repetition.
const RETRY_MAX: Duration = Duration::from_secs(5);

/// A request that came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("{0}: {1}")]
    Io(String, io::Error),
    #[error("{0}: the answer makes no sense: {1}")]
    Answer(String, String),
    #[error("{0}: {1} {2}")]
    Status(String, u16, String),
}

/// The HTTP side of a server.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    pub(crate) address: SocketAddr,
    admin_token: String,
}

/// A canvas made for a run.
#[derive(Clone, Debug)]
pub(crate) struct LoadCanvas {
    pub(crate) id: String,
    pub(crate) shape: Shape,
}

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(':'));
        headers.find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

impl Api {
    pub(crate) fn new(address: SocketAddr, admin_token: String) -> Self {
        Self { address, admin_token }
    }

    /// Creates a canvas without a cooldown.
    pub(crate) fn create_canvas(&self, side: u16, palette: &str) -> Result<LoadCanvas, ApiError> {
        let body = json!({
            "name": "Load", "width": side, "height": side, "palette": palette,
            "cooldown_ms": 0, "saved_max": 1000,
        });
        let authorization = format!("Authorization: Bearer {}\r\n", self.admin_token.trim());
        let what = "POST /api/canvases";
        let answer =
            self.request("POST", "/api/canvases", &authorization, Some(&body.to_string()))?;
        let wrong = |text: String| ApiError::Answer(what.to_owned(), text);
        let info: CanvasInfo =
            serde_json::from_slice(&answer.body).map_err(|error| wrong(error.to_string()))?;
        let area = Size::new(info.width, info.height).map_err(|error| wrong(error.to_string()))?;
        Ok(LoadCanvas { id: info.id, shape: Shape { size: area, colors: info.palette.len() } })
    }

    /// Takes a seat: the cookie that proves it.
    pub(crate) fn join(&self, canvas: &str, nickname: &str) -> Result<String, ApiError> {
        let path = format!("/api/canvases/{canvas}/join");
        let body = json!({ "nickname": nickname }).to_string();
        let answer = self.request("POST", &path, "", Some(&body))?;
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        cookie.map(str::to_owned).ok_or_else(|| ApiError::Answer(path, "no cookie".to_owned()))
    }

    /// The whole canvas.
    pub(crate) fn board(&self, canvas: &str) -> Result<Mirror, ApiError> {
        let path = format!("/api/canvases/{canvas}/board");
        let answer = self.request("GET", &path, "", None)?;
        Mirror::from_board(&answer.body).map_err(|error| ApiError::Answer(path, error.to_string()))
    }

    /// A canvas that exists.
    pub(crate) fn canvas(&self, id: &str) -> Result<LoadCanvas, ApiError> {
        let path = format!("/api/canvases/{id}");
        let wrong = |text: String| ApiError::Answer(path.clone(), text);
        let answer = self.request("GET", &path, "", None)?;
        let info: CanvasInfo =
            serde_json::from_slice(&answer.body).map_err(|error| wrong(error.to_string()))?;
        let size = Size::new(info.width, info.height).map_err(|error| wrong(error.to_string()))?;
        Ok(LoadCanvas { id: info.id, shape: Shape { size, colors: info.palette.len() } })
    }

    /// Anything; only whether there is an answer counts.
    pub(crate) fn get(&self, path: &str) -> Result<(), ApiError> {
        self.request("GET", path, "", None).map(drop)
    }

    /// Everything that the server counts.
    pub(crate) fn metrics(&self) -> Result<String, ApiError> {
        let answer = self.request("GET", "/metrics", "", None)?;
        Ok(String::from_utf8_lossy(&answer.body).into_owned())
    }

    /// Downloads something, compressed if the server likes, and throws it away;
    /// whether that went well.
    pub(crate) fn download(&self, path: &str) -> bool {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n",
            self.address
        );
        self.exchange(path, request.as_bytes()).is_ok_and(|answer| answer.status == 200)
    }

    fn request(
        &self,
        method: &str,
        path: &str,
        headers: &str,
        body: Option<&str>,
    ) -> Result<Answer, ApiError> {
        let what = format!("{method} {path}");
        let body = body.unwrap_or_default();
        let content = if body.is_empty() {
            String::new()
        } else {
            format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len())
        };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}{content}\r\n{body}",
            self.address
        );
        for _ in 0..RETRIES_MAX {
            let answer = self.exchange(&what, request.as_bytes())?;
            match answer.status {
                200..300 => return Ok(answer),
                429 | 503 => std::thread::sleep(retry_after(&answer)),
                status => {
                    let text = String::from_utf8_lossy(&answer.body).into_owned();
                    return Err(ApiError::Status(what, status, text));
                }
            }
        }
        Err(ApiError::Answer(what, format!("still refused after {RETRIES_MAX} attempts")))
    }

    fn exchange(&self, what: &str, request: &[u8]) -> Result<Answer, ApiError> {
        let failed = |error| ApiError::Io(what.to_owned(), error);
        let mut stream = TcpStream::connect_timeout(&self.address, TIMEOUT).map_err(failed)?;
        stream.set_read_timeout(Some(TIMEOUT)).map_err(failed)?;
        stream.write_all(request).map_err(failed)?;
        let mut bytes = Vec::new();
        stream.take(ANSWER_MAX_BYTES).read_to_end(&mut bytes).map_err(failed)?;
        parse(&bytes).ok_or_else(|| ApiError::Answer(what.to_owned(), "not HTTP".to_owned()))
    }
}

fn retry_after(answer: &Answer) -> Duration {
    let seconds = answer.header("retry-after").and_then(|value| value.parse().ok());
    Duration::from_secs(seconds.unwrap_or(1)).min(RETRY_MAX)
}

/// Reads a whole answer, of the length that its head names.
fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let body = bytes[end + 4..].to_vec();
    let answer = Answer { status, head, body };
    let length: usize = answer.header("content-length")?.parse().ok()?;
    (length == answer.body.len()).then_some(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_whole_or_not_at_all() {
        let text = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\nSet-Cookie: place_seat=ab; Path=/\r\n\r\n";
        let answer = parse(format!("{text}{{}}").as_bytes()).expect("it is whole");
        assert_eq!((answer.status, &answer.body[..]), (201, &b"{}"[..]));
        assert_eq!(answer.header("set-cookie"), Some("place_seat=ab; Path=/"));
        assert!(parse(format!("{text}{{").as_bytes()).is_none(), "cut short");
        assert!(parse(b"SSH-2.0").is_none());
    }
}
