//! Order on a canvas: taking back, forbidding, protecting, and the record of
//! it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use place::store::{Store, StoreOptions};
use place_core::Reason;
use place_core::limits::PROTECTED_TOLD_MAX_AREAS;
use place_core::wire::text::ServerText;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, NOISE_AT_MS, Request, Response, Server, noise, place_ok};

const CANVAS: &str = "class";

/// Width and height of a canvas whose noise takes 9 MB as a patch.
const NOISY_SIDE: u16 = 1500;

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

    /// A canvas full of noise, so large that a patch of it fills several batches.
    fn noisy() -> Self {
        let mut server = Server::prepared(None, &[], Vec::new());
        noise(server.data(), CANVAS, NOISY_SIDE);
        server.launch();
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
fn everybody_is_told_where_only_teachers_draw_also_after_a_restart() {
    let mut school = School::new();
    let (_, mut ada) = school.person("Ada");
    assert_eq!(ada.lesson().protected, []);
    let protected =
        |client: &Client| serde_json::to_value(&client.lesson().protected).expect("areas are JSON");
    let whole = json!([area(4, 4, 8, 4)]);
    school.tool("areas/protect", &json!({ "area": area(4, 4, 8, 4), "on": true }));
    ada.until("is told", |me| protected(me) == whole);

    // What is freed in the middle leaves what is around it.
    let freed = school.tool("areas/protect", &json!({ "area": area(6, 5, 2, 3), "on": false }));
    let around = json!([area(4, 4, 8, 1), area(4, 5, 2, 3), area(8, 5, 4, 3)]);
    ada.until("is told of the rest", |me| protected(me) == around);
    assert_eq!(protected(&school.0.viewer(CANVAS)), around);
    assert_eq!(reason(ada.ask(8, 7, 1)), Reason::Protected);
    ada.put(7, 7, 1);

    school.0.restart();
    let mut bob = school.0.viewer(CANVAS);
    assert_eq!(protected(&bob), around);
    school.tool("revert", &json!({ "seqs": freed["seqs"] }));
    bob.until("is told that it is whole again", |me| protected(me) == whole);
    school.tool("areas/protect", &json!({ "area": area(0, 0, 32, 32), "on": false }));
    bob.until("is told that all is free", |me| protected(me) == json!([]));
}

#[test]
fn of_too_many_protected_areas_the_largest_are_told() {
    let school = School::new();
    let (_, mut ada) = school.person("Ada");
    let side = 32;
    let spots = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
    let checked = spots.filter(|(x, y)| (x + y) % 2 == 0 && *y < 16);
    for (x, y) in checked {
        school.tool("areas/protect", &json!({ "area": area(x, y, 1, 1), "on": true }));
    }
    school.tool("areas/protect", &json!({ "area": area(0, 20, 32, 8), "on": true }));
    // So many decisions in a moment are few messages: nobody is closed for not
    // having read them.
    ada.until("is told of the largest", |me| {
        let told = &me.lesson().protected;
        let largest = told.last().map(|area| area.cells());
        told.len() == PROTECTED_TOLD_MAX_AREAS && largest == Some(32 * 8)
    });
}

#[test]
fn a_large_area_is_brought_back_as_it_was() {
    let mut school = School::noisy();
    let noise = school.0.board(CANVAS).cells().to_vec();
    let cells = noise.len();
    let (first_seat, mut ada) = school.person("Ada");
    assert_eq!(first_seat, 1, "the noise is hers");
    let whole = area(0, 0, NOISY_SIDE, NOISY_SIDE);
    let owners = school.tool("areas/owners", &json!({ "area": whole }));
    assert_eq!(owners["owners"], json!([{ "seat": 1, "nickname": "Ada", "cells": cells }]));

    school.tool("areas/fill", &json!({ "area": whole, "color": 3 }));
    ada.until("sees the fill", |me| me.mirror().cells().iter().all(|color| *color == 3));
    assert_eq!(ada.reloads, 1, "that is more than a message holds");
    assert_eq!(school.tool("areas/owners", &json!({ "area": whole }))["owners"], json!([]));

    let mut restore = json!({ "area": whole, "at_ms": NOISE_AT_MS, "preview": true });
    let preview = school.tool("areas/restore", &restore);
    assert_eq!(preview["cells"], cells);
    let colors = BASE64.decode(preview["colors"].as_str().expect("base64")).expect("base64");
    assert!(colors == noise, "as it will be");
    restore["preview"] = json!(false);
    let done = school.tool("areas/restore", &restore);
    ada.until("sees the noise", |me| me.mirror().cells() == noise);
    let took = done["seqs"][1].as_u64().unwrap() - done["seqs"][0].as_u64().unwrap();
    assert!(took > 0, "it takes several patches: {done}");

    school.0.kill9();
    place_ok(&["check", "--data", school.0.data().to_str().unwrap()]);
    school.0.launch();
    assert!(school.0.board(CANVAS).cells() == noise, "after a kill");
    let record = school.get("record").expect(200).json();
    let told = record["record"].as_array().unwrap();
    let told: Vec<_> = told.iter().map(|line| (&line["what"], &line["cells"])).collect();
    let cells = json!(cells);
    assert_eq!(told, [(&json!("restore"), &cells), (&json!("fill"), &cells)], "one line each");
    assert_eq!(record["record"][0]["seqs"], done["seqs"]);

    school.tool("revert", &json!({ "seqs": done["seqs"] }));
    assert!(school.0.board(CANVAS).cells().iter().all(|color| *color == 3), "taken back");
    school.tool("areas/restore", &restore);
    school.tool("seats/1/remove-pixels", &json!({}));
    assert!(school.0.board(CANVAS).cells().iter().all(|color| *color == 3), "all was hers");
}

#[test]
fn pixels_of_a_moment_on_are_removed_and_older_ones_stay() {
    let school = School::new();
    let (ada, mut first) = school.person("Ada");
    let (_, mut second) = school.person("Bob");
    first.put(0, 0, 2);
    second.put(1, 0, 3);
    let noon = school.get("cells/1/0").expect(200).json()["changes"][0]["at_ms"].as_u64().unwrap();
    let later = crate::harness::eventually("the next millisecond", || {
        first.put(9, 9, 1);
        let cell = school.get("cells/9/9").expect(200).json();
        cell["changes"][0]["at_ms"].as_u64().filter(|at_ms| *at_ms > noon)
    });
    first.put(0, 0, 4);
    first.put(1, 0, 4);
    first.put(2, 0, 4);
    first.undo();
    first.put(3, 0, 4);
    second.put(3, 0, 5);
    sees_row(&mut second, 0, &[4, 4, 0, 5]);
    let remove = json!({ "from_ms": later });
    school.tool(&format!("seats/{ada}/remove-pixels"), &remove);
    sees_row(&mut second, 0, &[2, 3, 0, 5]);
    let owners = school.tool("areas/owners", &json!({ "area": area(0, 0, 4, 1) }));
    let told: Vec<_> = owners["owners"]
        .as_array()
        .unwrap()
        .iter()
        .map(|owner| (owner["nickname"].as_str().unwrap(), owner["cells"].as_u64().unwrap()))
        .collect();
    assert_eq!(told, [("Bob", 2), ("Ada", 1)]);
}

#[test]
fn who_was_sent_away_is_out_until_let_in_again() {
    let mut school = School::new();
    let seat = school.0.join(CANVAS, "Ada");
    let mut banned = school.0.connect(CANVAS, Some(&seat));
    let (_, mut other) = school.person("Bob");
    banned.put(0, 0, 1);
    let standing = format!("seats/{}/standing", seat.number);
    school.tool(&standing, &json!({ "status": "banned" }));
    assert_eq!(school.tool(&standing, &json!({ "status": "banned" }))["seqs"], Value::Null);
    let farewell = banned.until_ended().expect("a close frame");
    assert_eq!(u16::from(farewell.code), 4004, "{farewell:?}");
    other.put(1, 0, 2);
    sees_row(&mut other, 0, &[1, 2]);

    school.0.restart();
    let board = Request::get(&format!("/api/canvases/{CANVAS}/board"));
    let asked = school.0.send(&board.header("Cookie", &seat.cookie));
    asked.expect_error(403, "banned");
    school.tool(&standing, &json!({ "status": "active" }));
    school.0.connect(CANVAS, Some(&seat)).put(2, 0, 3);
    let record = school.get(&format!("record?seat={}", seat.number)).expect(200).json();
    let told: Vec<_> =
        record["record"].as_array().unwrap().iter().map(|line| &line["details"]).collect();
    assert_eq!(told, [r#"{"status":"active","team":0}"#, r#"{"status":"banned","team":0}"#]);
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
    let told = |me: &Client| {
        me.texts.iter().any(|text| matches!(text, ServerText::Allowance { saved: 2, .. }))
    };
    first.until("hears of the gift", told);
    first.put(1, 0, 1);
    first.put(2, 0, 1);
    assert_eq!(reason(first.ask(3, 0, 1)), Reason::Cooldown);
    assert_eq!(reason(second.ask(3, 0, 1)), Reason::Cooldown);
    school.tool("award", &json!({ "to": "all", "pixels": 1 }));
    first.put(3, 0, 1);
    second.put(4, 0, 1);
    school.tool(&format!("seats/{ada}/standing"), &json!({ "team": 2 }));
    school.tool("award", &json!({ "to": { "team": 2 }, "pixels": 1 }));
    first.put(5, 0, 1);
    assert_eq!(reason(second.ask(5, 0, 1)), Reason::Cooldown);
    let nobody = json!({ "to": { "team": 9 }, "pixels": 1 });
    assert_eq!(school.tool("award", &nobody)["seqs"], Value::Null);
    for (body, code) in [
        (json!({ "to": "all", "pixels": 0 }), "invalid"),
        (json!({ "to": "all", "pixels": 1001 }), "invalid"),
    ] {
        school.post("award", &body).expect_error(400, code);
    }
    let stranger = json!({ "to": { "seats": [99] }, "pixels": 1 });
    school.post("award", &stranger).expect_error(404, "no_such_seat");
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
    assert_eq!(what, ["seat", "fill", "rules"], "newest first");
    let about = school.get(&format!("record?seat={}", seat.number)).expect(200).json();
    assert_eq!(about["record"].as_array().unwrap().len(), 1);
    let csv = school.get("record?format=csv").expect(200);
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    let csv = csv.text();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 4, "{csv}");
    assert_eq!(lines[0], "time,teacher,what,seat,nickname,x,y,width,height,cells,color,details");
    let (time, fill) = lines[2].split_once(',').expect("columns");
    assert!(time.starts_with("20") && time.ends_with('Z'), "{time}");
    assert_eq!(fill, ",fill,,,0,0,2,2,4,,", "nobody but the owner of the server");
    assert!(lines[3].contains(",seat,1,'=HYPERLINK(1),,,,,,,"), "no formula: {csv}");
    let until = record["record"][2]["at_ms"].as_u64().unwrap() - 1;
    let none = school.get(&format!("record?until_ms={until}")).expect(200).json();
    assert_eq!(none["record"], json!([]));
}

/// Makes an account; its cookie.
fn set_up(server: &Server, name: &str) -> String {
    let printed = place_ok(&["teacher", "add", "--data", server.data().to_str().unwrap()]);
    let (_, link) = printed.trim().split_once("teach#link=").expect("a link");
    let setup = json!({ "link": link, "name": name, "password": "correct horse" });
    let answer = server.send(&Request::post("/api/setup").json(&setup)).expect(200);
    let cookie = answer.header("set-cookie").expect("a cookie");
    cookie.split(';').next().expect("a cookie").to_owned()
}

#[test]
fn the_record_names_the_teacher() {
    let server = Server::start();
    let cookie = set_up(&server, "Grace");
    let send = |request: Request| server.send(&request.header("Cookie", &cookie));
    send(Request::post("/api/canvases").json(&json!({ "name": "Hers", "id": "hers" }))).expect(201);
    let fill = json!({ "area": area(0, 0, 3, 1), "color": 1 });
    send(Request::post("/api/canvases/hers/areas/fill").json(&fill)).expect(200);
    let record = send(Request::get("/api/canvases/hers/record")).expect(200).json();
    assert_eq!(record["record"][0]["teacher"], "Grace");
    assert_eq!(record["record"][0]["cells"], 3);
    let cell = send(Request::get("/api/canvases/hers/cells/0/0")).expect(200).json();
    assert_eq!(cell["changes"][0]["teacher"], 1);
}

#[test]
fn other_teachers_have_no_tools_on_a_canvas_of_somebody() {
    let mut server = Server::start();
    let cookies = ["Grace", "Hedy"].map(|name| set_up(&server, name));
    let canvas = server.canvas(&json!({ "name": "Class", "id": CANVAS }));
    server.terminate();
    let store = Store::open(server.data(), StoreOptions::default()).expect("opens");
    let record = store.canvases().expect("reads").into_iter().find(|one| one.id == canvas);
    let number = record.expect("it is there").number;
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(store.share_canvas(number, 1)).expect("the first is Grace");
    store.close().expect("closes");
    server.launch();
    let fill = |cookie: &str| {
        let body = json!({ "area": area(0, 0, 3, 1), "color": 1 });
        let request = Request::post(&format!("/api/canvases/{CANVAS}/areas/fill")).json(&body);
        server.send(&request.header("Cookie", cookie))
    };
    fill(&cookies[1]).expect_error(403, "not_yours");
    fill(&cookies[0]).expect(200);
    let record = Request::get(&format!("/api/canvases/{CANVAS}/record"));
    server.send(&record.header("Cookie", &cookies[1])).expect_error(403, "not_yours");
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
