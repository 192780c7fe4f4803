//! How people come in: by a name, a code, a link, a card, or past the teacher.

use std::thread;

use place_core::wire::text::ServerText;
use serde_json::{Value, json};

use crate::harness::teacher::{Browser, cookie, school, school_with};
use crate::harness::{Answer, Client, Request, Response, Seat, Server};

const CANVAS: &str = "class";

fn class<'a>(server: &'a Server, cookie: &str, settings: &Value) -> Browser<'a> {
    let teacher = Browser { server, cookie: cookie.to_owned() };
    teacher.canvas(&json!({ "name": "Class", "id": CANVAS, "cooldown_ms": 0, "width": 32 }));
    teacher.set(CANVAS, settings);
    teacher
}

fn ask(server: &Server, what: &str, seat: Option<&str>, body: &Value) -> Response {
    let request = Request::post(&format!("/api/canvases/{CANVAS}/{what}")).json(body);
    match seat {
        Some(cookie) => server.send(&request.header("Cookie", cookie)),
        None => server.send(&request),
    }
}

fn join(server: &Server, body: &Value) -> Response {
    ask(server, "join", None, body)
}

fn me(server: &Server, cookie: &str) -> Value {
    let request = Request::get(&format!("/api/canvases/{CANVAS}/me")).header("Cookie", cookie);
    server.send(&request).expect(200).json()
}

fn code(teacher: &Browser, what: &str) -> (String, String) {
    let codes = teacher.post(CANVAS, "code", &json!({ "do": what })).expect(200).json();
    let text = |name: &str| codes[name].as_str().unwrap_or_default().to_owned();
    (text("code"), text("key"))
}

fn seat_of(answer: &Response) -> Seat {
    let number = answer.json()["seat"]["number"].as_u64().expect("a number");
    Seat { canvas: CANVAS.to_owned(), number, cookie: cookie(answer) }
}

#[test]
fn two_people_of_one_canvas_are_never_called_the_same() {
    let (mut server, cookie) = school();
    let teacher = class(&server, &cookie, &json!({ "join": "open" }));
    let first = join(&server, &json!({ "nickname": "Zoë K." })).expect(201);
    for name in ["Zoë K.", "zoe\u{308} k.", " ZOË  K. ", "Zoëk."] {
        join(&server, &json!({ "nickname": name })).expect_error(409, "nickname_taken");
    }
    join(&server, &json!({ "nickname": "ada lovelace" })).expect_error(409, "nickname_taken");
    let second = join(&server, &json!({ "nickname": "Bob" })).expect(201);
    let bob = crate::harness::teacher::cookie(&second);
    let rename = |name: &str| {
        let body = json!({ "nickname": name, "seat": second.json()["seat"]["number"] });
        ask(&server, "join", Some(&bob), &body)
    };
    rename("zoë k.").expect_error(409, "nickname_taken");
    rename("BOB").expect(200);
    for name in ["fuck you", "a\u{202e}b", "\u{200d}", "x".repeat(25).as_str()] {
        let answer = join(&server, &json!({ "nickname": name }));
        assert_eq!(answer.status, 400, "{name:?}");
    }
    teacher.set(CANVAS, &json!({ "words": ["Kartoffel"] }));
    join(&server, &json!({ "nickname": "Kartoffel" })).expect_error(400, "nickname_refused");
    let odd = "<b onload=x>\"'&";
    let answer = join(&server, &json!({ "nickname": odd })).expect(201);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.json()["seat"]["nickname"], odd, "told as it is, and encoded");
    drop(teacher);
    server.restart();
    join(&server, &json!({ "nickname": "Zoe\u{308} K." })).expect_error(409, "nickname_taken");
    assert_eq!(me(&server, &crate::harness::teacher::cookie(&first))["seat"]["nickname"], "Zoë K.");
}

