//! Where a server is, and what can be asked of it there.

use std::io::Read;
use std::iter::Sum;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use flate2::read::GzDecoder;
use place_core::Mirror;
use serde_json::{Value, json};

use super::stream::Stream;
use super::{Client, Request, Response};

/// Where a server is.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    socket: SocketAddr,
    tls: bool,
    base: String,
    data: PathBuf,
    certificate: PathBuf,
}

/// A seat in a canvas.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    pub(crate) canvas: String,
    pub(crate) number: u64,
    /// `name=value`, as it goes into a `Cookie` header; of a program, what goes
    /// into an `Authorization` header.
    pub(crate) cookie: String,
}

impl Address {
    pub(crate) fn new(socket: SocketAddr, tls: bool, base: String, data: &Path) -> Self {
        let certificate = data.join("tls/certificate.pem");
        Self { socket, tls, base, data: data.to_owned(), certificate }
    }

    /// The address that a server has printed; all are on this machine.
    pub(crate) fn of_url(url: &str, data: &Path) -> Self {
        let (scheme, rest) = url.split_once("://").expect("a scheme");
        let (authority, path) = rest.split_once('/').expect("a path");
        let (_, port) = authority.rsplit_once(':').expect("a port");
        let socket = SocketAddr::from(([127, 0, 0, 1], port.parse().expect("a number")));
        let base = path.trim_end_matches('/');
        let base = if base.is_empty() { String::new() } else { format!("/{base}") };
        Self::new(socket, scheme == "https", base, data)
    }

    /// The certificate to trust; by default the one that the server has made.
    pub(crate) fn trust(&mut self, certificate: &Path) {
        certificate.clone_into(&mut self.certificate);
    }

    pub(crate) fn socket(&self) -> SocketAddr {
        self.socket
    }

    /// What stands before every path.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The server's own origin, as a browser would name it.
    pub(crate) fn origin(&self) -> String {
        format!("{}://{}", if self.tls { "https" } else { "http" }, self.socket)
    }

    pub(crate) fn connect_tcp(&self) -> Stream {
        let trusted = self.tls.then_some(self.certificate.as_path());
        Stream::connect(self.socket, trusted).expect("the server listens")
    }

    /// Sends a request; its path goes below the base path.
    pub(crate) fn send(&self, request: &Request) -> Response {
        request.send(self.connect_tcp(), &self.socket.to_string(), &self.base)
    }

    /// The same to a server that may be killed meanwhile.
    pub(crate) fn try_send(&self, request: &Request) -> std::io::Result<Response> {
        let stream = Stream::connect(self.socket, None)?;
        request.try_send(stream, &self.socket.to_string(), &self.base)
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        self.send(&Request::get(path))
    }

    /// The request, with the admin token.
    pub(crate) fn as_admin(&self, request: Request) -> Request {
        let path = self.data.join("admin-token");
        let token = std::fs::read_to_string(path).expect("the token was made at the start");
        request.header("Authorization", &format!("Bearer {}", token.trim()))
    }

    /// Changes a canvas.
    pub(crate) fn change(&self, canvas: &str, fields: &Value) {
        let request = Request::patch(&format!("/api/canvases/{canvas}")).json(fields);
        self.send(&self.as_admin(request)).expect(200);
    }

    /// What the server says about a canvas.
    pub(crate) fn info(&self, canvas: &str) -> Value {
        self.get(&format!("/api/canvases/{canvas}")).expect(200).json()
    }

    /// Takes a seat.
    pub(crate) fn join(&self, canvas: &str, nickname: &str) -> Seat {
        let path = format!("/api/canvases/{canvas}/join");
        let answer = self.send(&Request::post(&path).json(&json!({ "nickname": nickname })));
        let answer = answer.expect(201);
        let cookie = answer.header("set-cookie").expect("a cookie");
        let cookie = cookie.split(';').next().expect("its value").to_owned();
        let seat = &answer.json()["seat"];
        assert_eq!(seat["nickname"], nickname);
        let number = seat["number"].as_u64().expect("a number");
        Seat { canvas: canvas.to_owned(), number, cookie }
    }

    /// The board, as browsers get it.
    pub(crate) fn board(&self, canvas: &str) -> Mirror {
        self.board_for(canvas, None)
    }

    /// The board, as somebody's browser gets it.
    pub(crate) fn board_for(&self, canvas: &str, cookie: Option<&str>) -> Mirror {
        let path = format!("/api/canvases/{canvas}/board");
        let mut request = Request::get(&path).header("Accept-Encoding", "gzip");
        if let Some(cookie) = cookie {
            request = request.header("Cookie", cookie);
        }
        let answer = self.send(&request).expect(200);
        assert_eq!(answer.header("content-encoding"), Some("gzip"));
        let mut plain = Vec::new();
        GzDecoder::new(answer.body.as_slice()).read_to_end(&mut plain).expect("gzip");
        Mirror::from_board(&plain).expect("a board")
    }

    /// Opens a WebSocket to a canvas, with a seat or without.
    pub(crate) fn connect(&self, canvas: &str, seat: Option<&Seat>) -> Client {
        Client::open(self, self.connect_tcp(), canvas, seat)
    }

    /// The same, with a receive buffer of so many bytes.
    pub(crate) fn connect_narrow(&self, canvas: &str, seat: Option<&Seat>, bytes: usize) -> Client {
        let stream = Stream::connect_narrow(self.socket, bytes).expect("the server listens");
        Client::open(self, stream, canvas, seat)
    }

    /// Somebody who has joined, has the board, and watches.
    pub(crate) fn person(&self, canvas: &str, nickname: &str) -> Client {
        let seat = self.join(canvas, nickname);
        let mut client = self.connect(canvas, Some(&seat));
        client.follow();
        client
    }

    /// Somebody without a seat who has the board and watches.
    pub(crate) fn viewer(&self, canvas: &str) -> Client {
        let mut client = self.connect(canvas, None);
        client.follow();
        client
    }

    /// One count of `/metrics`: those with this label, added up.
    pub(crate) fn metric(&self, name: &str, label: &str) -> u64 {
        self.metric_as(name, label)
    }

    /// The same for a number that is not whole.
    pub(crate) fn metric_as<T: FromStr + Sum>(&self, name: &str, label: &str) -> T {
        let text = self.get("/metrics").expect(200).text();
        let is_it = |line: &&str| {
            let rest = line.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with([' ', '{'])) && line.contains(label)
        };
        let count = |line: &str| line.rsplit(' ').next().and_then(|number| number.parse().ok());
        text.lines()
            .filter(is_it)
            .map(|line| -> T { count(line).unwrap_or_else(|| panic!("{line}")) })
            .sum()
    }
}
