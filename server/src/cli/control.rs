//! A small HTTP client for a server on this machine: one request, one answer,
//! everything bounded.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::net::control_socket_path;

/// Longest wait for a whole answer: the largest picture takes a few seconds,
/// and others may be asked for before it.
const ANSWER_MAX: Duration = Duration::from_mins(1);

/// Largest answer, in bytes: a noisy picture of the largest size.
const ANSWER_MAX_BYTES: u64 = 96 * 1024 * 1024;

/// Most headers in an answer; the server sends fewer than ten.
const HEADERS_MAX: usize = 64;

/// Why the server can't be asked.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The socket is there but can't be opened.
    #[error("the server's control socket {path} can't be opened: {error}{}", hint(error))]
    Connect {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The connection broke, or took too long.
    #[error("the server did not answer: {0}")]
    Io(io::Error),
    /// What came back is not HTTP, or not JSON, or far too long.
    #[error("the server's answer can't be read: {0}")]
    Answer(String),
    /// The server said no, and why.
    #[error("{0}")]
    Refused(String),
}

fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "; only the user that runs the server may",
        _ => "",
    }
}

/// A connection to a server, good for one request.
pub struct Control {
    stream: Box<dyn Connection>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// What follows the headers.
    pub body: Vec<u8>,
}

impl Control {
    /// Connects to the server of a data folder; `None` if none runs.
    pub fn connect(data: &Path) -> Result<Option<Self>, ControlError> {
        let path = control_socket_path(data);
        match UnixStream::connect(&path) {
            Ok(stream) => Ok(Some(Self { stream: Box::new(stream) })),
            Err(error) if is_nobody(&error) => Ok(None),
            Err(error) => Err(ControlError::Connect { path, error }),
        }
    }

    /// Connects to a server by its address; `None` if none runs there.
    pub fn connect_tcp(address: SocketAddr) -> Option<Self> {
        let stream = TcpStream::connect_timeout(&address, ANSWER_MAX).ok()?;
        Some(Self { stream: Box::new(stream) })
    }

    /// Asks, and gives whatever is answered.
    pub fn ask(
        self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, ControlError> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let bytes = self.exchange(&(head + &body), ANSWER_MAX)?;
        read_answer(&bytes).map_err(ControlError::Answer)
    }

    /// Asks for something that must succeed; the server's own words if not.
    pub fn get_bytes(self, path: &str) -> Result<Vec<u8>, ControlError> {
        self.ask("GET", path, None)?.success()
    }

    /// Asks for something that must be done; the server's own words if it
    /// refuses.
    pub fn done(self, method: &str, path: &str, body: Option<&Value>) -> Result<(), ControlError> {
        self.ask(method, path, body)?.success().map(drop)
    }

    /// Asks for JSON; the server's own words if it refuses.
    pub fn json<T: DeserializeOwned>(
        self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, ControlError> {
        let body = self.ask(method, path, body)?.success()?;
        serde_json::from_slice(&body).map_err(|error| ControlError::Answer(error.to_string()))
    }

    fn exchange(mut self, request: &str, limit: Duration) -> Result<Vec<u8>, ControlError> {
        let deadline = Instant::now() + limit;
        self.stream.limit(limit).map_err(ControlError::Io)?;
        self.stream.write_all(request.as_bytes()).map_err(ControlError::Io)?;
        let (mut answer, mut chunk) = (Vec::new(), vec![0; 64 * 1024]);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ControlError::Io(io::ErrorKind::TimedOut.into()));
            }
            self.stream.limit(left).map_err(ControlError::Io)?;
            match self.stream.read(&mut chunk) {
                Ok(0) => return Ok(answer),
                Ok(count) => answer.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Err(ControlError::Io(io::ErrorKind::TimedOut.into()));
                }
                Err(error) => return Err(ControlError::Io(error)),
            }
            if answer.len() as u64 > ANSWER_MAX_BYTES {
                return Err(ControlError::Answer(format!("over {ANSWER_MAX_BYTES} bytes")));
            }
        }
    }
}

impl Answer {
    /// The body, if the server did what it was asked to.
    fn success(self) -> Result<Vec<u8>, ControlError> {
        if (200..300).contains(&self.status) {
            Ok(self.body)
        } else {
            Err(ControlError::Refused(self.reason()))
        }
    }

    /// What the server says in an error, or its status.
    fn reason(&self) -> String {
        let value: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        match value["error"]["text"].as_str() {
            Some(text) => text.to_owned(),
            None => format!("the server answered with status {}", self.status),
        }
    }
}

/// No socket, or one that a killed server left behind, or a folder in a place
/// where there can't be one.
fn is_nobody(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionRefused, InvalidInput, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | ConnectionRefused | NotADirectory | InvalidInput)
}

trait Connection: Read + Write {
    /// Lets every later read and write wait no longer than this.
    fn limit(&self, limit: Duration) -> io::Result<()>;
}

impl Connection for UnixStream {
    fn limit(&self, limit: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(limit))?;
        self.set_write_timeout(Some(limit))
    }
}