#[test]
fn a_class_code_opens_the_door_and_no_other_does() {
    let (mut server, cookie) = school();
    let teacher = class(&server, &cookie, &json!({ "join": "code", "look": "seats" }));
    let (class_code, key) = code(&teacher, "renew");
    assert_eq!((class_code.len(), key.len()), (6, 18));
    join(&server, &json!({ "nickname": "Eve" })).expect_error(403, "code_needed");
    for body in [
        json!({ "nickname": "Eve", "code": "AAAAAA" }),
        json!({ "nickname": "Eve", "code": "?" }),
        json!({ "nickname": "Eve", "key": key[1..] }),
    ] {
        join(&server, &body).expect_error(403, "wrong_code");
    }
    let door =
        |query: &str| server.get(&format!("/api/canvases/{CANVAS}/door{query}")).expect(200).json();
    assert_eq!((&door("")["needs"], &door("")["key_ok"]), (&json!("code"), &json!(false)));
    assert_eq!(door(&format!("?key={key}"))["needs"], "seat");
    server.get(&format!("/api/canvases/{CANVAS}/board")).expect_error(403, "seats_only");

    let typed = format!("{}-{} ", &class_code[..3].to_lowercase(), &class_code[3..]);
    let entered = Request::post("/api/enter").json(&json!({ "code": typed }));
    let entered = server.send(&entered).expect(200).json();
    assert_eq!(entered["canvas"], json!({ "id": CANVAS, "name": "Class" }));
    assert_eq!(entered["join"], "code");
    let ada = join(&server, &json!({ "nickname": "Ada", "code": typed })).expect(201);
    assert_eq!((&ada.json()["state"], &ada.json()["seat"]["number"]), (&json!("here"), &json!(1)));
    join(&server, &json!({ "nickname": "Bob", "key": key })).expect(201);
    let mut client = server.connect(CANVAS, Some(&seat_of(&ada)));
    assert!(matches!(client.ask(1, 1, 3), Answer::Placed { .. }));

    let (other, _) = code(&teacher, "renew");
    assert_ne!(other, class_code);
    join(&server, &json!({ "nickname": "Eve", "code": class_code }))
        .expect_error(403, "wrong_code");
    join(&server, &json!({ "nickname": "Eve", "key": key })).expect_error(403, "wrong_code");
    assert_eq!(code(&teacher, "close"), (String::new(), String::new()));
    join(&server, &json!({ "nickname": "Eve", "code": other })).expect_error(403, "wrong_code");
    let (open, _) = code(&teacher, "open");
    assert_eq!(code(&teacher, "open").0, open, "an open door stays as it is");
    drop(teacher);
    server.restart();
    join(&server, &json!({ "nickname": "Cy", "code": open })).expect(201);
    let again = Request::post("/api/enter").json(&json!({ "code": class_code }));
    server.send(&again).expect_error(404, "wrong_code");
    let seat = seat_of(&ada);
    assert_eq!(me(&server, &seat.cookie)["state"], "here", "who was in stays in");
}

#[test]
fn whoever_waits_at_the_door_sees_nothing_until_the_teacher_opens() {
    let (server, cookie) = school();
    let teacher = class(&server, &cookie, &json!({ "join": "approve", "look": "seats" }));
    let desk = Seat { canvas: CANVAS.to_owned(), number: 0, cookie: cookie.clone() };
    let mut watching = server.connect(CANVAS, Some(&desk));
    let (class_code, _) = code(&teacher, "open");
    let people: Vec<Seat> = ["Ada", "Bob", "Cy"]
        .into_iter()
        .map(|name| {
            let answer =
                join(&server, &json!({ "nickname": name, "code": class_code })).expect(201);
            assert_eq!(answer.json()["state"], "waiting");
            seat_of(&answer)
        })
        .collect();
    watching.until("hears of them", |me| {
        me.texts.iter().any(|text| matches!(text, ServerText::Desk { what } if what == "people"))
    });
    let board = |seat: &Seat| {
        server.send(
            &Request::get(&format!("/api/canvases/{CANVAS}/board")).header("Cookie", &seat.cookie),
        )
    };
    board(&people[0]).expect_error(403, "waiting");
    assert_eq!(me(&server, &people[0].cookie)["state"], "waiting");
    teacher.post(CANVAS, "seats/1/admit", &json!({})).expect(200);
    assert_eq!(me(&server, &people[0].cookie)["state"], "here");
    board(&people[0]).expect(200);
    teacher.post(CANVAS, "seats/2/refuse", &json!({})).expect(204);
    assert_eq!(me(&server, &people[1].cookie)["seat"], Value::Null);
    let all = teacher.post(CANVAS, "seats/admit-all", &json!({})).expect(200).json();
    assert_eq!(all["admitted"], json!([3]));
    board(&people[2]).expect(200);
    join(&server, &json!({ "nickname": "Bob", "code": class_code })).expect(201);
    teacher.post(CANVAS, "seats/2/admit", &json!({})).expect_error(409, "nickname_taken");
    for path in ["seats/admit-all", "seats/4/admit", "seats/4/refuse"] {
        ask(&server, path, None, &json!({})).expect_error(401, "not_allowed");
        ask(&server, path, Some(&people[0].cookie), &json!({})).expect_error(401, "not_allowed");
    }
}

