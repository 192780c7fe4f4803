//! People who mean harm: they are bounded, counted, and nobody else notices.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::harness::{FIN, PATIENCE, Raw, Request, Server, eventually, header, masked, op};

/// Time between two bytes of somebody who is slow on purpose.
const DRIP: Duration = Duration::from_millis(50);

/// Most memory that a request may cost, with what a debug build's allocator
/// keeps.
const GROWTH_MAX_BYTES: u64 = 8 << 20;

/// Says bytes slowly until the server ends the connection; what it answered.
fn drip(server: &Server, opening: &str) -> String {
    let mut stream = TcpStream::connect(server.socket()).unwrap();
    stream.write_all(opening.as_bytes()).unwrap();
    stream.set_read_timeout(Some(DRIP)).unwrap();
    let began = Instant::now();
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    loop {
        assert!(began.elapsed() < PATIENCE, "it is still listened to");
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => answer.extend_from_slice(&piece[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => break,
            // Nothing yet: the next byte. One that is not taken any more shows
            // in the next read.
            Err(_) => drop(stream.write_all(b" ")),
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_head_that_never_ends_is_given_up() {
    let server = Server::with(&["--request-timeout=1s"]);
    let mut ada = server.person("playground", "Ada");
    drip(&server, "GET / HTTP/1.1\r\nHost: place\r\nX-Slow: ");
    eventually("it is counted", || {
        (server.metric("place_connections_refused_total", "reason=\"silent\"") == 1).then_some(())
    });
    ada.put(1, 1, 1);
}

#[test]
fn a_body_that_never_ends_is_given_up() {
    let server = Server::with(&["--request-timeout=1s"]);
    let mut ada = server.person("playground", "Ada");
    let answer = drip(
        &server,
        "POST /api/canvases/playground/join HTTP/1.1\r\nHost: place\r\n\
         Content-Type: application/json\r\nContent-Length: 30000\r\n\r\n{",
    );
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("too_slow"), "{answer}");
    assert_eq!(server.metric("place_requests_refused_total", "reason=\"too_slow\""), 1);
    ada.put(1, 1, 1);
}

#[test]
fn who_asks_stands_behind_who_draws() {
    for behind in [10, 19, 0] {
        let server = Server::with(&[&format!("--http-nice={behind}")]);
        server.get("/").expect(200);
        let mut raw = Raw::open(server.address(), "playground", None);
        raw.ping();
        let threads = server.threads();
        // Tests, too, may run behind others.
        let own = threads.iter().find(|(name, _)| name == "place").expect("the first thread").1;
        let nice = |of: &str| -> Vec<i32> {
            let of = threads.iter().filter(|(name, _)| name.starts_with(of));
            of.map(|(_, nice)| *nice).collect()
        };
        for of in ["sockets", "store-writer"] {
            let found = nice(of);
            assert!(!found.is_empty() && found.iter().all(|nice| *nice == own), "{threads:?}");
        }
        // Those of the control socket are called the same.
        let workers = nice("actix-rt");
        assert_eq!(nice("http"), [own.max(behind)], "{threads:?}");
        assert!(workers.len() > nice("sockets").len(), "{threads:?}");
        let behind = workers.iter().filter(|nice| **nice == own.max(behind)).count();
        assert!(behind >= nice("sockets").len(), "{threads:?}");
    }
}

#[test]
fn what_a_socket_says_costs_those_who_serve_sockets() {
    let server = Server::start();
    let spent = |threads: &str| -> f64 {
        let label = format!("threads=\"{threads}\"");
        server.metric_as("place_processor_seconds_total", &label)
    };
    let mut raw = Raw::open(server.address(), "playground", None);
    raw.ping();
    let before = spent("sockets");
    for _ in 0..200 {
        raw.ping();
    }
    assert!(spent("sockets") > before, "{before} seconds, as before");
    assert!(spent("http") > 0.0);
}

#[test]
fn who_asks_without_waiting_is_answered_at_its_pace() {
    let server = Server::start();
    let mut ada = server.person("playground", "Ada");
    let mut stream = TcpStream::connect(server.socket()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let requests = "GET /healthz HTTP/1.1\r\nHost: place\r\n\r\n".repeat(400);
    stream.write_all(requests.as_bytes()).unwrap();
    ada.put(1, 1, 1);
    let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
    let heads = |answer: &[u8]| String::from_utf8_lossy(answer).matches("HTTP/1.1 200").count();
    while heads(&answer) < 400 {
        let count = stream.read(&mut piece).unwrap();
        assert_ne!(count, 0, "it stays open");
        answer.extend_from_slice(&piece[..count]);
    }
    assert!(server.metric("place_connections_halted_total", "reason=\"requests\"") >= 50);
}

#[test]
fn who_never_waits_for_an_answer_is_sent_away_before_it_costs_memory() {
    let server = Server::start();
    let mut ada = server.person("playground", "Ada");
    let before = server.resident_bytes();
    let ended = || {
        server.metric("place_requests_refused_total", "reason=\"pipelined\"")
            + server.metric("place_connections_refused_total", "reason=\"flood\"")
    };
    let requests = "GET /healthz HTTP/1.1\r\nHost: place\r\n\r\n".repeat(1000);
    for _ in 0..5 {
        let mut stream = TcpStream::connect(server.socket()).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        let began = Instant::now();
        // Nothing is read: the server can't go on answering, either.
        while stream.write_all(requests.as_bytes()).is_ok() {
            assert!(began.elapsed() < PATIENCE, "it is still listened to");
        }
    }
    eventually("all were ended", || (ended() >= 5).then_some(()));
    let growth = server.resident_bytes().saturating_sub(before);
    assert!(growth < 4 * GROWTH_MAX_BYTES, "{growth} bytes");
    ada.put(1, 1, 1);
}

#[test]
fn a_compressed_body_is_not_unpacked() {
    let server = Server::start();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..20 {
        gzip.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let bomb = gzip.finish().unwrap();
    assert!(bomb.len() < 32 * 1024, "short enough to be read at all: {}", bomb.len());
    let before = server.resident_bytes();
    for _ in 0..5 {
        let request = Request::post("/api/canvases/playground/join")
            .header("Content-Encoding", "gzip")
            .body("application/json", &bomb);
        server.send(&request).expect_error(400, "invalid");
    }
    let grown = server.resident_bytes().saturating_sub(before);
    assert!(grown < GROWTH_MAX_BYTES, "{grown} bytes for {} of gzip", bomb.len());
    assert_eq!(server.metric("place_requests_refused_total", "reason=\"invalid\""), 5);
}

#[test]
fn a_body_that_is_too_long_is_not_read() {
    let server = Server::start();
    let body = format!("{{\"nickname\":\"{}\"}}", "a".repeat(40_000));
    let request = Request::post("/api/canvases/playground/join");
    let request = request.body("application/json", body.as_bytes());
    server.send(&request).expect_error(413, "too_big");
    assert_eq!(server.metric("place_requests_refused_total", "reason=\"too_big\""), 1);
}

#[test]
fn running_out_of_open_files_is_survived_and_said() {
    const OPEN_FILES: u64 = 400;
    let server = Server::with_open_files(OPEN_FILES);
    let mut ada = server.person("playground", "Ada");
    let seq = ada.put(0, 0, 1);

    // They come and say nothing; those who find no place are told by the end of
    // their connection.
    let mut crowd: Vec<TcpStream> =
        (0..OPEN_FILES + 100).map(|_| TcpStream::connect(server.socket()).unwrap()).collect();
    let ended = eventually("some are turned away", || {
        let last = crowd.last_mut().unwrap();
        last.set_read_timeout(Some(PATIENCE)).unwrap();
        Some(matches!(last.read(&mut [0; 16]), Ok(0) | Err(_)))
    });
    assert!(ended);

    // Who is here draws on, and it is saved.
    for x in 1..20 {
        assert_eq!(ada.put(x, 0, 1), seq + u64::from(x));
    }
    eventually("the log says it", || server.log().contains("open files").then_some(()));

    drop(crowd);
    eventually("there is room again", || {
        let mut stream = TcpStream::connect(server.socket()).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: place\r\n\r\n").ok()?;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).ok()?;
        (&answer == b"HTTP/1.1 200").then_some(())
    });
    let refused = server.metric("place_connections_refused_total", "reason=\"descriptors\"");
    // The others had not even been accepted: they waited at the kernel's door.
    assert!(refused > 0);
    let mut eve = server.person("playground", "Eve");
    assert_eq!(eve.put(0, 1, 2), seq + 20);
}

#[test]
fn who_says_too_much_is_not_read_from_for_a_while() {
    let server = Server::with(&["--placements-per-second=1", "--placement-burst=1"]);
    let mut ada = server.person("playground", "Ada");
    let mut flood = Raw::open(server.address(), "playground", None);
    let pings = 2000;
    assert!(flood.send(&masked(FIN | op::PING, b"?").repeat(pings)));
    ada.put(1, 1, 1);
    // Every one is answered, though not all at once; nobody was closed.
    for _ in 0..pings {
        assert_eq!(flood.own_frame().map(|frame| frame.first), Some(FIN | op::PONG));
    }
    assert!(server.metric("place_connections_halted_total", "reason=\"pace\"") > 0);
}

/// A flag or a limit's own value, what provokes it, and where it is counted.
type Limit = (&'static str, &'static [&'static str], fn(&Server), &'static str, &'static str);

/// What is said on a canvas's WebSocket, until it is closed or answered.
fn say(server: &Server, bytes: &[u8]) {
    let mut raw = Raw::open(server.address(), "playground", None);
    raw.send(bytes);
    raw.hang_up();
    while raw.frame().is_some() {}
}

fn join(server: &Server, nickname: &str) {
    let request = Request::post("/api/canvases/playground/join");
    let _ = server.send(&request.json(&serde_json::json!({ "nickname": nickname })));
}

/// The table of docs/limits.md that a peer can provoke at once; those that need
/// a minute, a full disk or ten thousand people are told in other stories.
const LIMITS: &[Limit] = &[
    (
        "message length",
        &[],
        |server| say(server, &header(FIN | op::TEXT, 4097)),
        "place_connections_closed_total",
        "code=\"1009\"",
    ),
    (
        "fragments",
        &[],
        |server| {
            say(
                server,
                &[masked(op::TEXT, b" "), masked(op::CONTINUATION, b" ").repeat(99)].concat(),
            );
        },
        "place_connections_closed_total",
        "code=\"1009\"",
    ),
    (
        "broken frames",
        &[],
        |server| say(server, &[FIN | op::TEXT, 0]),
        "place_connections_closed_total",
        "code=\"1002\"",
    ),
    (
        "malformed in a row",
        &[],
        |server| say(server, &masked(FIN | op::BINARY, &[9]).repeat(16)),
        "place_connections_closed_total",
        "code=\"1008\"",
    ),
    (
        "text that is not UTF-8",
        &[],
        |server| say(server, &masked(FIN | op::TEXT, b"\xff")),
        "place_connections_closed_total",
        "code=\"1007\"",
    ),
    (
        "joins of an address",
        &["--joins-per-second=1", "--join-burst=1"],
        |server| {
            (0..3).for_each(|_| join(server, "Ada"));
        },
        "place_requests_refused_total",
        "reason=\"slow_down\"",
    ),
    (
        "nickname length",
        &[],
        |server| join(server, &"a".repeat(25)),
        "place_requests_refused_total",
        "reason=\"invalid\"",
    ),
    (
        "body length",
        &[],
        |server| join(server, &"a".repeat(40_000)),
        "place_requests_refused_total",
        "reason=\"too_big\"",
    ),
    (
        "connections",
        &["--max-connections=1"],
        |server| {
            let _first = server.connect("playground", None);
            let head = "Sec-WebSocket-Protocol: place.v1\r\n";
            let path = "/api/canvases/playground/ws";
            assert!(Raw::try_upgrade(server.connect_tcp(), server.address(), path, head).is_none());
        },
        "place_connections_refused_total",
        "reason=\"full\"",
    ),
    (
        "placements of a connection",
        &["--placements-per-second=1", "--placement-burst=1"],
        |server| {
            let mut ada = server.person("playground", "Ada");
            for x in 0..3 {
                ada.ask(x, 0, 1);
            }
        },
        "place_placements_total",
        "outcome=\"busy\"",
    ),
    (
        "cooldown",
        &[],
        |server| {
            let mut ada = server.person("playground", "Ada");
            for x in 0..30 {
                ada.ask(x, 0, 1);
            }
        },
        "place_placements_total",
        "outcome=\"cooldown\"",
    ),
];

#[test]
fn each_limit_has_its_number() {
    for (name, flags, provoke, metric, label) in LIMITS {
        let server = Server::with(flags);
        let before = server.get("/metrics").text();
        assert!(!before.contains(&format!("{label}}} 1")), "{name}: counted beforehand\n{before}");
        provoke(&server);
        assert!(server.metric(metric, label) > 0, "{name}");
    }
}
