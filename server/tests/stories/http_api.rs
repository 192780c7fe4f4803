//! The API: lists, the admin's rights, and what is refused.

use serde_json::{Value, json};

use crate::harness::{Request, Server};

#[test]
fn an_empty_data_folder_gets_a_playground_for_everybody() {
    let server = Server::start();
    let list = server.get("/api/canvases").expect(200).json();
    let playground = &list["canvases"][0];
    assert_eq!(list["canvases"].as_array().unwrap().len(), 1);
    assert_eq!(playground["id"], "playground");
    assert_eq!(playground["name"], "Playground");
    assert_eq!(playground["mode"], "open");
    assert_eq!(playground["seq"], 1);
    assert_eq!(playground["online"], 0);
    assert_eq!(server.info("playground"), *playground);
    server.person("playground", "Ada").put(0, 0, 1);
    assert_eq!(server.info("playground")["seq"], 2);
}

#[test]
fn palettes_are_listed_and_can_be_chosen() {
    let server = Server::start();
    let palettes = server.get("/api/palettes").expect(200).json();
    let palettes = palettes["palettes"].as_array().unwrap();
    assert!(palettes.len() >= 2);
    for palette in palettes {
        let id = palette["id"].as_str().unwrap();
        let canvas = server.canvas(&json!({ "name": id, "palette": id, "width": 16 }));
        assert_eq!(server.info(&canvas)["palette"], palette["colors"], "{id}");
    }
}

#[test]
fn the_admin_creates_and_changes_and_others_hear_no() {
    let server = Server::start();
    let body = json!({
        "name": "Class 5b — Friday", "id": "5b", "width": 128, "height": 64, "palette": "studio-32",
        "cooldown_ms": 250, "saved_max": 4
    });
    let create = Request::post("/api/canvases").json(&body);
    let change = Request::patch("/api/canvases/playground").json(&json!({ "mode": "closed" }));
    for request in [&create, &change] {
        server.send(request).expect_error(401, "not_allowed");
        for wrong in ["Bearer ", "Bearer 0000", "Basic YWRtaW46YWRtaW4=", "bearer"] {
            let forged = request.clone().header("Authorization", wrong);
            server.send(&forged).expect_error(401, "not_allowed");
        }
    }
    assert_eq!(server.info("playground")["mode"], "open");

    let made = server.send(&server.as_admin(create.clone())).expect(201).json();
    for (field, value) in body.as_object().unwrap() {
        if field != "palette" {
            assert_eq!(made[field], *value, "{field}");
        }
    }
    assert_eq!(made["palette"].as_array().unwrap().len(), 32);
    assert_eq!(server.info("5b"), made);
    server.send(&server.as_admin(create)).expect_error(409, "exists");

    server.change("5b", &json!({ "name": "Renamed", "saved_max": 9 }));
    let info = server.info("5b");
    assert_eq!((&info["name"], &info["saved_max"]), (&json!("Renamed"), &json!(9)));
    assert_eq!(info["cooldown_ms"], 250, "what is not named stays");
    let nothing = server.as_admin(Request::patch("/api/canvases/5b").json(&json!({})));
    server.send(&nothing).expect(200);
}

#[test]
fn the_token_is_for_its_owner_only_and_stays() {
    use std::os::unix::fs::PermissionsExt;
    let mut server = Server::start();
    let path = server.data().join("admin-token");
    let token = std::fs::read_to_string(&path).unwrap();
    assert!(token.trim().len() >= 32, "{} characters", token.trim().len());
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(server.data()), 0o700);
    server.restart();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), token);
    server.canvas(&json!({ "name": "Again" }));
}

#[test]
fn bad_requests_hear_what_is_allowed() {
    let server = Server::start();
    let table: &[(Value, &str)] = &[
        (json!({}), "name"),
        (json!({ "name": "" }), "1 to 60"),
        (json!({ "name": "x".repeat(61) }), "1 to 60"),
        (json!({ "name": "x", "colour": "red" }), "colour"),
        (json!({ "name": "x", "id": "Not/an id" }), "a-z"),
        (json!({ "name": "x", "id": "" }), ""),
        (json!({ "name": "x", "width": 15 }), "16"),
        (json!({ "name": "x", "width": 4097 }), "4096"),
        (json!({ "name": "x", "width": 70_000 }), ""),
        (json!({ "name": "x", "palette": "nowhere" }), "nowhere"),
        (json!({ "name": "x", "palette": [{ "name": "Red", "hex": "red" }] }), ""),
        (json!({ "name": "x", "palette": [{ "name": "Red", "hex": "#ff0000" }] }), "2"),
        (json!({ "name": "x", "cooldown_ms": 90_000_000 }), "86400000"),
        (json!({ "name": "x", "saved_max": 0 }), "1 to 1000"),
        (json!({ "name": "x", "mode": "shut" }), "frozen"),
        (json!([]), ""),
    ];
    for (body, hint) in table {
        let request = server.as_admin(Request::post("/api/canvases").json(body));
        let answer = server.send(&request);
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
        let text = answer.expect_error(400, "invalid");
        assert!(text.contains(hint), "{body}: {text}");
    }
    let patch = json!({ "cooldown_ms": 90_000_000 });
    let patch = Request::patch("/api/canvases/playground").json(&patch);
    server.send(&server.as_admin(patch)).expect_error(400, "invalid");
    let size = Request::patch("/api/canvases/playground").json(&json!({ "width": 512 }));
    server.send(&server.as_admin(size)).expect_error(400, "invalid");
    assert_eq!(server.get("/api/canvases").json()["canvases"].as_array().unwrap().len(), 1);
}

