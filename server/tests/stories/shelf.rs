//! A teacher's canvases: made, shared, copied, put away, deleted.

use serde_json::{Value, json};

use crate::harness::teacher::{Browser, as_seat, school, school_with, teacher};
use crate::harness::{Crowd, Request, Response, Server, eventually, place_ok};

fn ids(browser: &Browser) -> Vec<String> {
    let desk = browser.send(Request::get("/api/desk")).expect(200).json();
    let rows = desk["canvases"].as_array().expect("a list").clone();
    rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
}

fn listed(server: &Server) -> Vec<Value> {
    let list = server.get("/api/canvases").expect(200).json();
    list["canvases"].as_array().expect("a list").iter().map(|one| one["id"].clone()).collect()
}

fn delete(browser: &Browser, id: &str, name: &str) -> Response {
    let request = Request::delete(&format!("/api/canvases/{id}"));
    browser.send(request.json(&json!({ "name": name })))
}

#[test]
fn a_teacher_s_canvas_is_the_teacher_s_own_until_it_is_shared() {
    let (mut server, cookie) = school();
    let grace_cookie = teacher(&server, "Grace Hopper");
    let ada = Browser { server: &server, cookie: cookie.clone() };
    let grace = Browser { server: &server, cookie: grace_cookie.clone() };
    let made =
        ada.canvas(&json!({ "name": "<b>5b</b>", "id": "own", "settings": { "slow_s": 5 } }));
    assert_eq!(made["name"], "<b>5b</b>");
    let row = {
        let desk = ada.send(Request::get("/api/desk")).expect(200).json();
        desk["canvases"].as_array().expect("a list").iter().find(|row| row["id"] == "own").cloned()
    };
    let row = row.expect("on the desk");
    assert_eq!((&row["teachers"], &row["seats"]), (&json!(["Ada Lovelace"]), &json!(0)));
    assert_eq!(row["code"].as_str().map(str::len), Some(6));
    let settings = ada.get("own", "settings").expect(200).json()["settings"].clone();
    assert_eq!((&settings["join"], &settings["look"]), (&json!("code"), &json!("seats")));
    assert_eq!(settings["slow_s"], 5);
    assert_eq!(listed(&server), ["playground"], "not for everybody");

    assert_eq!(ids(&grace), ["playground"], "that one belongs to all");
    grace.get("own", "settings").expect_error(403, "not_yours");
    delete(&grace, "own", "<b>5b</b>").expect_error(403, "not_yours");
    let shared = ada.post("own", "teachers", &json!({ "name": "grace hopper" })).expect(201).json();
    assert_eq!(shared["teachers"].as_array().expect("a list").len(), 2);
    ada.post("own", "teachers", &json!({ "name": "Nobody" })).expect_error(404, "not_found");
    grace.get("own", "settings").expect(200);
    drop((ada, grace));
    server.restart();
    let ada = Browser { server: &server, cookie };
    let grace = Browser { server: &server, cookie: grace_cookie };
    assert_eq!(ids(&grace), ["own", "playground"]);
    let leave = |number: u32| Request::delete(&format!("/api/canvases/own/teachers/{number}"));
    grace.send(leave(1)).expect(204);
    ada.get("own", "settings").expect_error(403, "not_yours");
    grace.send(leave(2)).expect_error(409, "exists");
    assert_eq!(
        grace.get("own", "teachers").expect(200).json()["teachers"],
        json!([
            { "number": 2, "name": "Grace Hopper" }
        ])
    );
    // One that belonged to all stays with whoever shares it.
    grace.post("playground", "teachers", &json!({ "number": 1 })).expect(201);
    assert_eq!(ids(&ada), ["playground"]);
    assert_eq!(ids(&grace), ["own", "playground"]);
    server.get("/api/desk").expect_error(401, "not_allowed");
}

