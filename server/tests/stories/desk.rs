//! The teachers' desk of a canvas.

use place_core::wire::text::ServerText;
use serde_json::{Value, json};

use crate::harness::teacher::{as_seat, teacher};
use crate::harness::{Client, Request, Server};

const CANVAS: &str = "class";

fn desk(server: &Server) -> Value {
    let request = Request::get(&format!("/api/canvases/{CANVAS}/desk"));
    server.send(&server.as_admin(request)).expect(200).json()
}

fn hints(client: &Client, part: &str) -> usize {
    let is_it = |text: &&ServerText| matches!(text, ServerText::Desk { what } if what == part);
    client.texts.iter().filter(is_it).count()
}

#[test]
fn a_desk_tells_who_is_here_and_what_they_do() {
    let mut server = Server::start();
    server.free_canvas(CANVAS, 32);
    let grace = teacher(&server, "Grace");
    let mut ada = server.person(CANVAS, "Ada");
    let bob = server.join(CANVAS, "Bob");
    let _onlooker = server.viewer(CANVAS);
    for x in 0..7 {
        ada.put(x, 0, 3);
    }
    ada.put(0, 0, 4);
    let seen = desk(&server);
    assert_eq!((&seen["online"], &seen["onlookers"]), (&json!(1), &json!(1)));
    assert_eq!(seen["per_minute"], 8);
    assert_eq!(seen["canvas"]["id"], CANVAS);
    assert_eq!(seen["settings"]["chat"], "on");
    assert_eq!(seen["lesson"]["curtain"], "none");
    assert_eq!(seen["reports"], json!([]));
    let expected = json!({
        "seat": 1, "nickname": "Ada", "role": "student", "state": "here", "team": 0,
        "status": "active", "muted_until_ms": 0, "online": true, "idle_s": 0, "placed": 8,
        "standing": 7, "per_minute": 8, "card": null
    });
    let mut first = seen["seats"][0].clone();
    assert!(first["idle_s"].as_u64().expect("it was heard") < 10, "{first}");
    first["idle_s"] = json!(0);
    first["card"] = Value::Null;
    assert_eq!(first, expected);
    let second = &seen["seats"][1];
    let told = [&second["nickname"], &second["online"], &second["idle_s"], &second["placed"]];
    assert_eq!(told, [&json!("Bob"), &json!(false), &Value::Null, &json!(0)]);

    let path = format!("/api/canvases/{CANVAS}/desk");
    server.get(&path).expect_error(401, "not_allowed");
    let as_student = Request::get(&path).header("Cookie", &bob.cookie);
    server.send(&as_student).expect_error(401, "not_allowed");
    server.send(&Request::get(&path).header("Cookie", &grace)).expect(200);

    server.restart();
    let seen = desk(&server);
    assert_eq!(
        (&seen["seats"][0]["placed"], &seen["seats"][0]["standing"]),
        (&json!(8), &json!(7))
    );
    assert_eq!(seen["online"], 0);
}

#[test]
fn teachers_are_told_what_to_look_at_again_and_others_are_not() {
    let server = Server::start();
    server.free_canvas(CANVAS, 16);
    let grace = teacher(&server, "Grace");
    let mut at_desk = server.connect(CANVAS, Some(&as_seat(CANVAS, &grace)));
    let seat = server.join(CANVAS, "Ada");
    let mut ada = server.connect(CANVAS, Some(&seat));
    at_desk.until("hears that somebody came", |me| hints(me, "people") > 0);
    let path = format!("/api/canvases/{CANVAS}/settings");
    for slow_s in 1..=30 {
        let request = Request::patch(&path).json(&json!({ "slow_s": slow_s }));
        server.send(&request.header("Cookie", &grace)).expect(200);
    }
    at_desk
        .until("hears of the settings", |me| me.lesson().slow_s == 30 && hints(me, "settings") > 0);
    assert!(hints(&at_desk, "settings") < 30, "many changes in a moment are one hint");
    ada.until("hears of the settings", |me| me.lesson().slow_s == 30);
    assert!(!ada.texts.iter().any(|text| matches!(text, ServerText::Desk { .. })));
}

#[test]
fn a_class_fits_into_ten_kilobytes_and_a_school_has_its_bound() {
    let server = Server::with(&["--join-burst", "5000"]);
    server.free_canvas(CANVAS, 128);
    let join = |count: std::ops::Range<usize>| {
        for person in count {
            server.join(CANVAS, &format!("Person of the class {person}"));
        }
    };
    join(0..30);
    let path = format!("/api/canvases/{CANVAS}/desk");
    let get = || server.send(&server.as_admin(Request::get(&path))).expect(200);
    assert!(get().body.len() < 10 * 1024, "{} bytes", get().body.len());
    join(30..1040);
    let mut last = server.connect(CANVAS, Some(&server.join(CANVAS, "Last")));
    last.follow();
    let answer = get();
    assert!(answer.body.len() < 300 * 1024, "{} bytes", answer.body.len());
    let seen = answer.json();
    let seats = seen["seats"].as_array().expect("a list");
    assert_eq!((seats.len(), &seen["seats_total"]), (1000, &json!(1041)));
    assert_eq!(seats[999]["nickname"], "Last", "those who are here come first");
}
