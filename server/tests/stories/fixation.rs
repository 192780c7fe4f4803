//! Cookies that somebody else has planted, and ways in that have ended.

use place_core::session::close_code;
use serde_json::{Value, json};

use crate::harness::class::{CLASS, Class};
use crate::harness::teacher::cookie;
use crate::harness::{Answer, Request, Response, Seat, Server};

const NAME: &str = "place_seat=";

/// Does something at the door, from a browser with this cookie.
fn at_the_door(server: &Server, what: &str, planted: &str, body: &Value) -> Response {
    let request = Request::post(&format!("/api/canvases/{CLASS}/{what}")).json(body);
    server.send(&request.header("Cookie", planted))
}

fn me(server: &Server, cookie: &str) -> Value {
    let request = Request::get(&format!("/api/canvases/{CLASS}/me")).header("Cookie", cookie);
    server.send(&request).expect(200).json()
}

/// The seat that an answer gives, with its new cookie.
fn seat_of(answer: &Response) -> Seat {
    let number = answer.json()["seat"]["number"].as_u64().expect("a number");
    Seat { canvas: CLASS.to_owned(), number, cookie: cookie(answer) }
}

#[test]
fn a_cookie_of_nobody_s_becomes_nobody_s_seat() {
    let class = Class::new();
    let long = "7".repeat(4000);
    for secret in ["0000", "", "%00", &"0".repeat(64), &long] {
        let planted = format!("{NAME}{secret}");
        let name = json!({ "nickname": crate::harness::new_name() });
        let victim = seat_of(&at_the_door(&class.server, "join", &planted, &name).expect(201));
        assert_ne!(victim.cookie, planted, "the secret is the server's own");
        assert_eq!(me(&class.server, &planted)["seat"], Value::Null, "the old one opens nothing");
    }
}

#[test]
fn whoever_joins_with_the_cookie_of_another_s_seat_gets_a_seat_of_their_own() {
    let class = Class::new();
    let mallory = class.server.join(CLASS, "Mallory");
    let join = json!({ "nickname": "Ada" });
    let victim = at_the_door(&class.server, "join", &mallory.cookie, &join).expect(201);
    let ada = seat_of(&victim);
    assert_ne!((ada.number, &ada.cookie), (mallory.number, &mallory.cookie));
    let card = &victim.json()["card"];

    let mut drawing = class.server.connect(CLASS, Some(&ada));
    assert!(matches!(drawing.ask(1, 1, 3), Answer::Placed { .. }));
    let seen = me(&class.server, &mallory.cookie);
    assert_ne!(seen["seat"]["number"], ada.number, "what was planted does not open the seat");
    assert_ne!(&seen["card"], card);
    let who = class.get("cells/1/1/who").expect(200).json();
    assert_eq!(who["by"]["nickname"], "Ada");

    // The name of the planted seat is no way into it.
    let twin = json!({ "nickname": "Mallory" });
    at_the_door(&class.server, "join", &ada.cookie, &twin).expect_error(409, "nickname_taken");
}

#[test]
fn the_cookie_that_was_there_ends_when_another_sits_down_at_the_machine() {
    let class = Class::new();
    let first = class.server.join(CLASS, "Ada");
    let join = json!({ "nickname": "Bob" });
    let second = at_the_door(&class.server, "join", &first.cookie, &join).expect(201);
    assert_eq!(me(&class.server, &first.cookie)["seat"], Value::Null, "the machine is shared");

    let bob = seat_of(&second);
    let other = class.server.send(
        &Request::post(&format!("/api/canvases/{CLASS}/join")).json(&json!({ "nickname": "Cy" })),
    );
    let card = other.expect(201).json()["card"].clone();
    let body = json!({ "card": card });
    let third = at_the_door(&class.server, "card", &bob.cookie, &body).expect(200);
    assert_ne!(cookie(&third), bob.cookie);
    assert_eq!(me(&class.server, &bob.cookie)["seat"], Value::Null);
    assert_eq!(me(&class.server, &cookie(&third))["seat"]["nickname"], "Cy");
}

#[test]
fn a_seat_is_renamed_by_whoever_says_which_one() {
    let mut class = Class::new();
    let (ada, bob) = (class.server.join(CLASS, "Ada"), class.server.join(CLASS, "Bob"));
    let rename = |class: &Class, cookie: &str, seat: u64, name: &str| {
        at_the_door(&class.server, "join", cookie, &json!({ "nickname": name, "seat": seat }))
    };
    let answer = rename(&class, &ada.cookie, ada.number, "Ada L.").expect(200);
    assert_eq!(answer.json()["seat"], json!({ "number": ada.number, "nickname": "Ada L." }));
    assert!(answer.header("set-cookie").is_none(), "the cookie stays");
    rename(&class, &ada.cookie, bob.number, "Robert").expect_error(403, "no_seat");
    rename(&class, NAME, bob.number, "Robert").expect_error(403, "no_seat");
    assert_eq!(me(&class.server, &bob.cookie)["seat"]["nickname"], "Bob");
    class.server.restart();
    assert_eq!(me(&class.server, &ada.cookie)["seat"]["nickname"], "Ada L.");
}

#[test]
fn what_a_card_opened_ends_with_the_card_on_every_machine() {
    let class = Class::new();
    let answer = class.server.send(
        &Request::post(&format!("/api/canvases/{CLASS}/join")).json(&json!({ "nickname": "Ada" })),
    );
    let answer = answer.expect(201);
    let (here, card) = (seat_of(&answer), answer.json()["card"].clone());
    let enter = |card: &Value| {
        class.server.send(&Request::post("/api/enter").json(&json!({ "code": card })))
    };
    let there = seat_of(&enter(&card).expect(200));
    let mut sockets = [&here, &there].map(|seat| class.server.connect(CLASS, Some(seat)));
    let renewed = class.tool(&format!("seats/{}/renew", here.number), &json!({}));
    for (socket, seat) in sockets.iter_mut().zip([&here, &there]) {
        let end = socket.until_ended().expect("a close frame");
        assert_eq!(u16::from(end.code), close_code::SEAT_ENDED);
        assert_eq!(me(&class.server, &seat.cookie)["seat"], Value::Null);
        let onlooker = class.server.connect(CLASS, Some(seat));
        assert!(onlooker.welcome.seat.is_none(), "the old cookie only looks on");
    }
    enter(&card).expect_error(404, "wrong_code");
    at_the_door(&class.server, "card", NAME, &json!({ "card": card }))
        .expect_error(404, "wrong_code");
    let back = seat_of(&enter(&renewed["card"]).expect(200));
    assert_eq!(back.number, here.number);
}

#[test]
fn a_seat_that_is_given_back_is_opened_by_its_card_only() {
    let class = Class::new();
    let seat = class.server.join(CLASS, "Ada");
    let card = me(&class.server, &seat.cookie)["card"].clone();
    at_the_door(&class.server, "leave", &seat.cookie, &json!({})).expect(204);
    assert_eq!(me(&class.server, &seat.cookie)["seat"], Value::Null);
    assert!(class.server.connect(CLASS, Some(&seat)).welcome.seat.is_none());
    let back = at_the_door(&class.server, "card", &seat.cookie, &json!({ "card": card }));
    assert_eq!(seat_of(&back.expect(200)).number, seat.number);
}
