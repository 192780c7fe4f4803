//! Teachers: from the link that the first start prints to their log-ins and
//! tokens.

use serde_json::{Value, json};

use crate::harness::teacher::{
    Browser, PASSWORD, browser, cookie, link_in, log_in, school, set_up,
};
use crate::harness::{Request, Server, place_fails, place_ok};

#[test]
fn the_first_start_prints_a_link_that_works_once() {
    let mut server = Server::start();
    let link = link_in(&server.printed("teach#link="));
    let shown = server.get(&format!("/api/setup/{link}")).expect(200).json();
    assert_eq!(shown["teacher"], Value::Null, "for somebody new");
    set_up(&server, &link, "Ada", "short").expect_error(400, "invalid");
    set_up(&server, &link, "   ", PASSWORD).expect_error(400, "invalid");
    let answer = set_up(&server, &link, " Ada   Lovelace ", PASSWORD).expect(200);
    let ada = browser(&server, &answer);
    let me = ada.send(Request::get("/api/teacher")).expect(200).json();
    assert_eq!(me["teacher"]["name"], "Ada Lovelace");
    set_up(&server, &link, "Mallory", PASSWORD).expect_error(410, "link_used");
    server.get(&format!("/api/setup/{link}")).expect_error(410, "link_used");
    server.get("/api/teacher").expect_error(401, "not_allowed");

    let cookie = answer.header("set-cookie").expect("a cookie");
    for rule in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"] {
        assert!(cookie.contains(rule), "{cookie} has {rule}");
    }
    let cookie = ada.cookie.clone();
    server.restart();
    let me = Browser { server: &server, cookie }.send(Request::get("/api/teacher"));
    me.expect(200);
}

#[test]
fn a_log_in_is_listed_and_can_be_ended_from_elsewhere() {
    let (server, cookie) = school();
    let desk = Browser { server: &server, cookie };
    let phone = browser(&server, &log_in(&server, "ada  LOVELACE", PASSWORD).expect(200));
    assert_ne!(phone.cookie, desk.cookie, "each has its own");
    let list = desk.send(Request::get("/api/teacher/logins")).expect(200).json();
    let logins = list["logins"].as_array().expect("a list");
    assert_eq!(logins.len(), 2);
    let here: Vec<_> = logins.iter().map(|login| login["is_this"].as_bool()).collect();
    assert_eq!(here, [Some(false), Some(true)], "newest first");
    let other = &logins[0]["id"];
    desk.send(Request::delete(&format!("/api/teacher/logins/{other}"))).expect(204);
    phone.send(Request::get("/api/teacher")).expect_error(401, "not_allowed");
    desk.send(Request::delete(&format!("/api/teacher/logins/{other}")))
        .expect_error(404, "not_found");
    desk.send(Request::post("/api/logout")).expect(204);
    desk.send(Request::get("/api/teacher")).expect_error(401, "not_allowed");
}

#[test]
fn a_planted_cookie_is_not_taken_over() {
    let (server, _) = school();
    let body = json!({ "name": "Ada Lovelace", "password": PASSWORD });
    let planted = "place_teacher=0000";
    let request = Request::post("/api/login").json(&body).header("Cookie", planted);
    let answer = server.send(&request).expect(200);
    assert_ne!(cookie(&answer), planted);
    let thief = Browser { server: &server, cookie: planted.to_owned() };
    thief.send(Request::get("/api/teacher")).expect_error(401, "not_allowed");
}

#[test]
fn guessing_is_slowed_down_by_account_and_not_by_address() {
    let (mut server, _) = school();
    let link = link_in(&place_ok(&["teacher", "add", "--data", server.data().to_str().unwrap()]));
    set_up(&server, &link, "Grace", PASSWORD).expect(200);
    let unknown = log_in(&server, "Nobody", PASSWORD).expect_error(403, "wrong_password");
    let mut wrong = 0;
    let text = loop {
        let answer = log_in(&server, "Ada Lovelace", "wrong password");
        if answer.status == 429 {
            break answer.expect_error(429, "too_many_logins");
        }
        let said = answer.expect_error(403, "wrong_password");
        assert_eq!(said, unknown, "nobody learns who exists");
        wrong += 1;
        assert!(wrong <= 20, "for ever");
    };
    assert!(wrong >= 9, "{wrong} attempts are what a person needs; {text}");
    log_in(&server, "ADA lovelace", PASSWORD).expect_error(429, "too_many_logins");
    log_in(&server, "Grace", PASSWORD).expect(200);
    server.terminate();
}

#[test]
fn another_site_s_page_logs_nobody_in_or_out() {
    let (server, cookie) = school();
    let ada = Browser { server: &server, cookie };
    let body = json!({ "name": "Ada Lovelace", "password": PASSWORD });
    for request in [
        Request::post("/api/login").json(&body),
        Request::post("/api/logout"),
        Request::post("/api/teacher/tokens").json(&json!({ "label": "x" })),
        Request::post("/api/canvases").json(&json!({ "name": "x" })),
        Request::post("/api/teachers").json(&json!({})),
    ] {
        let foreign = request.header("Origin", "http://evil.example");
        ada.send(foreign).expect_error(403, "foreign_origin");
    }
    ada.send(Request::get("/api/teacher")).expect(200);
}

