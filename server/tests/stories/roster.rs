//! The teacher's list: names, cards, links and their QR codes.

use serde_json::{Value, json};

use crate::harness::teacher::{Browser, school};
use crate::harness::{Request, Response, Server};

const CANVAS: &str = "class";

fn class<'a>(server: &'a Server, cookie: &str) -> Browser<'a> {
    let teacher = Browser { server, cookie: cookie.to_owned() };
    teacher.canvas(&json!({
        "name": "Class", "id": CANVAS, "width": 32, "settings": { "join": "roster" },
        "teams": [{ "name": "Red", "color": "#ff0000" }, { "name": "Blue", "color": "#0000ff" }]
    }));
    teacher
}

fn list(teacher: &Browser) -> Vec<Value> {
    let seats = teacher.get(CANVAS, "seats").expect(200).json();
    seats["seats"].as_array().expect("a list").clone()
}

fn enter(server: &Server, card: &Value) -> Response {
    server.send(&Request::post("/api/enter").json(&json!({ "code": card })))
}

#[test]
fn a_list_with_teams_becomes_seats_and_cards() {
    let (mut server, cookie) = school();
    let teacher = class(&server, &cookie);
    let csv = "\u{feff}Name,Team\r\nZoë K.,red\r\n\"O'Neil, Pat\",\r\n<i>Ann</i>,BLUE\r\n";
    let made = teacher.post(CANVAS, "seats", &json!({ "csv": csv })).expect(201).json();
    let rows = made["seats"].as_array().expect("a list").clone();
    let told: Vec<_> =
        rows.iter().map(|row| (&row["seat"], &row["nickname"], &row["team"])).collect();
    assert_eq!(
        told,
        [
            (&json!(1), &json!("Zoë K."), &json!(1)),
            (&json!(2), &json!("O'Neil, Pat"), &json!(0)),
            (&json!(3), &json!("<i>Ann</i>"), &json!(2))
        ]
    );
    let more =
        teacher.post(CANVAS, "seats", &json!({ "names": ["Bob", " Cy "] })).expect(201).json();
    assert_eq!(more["seats"][1]["nickname"], "Cy");
    assert!(list(&teacher).iter().all(|seat| seat["state"] == "invited"));
    let door = server.get(&format!("/api/canvases/{CANVAS}/door")).expect(200).json();
    assert_eq!((&door["needs"], &door["join"]), (&json!("card"), &json!("roster")));

    let seat = enter(&server, &rows[0]["card"]).expect(200);
    assert_eq!(seat.json()["seat"]["nickname"], "Zoë K.");
    let seat = crate::harness::teacher::cookie(&seat);
    let join = Request::post(&format!("/api/canvases/{CANVAS}/join")).header("Cookie", &seat);
    server.send(&join.json(&json!({ "nickname": "Other" }))).expect_error(403, "roster_only");
    drop(teacher);
    server.restart();
    let teacher = Browser { server: &server, cookie };
    let after = list(&teacher);
    assert_eq!((&after[0]["state"], &after[0]["team"]), (&json!("here"), &json!(1)));
    assert_eq!(after[1]["state"], "invited");
    assert_eq!(after[2]["card"], rows[2]["card"], "the same cards");
    let rename = Request::patch(&format!("/api/canvases/{CANVAS}/seats/2"));
    teacher.send(rename.clone().json(&json!({ "nickname": "Pat" }))).expect(200);
    assert_eq!(list(&teacher)[1]["nickname"], "Pat");
    teacher.send(rename.json(&json!({ "nickname": "zoë k." }))).expect_error(409, "nickname_taken");
}

