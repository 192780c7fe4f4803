//! Who is let in, and who is told why not.

use crate::harness::{Raw, Request, Server, eventually};

/// A handshake that would succeed.
fn upgrade(path: &str) -> Request {
    Request::get(path)
        .header("Upgrade", "websocket")
        .header("Connection", "Upgrade")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
}

const WS: &str = "/api/canvases/playground/ws";

#[test]
fn the_sub_protocol_must_be_offered() {
    let server = Server::start();
    let text = server.send(&upgrade(WS)).expect_error(400, "subprotocol");
    assert!(text.contains("place.v1"), "{text}");
    for offer in ["chat", "place.v2, chat", "place.v10"] {
        let request = upgrade(WS).header("Sec-WebSocket-Protocol", offer);
        server.send(&request).expect_error(400, "subprotocol");
    }
}

#[test]
fn the_sub_protocol_is_chosen_among_others() {
    let server = Server::start();
    let offer = "chat, place.v1,place.v2";
    let head = format!("Sec-WebSocket-Protocol: {offer}\r\n");
    // `upgrade` checks that it is accepted, the client library in every other
    // story that it is named.
    Raw::upgrade(server.connect_tcp(), server.address(), WS, &head).ping();
}

#[test]
fn a_plain_request_is_told_what_the_address_is_for() {
    let server = Server::start();
    let plain = Request::get(WS).header("Sec-WebSocket-Protocol", "place.v1");
    server.send(&plain).expect_error(400, "not_a_websocket");
    server.get("/ws/echo").expect_error(400, "not_a_websocket");
}

#[test]
fn there_is_no_socket_to_a_canvas_that_is_not_there() {
    let server = Server::start();
    let request = upgrade("/api/canvases/nowhere/ws").header("Sec-WebSocket-Protocol", "place.v1");
    let text = server.send(&request).expect_error(404, "no_such_canvas");
    assert!(text.contains("nowhere"), "{text}");
}

#[test]
fn pages_of_other_sites_are_kept_out() {
    let server = Server::start();
    let own = server.origin();
    let with = |origin: &str| {
        upgrade(WS).header("Sec-WebSocket-Protocol", "place.v1").header("Origin", origin)
    };
    let port = server.socket().port();
    let foreign = [
        "http://evil.example".to_owned(),
        format!("http://127.0.0.1:{}", port - 1),
        format!("https://127.0.0.1:{port}"),
        format!("{own}.evil.example"),
        "null".to_owned(),
    ];
    for origin in foreign {
        server.send(&with(&origin)).expect_error(403, "foreign_origin");
    }
    let head = format!("Sec-WebSocket-Protocol: place.v1\r\nOrigin: {own}\r\n");
    Raw::upgrade(server.connect_tcp(), server.address(), WS, &head).ping();
}

#[test]
fn a_full_server_says_when_to_come_back_and_lets_the_next_in() {
    let server = Server::with(&["--max-connections=2"]);
    let mut ada = server.person("playground", "Ada");
    let ben = server.viewer("playground");
    let request = upgrade(WS).header("Sec-WebSocket-Protocol", "place.v1");
    let answer = server.send(&request).expect(503);
    let wait: u32 = answer.header("retry-after").expect("when").parse().expect("seconds");
    assert!(wait > 0);
    answer.expect_error(503, "full");
    ada.put(0, 0, 1);

    drop(ben);
    eventually("a place is free", || (server.metric("place_connections", "") < 2).then_some(()));
    server.viewer("playground").until("is in", |me| me.sees(0, 0) == 1);
}
