//! Order on a canvas: taking back, forbidding, protecting, and the record of
//! it.

use place_core::Reason;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Request, Response, Server};

const CANVAS: &str = "class";

/// A canvas on which nobody waits, and its owner's tools.
struct School(Server);

impl School {
    fn new() -> Self {
        let server = Server::start();
        server.canvas(&json!({
            "name": "Class", "id": CANVAS, "width": 32, "height": 32, "cooldown_ms": 0,
            "undo_ms": 30000
        }));
        Self(server)
    }

    fn person(&self, nickname: &str) -> (u64, Client) {
        let seat = self.0.join(CANVAS, nickname);
        let mut client = self.0.connect(CANVAS, Some(&seat));
        client.follow();
        (seat.number, client)
    }

    fn post(&self, what: &str, body: &Value) -> Response {
        let request = Request::post(&format!("/api/canvases/{CANVAS}/{what}")).json(body);
        self.0.send(&self.0.as_admin(request))
    }

    fn tool(&self, what: &str, body: &Value) -> Value {
        self.post(what, body).expect(200).json()
    }

    fn get(&self, what: &str) -> Response {
        let request = Request::get(&format!("/api/canvases/{CANVAS}/{what}"));
        self.0.send(&self.0.as_admin(request))
    }
}

fn area(x: u16, y: u16, width: u16, height: u16) -> Value {
    json!({ "x": x, "y": y, "width": width, "height": height })
}

fn reason(answer: Answer) -> Reason {
    match answer {
        Answer::Refused { reason, .. } => reason,
        placed @ Answer::Placed { .. } => panic!("{placed:?}"),
    }
}

/// Waits until somebody sees this row of colors from (0, y) on.
fn sees_row(who: &mut Client, y: u16, colors: &[u8]) {
    who.until("sees the row", |me| {
        colors.iter().enumerate().all(|(x, color)| me.sees(x as u16, y) == *color)
    });
}

#[test]
fn one_s_last_pixel_can_be_taken_back_unless_somebody_drew_over_it() {
    let school = School::new();
    let (_, mut ada) = school.person("Ada");
    let (_, mut bob) = school.person("Bob");
    ada.put(0, 0, 3);
    bob.put(0, 0, 5);
    assert_eq!(reason(ada.undo()), Reason::DrawnOver);
    assert!(matches!(bob.undo(), Answer::Placed { .. }));
    sees_row(&mut ada, 0, &[3]);
    assert_eq!(reason(bob.undo()), Reason::NothingToUndo);
    assert_eq!(reason(school.0.viewer(CANVAS).undo()), Reason::NoSeat);
}

#[test]
fn somebody_s_pixels_are_removed_and_what_was_under_them_comes_back() {
    let mut school = School::new();
    let (_, mut ada) = school.person("Ada");
    let (mallory, mut vandal) = school.person("Mallory");
    for x in 0..6 {
        ada.put(x, 0, 2);
    }
    for x in 2..9 {
        vandal.put(x, 0, 7);
    }
    ada.put(4, 0, 4);
    sees_row(&mut ada, 0, &[2, 2, 7, 7, 4, 7, 7, 7, 7, 0]);

    let owners = school.tool("areas/owners", &json!({ "area": area(0, 0, 32, 1) }));
    assert_eq!(owners["owners"][0]["nickname"], "Mallory");
    assert_eq!(owners["owners"][0]["cells"], 6);
    let remove = format!("seats/{mallory}/remove-pixels");
    let preview = school.tool(&remove, &json!({ "preview": true }));
    assert_eq!((&preview["cells"], &preview["area"]), (&json!(6), &area(2, 0, 7, 1)));
    sees_row(&mut ada, 0, &[2, 2, 7, 7, 4, 7, 7, 7, 7, 0]);

    let standing = format!("seats/{mallory}/standing");
    school.tool(&standing, &json!({ "status": "frozen" }));
    assert_eq!(reason(vandal.ask(20, 20, 1)), Reason::SeatFrozen);
    assert_eq!(reason(vandal.undo()), Reason::SeatFrozen);
    let done = school.tool(&remove, &json!({}));
    sees_row(&mut ada, 0, &[2, 2, 2, 2, 4, 2, 0, 0, 0, 0]);
    sees_row(&mut vandal, 0, &[2, 2, 2, 2, 4, 2, 0, 0, 0, 0]);
    assert_eq!(school.tool(&remove, &json!({}))["seqs"], Value::Null, "there is nothing left");

    school.0.kill9();
    school.0.launch();
    assert_eq!(school.0.board(CANVAS).cells(), ada.mirror().cells());
    let (_, mut eve) = school.person("Eve");
    eve.put(6, 0, 9);
    school.tool("revert", &json!({ "seqs": done["seqs"] }));
    sees_row(&mut eve, 0, &[2, 2, 7, 7, 4, 7, 9, 7, 7, 0]);
    school.tool(&standing, &json!({ "status": "active" }));
}

