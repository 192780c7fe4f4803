//! Two canvases in one server have nothing to do with each other.

use place_core::Reason;
use serde_json::json;

use crate::harness::{Answer, Crowd, Server};

#[test]
fn pixels_seats_cooldowns_and_people_stay_apart() {
    let server = Server::start();
    let left = server.canvas(&json!({
        "name": "Left", "width": 32, "height": 16, "cooldown_ms": 60_000, "saved_max": 1
    }));
    let right = server.free_canvas("right", 64);

    let seat = server.join(&left, "Ada");
    let mut ada = server.connect(&left, Some(&seat));
    ada.follow();
    let mut ben = server.person(&right, "Ben");
    let (left_seq, right_seq) = (ada.seq(), ben.seq());

    // Pixels, and their order.
    ada.put(3, 3, 1);
    for x in 0..5 {
        ben.put(x, 40, 2);
    }
    ben.until("sees its own", |me| me.seq() == right_seq + 5);
    ada.until("sees its own", |me| me.seq() == left_seq + 1);
    assert_eq!(ben.sees(3, 3), 0);
    assert_eq!((ada.deltas, ada.mirror().cells().len()), (1, 32 * 16));

    // Cooldowns.
    assert!(matches!(ada.ask(4, 4, 1), Answer::Refused { reason: Reason::Cooldown, .. }));
    ben.put(4, 4, 1);

    // People.
    let _crowd = ["Cleo", "Dan", "Eve"].map(|name| server.person(&right, name));
    ben.until("has company", |me| me.online() == 4);
    assert_eq!(server.info(&left)["online"], 1);
    assert_eq!(server.info(&right)["online"], 4);

    // Seats: that of one canvas is none in the other.
    let mut stranger = server.connect(&right, Some(&seat));
    assert_eq!(stranger.welcome.seat, None);
    assert!(matches!(stranger.ask(0, 0, 1), Answer::Refused { reason: Reason::NoSeat, .. }));

    // Rules.
    server.change(&right, &json!({ "mode": "frozen" }));
    assert!(matches!(ben.ask(0, 0, 1), Answer::Refused { reason: Reason::Frozen, .. }));
    assert_eq!(server.info(&left)["mode"], "open");
}

#[test]
fn a_crowd_on_one_canvas_does_not_keep_another_waiting() {
    let server = Server::start();
    let busy = server.free_canvas("busy", 256);
    let calm = server.free_canvas("calm", 16);
    let mut ada = server.person(&calm, "Ada");
    let crowd = Crowd::start(server.address(), &busy, 3);
    crowd.wait_for(100);
    for color in 1..10 {
        let seq = ada.put(5, 5, color);
        ada.until("sees it", |me| me.seq() == seq);
    }
    assert!(crowd.stop().len() > 100);
    assert_eq!(ada.deltas, 9);
}

#[test]
fn a_new_canvas_is_listed_at_once_and_kept() {
    let mut server = Server::start();
    let canvas = server.canvas(&json!({ "name": "Class 5b", "width": 48 }));
    assert_eq!(canvas, "class-5b");
    server.person(&canvas, "Ada").put(47, 47, 3);
    for round in 0..2 {
        let list = server.get("/api/canvases").expect(200).json();
        let ids: Vec<_> = list["canvases"].as_array().unwrap().iter().map(|c| &c["id"]).collect();
        assert_eq!(ids, ["class-5b", "playground"], "round {round}");
        assert_eq!(server.viewer(&canvas).sees(47, 47), 3);
        server.restart();
    }
}
