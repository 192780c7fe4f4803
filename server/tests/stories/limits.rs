//! Limits that take many people, much patience or slow work to reach. Each is
//! said, counted, and over once there is room again; docs/limits.md names them.

use std::io::Write;
use std::time::Duration;

use place_core::session::close_code;
use serde_json::{Value, json};

use crate::harness::class::{CLASS, Class};
use crate::harness::{Raw, Request, Server, eventually};

/// Seats of a canvas.
const SEATS_MAX: usize = 10_000;

/// Names in one list.
const LIST_MAX: usize = 1000;

/// Requests for pictures at a time: far more than wait, so that some are too
/// many however quick the server is.
const PICTURES: u16 = 256;

/// Longer than the server waits between two things that it says to the silent.
const SILENCE_MAX: Duration = Duration::from_secs(90);

#[test]
fn a_canvas_has_so_many_seats_and_no_more() {
    let class = Class::new();
    for part in 0..SEATS_MAX / LIST_MAX {
        let name = |n: usize| Value::from(format!("Pupil {}", part * LIST_MAX + n));
        let names: Vec<_> = (0..LIST_MAX).map(name).collect();
        class.change("POST", "seats", &json!({ "names": names })).expect(201);
    }
    let join = Request::post(&format!("/api/canvases/{CLASS}/join"));
    let join = join.json(&json!({ "nickname": "One more" }));
    class.server.send(&join).expect_error(409, "seats_full");
    let list = class.change("POST", "seats", &json!({ "names": ["And one more"] }));
    list.expect_error(409, "seats_full");
    class.change("POST", "bots", &json!({ "name": "Robo" })).expect_error(409, "seats_full");
    assert_eq!(class.server.metric("place_requests_refused_total", "reason=\"seats_full\""), 3);
    // Those who have a seat are not concerned.
    let seats = class.get("seats").expect(200).json();
    assert_eq!(seats["seats"].as_array().map(Vec::len), Some(SEATS_MAX));
    let card = json!({ "code": seats["seats"][0]["card"] });
    class.server.send(&Request::post("/api/enter").json(&card)).expect(200);
}

#[test]
fn more_pictures_than_can_wait_are_refused() {
    let server = Server::start();
    server.free_canvas("large", 1024);
    // Nobody reads: what is refused is counted at once, what waits may take long.
    let asked: Vec<_> = (0..PICTURES)
        .map(|x| {
            let mut stream = server.connect_tcp();
            let request = format!(
                "GET /api/canvases/large/image.png?x={x}&y=0 HTTP/1.1\r\nHost: {}\r\n\r\n",
                server.socket()
            );
            stream.write_all(request.as_bytes()).expect("the server reads");
            stream
        })
        .collect();
    eventually("some are too many", || {
        (server.metric("place_requests_refused_total", "reason=\"full\"") > 0).then_some(())
    });
    drop(asked);
}

/// Takes the 75 s of the limit itself: what a server says to a machine that was
/// put to sleep.
#[test]
fn who_is_silent_for_too_long_is_taken_for_gone() {
    let server = Server::start();
    let asleep = Raw::open(server.address(), "playground", None);
    // It reads what comes, the pings, too, and says nothing.
    assert_eq!(asleep.waiting(SILENCE_MAX).close_code(), close_code::IDLE);
    let closed = server.metric("place_connections_closed_total", "code=\"4000\"");
    assert_eq!(closed, 1);
}
