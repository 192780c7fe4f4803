//! A canvas that opens and closes by the hours. What hours mean is tested where
//! it is worked out, with given times; here it is that they are followed.

use place_core::wire::text::ServerText;
use serde_json::{Value, json};

use crate::harness::{Request, Response, Server, eventually};

const CANVAS: &str = "class";

fn set(server: &Server, hours: &Value) -> Response {
    let path = format!("/api/canvases/{CANVAS}/settings");
    let request = Request::patch(&path).json(&json!({ "hours": hours }));
    server.send(&server.as_admin(request))
}

fn hours(zone: &str, slots: &[(u8, u16, u16)]) -> Value {
    let slot = |&(days, from_min, until_min): &(u8, u16, u16)| json!({ "days": days, "from_min": from_min, "until_min": until_min });
    json!({ "zone": zone, "slots": slots.iter().map(slot).collect::<Vec<_>>() })
}

/// The day of the week of today, Monday being 0, by UTC.
fn today() -> u8 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    // The epoch began on a Thursday.
    ((now.expect("after 1970").as_secs() / 86_400 + 3) % 7) as u8
}

/// A slot of two days of the week that is not today and not tomorrow, so that
/// the story does not depend on when it is told.
fn another_day() -> u8 {
    1 << ((today() + 3) % 7)
}

#[track_caller]
fn becomes(server: &Server, mode: &str) {
    eventually(mode, || (server.info(CANVAS)["mode"] == mode).then_some(()));
}

#[test]
fn hours_close_a_canvas_and_the_teacher_may_open_it_in_between() {
    let mut server = Server::start();
    server.free_canvas(CANVAS, 16);
    let wrong = set(&server, &hours("Europe/Bielefeld", &[(1, 0, 60)]));
    let text = wrong.expect_error(400, "invalid");
    assert!(text.contains("Europe/Bielefeld"), "{text}");
    set(&server, &hours("UTC", &[])).expect_error(400, "invalid");
    set(&server, &hours("UTC", &[(1, 60, 60)])).expect_error(400, "invalid");
    assert_eq!(server.info(CANVAS)["mode"], "open");

    let mut viewer = server.viewer(CANVAS);
    set(&server, &hours("UTC", &[(another_day(), 0, 1440)])).expect(200);
    becomes(&server, "closed");
    viewer.until("hears when it opens", |me| me.lesson().opens_ms.is_some());
    assert_eq!(viewer.lesson().closes_ms, None);
    let opens = viewer.lesson().opens_ms;

    server.change(CANVAS, &json!({ "mode": "open" }));
    server.restart();
    let mut viewer = server.viewer(CANVAS);
    viewer.until("hears when it opens", |me| me.lesson().opens_ms == opens);
    assert_eq!(server.info(CANVAS)["mode"], "open", "a boundary counts once");

    set(&server, &hours("UTC", &[(0b111_1111, 0, 1440)])).expect(200);
    server.change(CANVAS, &json!({ "mode": "closed" }));
    set(&server, &hours("Pacific/Auckland", &[(0b111_1111, 0, 1440)])).expect(200);
    becomes(&server, "open");
    set(&server, &Value::Null).expect(200);
    viewer.until("hears that there are no hours", |me| {
        me.lesson().opens_ms.is_none() && me.lesson().closes_ms.is_none()
    });
    let changes = viewer.texts.iter().filter(|text| matches!(text, ServerText::Lesson { .. }));
    assert!(changes.count() < 12, "quiet when nothing changes");
}

#[test]
fn what_was_due_while_the_server_was_down_happens_at_the_start() {
    let mut server = Server::start();
    server.free_canvas(CANVAS, 16);
    // Killed in the moment in which the hours were kept: the clockwork may have
    // acted or not, and the canvas ends up closed all the same.
    set(&server, &hours("UTC", &[(another_day(), 0, 1440)])).expect(200);
    server.kill9();
    server.launch();
    assert_eq!(server.info(CANVAS)["mode"], "closed", "nobody was let in before");
}
