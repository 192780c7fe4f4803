//! What a teacher did to people, taken back.

use place_core::session::close_code;
use serde_json::{Value, json};

use crate::harness::teacher::{Browser, cookie, school};
use crate::harness::{Request, Seat, Server};

const CANVAS: &str = "class";

fn class<'a>(server: &'a Server, cookie: &str) -> Browser<'a> {
    let teacher = Browser { server, cookie: cookie.to_owned() };
    teacher.canvas(&json!({
        "name": "Class", "id": CANVAS, "width": 32, "cooldown_ms": 0,
        "settings": { "join": "open", "look": "seats" }
    }));
    teacher
}

fn me(server: &Server, cookie: &str) -> Value {
    let request = Request::get(&format!("/api/canvases/{CANVAS}/me")).header("Cookie", cookie);
    server.send(&request).expect(200).json()
}

/// Knocks at the door; the cookie and the seat of whoever waits then.
fn knock(server: &Server, code: &Value, name: &str) -> (String, u64) {
    let body = json!({ "nickname": name, "code": code });
    let knock = Request::post(&format!("/api/canvases/{CANVAS}/join")).json(&body);
    let answer = server.send(&knock).expect(201);
    let told = answer.json();
    assert_eq!(told["state"], "waiting");
    (cookie(&answer), told["seat"]["number"].as_u64().expect("a number"))
}

#[test]
fn who_was_sent_out_comes_back_on_the_same_machine() {
    let (mut server, cookie) = school();
    let grace = class(&server, &cookie);
    let ada = server.join(CANVAS, "Ada");
    let mut client = server.connect(CANVAS, Some(&ada));
    grace.post(CANVAS, &format!("seats/{}/kick", ada.number), &json!({})).expect(204);
    let end = client.until_ended().expect("a close frame");
    assert_eq!(u16::from(end.code), close_code::KICKED);
    assert_eq!(me(&server, &ada.cookie)["seat"], Value::Null);
    drop(grace);
    server.restart();
    let grace = Browser { server: &server, cookie };
    assert_eq!(me(&server, &ada.cookie)["seat"], Value::Null, "also after a restart");
    let unkick = format!("seats/{}/unkick", ada.number);
    grace.post(CANVAS, &unkick, &json!({})).expect(204);
    assert_eq!(me(&server, &ada.cookie)["seat"]["nickname"], "Ada");
    server.connect(CANVAS, Some(&ada)).put(1, 1, 2);
    grace.post(CANVAS, &unkick, &json!({})).expect(204);
    let record = grace.get(CANVAS, "record").expect(200).json();
    let whats: Vec<_> =
        record["record"].as_array().expect("lines").iter().map(|l| &l["what"]).collect();
    assert_eq!(whats.iter().filter(|what| **what == "unkick").count(), 1, "{whats:?}");

    // A new card ends what was known for good.
    grace.post(CANVAS, &format!("seats/{}/kick", ada.number), &json!({})).expect(204);
    grace.post(CANVAS, &format!("seats/{}/renew", ada.number), &json!({})).expect(200);
    grace.post(CANVAS, &unkick, &json!({})).expect(204);
    assert_eq!(me(&server, &ada.cookie)["seat"], Value::Null);
}

#[test]
fn who_was_refused_can_be_let_in_afterwards() {
    let (mut server, teacher) = school();
    let grace = class(&server, &teacher);
    grace.set(CANVAS, &json!({ "join": "approve" }));
    let code = grace.post(CANVAS, "code", &json!({ "do": "open" })).expect(200).json();
    let (dora, seat) = knock(&server, &code["code"], "Dora Xylophone");
    let refuse = format!("seats/{seat}/refuse");
    grace.post(CANVAS, &refuse, &json!({})).expect(204);
    assert_eq!(me(&server, &dora)["seat"], Value::Null);
    let listed = grace.get(CANVAS, "seats").expect(200).json();
    assert_eq!(listed["seats"], json!([]), "nobody sees the name");
    let all = grace.post(CANVAS, "seats/admit-all", &json!({})).expect(200).json();
    assert_eq!(all, json!({ "admitted": [] }), "who was refused is not meant");
    drop(grace);
    server.restart();
    let grace = Browser { server: &server, cookie: teacher };
    let admit = format!("seats/{seat}/admit");
    let admitted = grace.post(CANVAS, &admit, &json!({})).expect(200).json();
    assert_eq!(admitted, json!({ "admitted": [seat] }));
    let told = me(&server, &dora);
    assert_eq!(
        (&told["seat"]["nickname"], &told["state"]),
        (&json!("Dora Xylophone"), &json!("here"))
    );
    assert!(told["card"].is_string(), "with a card");
    let dora = Seat { canvas: CANVAS.to_owned(), number: seat, cookie: dora };
    server.connect(CANVAS, Some(&dora)).put(1, 1, 2);

    // Somebody else may have the name meanwhile.
    let (_, first) = knock(&server, &code["code"], "Eve");
    grace.post(CANVAS, &format!("seats/{first}/refuse"), &json!({})).expect(204);
    knock(&server, &code["code"], "EVE");
    grace
        .post(CANVAS, &format!("seats/{first}/admit"), &json!({}))
        .expect_error(409, "nickname_taken");
    // Nobody comes back who was forgotten.
    grace.post(CANVAS, "forget", &json!({ "name": "Class" })).expect(200);
    grace
        .post(CANVAS, &format!("seats/{first}/admit"), &json!({}))
        .expect_error(404, "no_such_seat");
}
