//! Who is let in to a canvas's WebSocket, as what, and who is told why not.

use place_core::wire::lesson::Role;
use serde_json::json;

use super::{ASKERS, Asker, Look, Scene, in_class, upgrade};
use crate::harness::class::CLASS;
use crate::harness::{Raw, Request};

use Asker::*;

/// What comes of a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    /// Let in, to look.
    Onlooker,
    /// Let in to a seat of one's own.
    Seat(Role),
    /// Let in as a teacher, who has not drawn yet.
    Desk,
    /// Told why not.
    Refused(u16, &'static str),
}

use Entry::*;

/// What must come of it.
fn expected(asker: Asker, look: Look) -> Entry {
    match (asker, look) {
        (Student | Rival | Frozen | Muted, _) => Seat(Role::Student),
        (StudentsBot | TeachersBot, _) => Seat(Role::Bot),
        (Teacher | Owner, _) => Desk,
        (Banned, _) => Refused(403, "banned"),
        (Projector, _)
        | (Anonymous | Kicked | Waiting | OfAnotherCanvas | AnotherTeacher, Look::Anyone) => {
            Onlooker
        }
        (Waiting, Look::Seats) => Refused(403, "waiting"),
        (Anonymous | Kicked | OfAnotherCanvas | AnotherTeacher, Look::Seats) => {
            Refused(403, "seats_only")
        }
    }
}

/// The canvas's id with the query of an asker.
pub(super) fn asked(asker: Asker) -> String {
    let query = if asker == Projector { "?as=onlooker" } else { "" };
    format!("{CLASS}{query}")
}

fn handshake(asker: Asker) -> Request {
    let query = if asker == Projector { "?as=onlooker" } else { "" };
    upgrade(&in_class(&format!("ws{query}")))
}

/// Comes in, and tells as what the welcome takes somebody.
fn enter(scene: &Scene, asker: Asker) -> Entry {
    let client = scene.class.server.connect(&asked(asker), scene.seat(asker).as_ref());
    let number = client.welcome.seat.as_ref().map(|seat| seat.number);
    let you = client.welcome.you.as_ref();
    match (number, you.map(|you| you.role)) {
        (None, Some(Role::Teacher)) => Desk,
        // Who waits at the door is told the own name, and has no seat yet.
        (None, _) => Onlooker,
        (Some(number), role) => {
            assert_eq!(you.map(|you| you.seat), Some(number), "{asker:?}");
            Seat(role.expect("who sits is told as what"))
        }
    }
}

fn check(scene: &Scene, asker: Asker, expected: Entry) {
    if let Refused(status, code) = expected {
        scene.ask(handshake(asker), asker).expect_error(status, code);
    } else {
        assert_eq!(enter(scene, asker), expected, "{asker:?}");
    }
}

#[test]
fn everybody_comes_in_as_what_they_are_or_is_told_why_not() {
    for look in [Look::Anyone, Look::Seats] {
        let scene = Scene::new(look);
        for asker in ASKERS {
            check(&scene, asker, expected(asker, look));
        }
    }
}

#[test]
fn below_a_base_path_it_is_the_same_and_beside_it_is_nothing() {
    let scene = Scene::with(Look::Seats, &["--base-path=/school"]);
    for asker in ASKERS {
        check(&scene, asker, expected(asker, Look::Seats));
        let beside = scene.as_asker(handshake(asker), asker);
        let stream = scene.class.server.connect_tcp();
        let host = scene.class.server.socket().to_string();
        beside.send(stream, &host, "").expect_error(404, "not_found");
    }
}

#[test]
fn another_site_s_page_opens_nothing_whoever_s_browser_it_is_in() {
    for look in [Look::Anyone, Look::Seats] {
        let scene = Scene::new(look);
        let own = scene.class.server.origin();
        for asker in ASKERS {
            for origin in ["http://evil.example", "null", &format!("{own}.evil.example")] {
                let request = handshake(asker).header("Origin", origin);
                scene.ask(request, asker).expect_error(403, "foreign_origin");
            }
        }
        let head = format!(
            "Sec-WebSocket-Protocol: place.v1\r\nOrigin: {own}\r\nCookie: {}\r\n",
            scene.shown(Student)
        );
        let server = &scene.class.server;
        let path = in_class("ws");
        Raw::upgrade(server.connect_tcp(), server.address(), &path, &head).ping();
    }
}

#[test]
fn bots_come_in_while_they_may_and_no_longer_than_their_students() {
    let scene = Scene::new(Look::Anyone);
    scene.class.settings(&json!({ "bots": false }));
    check(&scene, StudentsBot, Refused(403, "bots_off"));
    check(&scene, TeachersBot, Seat(Role::Bot));
    scene.class.settings(&json!({ "bots": true }));
    check(&scene, StudentsBot, Seat(Role::Bot));
    let ban = json!({ "status": "banned" });
    scene.class.tool(&format!("seats/{}/standing", scene.student), &ban);
    check(&scene, StudentsBot, Refused(403, "banned"));
    check(&scene, Student, Refused(403, "banned"));
}

#[test]
fn to_a_canvas_that_was_put_away_only_its_teachers_come() {
    let scene = Scene::new(Look::Anyone);
    scene.class.tool("archive", &json!({ "on": true }));
    for asker in ASKERS {
        let expected = match asker {
            Teacher | Owner => Desk,
            Projector => Onlooker,
            Banned => Refused(403, "banned"),
            _ => Refused(403, "archived"),
        };
        check(&scene, asker, expected);
    }
}
