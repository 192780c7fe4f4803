//! The echo, for trying out WebSockets.

use std::time::Duration;

use crate::harness::{FIN, Frame, Raw, Request, Server, eventually, header, masked, op};

#[test]
fn texts_bytes_and_pings_come_back() {
    let server = Server::start();
    let mut raw = Raw::echo(server.address());
    let long = vec![8; 70_000];
    let table: [(u8, &[u8]); 6] = [
        (op::TEXT, "Grüße, 绘画 🎨".as_bytes()),
        (op::TEXT, b""),
        (op::BINARY, &[0, 255, 1, 254]),
        (op::BINARY, b""),
        (op::BINARY, &[7; 126]),
        (op::BINARY, &long),
    ];
    for (opcode, payload) in table {
        assert!(raw.send(&masked(FIN | opcode, payload)));
        assert_eq!(raw.frame(), Some(Frame { first: FIN | opcode, payload: payload.to_vec() }));
    }
    assert!(raw.send(&masked(FIN | op::PING, b"ping")));
    assert_eq!(raw.frame(), Some(Frame { first: FIN | op::PONG, payload: b"ping".to_vec() }));
    assert!(raw.send(&masked(FIN | op::PONG, b"not asked for")));
    raw.ping();
}

#[test]
fn pieces_come_back_as_one() {
    let server = Server::start();
    let mut raw = Raw::echo(server.address());
    let pieces = [
        masked(op::TEXT, "Gr\u{fc}".as_bytes()),
        masked(FIN | op::PING, b"1"),
        masked(op::CONTINUATION, &"\u{df}".as_bytes()[..1]),
        masked(FIN | op::CONTINUATION, &"\u{df}".as_bytes()[1..]),
    ];
    assert!(raw.send(&pieces.concat()));
    assert_eq!(raw.frame(), Some(Frame { first: FIN | op::PONG, payload: b"1".to_vec() }));
    let whole = Frame { first: FIN | op::TEXT, payload: "Gr\u{fc}\u{df}".as_bytes().to_vec() };
    assert_eq!(raw.frame(), Some(whole));
}

#[test]
fn a_mebibyte_is_the_most() {
    let server = Server::start();
    let mut raw = Raw::echo(server.address());
    let most = vec![0xa5; 1 << 20];
    assert!(raw.send(&masked(FIN | op::BINARY, &most)));
    assert_eq!(raw.frame(), Some(Frame { first: FIN | op::BINARY, payload: most }));

    let before = server.resident_bytes();
    raw.send(&header(FIN | op::BINARY, (1 << 20) + 1));
    raw.push(&vec![0x55; 64 * 1024], 8 << 20, Duration::from_millis(20));
    assert_eq!(raw.close_code(), 1009);
    assert!(server.resident_bytes().saturating_sub(before) < 8 << 20);
}

#[test]
fn the_most_can_be_set() {
    let server = Server::with(&["--echo-message-bytes=2097152"]);
    let mut raw = Raw::echo(server.address());
    let most = vec![0xa5; 2 << 20];
    assert!(raw.send(&masked(FIN | op::BINARY, &most)));
    assert_eq!(raw.frame(), Some(Frame { first: FIN | op::BINARY, payload: most }));
    raw.send(&header(FIN | op::BINARY, (2 << 20) + 1));
    assert_eq!(raw.close_code(), 1009);
}

#[test]
fn echoes_are_bounded_and_take_no_viewer_s_place() {
    let server = Server::with(&["--max-connections=1"]);
    let mut open: Vec<Raw> = (0..256).map(|_| Raw::echo(server.address())).collect();
    let request = Request::get("/ws/echo")
        .header("Upgrade", "websocket")
        .header("Connection", "Upgrade")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    let full = server.send(&request).expect(503);
    assert!(full.header("retry-after").is_some());
    full.expect_error(503, "full");
    assert_eq!(server.metric("place_requests_refused_total", "reason=\"full\""), 1);
    server.viewer("playground");

    let mut last = open.pop().expect("one of them");
    assert!(last.send(&masked(FIN | op::CLOSE, &1000u16.to_be_bytes())));
    assert_eq!(last.close_code(), 1000);
    eventually("a place is free", || {
        let again = Raw::try_upgrade(server.connect_tcp(), server.address(), "/ws/echo", "");
        again.map(|mut raw| raw.ping())
    });
}

#[test]
fn a_close_comes_back_with_its_code() {
    let server = Server::start();
    for code in [1000u16, 1011, 3000, 4999] {
        let mut raw = Raw::echo(server.address());
        assert!(raw.send(&masked(FIN | op::CLOSE, &[&code.to_be_bytes()[..], b"bye"].concat())));
        assert_eq!(raw.close_code(), code);
    }
}

#[test]
fn the_server_is_the_first_to_hang_up() {
    let server = Server::start();
    let mut raw = Raw::echo(server.address());
    assert!(raw.send(&masked(FIN | op::CLOSE, &1000u16.to_be_bytes())));
    let close = Frame { first: FIN | op::CLOSE, payload: 1000u16.to_be_bytes().to_vec() };
    assert_eq!(raw.frame(), Some(close));
    assert_eq!(raw.frame(), None, "the end of the stream, without hanging up here");
}

#[test]
fn wrong_text_is_refused_before_its_message_has_come() {
    let server = Server::start();
    let mut raw = Raw::echo(server.address());
    assert!(raw.send(&masked(FIN | op::TEXT, b"before")));
    assert!(raw.send(&masked(op::TEXT, "κόσμε".as_bytes())));
    assert!(raw.send(&masked(op::CONTINUATION, b"\xf4\x90")));
    let before = Frame { first: FIN | op::TEXT, payload: b"before".to_vec() };
    assert_eq!(raw.frame(), Some(before));
    assert_eq!(raw.close_code(), 1007);
}

#[test]
fn broken_frames_end_it_with_a_reason() {
    let server = Server::start();
    let table = [
        (masked(0x40 | FIN | op::TEXT, b"x"), 1002),
        (vec![FIN | op::TEXT, 1, b'x'], 1002),
        (masked(FIN | op::TEXT, b"\xff"), 1007),
    ];
    for (bytes, code) in table {
        let mut raw = Raw::echo(server.address());
        raw.send(&bytes);
        assert_eq!(raw.close_code(), code, "{bytes:02x?}");
    }
}

#[test]
fn whoever_does_not_read_is_not_read_from() {
    let server = Server::start();
    let before = server.resident_bytes();
    let mut raw = Raw::echo(server.address());
    let piece = masked(FIN | op::BINARY, &[1; 16_000]);
    let sent = raw.push(&piece, 64 << 20, Duration::from_millis(500));
    assert!(sent < 64 << 20, "it was never halted");
    assert!(server.resident_bytes().saturating_sub(before) < 16 << 20);
    server.person("playground", "Ada").put(0, 0, 1);
}
