//! What the server tells about itself.

use place_core::Reason;
use serde_json::json;

use crate::harness::{Answer, Server, eventually};

#[test]
fn it_lives_and_is_ready() {
    let server = Server::start();
    server.get("/healthz").expect(200);
    assert_eq!(server.get("/readyz").expect(200).json()["ready"], true);
}

#[test]
fn the_counters_move() {
    let server = Server::start();
    let canvas = server.canvas(&json!({ "name": "Cool", "cooldown_ms": 60_000, "saved_max": 3 }));
    let placed = |server: &Server, outcome: &str| {
        server.metric("place_placements_total", &format!("outcome=\"{outcome}\""))
    };
    assert_eq!(placed(&server, "placed"), 0);
    let mut ada = server.person(&canvas, "Ada");
    let mut ben = server.viewer(&canvas);
    for x in 0..3 {
        ada.put(x, 0, 1);
    }
    let refused = |answer| matches!(answer, Answer::Refused { .. });
    assert!(refused(ada.ask(0, 0, 1)));
    assert!(refused(ada.ask(999, 0, 1)));
    ben.until("sees them", |me| me.sees(2, 0) == 1);

    assert_eq!(placed(&server, "placed"), 3);
    assert_eq!(placed(&server, Reason::Cooldown.name()), 1);
    assert_eq!(placed(&server, Reason::OutOfBounds.name()), 1);
    assert!(server.metric("place_commit_seconds_count", "") >= 3);
    assert!(server.metric("place_feed_lag_seconds_count", "") >= 1);
    assert!(server.metric("place_frames_sent_total", "") >= 3);
    assert!(server.metric("place_bytes_sent_total", "") >= 30);
    assert!(server.metric("place_board_builds_total", "") >= 1);
    assert_eq!(server.metric("place_connections", ""), 2);
    eventually("the viewers are counted", || {
        let viewers = server.metric("place_viewers", &format!("canvas=\"{canvas}\""));
        (viewers == 2).then_some(())
    });
    drop((ada, ben));
    eventually("nobody is left", || (server.metric("place_connections", "") == 0).then_some(()));
}

#[test]
fn a_refusal_on_the_spot_is_counted_too() {
    let server = Server::start();
    let mut guest = server.viewer("playground");
    guest.ask(0, 0, 1);
    let label = "outcome=\"no_seat\"";
    assert_eq!(server.metric("place_placements_total", label), 1);
}

#[test]
fn metrics_are_in_the_format_that_their_type_names() {
    let server = Server::start();
    let answer = server.get("/metrics").expect(200);
    assert!(answer.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    let text = answer.text();
    assert!(text.ends_with("# EOF\n"), "{text}");
    assert!(text.contains("place_build_info{version="), "{text}");
}

#[test]
fn the_log_has_no_addresses_and_no_secrets() {
    let server = Server::with(&["--log=debug"]);
    let seat = server.join("playground", "Ada");
    server.connect("playground", Some(&seat)).put(0, 0, 1);
    let log = server.log();
    assert!(log.contains("canvas"), "{log}");
    let secret = seat.cookie.split_once('=').unwrap().1;
    let token = std::fs::read_to_string(server.data().join("admin-token")).unwrap();
    assert!(!log.contains(secret) && !log.contains(token.trim()));
}