#[test]
fn a_list_with_a_mistake_changes_nothing_and_says_where_it_is() {
    let (server, cookie) = school();
    let teacher = class(&server, &cookie);
    teacher.post(CANVAS, "seats", &json!({ "names": ["Ada"] })).expect(201);
    for (body, part) in [
        (
            json!({ "csv": "name,team\nBob,Red\nCy,Green\n" }),
            "Line 3: there is no team called “Green”",
        ),
        (json!({ "csv": "Bob\n\nBOB\n" }), "Line 3"),
        (json!({ "csv": "Bob\nCy\nada\n" }), "Line 3: somebody here is called “ada” already"),
        (json!({ "names": ["Bob", "x".repeat(25)] }), "Line 2"),
        (json!({ "names": [] }), "empty"),
        (json!({ "names": (0..1001).map(|n| format!("P{n}")).collect::<Vec<_>>() }), "1000"),
    ] {
        let text = teacher.post(CANVAS, "seats", &body).expect_error(400, "invalid");
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(list(&teacher).len(), 1);
    let full: Vec<_> = (0..1000).map(|n| format!("{n:04} {}", "名".repeat(19))).collect();
    teacher.post(CANVAS, "seats", &json!({ "names": full })).expect(201);
    assert_eq!(list(&teacher).len(), 1001);
    let huge = "x\n".repeat(200_000);
    teacher.post(CANVAS, "seats", &json!({ "csv": huge })).expect_error(413, "too_big");
    let stranger =
        Browser { server: &server, cookie: crate::harness::teacher::teacher(&server, "Grace") };
    stranger.post(CANVAS, "seats", &json!({ "names": ["Eve"] })).expect_error(403, "not_yours");
    stranger.get(CANVAS, "seats").expect_error(403, "not_yours");
    server.get(&format!("/api/canvases/{CANVAS}/seats")).expect_error(401, "not_allowed");
}

#[test]
fn links_and_qr_codes_lead_to_where_others_reach_the_server() {
    let (server, cookie) = school();
    let teacher = class(&server, &cookie);
    teacher.post(CANVAS, "seats", &json!({ "names": ["Ada"] })).expect(201);
    let key =
        teacher.post(CANVAS, "code", &json!({ "do": "open" })).expect(200).json()["key"].clone();
    let asked_as = |host: &str, what: &str| {
        teacher.send(Request::get(&format!("/api/canvases/{CANVAS}/{what}")).header("Host", host))
    };
    let url = |host: &str| asked_as(host, "invite").expect(200).json()["url"].clone();
    let key = key.as_str().expect("a key");
    assert_eq!(url("place.school:8080"), format!("http://place.school:8080/c/{CANVAS}#key={key}"));
    assert_eq!(url("192.168.1.5"), format!("http://192.168.1.5/c/{CANVAS}#key={key}"));
    // What the live page shows is the same, also in a container or behind a proxy.
    let at_desk = asked_as("place.school:8080", "desk").expect(200).json()["join_url"].clone();
    assert_eq!(at_desk, url("place.school:8080"));
    // This server listens on this machine alone, so it knows no better address.
    let own = format!("http://localhost:{}/c/{CANVAS}#key={key}", server.socket().port());
    for host in ["localhost:1", "127.0.0.1", "[::1]:99"] {
        assert_eq!(url(host), own, "{host}");
    }
    let qr = asked_as("place.school", "qr.svg").expect(200);
    assert_eq!(qr.header("content-type"), Some("image/svg+xml"));
    assert!(qr.text().starts_with("<svg ") && qr.text().contains("#fff"));
    let card = asked_as("place.school", "seats/1/qr.svg").expect(200).text();
    assert_ne!(card, qr.text());
    teacher.post(CANVAS, "seats/1/renew", &json!({})).expect(200);
    assert_ne!(asked_as("place.school", "seats/1/qr.svg").expect(200).text(), card);
    teacher.get(CANVAS, "seats/9/qr.svg").expect_error(404, "no_such_seat");
    for what in ["invite", "qr.svg", "seats/1/qr.svg"] {
        server.get(&format!("/api/canvases/{CANVAS}/{what}")).expect_error(401, "not_allowed");
    }
}