#[test]
fn a_card_brings_its_person_back_on_any_machine() {
    let (mut server, cookie) = school();
    let teacher = class(&server, &cookie, &json!({ "join": "open" }));
    let ada = join(&server, &json!({ "nickname": "Ada" })).expect(201);
    let card = ada.json()["card"].as_str().expect("a card").to_owned();
    assert_eq!(card.len(), 9);
    let at_home = ask(&server, "card", None, &json!({ "card": card.to_lowercase() })).expect(200);
    assert_eq!(at_home.json()["seat"], ada.json()["seat"]);
    let enter =
        |code: &str| server.send(&Request::post("/api/enter").json(&json!({ "code": code })));
    let at_school = enter(&card).expect(200);
    assert_eq!(at_school.json()["seat"], ada.json()["seat"]);
    assert_eq!(at_school.json()["canvas"]["id"], CANVAS);
    enter("AAAAAAAAA").expect_error(404, "wrong_code");
    ask(&server, "card", None, &json!({ "card": "AAAAAAAAA" })).expect_error(404, "wrong_code");
    let devices = [&ada, &at_home, &at_school].map(crate::harness::teacher::cookie);
    for device in &devices {
        let seen = me(&server, device);
        assert_eq!((&seen["seat"]["number"], &seen["card"]), (&json!(1), &json!(card)));
    }

    // Five machines at most: the sixth ends the first.
    for _ in 0..3 {
        enter(&card).expect(200);
    }
    assert_eq!(me(&server, &devices[0])["seat"], Value::Null);
    assert_eq!(me(&server, &devices[1])["seat"]["number"], 1);

    // The next person at a shared machine.
    ask(&server, "leave", Some(&devices[1]), &json!({})).expect(204);
    assert_eq!(me(&server, &devices[1])["seat"], Value::Null);
    ask(&server, "leave", Some(&devices[1]), &json!({})).expect_error(403, "no_seat");

    // Another card ends all machines.
    let seat = Seat { canvas: CANVAS.to_owned(), number: 1, cookie: devices[2].clone() };
    let mut client = server.connect(CANVAS, Some(&seat));
    let renewed = teacher.post(CANVAS, "seats/1/renew", &json!({})).expect(200).json();
    assert_eq!(client.until_ended().map(|frame| u16::from(frame.code)), Some(4006));
    assert_eq!(me(&server, &devices[2])["seat"], Value::Null);
    enter(&card).expect_error(404, "wrong_code");
    drop(teacher);
    server.restart();
    let enter = Request::post("/api/enter").json(&json!({ "code": renewed["card"] }));
    server.send(&enter).expect(200);
}

#[test]
fn whoever_is_sent_out_comes_back_by_card_and_whoever_is_banned_does_not() {
    let (server, cookie) = school();
    let teacher = class(&server, &cookie, &json!({ "join": "open" }));
    let answer = join(&server, &json!({ "nickname": "Mallory" })).expect(201);
    let (seat, card) = (seat_of(&answer), answer.json()["card"].clone());
    let mut client = server.connect(CANVAS, Some(&seat));
    teacher.post(CANVAS, "seats/1/kick", &json!({})).expect(204);
    assert_eq!(client.until_ended().map(|frame| u16::from(frame.code)), Some(4003));
    assert_eq!(me(&server, &seat.cookie)["seat"], Value::Null);
    let back = ask(&server, "card", None, &json!({ "card": card })).expect(200);
    let seat = seat_of(&back);
    // Also at a worker that had nobody while that was said: it is over.
    let mut tabs: Vec<_> = (0..8).map(|_| server.connect(CANVAS, Some(&seat))).collect();
    tabs.iter_mut().for_each(Client::follow);
    tabs.iter_mut().for_each(Client::follow);
    drop(tabs);
    teacher.post(CANVAS, "seats/1/standing", &json!({ "status": "banned" })).expect(200);
    ask(&server, "join", Some(&seat.cookie), &json!({ "nickname": "Nobody" }))
        .expect_error(403, "banned");
    ask(&server, "leave", Some(&seat.cookie), &json!({})).expect_error(403, "banned");
    let other = join(&server, &json!({ "nickname": "Other" })).expect(201).json();
    ask(&server, "card", Some(&seat.cookie), &json!({ "card": other["card"] }))
        .expect_error(403, "banned");
    ask(&server, "card", None, &json!({ "card": card })).expect_error(403, "banned");
    let enter = Request::post("/api/enter").json(&json!({ "code": card }));
    server.send(&enter).expect_error(403, "banned");
    teacher.post(CANVAS, "seats/9/kick", &json!({})).expect_error(404, "no_such_seat");
}