#[test]
fn a_copy_has_the_picture_the_teams_and_the_people_but_not_their_cards() {
    let (mut server, cookie) = school();
    let ada = Browser { server: &server, cookie: cookie.clone() };
    ada.canvas(&json!({
        "name": "Class", "id": "class", "width": 48, "height": 32, "cooldown_ms": 0,
        "palette": "basic-16", "settings": { "join": "open", "look": "anyone", "slow_s": 7 },
        "teams": [{ "name": "Red", "color": "#ff0000" }, { "name": "Blue", "color": "#0000ff" }]
    }));
    let region = json!({ "x": 0, "y": 0, "width": 8, "height": 8 });
    let teams = json!({ "teams": [
        { "number": 1, "name": "Red", "color": "#ff0000", "region": region, "is_confined": true },
        { "number": 2, "name": "Blue", "color": "#0000ff" }
    ] });
    ada.send(Request::put("/api/canvases/class/teams").json(&teams)).expect(200);
    let seats = json!({ "csv": "Bea,Red\nCy,Blue\nDee\n" });
    let made = ada.post("class", "seats", &seats).expect(201).json();
    let mut eve = server.person("class", "Eve");
    for x in 10..20 {
        eve.put(x, 20, 1 + (x % 7) as u8);
    }
    let copy = ada.post(
        "class",
        "duplicate",
        &json!({
            "name": "Copy", "with_people": true, "with_picture": true
        }),
    );
    let copy = copy.expect(201).json();
    let id = copy["id"].as_str().expect("an id").to_owned();
    assert_eq!((&copy["width"], &copy["height"]), (&json!(48), &json!(32)));
    let plain = ada.post("class", "duplicate", &json!({ "name": "Plain" })).expect(201).json();
    let plain = plain["id"].as_str().expect("an id").to_owned();
    drop((ada, eve));
    for _ in 0..2 {
        let ada = Browser { server: &server, cookie: cookie.clone() };
        let (copied, original) = (server.viewer(&id), server.viewer("class"));
        assert!(copied.mirror().cells() == original.mirror().cells(), "the same picture");
        assert!(server.board(&plain).cells().iter().all(|color| *color == 0));
        let owners = ada.post(
            &id,
            "areas/owners",
            &json!({
                "area": { "x": 0, "y": 0, "width": 48, "height": 32 }
            }),
        );
        assert_eq!(owners.expect(200).json()["owners"], json!([]), "as nobody's");
        let people = ada.get(&id, "seats").expect(200).json()["seats"].clone();
        let people = people.as_array().expect("a list").clone();
        let told: Vec<_> = people.iter().map(|one| (&one["nickname"], &one["team"])).collect();
        assert_eq!(
            told,
            [
                (&json!("Bea"), &json!(1)),
                (&json!("Cy"), &json!(2)),
                (&json!("Dee"), &json!(0)),
                (&json!("Eve"), &json!(0))
            ]
        );
        assert!(people.iter().all(|one| one["state"] == "invited"));
        assert_ne!(people[0]["card"], made["seats"][0]["card"]);
        let door = server.get(&format!("/api/canvases/{id}/door")).expect(200).json();
        assert_eq!(
            (&door["teams"][0]["region"], &door["teams"][0]["is_confined"]),
            (&region, &json!(true))
        );
        assert_eq!(ada.get(&id, "settings").expect(200).json()["settings"]["slow_s"], 7);
        let nobody = ada.get(&plain, "seats").expect(200).json();
        assert_eq!(nobody["seats"], json!([]));
        drop(ada);
        server.restart();
    }
    place_ok(&["check", "--data", server.data().to_str().expect("UTF-8")]);
}