#[test]
fn a_token_works_for_programs_until_it_is_revoked() {
    let (server, cookie) = school();
    let ada = Browser { server: &server, cookie };
    let made = ada.send(Request::post("/api/teacher/tokens").json(&json!({ "label": "Script" })));
    let made = made.expect(201).json();
    let bearer = format!("Bearer {}", made["token"].as_str().expect("a token"));
    let create = |id: &str| {
        let body = json!({ "name": id, "id": id });
        Request::post("/api/canvases").json(&body).header("Authorization", &bearer)
    };
    server.send(&create("one")).expect(201);
    let list = ada.send(Request::get("/api/teacher/tokens")).expect(200);
    assert!(!list.text().contains(made["token"].as_str().unwrap()), "told once");
    assert_eq!(list.json()["tokens"][0]["label"], "Script");
    ada.send(Request::delete(&format!("/api/teacher/tokens/{}", made["id"]))).expect(204);
    server.send(&create("two")).expect_error(401, "not_allowed");
}

#[test]
fn another_password_ends_what_the_old_one_opened() {
    let (server, cookie) = school();
    let ada = Browser { server: &server, cookie };
    let token = ada.send(Request::post("/api/teacher/tokens").json(&json!({ "label": "Script" })));
    let token = token.expect(201).json()["token"].as_str().unwrap().to_owned();
    let change = |old: &str, new: &str| {
        ada.send(Request::post("/api/teacher/password").json(&json!({ "old": old, "new": new })))
    };
    change("wrong password", "battery staple").expect_error(403, "wrong_password");
    change(PASSWORD, "short").expect_error(400, "invalid");
    let fresh = browser(&server, &change(PASSWORD, "battery staple").expect(200));
    fresh.send(Request::get("/api/teacher")).expect(200);
    ada.send(Request::get("/api/teacher")).expect_error(401, "not_allowed");
    let bearer = Request::get("/api/teacher").header("Authorization", &format!("Bearer {token}"));
    server.send(&bearer).expect_error(401, "not_allowed");
    log_in(&server, "Ada Lovelace", PASSWORD).expect_error(403, "wrong_password");
    log_in(&server, "Ada Lovelace", "battery staple").expect(200);
}

#[test]
fn the_owner_adds_resets_lists_and_removes_with_and_without_a_server() {
    let (mut server, cookie) = school();
    let data = server.data().to_str().unwrap().to_owned();
    let place = |args: &[&str]| place_ok(&[&["teacher"], args, &["--data", &data]].concat());
    let second = link_in(&place(&["add"]));
    set_up(&server, &second, "Grace", PASSWORD).expect(200);
    assert_eq!(place(&["list"]), "Ada Lovelace\nGrace\n");
    let taken = link_in(&place(&["add"]));
    set_up(&server, &taken, "GRACE", PASSWORD).expect_error(409, "exists");

    let reset = link_in(&place(&["reset", "ada lovelace"]));
    let shown = server.get(&format!("/api/setup/{reset}")).expect(200).json();
    assert_eq!(shown["teacher"]["name"], "Ada Lovelace");
    set_up(&server, &reset, "ignored", "battery staple").expect(200);
    let old = Browser { server: &server, cookie };
    old.send(Request::get("/api/teacher")).expect_error(401, "not_allowed");
    log_in(&server, "Ada Lovelace", "battery staple").expect(200);

    // A colleague may be invited by a teacher, but not taken over.
    let ada = browser(&server, &log_in(&server, "Ada Lovelace", "battery staple").expect(200));
    let invite = |body: &Value| ada.send(Request::post("/api/teachers").json(body));
    invite(&json!({ "name": "Grace" })).expect_error(403, "owner_only");
    let third = invite(&json!({})).expect(201).json()["link"].as_str().unwrap().to_owned();
    ada.send(Request::delete("/api/teachers/2")).expect_error(403, "owner_only");
    set_up(&server, &third, "Hedy", PASSWORD).expect(200);

    place(&["remove", "grace"]);
    log_in(&server, "Grace", PASSWORD).expect_error(403, "wrong_password");
    server.terminate();
    place(&["remove", "Hedy"]);
    assert_eq!(place(&["list"]), "Ada Lovelace\n");
    let (_, said) = place_fails(&["teacher", "reset", "Nobody", "--data", &data]);
    assert!(said.contains("no such teacher"), "{said}");
    let offline = link_in(&place(&["add"]));
    server.launch();
    set_up(&server, &offline, "Grace", PASSWORD).expect(200);
}

#[test]
fn neither_passwords_nor_secrets_reach_the_log() {
    let mut server = Server::with(&["--log", "trace"]);
    let link = link_in(&server.printed("teach#link="));
    let answer = set_up(&server, &link, "Ada", PASSWORD).expect(200);
    let ada = browser(&server, &answer);
    let token = ada.send(Request::post("/api/teacher/tokens").json(&json!({ "label": "x" })));
    let token = token.expect(201).json()["token"].as_str().unwrap().to_owned();
    let bearer = Request::get("/api/teacher").header("Authorization", &format!("Bearer {token}"));
    server.send(&bearer).expect(200);
    let (_, cookie) = ada.cookie.split_once('=').unwrap();
    let log = server.log();
    for secret in [PASSWORD, &link, cookie, &token] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
