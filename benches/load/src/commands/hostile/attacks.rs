//! The attacks by their names.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use place_core::wire::frame::Opcode;
use place_core::{Cell, wire::Place};

use super::Prepared;
use crate::attack::{Attack, Goes};
use crate::server::Server;
use crate::stage::LoadError;
use crate::websocket;

/// The bit of a message's last frame.
const FIN: u8 = 0x80;

/// Some say a lot, each as much as it can.
const LOUD: usize = 50;

/// Some are many, and say little.
const MANY: usize = 1000;

/// As many as the server lets in, nearly.
const HOSTS: usize = 10_000;

/// Viewers that do not read.
const DEAF: usize = 500;

/// The smallest receive buffer that Linux gives.
const NARROW_BYTES: usize = 2048;

/// What a bomb unpacks to, in MiB: a thousand times its own length.
const BOMB_MIB: usize = 30;

/// The mask of every frame here; any will do.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// What each does.
const NAMES: [&str; 18] = [
    "slow-heads",
    "slow-bodies",
    "half-open",
    "vanished",
    "deaf-viewers",
    "pings",
    "big-frames",
    "announced",
    "fragments",
    "malformed",
    "placements",
    "handshakes",
    "bombs",
    "joins",
    "many-viewers",
    "requests",
    "boards",
    "pictures",
];

pub(super) fn names() -> [&'static str; NAMES.len()] {
    NAMES
}

/// An attack on a server, with the seats and canvases that it needs.
pub(super) fn prepare(name: &str, server: &Server, canvas: &str) -> Result<Prepared, LoadError> {
    let scene = Scene { host: server.api.address.to_string(), canvas: canvas.to_owned() };
    let mut noise = None;
    let attack = match name {
        "slow-heads" => silent(MANY, "GET / HTTP/1.1\r\nHost: a\r\nX-A: ").dripping(b'a'),
        "slow-bodies" => silent(MANY, &scene.post("", 30_000)).dripping(b' '),
        "half-open" => silent(HOSTS, ""),
        "vanished" => scene.sockets(HOSTS, None, &[]),
        "deaf-viewers" => {
            // A canvas of their own is busy all the time.
            let busy = server.api.create_canvas(super::SIDE, "studio-32")?;
            let scene = Scene { canvas: busy.id, ..scene };
            let seat = server.api.join(&scene.canvas, "Busy")?;
            noise = Some(scene.sockets(4, Some(&seat), &[]).flooding(places()).reading());
            let mut deaf = scene.sockets(DEAF, None, &watch());
            deaf.receive_bytes = Some(NARROW_BYTES);
            deaf
        }
        "pings" => scene
            .sockets(LOUD, None, &[])
            .flooding(masked(FIN | 9, &[0x55; 8]).repeat(100))
            .reading(),
        "big-frames" => scene.sockets(LOUD, None, &masked(FIN | 2, &vec![0; 65_535])).reading(),
        "announced" => {
            let announced = header(FIN | 2, 2 << 30);
            scene.sockets(LOUD, None, &announced).flooding(vec![0; 16 * 1024]).reading()
        }
        "fragments" => scene
            .sockets(LOUD, None, &masked(1, b"{"))
            .flooding(masked(0, b" ").repeat(100))
            .reading(),
        "malformed" => {
            scene.sockets(LOUD, None, &[]).flooding(masked(FIN | 2, &[9]).repeat(16)).reading()
        }
        "placements" => {
            let seat = server.api.join(canvas, "Flood")?;
            scene.sockets(LOUD, Some(&seat), &[]).flooding(places()).reading()
        }
        "handshakes" => {
            scene.sockets(LOUD, None, &masked(FIN | 8, &1000u16.to_be_bytes())).reading()
        }
        "bombs" => requests(scene.post_bomb()),
        "joins" => requests(scene.post_join()),
        "many-viewers" => scene.sockets(HOSTS, None, &watch()).reading(),
        "requests" => requests(scene.get("/api/canvases")),
        "boards" => requests(scene.get(&format!("/api/canvases/{canvas}/board"))),
        "pictures" => requests(scene.get(&format!("/api/canvases/{canvas}/image.png?scale=4"))),
        other => return Err(LoadError::Wrong(format!("no attack is called {other}"))),
    };
    Ok(Prepared { attack, noise })
}

struct Scene {
    host: String,
    canvas: String,
}

impl Scene {
    /// WebSockets on the canvas, which say something at once.
    fn sockets(&self, connections: usize, cookie: Option<&str>, first: &[u8]) -> Attack {
        let path = format!("/api/canvases/{}/ws", self.canvas);
        let mut opening = websocket::upgrade_request(&self.host, &path, cookie);
        opening.extend_from_slice(first);
        Attack { opening, ..silent(connections, "") }
    }

    fn get(&self, path: &str) -> String {
        format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host)
    }

    /// The head of a join with so many bytes.
    fn post(&self, more: &str, length: usize) -> String {
        format!(
            "POST /api/canvases/{}/join HTTP/1.1\r\nHost: {}\r\n{more}\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n",
            self.canvas, self.host
        )
    }

    fn post_join(&self) -> String {
        let body = r#"{"nickname":"Nobody"}"#;
        self.post("", body.len()) + body
    }

    /// A body of some kilobytes that would be many megabytes.
    fn post_bomb(&self) -> Vec<u8> {
        let mut body = GzEncoder::new(Vec::new(), Compression::best());
        let spaces = vec![b' '; 1 << 20];
        let packed = (0..BOMB_MIB).try_for_each(|_| body.write_all(&spaces));
        let body = packed.and_then(|()| body.finish()).expect("writing to memory can't fail");
        let head = self.post("Content-Encoding: gzip\r\n", body.len());
        [head.into_bytes(), body].concat()
    }
}

fn silent(connections: usize, opening: &str) -> Attack {
    Attack {
        connections,
        opening: opening.as_bytes().to_vec(),
        goes: Goes::Silent,
        reads: false,
        receive_bytes: None,
    }
}

/// The same request for ever, without waiting for answers.
fn requests(request: impl Into<Vec<u8>>) -> Attack {
    silent(LOUD, "").flooding(request.into()).reading()
}

impl Attack {
    fn dripping(self, byte: u8) -> Self {
        Self { goes: Goes::Drips(byte), ..self }
    }

    fn flooding(self, piece: Vec<u8>) -> Self {
        Self { goes: Goes::Floods(piece), ..self }
    }

    fn reading(self) -> Self {
        Self { reads: true, ..self }
    }
}

fn watch() -> Vec<u8> {
    let mut out = Vec::new();
    websocket::put_masked(&mut out, Opcode::Text, br#"{"type":"watch"}"#, MASK);
    out
}

fn places() -> Vec<u8> {
    let place = |number: u16| {
        let cell = Cell { x: number * 7, y: number * 3 };
        Place { token: u32::from(number), cell, color: (number % 16) as u8 }.encode()
    };
    (0..50).flat_map(|number| masked(FIN | 2, &place(number))).collect()
}

/// The header of a masked frame that announces so many bytes.
fn header(first: u8, length: u64) -> Vec<u8> {
    let mut out = Vec::new();
    websocket::put_header(&mut out, first, length, MASK);
    out
}

fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = header(first, payload.len() as u64);
    out.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    out
}