#[test]
fn an_area_is_filled_protected_and_brought_back() {
    let school = School::new();
    let (_, mut ada) = school.person("Ada");
    for x in 0..4 {
        ada.put(x, 1, 6);
    }
    let cell = school.get("cells/0/1").expect(200).json();
    let before = cell["changes"][0]["at_ms"].as_u64().expect("a moment");
    let before = cell["changes"].as_array().map_or(before, |_| {
        let last = school.get("cells/3/1").expect(200).json();
        last["changes"][0]["at_ms"].as_u64().expect("a moment")
    });
    school.tool("areas/fill", &json!({ "area": area(2, 0, 50, 50), "color": 3 }));
    sees_row(&mut ada, 1, &[6, 6, 3, 3, 3]);
    assert_eq!(reason(ada.undo()), Reason::DrawnOver);

    school.tool("areas/protect", &json!({ "area": area(0, 0, 8, 8), "on": true }));
    assert_eq!(reason(ada.ask(7, 7, 1)), Reason::Protected);
    ada.put(8, 7, 1);
    let back = json!({ "area": area(0, 0, 32, 32), "at_ms": before });
    let mut preview = back.clone();
    preview["preview"] = json!(true);
    assert_eq!(school.tool("areas/restore", &preview)["cells"], 30 * 32);
    school.tool("areas/restore", &back);
    sees_row(&mut ada, 1, &[6, 6, 6, 6, 0]);
    school.tool("areas/protect", &json!({ "area": area(0, 0, 8, 8), "on": false }));
    ada.put(7, 7, 1);

    let history = school.get("cells/2/1").expect(200).json();
    let told: Vec<_> = history["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            (change["what"].as_str().unwrap(), change["before"].as_u64(), change["color"].as_u64())
        })
        .collect();
    let expected =
        [("tool", Some(3), Some(6)), ("tool", Some(6), Some(3)), ("place", Some(0), Some(6))];
    assert_eq!(told, expected);
    assert_eq!(history["changes"][2]["nickname"], "Ada");
}

#[test]
fn pixels_are_given_and_used() {
    let school = School::new();
    school.0.change(CANVAS, &json!({ "cooldown_ms": 86_400_000, "saved_max": 1 }));
    let (ada, mut first) = school.person("Ada");
    let (_, mut second) = school.person("Bob");
    for person in [&mut first, &mut second] {
        person.put(0, 0, 1);
        assert_eq!(reason(person.ask(0, 0, 2)), Reason::Cooldown);
    }
    school.tool("award", &json!({ "to": { "seats": [ada] }, "pixels": 2 }));
    first.put(1, 0, 1);
    first.put(2, 0, 1);
    assert_eq!(reason(first.ask(3, 0, 1)), Reason::Cooldown);
    assert_eq!(reason(second.ask(3, 0, 1)), Reason::Cooldown);
    school.tool("award", &json!({ "to": "all", "pixels": 1 }));
    first.put(3, 0, 1);
    second.put(4, 0, 1);
}

#[test]
fn the_record_tells_who_did_what_and_a_spreadsheet_reads_it() {
    let school = School::new();
    let seat = school.0.join(CANVAS, "=HYPERLINK(1)");
    school.0.change(CANVAS, &json!({ "mode": "frozen" }));
    school.tool("areas/fill", &json!({ "area": area(0, 0, 2, 2), "color": 1 }));
    school.tool(&format!("seats/{}/standing", seat.number), &json!({ "status": "banned" }));
    let record = school.get("record").expect(200).json();
    let what: Vec<_> = record["record"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["what"].as_str().unwrap())
        .collect();
    assert_eq!(what, ["rules", "fill", "seat"]);
    let about = school.get(&format!("record?seat={}", seat.number)).expect(200).json();
    assert_eq!(about["record"].as_array().unwrap().len(), 1);
    let csv = school.get("record?format=csv").expect(200);
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    let csv = csv.text();
    assert!(csv.starts_with("time,teacher,what,seat,"), "{csv}");
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(csv.contains("'=HYPERLINK(1)"), "no formula: {csv}");
}

#[test]
fn only_teachers_of_the_canvas_have_tools() {
    let school = School::new();
    let seat = school.0.join(CANVAS, "Ada");
    let body = json!({ "area": area(0, 0, 1, 1), "color": 1 });
    for what in ["areas/fill", "areas/owners", "areas/protect", "areas/restore", "award", "revert"]
    {
        let request = Request::post(&format!("/api/canvases/{CANVAS}/{what}")).json(&body);
        let asked = school.0.send(&request.header("Cookie", &seat.cookie));
        assert!([400, 401].contains(&asked.status), "{what}: {}", asked.status);
    }
    let path = format!("/api/canvases/{CANVAS}/areas/fill");
    school.0.send(&Request::post(&path).json(&body)).expect_error(401, "not_allowed");
    for what in ["record", "cells/0/0"] {
        let path = format!("/api/canvases/{CANVAS}/{what}");
        school.0.get(&path).expect_error(401, "not_allowed");
    }
    assert_eq!(school.0.board(CANVAS).cells()[0], 0);
    school.post("areas/fill", &json!({ "area": area(32, 0, 1, 1) })).expect_error(400, "invalid");
    school.post("areas/fill", &json!({ "area": area(0, 0, 0, 1) })).expect_error(400, "invalid");
    school.post("seats/99/standing", &json!({})).expect_error(404, "no_such_seat");
}
