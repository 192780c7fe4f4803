//! Bots: programs that come with a secret in place of a cookie.

use place_core::session::close_code;
use place_core::{Reason, Status};
use serde_json::{Value, json};

use crate::harness::teacher::{Browser, school, teacher};
use crate::harness::{Answer, Request, Response, Seat, Server};

const CANVAS: &str = "class";

fn class<'a>(server: &'a Server, cookie: &str) -> Browser<'a> {
    let teacher = Browser { server, cookie: cookie.to_owned() };
    teacher.canvas(&json!({
        "name": "Class", "id": CANVAS, "width": 32, "cooldown_ms": 0,
        "settings": { "join": "open", "look": "seats" },
        "teams": [{ "name": "Red", "color": "#ff0000" }]
    }));
    teacher
}

/// Asks with a seat's cookie, or with a program's secret.
fn ask(server: &Server, method: &str, what: &str, seat: &Seat, body: &Value) -> Response {
    let request = Request::new(method, &format!("/api/canvases/{CANVAS}/{what}")).json(body);
    let header = if seat.cookie.starts_with("Bearer ") { "Authorization" } else { "Cookie" };
    server.send(&request.header(header, &seat.cookie))
}

fn bot(made: &Response) -> Seat {
    let made = made.json();
    let token = made["token"].as_str().expect("a secret");
    let number = made["seat"].as_u64().expect("a number");
    Seat { canvas: CANVAS.to_owned(), number, cookie: format!("Bearer {token}") }
}

#[test]
fn a_student_s_bot_draws_while_bots_are_allowed() {
    let (mut server, cookie) = school();
    let grace = class(&server, &cookie);
    let ada = server.join(CANVAS, "Ada");
    ask(&server, "POST", "team", &ada, &json!({ "team": 1 })).expect(200);
    let body = json!({ "name": "Ada's robot" });
    ask(&server, "POST", "bots", &ada, &body).expect_error(403, "bots_off");
    grace.set(CANVAS, &json!({ "bots": true }));
    ask(&server, "POST", "bots", &ada, &json!({ "name": "fuck" }))
        .expect_error(400, "nickname_refused");
    ask(&server, "POST", "bots", &ada, &json!({ "name": "ADA" }))
        .expect_error(409, "nickname_taken");
    let robot = bot(&ask(&server, "POST", "bots", &ada, &body).expect(201));
    ask(&server, "POST", "bots", &ada, &json!({ "name": "Two" })).expect_error(409, "exists");
    ask(&server, "POST", "bots", &robot, &json!({ "name": "Three" })).expect_error(403, "no_seat");
    let own = ask(&server, "GET", "bots", &ada, &json!({})).expect(200).json();
    let row = json!({ "seat": robot.number, "nickname": "Ada's robot", "bot_of": ada.number, "online": false });
    assert_eq!(own["bots"], json!([row]), "without its secret");

    let mut program = server.connect(CANVAS, Some(&robot));
    let you = program.you().clone();
    assert_eq!((you.nickname.as_str(), you.team), ("Ada's robot", 1));
    assert_eq!(json!(you.role), json!("bot"));
    assert!(matches!(program.ask(3, 3, 1), Answer::Placed { .. }));
    ask(&server, "GET", "board", &robot, &json!({})).expect(200);

    grace.set(CANVAS, &json!({ "bots": false }));
    let end = program.until_ended().expect("a close frame");
    assert_eq!(u16::from(end.code), close_code::SEAT_ENDED);
    ask(&server, "GET", "board", &robot, &json!({})).expect_error(403, "bots_off");
    grace.set(CANVAS, &json!({ "bots": true }));
    drop(grace);
    server.restart();
    let mut program = server.connect(CANVAS, Some(&robot));
    assert!(matches!(program.ask(4, 4, 1), Answer::Placed { .. }), "the same secret");

    let grace = Browser { server: &server, cookie };
    let ban = json!({ "status": "banned" });
    grace.post(CANVAS, &format!("seats/{}/standing", ada.number), &ban).expect(200);
    program.until_ended();
    ask(&server, "GET", "board", &robot, &json!({})).expect_error(403, "banned");
    let log = server.log();
    assert!(!log.contains(robot.cookie.trim_start_matches("Bearer ")), "no secret in the log");
}

