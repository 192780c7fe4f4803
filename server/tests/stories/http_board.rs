//! The board: the whole grid with its seq.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use place_core::Mirror;

use crate::harness::{Crowd, Request, Server};

#[test]
fn it_is_plain_or_compressed_and_the_same() {
    let server = Server::start();
    let canvas = server.free_canvas("free", 40);
    // Nobody has asked for the board yet: one may be two seconds old.
    let seat = server.join(&canvas, "Ada");
    let mut ada = server.connect(&canvas, Some(&seat));
    let seq = (0..40).map(|x| ada.put(x, x, 3)).max().unwrap();
    let path = format!("/api/canvases/{canvas}/board");

    let plain = server.get(&path).expect(200);
    assert_eq!(plain.header("content-type"), Some("application/octet-stream"));
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(plain.header("cache-control"), Some("no-cache"));
    assert_eq!(plain.header("vary").map(str::to_lowercase).as_deref(), Some("accept-encoding"));
    assert_eq!(plain.body.len(), 16 + 40 * 40);
    assert_eq!(plain.body[..8], *b"PLC1\x28\0\x28\0");
    assert_eq!(plain.body[8..16], seq.to_le_bytes());
    let mirror = Mirror::from_board(&plain.body).unwrap();
    assert_eq!(mirror.cells()[41], 3);

    assert!(server.board(&canvas) == mirror, "the compressed one");
    for accepts in ["deflate, br", "gzip;q=0", "identity"] {
        let answer = server.send(&Request::get(&path).header("Accept-Encoding", accepts));
        assert_eq!(answer.expect(200).body, plain.body, "{accepts}");
    }
}

#[test]
fn who_has_it_gets_304_until_something_changes() {
    let server = Server::start();
    let canvas = server.free_canvas("free", 16);
    let mut ada = server.person(&canvas, "Ada");
    ada.put(0, 0, 1);
    let path = format!("/api/canvases/{canvas}/board");
    let tag = server.get(&path).expect(200).header("etag").expect("an ETag").to_owned();
    let again = Request::get(&path).header("If-None-Match", &tag);
    let unchanged = server.send(&again).expect(304);
    assert!(unchanged.body.is_empty());
    assert_eq!(unchanged.header("etag"), Some(tag.as_str()));
    let many = Request::get(&path).header("If-None-Match", &format!("\"other\", {tag}"));
    server.send(&many).expect(304);

    ada.put(0, 0, 2);
    crate::harness::eventually("the board is new", || {
        let answer = server.send(&again);
        (answer.status == 200).then(|| assert_ne!(answer.header("etag"), Some(tag.as_str())))
    });
}

#[test]
fn under_load_few_are_built_for_many_who_ask() {
    let server = Server::start();
    let canvas = server.free_canvas("busy", 512);
    let crowd = Crowd::start(server.address(), &canvas, 2);
    crowd.wait_for(50);
    for _ in 0..40 {
        server.board(&canvas);
    }
    crowd.stop();
    let built = server.metric("place_board_builds_total", "");
    assert!((1..20).contains(&built), "{built} built for 40");
}

/// Those who come in the same moment.
const JOINERS: usize = 500;

/// Each on a connection of its own: all have asked before the first of them
/// reads its answer.
fn all_at_once(server: &Server, canvas: &str) -> Vec<Mirror> {
    let ask = |mut stream: TcpStream| {
        write!(
            stream,
            "GET /api/canvases/{canvas}/board HTTP/1.1\r\nHost: place\r\nConnection: close\r\n\r\n"
        )
        .expect("it listens");
        stream
    };
    let connect = |_| TcpStream::connect(server.address().socket()).expect("it listens");
    let connected: Vec<_> = (0..JOINERS).map(connect).collect();
    let asked: Vec<_> = connected.into_iter().map(ask).collect();
    let read = |mut stream: TcpStream| {
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"), "everybody gets the board");
        let head = answer.windows(4).position(|end| end == b"\r\n\r\n").expect("a head");
        Mirror::from_board(&answer[head + 4..]).expect("a good board")
    };
    asked.into_iter().map(read).collect()
}

#[test]
fn five_hundred_at_once_share_one_compression() {
    let server = Server::start();
    let canvas = server.free_canvas("class", 256);
    let mut ada = server.person(&canvas, "Ada");
    let seq = ada.put(3, 4, 5);
    let builds = || server.metric("place_board_builds_total", "");
    let before = builds();
    let boards = all_at_once(&server, &canvas);
    assert!(builds() <= before + 1, "{} for {JOINERS}", builds() - before);
    assert!(boards.iter().all(|board| board == &boards[0]), "all of them are the same");
    // It may be two seconds old, then the catch-up tells the rest.
    assert!(boards[0].seq() <= seq);
}

#[test]
fn five_hundred_at_once_do_not_keep_others_from_placing() {
    let server = Server::start();
    let canvas = server.free_canvas("busy", 256);
    let crowd = Crowd::start(server.address(), &canvas, 2);
    crowd.wait_for(50);
    let builds = || server.metric("place_board_builds_total", "");
    let (before, began) = (builds(), Instant::now());
    let boards = all_at_once(&server, &canvas);
    let built = builds() - before;
    // A board is good for two seconds: on a slow machine they take longer.
    assert!(built <= 1 + began.elapsed().as_secs() / 2, "{built} for {JOINERS}");
    crowd.wait_for(crowd.placed() + 50);
    crowd.stop();
    let viewer = server.viewer(&canvas);
    assert!(boards.iter().all(|board| board.seq() <= viewer.seq()));
}

#[test]
fn there_is_none_of_a_canvas_that_is_not_there() {
    let server = Server::start();
    server.get("/api/canvases/nowhere/board").expect_error(404, "no_such_canvas");
}
