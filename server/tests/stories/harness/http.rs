//! Plain HTTP/1.1, one request a connection: nothing is tidied up on the way,
//! so that the server sees exactly what the story says.

use std::fmt::Write as _;
use std::io::{self, Read, Write};

use serde_json::Value;

use super::document;
use super::stream::Stream;

/// Names, in lower case, and values.
pub(crate) type Headers = Vec<(String, String)>;

/// A request in the making.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    headers: Headers,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// A request for exactly this path.
    pub(crate) fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub(crate) fn post(path: &str) -> Self {
        Self::new("POST", path)
    }

    pub(crate) fn patch(path: &str) -> Self {
        Self::new("PATCH", path)
    }

    pub(crate) fn put(path: &str) -> Self {
        Self::new("PUT", path)
    }

    pub(crate) fn delete(path: &str) -> Self {
        Self::new("DELETE", path)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string().as_bytes())
    }

    pub(crate) fn body(mut self, content_type: &str, body: &[u8]) -> Self {
        body.clone_into(&mut self.body);
        self.header("Content-Type", content_type)
    }

    /// Sends it; `base` goes in front of the path.
    pub(crate) fn send(&self, stream: Stream, host: &str, base: &str) -> Response {
        let sent = self.try_send(stream, host, base);
        sent.unwrap_or_else(|error| panic!("{} {base}{}: {error}", self.method, self.path))
    }

    /// The same to a server that may be killed meanwhile.
    pub(crate) fn try_send(
        &self,
        mut stream: Stream,
        host: &str,
        base: &str,
    ) -> io::Result<Response> {
        let Self { method, path, headers, body } = self;
        let mut head = format!("{method} {base}{path} HTTP/1.1\r\n");
        for (default, value) in [("Host", host), ("Connection", "close")] {
            if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(default)) {
                let _ = write!(head, "{default}: {value}\r\n");
            }
        }
        if !body.is_empty() || method != "GET" {
            let _ = write!(head, "Content-Length: {}\r\n", body.len());
        }
        for (name, value) in headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head.push_str("\r\n");
        stream.write_all(&[head.as_bytes(), body].concat())?;
        let mut bytes = Vec::new();
        let mut piece = vec![0; 64 * 1024];
        loop {
            if let Some(response) = Response::parse(&bytes, method == "HEAD") {
                document::check(method, path, body, &response);
                return Ok(response);
            }
            let count = stream.read(&mut piece)?;
            if count == 0 {
                let cut = format!("the answer ends early: {:?}", String::from_utf8_lossy(&bytes));
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, cut));
            }
            bytes.extend_from_slice(&piece[..count]);
        }
    }
}

impl Response {
    /// Reads an answer; `None` as long as it is not whole.
    fn parse(bytes: &[u8], without_body: bool) -> Option<Self> {
        let (status, headers, rest) = parse_head(bytes)?;
        let mut response = Self { status, headers, body: Vec::new() };
        if without_body || status == 304 || status == 204 {
            assert!(rest.is_empty(), "a body where there is none: {rest:?}");
            return Some(response);
        }
        if response.header("transfer-encoding") == Some("chunked") {
            response.body = dechunk(rest)?;
        } else {
            let length = response.header("content-length").expect("a length");
            response.body = rest.get(..length.parse().expect("a number"))?.to_vec();
        }
        Some(response)
    }

    /// The first header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(given, _)| given.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("not JSON ({error}): {} {}", self.status, self.text()))
    }

    /// Fails unless this is the status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// Fails unless this is an error in the API's form: a word for programs,
    /// a sentence for people. Gives the sentence.
    #[track_caller]
    pub(crate) fn expect_error(self, status: u16, code: &str) -> String {
        let json = self.expect(status).json();
        assert_eq!(json["error"]["code"], code, "{json}");
        let text = json["error"]["text"].as_str().unwrap_or_else(|| panic!("no text: {json}"));
        assert!(text.len() > 10 && text.ends_with(['.', '!', '?']), "not a sentence: {text:?}");
        text.to_owned()
    }
}

/// Status, headers, and what follows the empty line.
pub(crate) fn parse_head(bytes: &[u8]) -> Option<(u16, Headers, &[u8])> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    let headers = lines.map(header).collect::<Option<_>>()?;
    Some((status, headers, &bytes[end + 4..]))
}

fn dechunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line_end = rest.windows(2).position(|window| window == b"\r\n")?;
        let length = std::str::from_utf8(&rest[..line_end]).ok()?;
        let length = usize::from_str_radix(length.trim(), 16).ok()?;
        rest = &rest[line_end + 2..];
        if length == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..length)?);
        rest = rest.get(length + 2..)?;
    }
}