#[test]
fn bodies_that_are_no_json_or_too_long_are_refused() {
    let server = Server::start();
    let post = || server.as_admin(Request::post("/api/canvases"));
    for body in ["", "{", "name=x", "{\"name\":\"\u{0}\"}", "nonsense"] {
        let request = post().body("application/json", body.as_bytes());
        server.send(&request).expect_error(400, "invalid");
    }
    let form = post().body("text/plain", b"{\"name\":\"x\"}");
    server.send(&form).expect_error(400, "invalid");
    let long = format!("{{\"name\":\"{}\"}}", "x".repeat(100_000));
    server.send(&post().body("application/json", long.as_bytes())).expect_error(413, "too_big");
    let deep = "[".repeat(20_000);
    server.send(&post().body("application/json", deep.as_bytes())).expect_error(400, "invalid");
    server.get("/healthz").expect(200);
}

#[test]
fn nicknames_are_tidied_and_bounded() {
    let server = Server::start();
    let path = "/api/canvases/playground/join";
    for (given, kept) in [("  Ada   L. ", "Ada L."), ("小明", "小明"), ("🎨🎨", "🎨🎨")]
    {
        let answer = server.send(&Request::post(path).json(&json!({ "nickname": given })));
        assert_eq!(answer.expect(201).json()["seat"]["nickname"], kept);
    }
    for bad in ["", "   ", &"x".repeat(25), "a\u{202e}b", "a\u{7}b"] {
        let request = Request::post(path).json(&json!({ "nickname": bad }));
        let text = server.send(&request).expect_error(400, "invalid");
        assert!(text.contains("1 to 24"), "{text}");
    }
    server.send(&Request::post(path).json(&json!({}))).expect_error(400, "invalid");
    let nowhere = Request::post("/api/canvases/nowhere/join").json(&json!({ "nickname": "Ada" }));
    server.send(&nowhere).expect_error(404, "no_such_canvas");
}

#[test]
fn pages_of_other_sites_change_nothing() {
    let server = Server::start();
    let join = |origin: &str| {
        Request::post("/api/canvases/playground/join")
            .json(&json!({ "nickname": "Ada" }))
            .header("Origin", origin)
    };
    server.send(&join(&server.origin())).expect(201);
    for origin in ["http://evil.example", "null", "https://127.0.0.1"] {
        server.send(&join(origin)).expect_error(403, "foreign_origin");
    }
    let create = server.as_admin(Request::post("/api/canvases").json(&json!({ "name": "x" })));
    let foreign = create.header("Origin", "http://evil.example");
    server.send(&foreign).expect_error(403, "foreign_origin");
}

#[test]
fn the_seat_s_cookie_is_as_closed_as_it_can_be() {
    let server = Server::start();
    let request = Request::post("/api/canvases/playground/join").json(&json!({"nickname": "Ada"}));
    let answer = server.send(&request).expect(201);
    let cookie = answer.header("set-cookie").unwrap();
    let parts: Vec<&str> = cookie.split("; ").collect();
    assert!(parts[0].starts_with("place_seat=") && parts[0].len() > 40, "{cookie}");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/api/canvases/playground"] {
        assert!(parts.contains(&part), "{cookie}");
    }
    assert!(!parts.contains(&"Secure"), "it could not be sent over plain HTTP: {cookie}");
    assert!(cookie.contains("Max-Age=31536000"), "{cookie}");
}

#[test]
fn what_is_not_there_is_said_in_json() {
    let server = Server::start();
    for path in ["/api", "/api/", "/api/nothing", "/api/canvases/playground/nothing"] {
        server.get(path).expect_error(404, "not_found");
    }
    server.get("/api/canvases/nowhere").expect_error(404, "no_such_canvas");
    server.get("/api/canvases/%2e%2e%2fplayground").expect_error(404, "no_such_canvas");
    let wrong = server.send(&Request::new("PUT", "/api/canvases/playground"));
    assert!([404, 405].contains(&wrong.status), "{}", wrong.status);
}
