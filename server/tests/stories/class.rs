//! A whole lesson: a class of thirty behind one address, two teams, one who
//! misbehaves, a crash in the middle, and nothing left of the people at the end
//! but what they drew.

use place_core::wire::text::ServerText;
use place_core::{Mode, Reason};
use serde_json::{Value, json};

use crate::harness::teacher::{Browser, as_seat, cookie, school};
use crate::harness::{Answer, Client, Request, Response, Seat, Server};

const CANVAS: &str = "mural";
const CLASS: u16 = 30;

/// How many pixels each of them draws, side by side in a row of the own team.
const PIXELS: u16 = 5;

fn area(x: u16, y: u16, width: u16, height: u16) -> Value {
    json!({ "x": x, "y": y, "width": width, "height": height })
}

/// Where somebody begins to draw: foxes on the left, owls on the right.
fn corner(student: u16) -> (u16, u16) {
    (if team_of(student) == 1 { 0 } else { 32 }, student)
}

fn team_of(student: u16) -> u16 {
    student % 2 + 1
}

fn color_of(student: u16) -> u8 {
    (student % 15 + 1) as u8
}

fn open_lesson(teacher: &Browser) -> (String, String) {
    let wish = json!({
        "name": "Mural", "id": CANVAS, "width": 64, "height": 64,
        "cooldown_ms": 0, "undo_ms": 60_000,
    });
    teacher.canvas(&wish);
    teacher.set(CANVAS, &json!({ "join": "code", "look": "seats", "team_rule": "choose" }));
    let teams = json!({ "teams": [
        { "name": "Foxes", "color": "#d9480f", "region": area(0, 0, 32, 64), "is_confined": true },
        { "name": "Owls", "color": "#1971c2", "region": area(32, 0, 32, 64), "is_confined": true },
    ]});
    let path = format!("/api/canvases/{CANVAS}/teams");
    teacher.send(Request::put(&path).json(&teams)).expect(200);
    let codes = teacher.post(CANVAS, "code", &json!({ "do": "renew" })).expect(200).json();
    let invite = teacher.get(CANVAS, "invite").expect(200).json();
    assert_eq!(invite["code"], codes["code"], "what the projector shows");
    let text = |name: &str| codes[name].as_str().expect("a text").to_owned();
    (text("code"), text("key"))
}

fn join(server: &Server, student: u16, code: &str) -> Seat {
    let body = json!({ "nickname": name_of(student), "code": code, "team": team_of(student) });
    let path = format!("/api/canvases/{CANVAS}/join");
    let answer = server.send(&Request::post(&path).json(&body)).expect(201);
    let number = answer.json()["seat"]["number"].as_u64().expect("a number");
    Seat { canvas: CANVAS.to_owned(), number, cookie: cookie(&answer) }
}

fn name_of(student: u16) -> String {
    format!("Student {student}")
}

fn come_in(server: &Server, seats: &[Seat]) -> Vec<Client> {
    let connect = |seat: &Seat| {
        let mut client = server.connect(CANVAS, Some(seat));
        client.follow();
        client
    };
    seats.iter().map(connect).collect()
}

fn draw(class: &mut [Client]) {
    for (student, client) in (0..).zip(class.iter_mut()) {
        let (x, y) = corner(student);
        for step in 0..PIXELS {
            client.put(x + step, y, color_of(student));
        }
    }
}

/// Everybody sees everything that everybody drew.
fn see_it_all(class: &mut [Client], without: Option<u16>) {
    for client in class {
        client.until("sees what the class drew", |me| {
            (0..CLASS).filter(|student| Some(*student) != without).all(|student| {
                let (x, y) = corner(student);
                (0..PIXELS).all(|step| me.sees(x + step, y) == color_of(student))
            })
        });
    }
}

fn reason(answer: Answer) -> Reason {
    match answer {
        Answer::Refused { reason, .. } => reason,
        placed @ Answer::Placed { .. } => panic!("{placed:?}"),
    }
}

fn record(teacher: &Browser) -> String {
    let path = format!("/api/canvases/{CANVAS}/record?format=csv");
    teacher.send(Request::get(&path)).expect(200).text()
}

fn picture(teacher: &Browser) -> Response {
    let path = format!("/api/canvases/{CANVAS}/image.png");
    teacher.send(Request::get(&path)).expect(200)
}

/// The teacher finds out who it was, and puts an end to it.
fn deal_with(teacher: &Browser, seats: &[Seat], vandal: u16, rude: i64) {
    let who = teacher.get(CANVAS, &format!("cells/{}/0", corner(vandal).0 + 1)).expect(200).json();
    assert_eq!(who["changes"][0]["nickname"], name_of(vandal).as_str());
    let number = seats[usize::from(vandal)].number;
    let deed =
        |what: &str, body: Value| teacher.post(CANVAS, &format!("seats/{number}/{what}"), &body);
    deed("mute", json!({ "minutes": null })).expect(204);
    let path = format!("/api/canvases/{CANVAS}/chat/{rude}");
    teacher.send(Request::delete(&path)).expect(204);
    let preview = deed("remove-pixels", json!({ "preview": true })).expect(200).json();
    assert_eq!(preview["cells"], 8, "five of its own and the four, one of them its own again");
    deed("remove-pixels", json!({})).expect(200);
    deed("standing", json!({ "status": "frozen" })).expect(200);
}