#[test]
fn a_canvas_that_was_put_away_is_for_its_teachers_alone() {
    let (mut server, cookie) = school();
    let ada = Browser { server: &server, cookie: cookie.clone() };
    ada.canvas(&json!({
        "name": "Old", "id": "old", "cooldown_ms": 0, "settings": { "join": "open", "look": "anyone" }
    }));
    let seat = server.join("old", "Bob");
    let (mut bob, mut onlooker) = (server.connect("old", Some(&seat)), server.connect("old", None));
    assert_eq!(listed(&server), ["old", "playground"]);
    ada.post("old", "archive", &json!({ "on": true })).expect(200);
    for client in [&mut bob, &mut onlooker] {
        assert_eq!(client.until_ended().map(|frame| u16::from(frame.code)), Some(4005));
    }
    drop(ada);
    server.restart();
    let ada = Browser { server: &server, cookie: cookie.clone() };
    assert_eq!(listed(&server), ["playground"]);
    let board = Request::get("/api/canvases/old/board");
    server.send(&board.clone().header("Cookie", &seat.cookie)).expect_error(403, "archived");
    server.send(&board).expect_error(403, "archived");
    let join = Request::post("/api/canvases/old/join").json(&json!({ "nickname": "Eve" }));
    server.send(&join).expect_error(403, "archived");
    ada.send(board.clone()).expect(200);
    server.connect("old", Some(&as_seat("old", &cookie)));
    assert_eq!(server.info("old")["mode"], "open", "the mode stays");
    ada.post("old", "archive", &json!({ "on": false })).expect(200);
    server.send(&board.header("Cookie", &seat.cookie)).expect(200);
    let student = Request::post("/api/canvases/old/archive").header("Cookie", &seat.cookie);
    server.send(&student.json(&json!({ "on": true }))).expect_error(401, "not_allowed");
}

#[test]
fn a_deleted_canvas_is_gone_with_everything_also_while_people_draw() {
    let (mut server, cookie) = school_with(&["--snapshot-interval", "1s"]);
    let ada = Browser { server: &server, cookie: cookie.clone() };
    ada.canvas(&json!({
        "name": "Doomed", "id": "doomed", "width": 64, "cooldown_ms": 0,
        "settings": { "join": "open", "look": "anyone" }
    }));
    let other = server.free_canvas("other", 32);
    server.person(&other, "Keeper").put(1, 1, 3);
    let crowd = Crowd::start(server.address(), "doomed", 2);
    crowd.wait_for(200);
    let pictures = server.data().join("snapshots/doomed");
    eventually("there is a picture", || pictures.exists().then_some(()));
    let mut onlooker = server.connect("doomed", None);
    delete(&ada, "doomed", "doomed").expect_error(400, "invalid");
    delete(&ada, "doomed", "Doomed").expect(204);
    assert_eq!(onlooker.until_ended().map(|frame| u16::from(frame.code)), Some(4005));
    crowd.stop();
    server.get("/api/canvases/doomed").expect_error(404, "no_such_canvas");
    delete(&ada, "doomed", "Doomed").expect_error(404, "no_such_canvas");
    assert!(!pictures.exists());
    let conn = rusqlite::Connection::open(server.data().join("place.db")).expect("opens");
    let count = |sql: &str| conn.query_row(sql, (), |row| row.get::<_, u32>(0)).expect(sql);
    for table in ["canvases", "seats", "cards", "chat", "canvas_teachers", "trash"] {
        let column = if table == "canvases" { "number" } else { "canvas" };
        assert_eq!(
            count(&format!("SELECT count(*) FROM {table} WHERE {column} = 2")),
            0,
            "{table}"
        );
    }
    assert_eq!(count("SELECT count(*) FROM journal WHERE key >> 40 = 2"), 0);
    assert_eq!(count("SELECT count(*) FROM checkpoint_parts WHERE canvas = 2"), 0);
    drop(conn);
    let again = ada.canvas(&json!({ "name": "Doomed", "id": "doomed" }));
    assert_eq!(again["seq"], 1, "the id is free, and nothing of the old one is there");
    drop(ada);
    server.restart();
    assert_eq!(server.viewer(&other).sees(1, 1), 3);
    place_ok(&["check", "--data", server.data().to_str().expect("UTF-8")]);
}