#[test]
fn a_teacher_has_a_seat_that_nothing_holds_up() {
    let (mut server, cookie) = school();
    let teacher = class(&server, &cookie, &json!({ "join": "roster", "look": "anyone" }));
    server.change(CANVAS, &json!({ "cooldown_ms": 60_000, "saved_max": 1 }));
    let seat = teacher.post(CANVAS, "join", &json!({ "nickname": "ignored" })).expect(201).json();
    assert_eq!(seat["seat"], json!({ "number": 1, "nickname": "Ada Lovelace" }));
    assert_eq!(seat["card"], Value::Null);
    let again = teacher.post(CANVAS, "join", &json!({ "nickname": "" })).expect(201).json();
    assert_eq!(again["seat"]["number"], 1, "one seat");
    drop(teacher);
    server.restart();
    let seat = Seat { canvas: CANVAS.to_owned(), number: 1, cookie };
    let mut client = server.connect(CANVAS, Some(&seat));
    client.follow();
    for x in 0..5 {
        client.put(x, 0, 3);
    }
    join(&server, &json!({ "nickname": "Eve" })).expect_error(403, "roster_only");
    let owner = server.as_admin(Request::post(&format!("/api/canvases/{CANVAS}/join")));
    server.send(&owner.json(&json!({ "nickname": "Root" }))).expect_error(403, "not_a_teacher");
}

#[test]
fn wrong_codes_are_slowed_down_and_nobody_else_is() {
    let (server, cookie) = school();
    let teacher = class(&server, &cookie, &json!({ "join": "code" }));
    let (class_code, key) = code(&teacher, "open");
    let ada = join(&server, &json!({ "nickname": "Ada", "code": class_code })).expect(201);
    let enter =
        |code: &str| server.send(&Request::post("/api/enter").json(&json!({ "code": code })));
    let mut wrong = 0;
    let refused = loop {
        let answer = enter("AAAAAA");
        if answer.status != 404 {
            break answer;
        }
        wrong += 1;
        assert!(wrong < 5000, "for ever");
    };
    assert!(wrong >= 300, "a school may mistype: {wrong}");
    let wait: u32 = refused.header("retry-after").expect("when").parse().expect("seconds");
    assert_eq!(wait, 1);
    refused.expect_error(429, "slow_down");
    // Others at the same address: by link, by card, and who is in already.
    join(&server, &json!({ "nickname": "Bob", "key": key })).expect(201);
    let card = ada.json()["card"].clone();
    ask(&server, "card", None, &json!({ "card": card })).expect(200);
    let own = seat_of(&ada);
    let rename = json!({ "nickname": "Ada L.", "seat": own.number });
    ask(&server, "join", Some(&own.cookie), &rename).expect(200);
    assert!(server.metric("place_requests_refused_total", "slow_down") >= 1);
    // The wait is over soon, and right codes cost nothing.
    crate::harness::eventually("codes work again", || {
        (enter(&class_code).status == 200).then_some(())
    });
}

#[test]
fn a_school_of_a_thousand_comes_in_by_code_and_is_dealt_to_teams() {
    let (server, cookie) = school();
    let teacher = class(&server, &cookie, &json!({ "join": "code", "team_rule": "deal" }));
    let teams = json!({ "teams": [
        { "name": "Red", "color": "#ff0000" }, { "name": "Blue", "color": "#0000ff" },
        { "name": "Green", "color": "#00ff00" }
    ] });
    let put = Request::put(&format!("/api/canvases/{CANVAS}/teams")).json(&teams);
    teacher.send(put).expect(200);
    let (class_code, _) = code(&teacher, "open");
    let threads: Vec<_> = (0..4)
        .map(|part| {
            let (address, code) = (server.address().clone(), class_code.clone());
            thread::spawn(move || {
                for n in 0..250 {
                    let body =
                        json!({ "nickname": format!("Pupil {}", part * 250 + n), "code": code });
                    let path = format!("/api/canvases/{CANVAS}/join");
                    address.send(&Request::post(&path).json(&body)).expect(201);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("no panic");
    }
    let seats = teacher.get(CANVAS, "seats").expect(200).json();
    let mut sizes = [0; 4];
    for seat in seats["seats"].as_array().expect("a list") {
        sizes[seat["team"].as_u64().expect("a number") as usize] += 1;
    }
    assert_eq!(sizes, [0, 334, 333, 333]);
}

#[test]
fn seats_of_another_canvas_open_nothing_here() {
    let (server, cookie) = school_with(&["--log", "trace"]);
    let _teacher = class(&server, &cookie, &json!({ "join": "code", "look": "seats" }));
    let stranger = server.join("playground", "Eve");
    assert_eq!(me(&server, &stranger.cookie)["seat"], Value::Null);
    let card = {
        let request =
            Request::get("/api/canvases/playground/me").header("Cookie", &stranger.cookie);
        server.send(&request).expect(200).json()["card"].clone()
    };
    ask(&server, "card", None, &json!({ "card": card })).expect_error(404, "wrong_code");
    let log = server.log();
    let (_, secret) = stranger.cookie.split_once('=').expect("a value");
    for secret in [secret, card.as_str().expect("a card")] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
