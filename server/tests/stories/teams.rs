//! Teams: who is in which, and where they may draw.

use place_core::Reason;
use place_core::wire::text::ServerText;
use serde_json::{Value, json};

use crate::harness::teacher::{Browser, cookie, school};
use crate::harness::{Answer, Client, Request, Response, Seat, Server};

const CANVAS: &str = "class";

fn class<'a>(server: &'a Server, cookie: &str, rule: &str) -> Browser<'a> {
    let teacher = Browser { server, cookie: cookie.to_owned() };
    teacher.canvas(&json!({
        "name": "Class", "id": CANVAS, "cooldown_ms": 0, "width": 32,
        "settings": { "join": "open", "look": "anyone", "team_rule": rule }
    }));
    teacher
}

fn put(teacher: &Browser, teams: &Value) -> Response {
    let request = Request::put(&format!("/api/canvases/{CANVAS}/teams"));
    teacher.send(request.json(&json!({ "teams": teams })))
}

fn join(server: &Server, body: &Value) -> Response {
    server.send(&Request::post(&format!("/api/canvases/{CANVAS}/join")).json(body))
}

fn person(server: &Server, body: &Value) -> (Seat, Client) {
    let answer = join(server, body).expect(201);
    let number = answer.json()["seat"]["number"].as_u64().expect("a number");
    let seat = Seat { canvas: CANVAS.to_owned(), number, cookie: cookie(&answer) };
    let mut client = server.connect(CANVAS, Some(&seat));
    client.follow();
    (seat, client)
}

fn choose(server: &Server, seat: &Seat, team: u8) -> Response {
    let request = Request::post(&format!("/api/canvases/{CANVAS}/team"));
    server.send(&request.header("Cookie", &seat.cookie).json(&json!({ "team": team })))
}

fn refused(client: &mut Client, x: u16, y: u16) -> Option<Reason> {
    match client.ask(x, y, 3) {
        Answer::Refused { reason, .. } => Some(reason),
        Answer::Placed { .. } => None,
    }
}

/// Waits until somebody is told to be in a team.
fn is_told(client: &mut Client, team: u8) {
    client.until("is told of the team", |me| {
        let told = me.texts.iter().rev().find_map(|text| match text {
            ServerText::You { you } => Some(you.team),
            _ => None,
        });
        told == Some(team)
    });
}

#[test]
fn a_region_is_for_its_team_alone_also_after_a_restart() {
    let (mut server, cookie) = school();
    let teacher = class(&server, &cookie, "choose");
    let region = json!({ "x": 0, "y": 0, "width": 8, "height": 8 });
    let made = put(
        &teacher,
        &json!([
            { "name": "Red", "color": "#FF0000", "region": region, "is_confined": true },
            { "name": "<img src=x>", "color": "#0000ff", "region": null, "is_confined": false }
        ]),
    );
    let made = made.expect(200);
    assert_eq!(made.header("content-type"), Some("application/json"));
    let made = made.json();
    assert_eq!(
        made["teams"][0],
        json!({
            "number": 1, "name": "Red", "color": "#ff0000", "region": region, "is_confined": true
        })
    );
    assert_eq!(made["teams"][1]["name"], "<img src=x>");
    let (red, mut red_client) = person(&server, &json!({ "nickname": "Rea", "team": 1 }));
    let (blue, mut blue_client) = person(&server, &json!({ "nickname": "Blu" }));
    assert_eq!(refused(&mut red_client, 3, 3), None);
    assert_eq!(refused(&mut red_client, 20, 3), Some(Reason::Region));
    assert_eq!(refused(&mut blue_client, 3, 3), Some(Reason::Region));
    assert_eq!(choose(&server, &blue, 2).expect(200).json()["you"]["team"], 2);
    is_told(&mut blue_client, 2);
    choose(&server, &blue, 7).expect_error(400, "invalid");
    drop((teacher, red_client, blue_client));
    server.restart();
    let mut client = server.connect(CANVAS, Some(&red));
    assert_eq!(refused(&mut client, 20, 3), Some(Reason::Region));

    // Red is gone, and so is its region; a new team does not inherit its people.
    let teacher = Browser { server: &server, cookie };
    let made = put(
        &teacher,
        &json!([
            { "number": 2, "name": "Blue", "color": "#0000ff" }, { "name": "Green", "color": "#00ff00" }
        ]),
    );
    let numbers: Vec<_> = made.expect(200).json()["teams"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|team| team["number"].clone())
        .collect();
    assert_eq!(numbers, [2, 3]);
    is_told(&mut client, 0);
    assert_eq!(refused(&mut client, 20, 3), None);
    client.until("hears of the teams", |me| me.texts.iter().any(|text| {
        matches!(text, ServerText::Lesson { lesson } if lesson.teams.iter().any(|team| team.name == "Green"))
    }));
}

