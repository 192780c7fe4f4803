//! The class timer.

use place_core::Mode;
use serde_json::{Value, json};

use crate::harness::{Client, Request, Response, Server, eventually};

const CANVAS: &str = "class";

fn post(server: &Server, body: &Value) -> Response {
    let request = Request::post(&format!("/api/canvases/{CANVAS}/timer")).json(body);
    server.send(&server.as_admin(request))
}

fn stop(server: &Server) -> Response {
    server.send(&server.as_admin(Request::delete(&format!("/api/canvases/{CANVAS}/timer"))))
}

fn ends(client: &Client) -> Option<u64> {
    client.lesson().timer.as_ref().map(|timer| timer.ends_ms)
}

#[test]
fn a_timer_freezes_the_canvas_when_it_ends() {
    let mut server = Server::start();
    server.free_canvas(CANVAS, 16);
    let mut viewer = server.viewer(CANVAS);
    for seconds in [0, 4, 86_401] {
        post(&server, &json!({ "seconds": seconds })).expect_error(400, "invalid");
    }
    post(&server, &json!({ "seconds": 60, "label": "x".repeat(41) })).expect_error(400, "invalid");
    let path = format!("/api/canvases/{CANVAS}/timer");
    let request = Request::post(&path).json(&json!({ "seconds": 60 }));
    server.send(&request).expect_error(401, "not_allowed");
    stop(&server).expect_error(404, "not_found");

    post(&server, &json!({ "seconds": 3600, "label": "Draw" })).expect(201);
    viewer.until("sees it", |me| ends(me).is_some());
    stop(&server).expect(204);
    viewer.until("sees it no more", |me| ends(me).is_none());

    let body = json!({ "seconds": 5, "label": " Last  minutes ", "freezes": true });
    let made = post(&server, &body).expect(201).json();
    assert_eq!(made["timer"]["label"], "Last minutes");
    viewer.until("sees it", |me| ends(me) == made["timer"]["ends_ms"].as_u64());
    viewer.until("is frozen", |me| {
        me.texts.iter().any(|text| {
            matches!(text, place_core::wire::text::ServerText::Rules { mode: Mode::Frozen, .. })
        })
    });
    viewer.until("sees the timer gone", |me| ends(me).is_none());
    server.change(CANVAS, &json!({ "mode": "open" }));
    server.restart();
    assert_eq!(server.info(CANVAS)["mode"], "open", "it ended once");
}

#[test]
fn a_timer_goes_on_over_a_restart_and_ends_though_the_server_was_down() {
    let mut server = Server::start();
    server.free_canvas(CANVAS, 16);
    server.free_canvas("other", 16);
    let made = post(&server, &json!({ "seconds": 5, "freezes": true })).expect(201).json();
    let ends_ms = made["timer"]["ends_ms"].as_u64();
    server.restart();
    assert_eq!(ends(&server.connect(CANVAS, None)), ends_ms, "it goes on");
    server.kill9();
    let end = ends_ms.expect("a moment");
    eventually("its time has come", || (now_ms() > end).then_some(()));
    server.launch();
    assert_eq!(server.info(CANVAS)["mode"], "frozen", "nobody was let in before");
    assert_eq!(ends(&server.connect(CANVAS, None)), None);
    assert_eq!(server.info("other")["mode"], "open");
    assert_eq!(stop(&server).status, 404);
}

fn now_ms() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.expect("after 1970").as_millis() as u64
}
