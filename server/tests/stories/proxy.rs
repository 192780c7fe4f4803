//! Behind a reverse proxy: a path of its own, and headers that are believed
//! only from those who are trusted.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;

use crate::harness::{Raw, Request, Server};

/// Somebody new joins.
fn join() -> Request {
    static JOINED: AtomicU32 = AtomicU32::new(0);
    let nickname = format!("Pupil {}", JOINED.fetch_add(1, Ordering::Relaxed));
    Request::post("/api/canvases/playground/join").json(&json!({ "nickname": nickname }))
}

/// What a proxy adds that speaks TLS to the world.
fn forwarded(request: Request) -> Request {
    request
        .header("X-Forwarded-For", "203.0.113.7")
        .header("X-Forwarded-Proto", "https")
        .header("X-Forwarded-Host", "place.school")
}

#[test]
fn everything_is_below_the_base_path() {
    let server = Server::with(&["--base-path=/art/place"]);
    assert_eq!(server.base(), "/art/place");
    let mut ada = server.person("playground", "Ada");
    ada.put(1, 1, 1);
    server.get("/healthz").expect(200);
    let page = server.get("/").expect(200).text();
    assert!(page.contains("<base href=\"/art/place/\""), "{page}");
    server.get("/c/playground").expect(200);
    server.get(crate::harness::ASSET).expect(200);
    let cookie = server.send(&join()).expect(201);
    let cookie = cookie.header("set-cookie").unwrap().to_owned();
    assert!(cookie.contains("Path=/art/place/api/canvases/playground"), "{cookie}");

    let outside = |path: &str| {
        Request::get(path).send(server.connect_tcp(), &server.socket().to_string(), "").status
    };
    for path in ["/", "/healthz", "/api/canvases", "/art", "/art/placebo", "/place/"] {
        assert_eq!(outside(path), 404, "{path}");
    }
    let without_slash = outside("/art/place");
    assert!([200, 301, 302, 307, 308].contains(&without_slash), "{without_slash}");
}

#[test]
fn a_trusted_proxy_tells_how_people_reach_us() {
    let server = Server::with(&["--trusted-proxies=127.0.0.0/8"]);
    let answer = server.send(&forwarded(join())).expect(201);
    assert!(answer.header("set-cookie").unwrap().contains("; Secure"));
    let answer = server.send(&join()).expect(201);
    assert!(!answer.header("set-cookie").unwrap().contains("; Secure"));

    let origin = |origin: &str| forwarded(join()).header("Origin", origin);
    server.send(&origin("https://place.school")).expect(201);
    for foreign in ["http://place.school", "https://evil.example", &server.origin()] {
        server.send(&origin(foreign)).expect_error(403, "foreign_origin");
    }
    let head = "Sec-WebSocket-Protocol: place.v1\r\nX-Forwarded-Proto: https\r\n\
                X-Forwarded-Host: place.school\r\nOrigin: https://place.school\r\n";
    let path = "/api/canvases/playground/ws";
    Raw::upgrade(server.connect_tcp(), server.address(), path, head).ping();
}

#[test]
fn a_stranger_s_headers_count_for_nothing() {
    let server = Server::with(&["--trusted-proxies=10.0.0.0/8"]);
    let answer = server.send(&forwarded(join())).expect(201);
    assert!(!answer.header("set-cookie").unwrap().contains("; Secure"));
    let forged = forwarded(join()).header("Origin", "https://place.school");
    server.send(&forged).expect_error(403, "foreign_origin");
}

#[test]
fn joins_are_counted_by_the_address_behind_the_proxy() {
    let flags = ["--trusted-proxies=127.0.0.1", "--join-burst=2", "--joins-per-second=1"];
    let server = Server::with(&flags);
    let from = |address: &str| server.send(&join().header("X-Forwarded-For", address)).status;
    let first = (0..10).map(|_| from("203.0.113.1")).any(|status| status == 429);
    assert!(first, "one address is braked");
    assert_eq!(from("203.0.113.2"), 201, "another is not");
    assert_eq!(from("203.0.113.9, 203.0.113.3"), 201);
    // Who forges a longer list is known by what the proxy itself added.
    let forged = (0..10).map(|n| from(&format!("198.51.100.{n}, 203.0.113.4")));
    assert!(forged.collect::<Vec<_>>().contains(&429));
}
