//! Who is here.

use std::time::Duration;

use place_core::wire::lesson::Role;
use place_core::wire::text::ServerText;
use serde_json::json;

use crate::harness::teacher::{as_seat, teacher};
use crate::harness::{Client, Request, Seat, Server};

const CANVAS: &str = "class";

fn school() -> Server {
    let server = Server::start();
    server.free_canvas(CANVAS, 16);
    server
}

/// Who somebody was told is here.
fn names(client: &Client) -> Vec<String> {
    client.people().into_iter().filter_map(|person| person.nickname).collect()
}

#[track_caller]
fn sees(client: &mut Client, expected: &[&str]) {
    client.until(&format!("sees {expected:?}"), |me| names(me) == expected);
}

#[test]
fn people_see_who_comes_and_goes() {
    let mut server = school();
    let grace = teacher(&server, "Grace");
    let mut desk = server.connect(CANVAS, Some(&as_seat(CANVAS, &grace)));
    let mut onlooker = server.connect(CANVAS, None);
    let seats = ["Ada", "Bob", "Eve"].map(|name| server.join(CANVAS, name));
    let [mut ada, bob, eve] = seats.each_ref().map(|seat| server.connect(CANVAS, Some(seat)));
    let second_tab = server.connect(CANVAS, Some(&seats[1]));
    sees(&mut desk, &["Ada", "Bob", "Eve"]);
    sees(&mut ada, &["Ada", "Bob", "Eve"]);
    assert!(ada.people().iter().all(|person| (person.role, person.team) == (Role::Student, 0)));

    drop((bob, eve));
    sees(&mut ada, &["Ada", "Bob"]);
    drop(second_tab);
    sees(&mut ada, &["Ada"]);
    sees(&mut desk, &["Ada"]);

    let path = format!("/api/canvases/{CANVAS}/people");
    let listed = server.send(&Request::get(&path).header("Cookie", &seats[0].cookie));
    let listed = listed.expect(200).json();
    let expected = json!([{ "seat": 1, "nickname": "Ada", "role": "student", "team": 0 }]);
    assert_eq!(listed["people"], expected);
    server.get(&path).expect_error(403, "seats_only");
    onlooker.listen_briefly();
    assert_eq!(onlooker.people(), [], "who only looks is told numbers, not names");

    server.restart();
    let mut ada = server.connect(CANVAS, Some(&seats[0]));
    sees(&mut ada, &["Ada"]);
}

#[test]
fn only_people_with_a_seat_are_counted_each_once() {
    let server = school();
    let grace = teacher(&server, "Grace");
    let browser = as_seat(CANVAS, &grace);
    let mut desk = server.connect(CANVAS, Some(&browser));
    let wall = format!("{CANVAS}?as=onlooker");
    let mut projector = server.connect(&wall, Some(&browser));
    assert_eq!((desk.online(), projector.online()), (0, 0), "nobody of the class is here");

    let mut ada = server.person(CANVAS, "Ada");
    projector.follow();
    desk.follow();
    for screen in [&mut ada, &mut desk, &mut projector] {
        screen.until("counts Ada", |me| me.online() == 1);
    }
    let seat = server.join(CANVAS, "Bob");
    let _tabs = [0, 1].map(|_| server.connect(CANVAS, Some(&seat)));
    let _onlooker = server.connect(CANVAS, None);
    let request = Request::post(&format!("/api/canvases/{CANVAS}/bots"));
    let made = server.send(&request.json(&json!({ "name": "Robo" })).header("Cookie", &grace));
    let token = made.expect(201).json()["token"].as_str().expect("a secret").to_owned();
    let program = Seat { canvas: CANVAS.to_owned(), number: 3, cookie: format!("Bearer {token}") };
    let mut robot = server.connect(CANVAS, Some(&program));
    robot.follow();
    for screen in [&mut ada, &mut desk, &mut projector, &mut robot] {
        screen.until("counts Ada and Bob", |me| me.online() == 2);
    }
    assert_eq!(server.info(CANVAS)["online"], 2);
    assert_eq!(server.metric("place_viewers", ""), 6, "Bob's tabs are one");
    let seen = server.send(&server.as_admin(Request::get(&format!("/api/canvases/{CANVAS}/desk"))));
    let seen = seen.expect(200).json();
    assert_eq!((&seen["online"], &seen["onlookers"]), (&json!(2), &json!(1)));
}

#[test]
fn other_names_and_teams_are_told_and_quiet_is_quiet() {
    let server = school();
    let seat = server.join(CANVAS, "Ada");
    let mut ada = server.connect(CANVAS, Some(&seat));
    sees(&mut ada, &["Ada"]);
    let path = format!("/api/canvases/{CANVAS}/seats/{}/standing", seat.number);
    let request = Request::post(&path).json(&json!({ "team": 3 }));
    server.send(&server.as_admin(request)).expect(200);
    ada.until("hears of the team", |me| me.people().iter().all(|person| person.team == 3));
    assert_eq!(ada.you().team, 3);

    let told = |me: &Client| {
        me.texts.iter().filter(|text| matches!(text, ServerText::People { .. })).count()
    };
    let before = told(&ada);
    // Somebody who reloads the page: gone and here again between two messages,
    // or told as such, but never told twice.
    let mut tab = server.connect(CANVAS, Some(&seat));
    drop(ada);
    tab.listen(Duration::from_millis(1));
    let mut bob = server.connect(CANVAS, Some(&server.join(CANVAS, "Bob")));
    sees(&mut tab, &["Bob"]);
    sees(&mut bob, &["Bob"]);
    assert!(told(&tab) <= 1 && before <= 2, "one message for what changed, {before} before");
}

#[test]
fn a_banned_one_is_told_and_sent_away() {
    let server = school();
    let seat = server.join(CANVAS, "Mallory");
    let mut tabs = [0, 1].map(|_| server.connect(CANVAS, Some(&seat)));
    let mut other = server.connect(CANVAS, Some(&server.join(CANVAS, "Ada")));
    sees(&mut other, &["Mallory", "Ada"]);
    let path = format!("/api/canvases/{CANVAS}/seats/{}/standing", seat.number);
    let request = Request::post(&path).json(&json!({ "status": "frozen" }));
    server.send(&server.as_admin(request)).expect(200);
    for tab in &mut tabs {
        tab.until("hears of it", |me| me.you().status == place_core::Status::Frozen);
    }
    let request = Request::post(&path).json(&json!({ "status": "banned" }));
    server.send(&server.as_admin(request)).expect(200);
    for tab in &mut tabs {
        let farewell = tab.until_ended().expect("a close frame");
        assert_eq!(u16::from(farewell.code), 4004, "{farewell:?}");
        assert_eq!(tab.you().status, place_core::Status::Banned);
    }
    sees(&mut other, &["Ada"]);
}
