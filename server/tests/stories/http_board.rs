//! The board: the whole grid with its seq.

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

#[test]
fn there_is_none_of_a_canvas_that_is_not_there() {
    let server = Server::start();
    server.get("/api/canvases/nowhere/board").expect_error(404, "no_such_canvas");
}