#[test]
fn what_is_decided_about_a_student_holds_for_the_student_s_bot() {
    let (mut server, cookie) = school();
    let grace = class(&server, &cookie);
    grace.set(CANVAS, &json!({ "bots": true }));
    let ada = server.join(CANVAS, "Ada");
    let make = |server: &Server, name: &str| {
        bot(&ask(server, "POST", "bots", &ada, &json!({ "name": name })).expect(201))
    };
    let robot = make(&server, "Robo");
    let mut program = server.connect(CANVAS, Some(&robot));
    let standing = format!("seats/{}/standing", ada.number);
    let decide = |grace: &Browser<'_>, status: &str| {
        grace.post(CANVAS, &standing, &json!({ "status": status })).expect(200).json()
    };

    let frozen = decide(&grace, "frozen");
    program.until("hears of it", |me| me.you().status == Status::Frozen);
    assert!(matches!(program.ask(1, 1, 1), Answer::Refused { reason: Reason::SeatFrozen, .. }));
    grace.post(CANVAS, "revert", &json!({ "seqs": frozen["seqs"] })).expect(200);
    program.until("may draw", |me| me.you().status == Status::Active);
    assert!(matches!(program.ask(1, 1, 1), Answer::Placed { .. }));
    ask(&server, "POST", "team", &ada, &json!({ "team": 1 })).expect(200);
    program.until("is in the team", |me| me.you().team == 1);
    let mute = format!("seats/{}/mute", ada.number);
    grace.post(CANVAS, &mute, &json!({ "minutes": null })).expect(204);
    program.until("is muted", |me| me.you().muted_until_ms > 0);
    assert_eq!(program.refused(0, "beep"), "muted");
    decide(&grace, "frozen");
    drop(grace);

    server.kill9();
    server.launch();
    let mut program = server.connect(CANVAS, Some(&robot));
    let you = program.you().clone();
    assert_eq!((you.status, you.team), (Status::Frozen, 1));
    assert_eq!(program.refused(0, "beep"), "muted");
    assert!(matches!(program.ask(2, 2, 1), Answer::Refused { reason: Reason::SeatFrozen, .. }));
    let grace = Browser { server: &server, cookie };
    decide(&grace, "active");
    program.until("may draw again", |me| me.you().status == Status::Active);

    // One that is made later is what its student is.
    ask(&server, "DELETE", &format!("bots/{}", robot.number), &ada, &json!({})).expect(204);
    let mut second = server.connect(CANVAS, Some(&make(&server, "Robo Two")));
    assert_eq!((second.you().team, second.refused(0, "beep").as_str()), (1, "muted"));
    grace.post(CANVAS, &format!("seats/{}/unmute", ada.number), &json!({})).expect(204);
    second.until("may speak", |me| me.you().muted_until_ms == 0);
    second.chatted(0, "beep");
    decide(&grace, "banned");
    let end = second.until_ended().expect("a close frame");
    assert_eq!(u16::from(end.code), close_code::BANNED);
}

#[test]
fn bots_are_their_owners_and_the_teachers() {
    let (server, cookie) = school();
    let grace = class(&server, &cookie);
    grace.set(CANVAS, &json!({ "bots": true }));
    let (ada, bob) = (server.join(CANVAS, "Ada"), server.join(CANVAS, "Bob"));
    let robot = bot(&ask(&server, "POST", "bots", &ada, &json!({ "name": "Robo" })).expect(201));
    let path = format!("bots/{}", robot.number);
    ask(&server, "DELETE", &path, &bob, &json!({})).expect_error(404, "no_such_seat");
    let of_bob = ask(&server, "GET", "bots", &bob, &json!({})).expect(200).json();
    assert_eq!(of_bob["bots"], json!([]));
    let not_a_bot = format!("bots/{}", bob.number);
    grace
        .send(Request::delete(&format!("/api/canvases/{CANVAS}/{not_a_bot}")))
        .expect_error(404, "no_such_seat");
    let anonymous = server.get(&format!("/api/canvases/{CANVAS}/bots"));
    anonymous.expect_error(403, "seats_only");
    let stranger = Browser { server: &server, cookie: teacher(&server, "Emmy Noether") };
    stranger.post(CANVAS, "bots", &json!({ "name": "Spy" })).expect_error(403, "seats_only");

    // Teachers have bots whatever students may.
    grace.set(CANVAS, &json!({ "bots": false }));
    for number in 0..20 {
        grace.post(CANVAS, "bots", &json!({ "name": format!("Helper {number}") })).expect(201);
    }
    grace.post(CANVAS, "bots", &json!({ "name": "Helper 20" })).expect_error(409, "exists");
    let all = grace.get(CANVAS, "bots").expect(200).json();
    assert_eq!(all["bots"].as_array().map(Vec::len), Some(21));
    let helper = &all["bots"][1];
    assert_eq!((&helper["nickname"], &helper["bot_of"]), (&json!("Helper 0"), &Value::Null));

    ask(&server, "DELETE", &path, &ada, &json!({})).expect(204);
    ask(&server, "GET", "me", &robot, &json!({})).expect(200);
    let me = ask(&server, "GET", "me", &robot, &json!({})).json();
    assert_eq!(me["seat"], Value::Null, "its secret opens nothing");
    grace.set(CANVAS, &json!({ "bots": true }));
    ask(&server, "POST", "bots", &ada, &json!({ "name": "Robo" })).expect(201);
}