impl Connection for TcpStream {
    fn limit(&self, limit: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(limit))?;
        self.set_write_timeout(Some(limit))
    }
}

/// Reads a whole answer: its body has a length, or reaches to the end.
fn read_answer(bytes: &[u8]) -> Result<Answer, String> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut head = httparse::Response::new(&mut headers);
    let start = match head.parse(bytes) {
        Ok(httparse::Status::Complete(start)) => start,
        Ok(httparse::Status::Partial) => return Err("it ends within its headers".to_owned()),
        Err(error) => return Err(format!("it is not HTTP ({error})")),
    };
    let header = |name: &str| {
        let found = head.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(found.value).ok()
    };
    if header("transfer-encoding").is_some() {
        return Err("it comes in chunks".to_owned());
    }
    let body = &bytes[start..];
    let length = match header("content-length") {
        None => body.len(),
        Some(text) => text.trim().parse().map_err(|_| "its length is no number".to_owned())?,
    };
    let body = body.get(..length).ok_or("it ends early")?;
    Ok(Answer { status: head.code.unwrap_or_default(), body: body.to_vec() })
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::thread;

    use proptest::prelude::*;

    use super::*;

    /// A server that reads one request and says this; gives the request.
    fn with_server(answer: &'static [u8]) -> (tempfile::TempDir, thread::JoinHandle<String>) {
        let dir = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(control_socket_path(dir.path())).unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            let is_whole = |request: &[u8]| {
                let end: &[u8] = if request.starts_with(b"GET") { b"\r\n\r\n" } else { b"}" };
                request.ends_with(end)
            };
            while !is_whole(&request) {
                assert_eq!(stream.read(&mut byte).unwrap(), 1);
                request.push(byte[0]);
            }
            stream.write_all(answer).unwrap();
            String::from_utf8(request).unwrap()
        });
        (dir, server)
    }

    fn connect(dir: &tempfile::TempDir) -> Control {
        Control::connect(dir.path()).unwrap().unwrap()
    }

    #[test]
    fn one_request_one_answer() {
        let (dir, server) =
            with_server(b"HTTP/1.1 201 Created\r\ncontent-length: 8\r\n\r\n{\"a\":10}");
        let body = serde_json::json!({"name": "x"});
        let value: Value = connect(&dir).json("POST", "/api/canvases", Some(&body)).unwrap();
        assert_eq!(value["a"], 10);
        let request = server.join().unwrap();
        assert!(request.starts_with("POST /api/canvases HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("Content-Length: 12\r\n"), "{request}");
        assert!(request.ends_with("\r\n\r\n{\"name\":\"x\"}"), "{request}");
    }

    #[test]
    fn a_refusal_is_told_in_the_server_s_words() {
        let (dir, server) = with_server(
            b"HTTP/1.1 404 Not Found\r\n\r\n{\"error\":{\"code\":\"x\",\"text\":\"There is none.\"}}",
        );
        let error = connect(&dir).get_bytes("/").unwrap_err();
        assert_eq!(error.to_string(), "There is none.");
        server.join().unwrap();
        let (dir, server) = with_server(b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n");
        let error = connect(&dir).get_bytes("/").unwrap_err();
        assert_eq!(error.to_string(), "the server answered with status 500");
        server.join().unwrap();
    }

    #[test]
    fn nobody_there_is_no_error() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Control::connect(dir.path()).unwrap().is_none());
        drop(UnixListener::bind(control_socket_path(dir.path())).unwrap());
        assert!(Control::connect(dir.path()).unwrap().is_none());
        assert!(Control::connect(&dir.path().join("x".repeat(200))).unwrap().is_none());
        std::fs::write(dir.path().join("file"), "").unwrap();
        assert!(Control::connect(&dir.path().join("file")).unwrap().is_none());
    }

    #[test]
    fn a_server_that_says_nothing_is_given_up() {
        let dir = tempfile::tempdir().unwrap();
        let _listener = UnixListener::bind(control_socket_path(dir.path())).unwrap();
        let error = connect(&dir).exchange("GET / HTTP/1.1\r\n\r\n", Duration::from_millis(30));
        assert_eq!(error.unwrap_err().to_string(), "the server did not answer: timed out");
    }

    #[test]
    fn broken_answers_are_errors() {
        let table: &[(&[u8], &str)] = &[
            (b"", "it ends within its headers"),
            (b"HTTP/1.1 200 OK\r\ncontent-le", "it ends within its headers"),
            (b"SSH-2.0-OpenSSH", "it is not HTTP"),
            (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc", "it ends early"),
            (b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\nabc", "its length is no number"),
            (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0", "it comes in chunks"),
        ];
        for (bytes, wanted) in table {
            let said = read_answer(bytes).unwrap_err();
            assert!(said.contains(wanted), "{said:?} lacks {wanted:?}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(bytes: Vec<u8>, length: u64) {
            let _ = read_answer(&bytes);
            let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").into_bytes();
            answer.extend(bytes);
            let _ = read_answer(&answer);
        }
    }
}