#[test]
fn students_are_dealt_evenly_and_can_not_choose_then() {
    let (server, cookie) = school();
    let teacher = class(&server, &cookie, "assign");
    put(
        &teacher,
        &json!([{ "name": "A", "color": "#111111" }, { "name": "B", "color": "#222222" }]),
    )
    .expect(200);
    let mut people: Vec<_> = (0..5)
        .map(|n| person(&server, &json!({ "nickname": format!("Pupil {n}"), "team": 1 })))
        .collect();
    choose(&server, &people[0].0, 2).expect_error(403, "team_given");
    let teams = || {
        let seats = teacher.get(CANVAS, "seats").expect(200).json();
        let seats = seats["seats"].as_array().expect("a list").clone();
        seats.iter().map(|seat| seat["team"].as_u64().expect("a number")).collect::<Vec<_>>()
    };
    assert_eq!(teams(), [0; 5], "the teacher assigns: nobody chose");
    assert_eq!(teacher.post(CANVAS, "teams/deal", &json!({})).expect(200).json()["dealt"], 5);
    let dealt = teams();
    let ones = dealt.iter().filter(|team| **team == 1).count();
    assert!((2..=3).contains(&ones) && !dealt.contains(&0), "{dealt:?}");
    for ((_, client), team) in people.iter_mut().zip(&dealt) {
        is_told(client, *team as u8);
    }
    assert_eq!(teacher.post(CANVAS, "teams/deal", &json!({})).expect(200).json()["dealt"], 0);
    let all = teacher.post(CANVAS, "teams/deal", &json!({ "everyone": true }));
    assert_eq!(all.expect(200).json()["dealt"], 5);
    teacher.set(CANVAS, &json!({ "team_rule": "deal" }));
    person(&server, &json!({ "nickname": "Late" }));
    let dealt = teams();
    assert_eq!(dealt.iter().filter(|team| **team == 1).count(), 3, "{dealt:?}");
}

#[test]
fn teams_that_can_not_be_are_refused_and_nothing_changes() {
    let (server, cookie) = school();
    let teacher = class(&server, &cookie, "choose");
    let area = |x, y, side| json!({ "x": x, "y": y, "width": side, "height": side });
    put(&teacher, &json!([{ "name": "Red", "color": "#ff0000" }])).expect(200);
    for (teams, part) in [
        (json!([{ "name": "A", "color": "red" }]), "#rrggbb"),
        (json!([{ "name": "", "color": "#ff0000" }]), "1 to 24"),
        (
            json!([{ "name": "A", "color": "#ff0000" }, { "name": "a", "color": "#00ff00" }]),
            "are called",
        ),
        (
            json!([{ "name": "A", "color": "#ff0000", "region": area(20, 20, 13) }]),
            "not in the canvas",
        ),
        (
            json!([
                { "name": "A", "color": "#ff0000", "region": area(0, 0, 9) },
                { "name": "B", "color": "#00ff00", "region": area(8, 8, 4) }
            ]),
            "overlap",
        ),
        (json!([{ "number": 9, "name": "A", "color": "#ff0000" }]), "number"),
    ] {
        let text = put(&teacher, &teams).expect_error(400, "invalid");
        assert!(text.contains(part), "{text}");
    }
    let many: Vec<_> =
        (0..33).map(|n| json!({ "name": format!("T{n}"), "color": "#ff0000" })).collect();
    put(&teacher, &json!(many)).expect_error(400, "invalid");
    let door = server.get(&format!("/api/canvases/{CANVAS}/door")).expect(200).json();
    assert_eq!(door["teams"].as_array().expect("a list").len(), 1);
    join(&server, &json!({ "nickname": "Eve", "team": 5 })).expect_error(400, "invalid");

    // Nobody else may.
    let stranger =
        Browser { server: &server, cookie: crate::harness::teacher::teacher(&server, "Grace") };
    put(&stranger, &json!([])).expect_error(403, "not_yours");
    stranger.post(CANVAS, "teams/deal", &json!({})).expect_error(403, "not_yours");
    let (seat, _client) = person(&server, &json!({ "nickname": "Ada" }));
    let student = Browser { server: &server, cookie: seat.cookie };
    put(&student, &json!([])).expect_error(401, "not_allowed");
    let nobody = Request::post(&format!("/api/canvases/{CANVAS}/team")).json(&json!({ "team": 1 }));
    server.send(&nobody).expect_error(403, "no_seat");
}