#[test]
fn a_lesson_from_the_setup_link_to_the_end_of_term() {
    let (mut server, cookie) = school();
    let (code, _) = open_lesson(&Browser { server: &server, cookie: cookie.clone() });

    // Thirty come in with the code, choose a team, draw and chat.
    let seats: Vec<Seat> = (0..CLASS).map(|student| join(&server, student, &code)).collect();
    let mut class = come_in(&server, &seats);
    draw(&mut class);
    see_it_all(&mut class, None);
    let hello = class[0].chatted(0, "Hello class");
    let secret = class[0].chatted(1, "Foxes only");
    assert_eq!(class[1].reads(hello).text, "Hello class");
    assert_eq!(class[2].reads(secret).text, "Foxes only");
    class[1].chatted(2, "We are the owls");
    class[1].until("hears its own team", |me| me.read().count() == 2);
    assert!(class[1].read().all(|message| message.id != secret), "that is the foxes' own");

    // One draws all over the own team, and says what nobody wants to read.
    let vandal = 4;
    let (x, y) = corner(vandal);
    assert_eq!(reason(class[usize::from(vandal)].ask(40, 40, 1)), Reason::Region);
    for row in 0..4 {
        class[usize::from(vandal)].put(x + 1, row * 2, 3);
    }
    let rude = class[usize::from(vandal)].chatted(0, "You can't draw");
    deal_with(&Browser { server: &server, cookie: cookie.clone() }, &seats, vandal, rude);
    see_it_all(&mut class, Some(vandal));
    for step in 0..PIXELS {
        class[0].until("what the vandal drew is gone", |me| me.sees(x + step, y) == 0);
    }
    assert_eq!(class[usize::from(vandal)].refused(0, "Let me"), "muted");
    assert_eq!(reason(class[usize::from(vandal)].ask(x, y, 1)), Reason::SeatFrozen);

    // The plug is pulled. Everybody comes back to what was there.
    let before = class[0].mirror().cells().to_vec();
    drop(class);
    server.kill9();
    server.launch();
    let mut class = come_in(&server, &seats);
    assert!(class.iter().all(|client| client.mirror().cells() == before), "nothing is lost");
    assert_eq!(class[usize::from(vandal)].refused(0, "Let me"), "muted", "still");
    assert_eq!(reason(class[usize::from(vandal)].ask(x, y, 1)), Reason::SeatFrozen, "still");
    let undone = class[1].put(60, 60, 2);
    assert!(undone > 0 && matches!(class[1].undo(), Answer::Placed { .. }));

    // The teacher freezes the canvas, hides it, reveals it, and takes it home.
    let teacher = Browser { server: &server, cookie: cookie.clone() };
    server.change(CANVAS, &json!({ "mode": "frozen" }));
    for client in &mut class {
        client.until("hears of it", |me| {
            me.texts
                .iter()
                .any(|text| matches!(text, ServerText::Rules { mode, .. } if *mode == Mode::Frozen))
        });
    }
    assert_eq!(reason(class[1].ask(60, 60, 2)), Reason::Frozen);
    teacher.set(CANVAS, &json!({ "curtain": "everyone" }));
    let hears = |class: &mut [Client], what: &str, is_it: fn(&ServerText) -> bool| {
        for client in class {
            client.until(what, |me| me.texts.iter().any(is_it));
        }
    };
    hears(&mut class, "hidden", |text| matches!(text, ServerText::Hidden));
    teacher.set(CANVAS, &json!({ "curtain": "none" }));
    hears(
        &mut class,
        "shown",
        |text| matches!(text, ServerText::Reload { reason } if reason == "shown"),
    );
    let before = server.board_for(CANVAS, Some(&cookie)).cells().to_vec();
    let art = picture(&teacher).body;
    let told = record(&teacher);
    for word in ["mute", "remove_pixels", "frozen", "Student 4"] {
        assert!(told.contains(word), "{word} in {told}");
    }

    // The end of term: the art stays, the people don't.
    teacher.post(CANVAS, "forget", &json!({ "name": "mural" })).expect_error(400, "invalid");
    let forgotten = teacher.post(CANVAS, "forget", &json!({ "name": "Mural" })).expect(200).json();
    assert_eq!(forgotten["forgotten"], CLASS);
    for client in &mut class {
        assert_eq!(client.until_ended().map(|farewell| u16::from(farewell.code)), Some(4006));
    }
    drop(teacher);
    server.restart();
    let teacher = Browser { server: &server, cookie: cookie.clone() };
    assert_eq!(server.board_for(CANVAS, Some(&cookie)).cells(), before);
    assert_eq!(picture(&teacher).body, art);
    assert!(!record(&teacher).contains("Student"), "{}", record(&teacher));
    let who = teacher.get(CANVAS, "cells/0/0").expect(200).json();
    assert_eq!(who["changes"][0]["nickname"], Value::Null);
    assert_eq!(who["changes"][0]["seat"], seats[0].number);
    let path = format!("/api/canvases/{CANVAS}/board");
    let old = Request::get(&path).header("Cookie", &seats[0].cookie);
    server.send(&old).expect_error(403, "seats_only");
    let mut desk = server.connect(CANVAS, Some(&as_seat(CANVAS, &cookie)));
    desk.follow();
    assert_eq!(desk.mirror().cells(), before);
}
