//! What opens something is told to whoever it is for, and to nobody else: no
//! log, number, record or error repeats it, and the data folder holds none that
//! `docs/privacy.md` does not name.

use std::path::Path;

use serde_json::{Value, json};

use crate::harness::teacher::{Browser, browser, cookie, link_in, log_in, set_up};
use crate::harness::{Request, Response, Seat, Server};

const CANVAS: &str = "class";
const PASSWORD: &str = "zebra-quilt-77-lantern";

/// Everything is logged, also what the libraries have to say.
const LOG: [&str; 2] = ["--log", "trace,actix_http=trace,actix_server=trace,actix_web=trace"];

/// Something that opens something, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Link,
    Password,
    TeacherCookie,
    Token,
    AdminToken,
    SeatCookie,
    Card,
    ClassCode,
    InviteKey,
    Bot,
}

use Kind::*;

/// What may be read in the data folder: teachers show it to their classes again,
/// and the owner reads it there.
const READABLE: [(Kind, &str); 4] = [
    (AdminToken, "admin-token"),
    (ClassCode, "place.db"),
    (InviteKey, "place.db"),
    (Card, "place.db"),
];

type Secrets = Vec<(Kind, String)>;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn value_of(cookie: &str) -> String {
    cookie.split_once('=').expect("a name and a value").1.to_owned()
}

fn path(what: &str) -> String {
    format!("/api/canvases/{CANVAS}/{what}")
}

/// A school with one of each, each used rightly.
fn everything(server: &mut Server) -> (Secrets, String) {
    let link = link_in(&server.printed("teach#link="));
    server.get(&format!("/api/setup/{link}")).expect(200);
    let teacher = cookie(&set_up(server, &link, "Ada", PASSWORD).expect(200));
    log_in(server, "Ada", PASSWORD).expect(200);
    let mut secrets = vec![
        (Link, link),
        (Password, PASSWORD.to_owned()),
        (TeacherCookie, value_of(&teacher)),
        (AdminToken, admin_token(server.data())),
    ];
    let desk = Browser { server, cookie: teacher.clone() };
    desk.canvas(&json!({ "name": "Class", "id": CANVAS, "cooldown_ms": 0, "width": 32 }));
    desk.set(CANVAS, &json!({ "bots": true }));
    let label = json!({ "label": "Script" });
    let token = desk.send(Request::post("/api/teacher/tokens").json(&label)).expect(201).json();
    secrets.push((Token, text(&token["token"])));
    let codes = desk.post(CANVAS, "code", &json!({ "do": "open" })).expect(200).json();
    secrets.push((ClassCode, text(&codes["code"])));
    secrets.push((InviteKey, text(&codes["key"])));
    let join = |body: &Value| server.send(&Request::post(&path("join")).json(body)).expect(201);
    let bob = join(&json!({ "nickname": "Bob", "code": codes["code"] }));
    join(&json!({ "nickname": "Cy", "key": codes["key"] }));
    secrets.push((SeatCookie, value_of(&cookie(&bob))));
    secrets.push((Card, text(&bob.json()["card"])));
    let bot = Request::post(&path("bots")).json(&json!({ "name": "Robo" }));
    let bot = server.send(&bot.header("Cookie", &cookie(&bob))).expect(201).json();
    secrets.push((Bot, text(&bot["token"])));
    (secrets, teacher)
}

fn admin_token(data: &Path) -> String {
    let token = std::fs::read_to_string(data.join("admin-token"));
    token.expect("made at the start").trim().to_owned()
}

/// Opens what a seat's or bot's secret opens.
fn connect(server: &Server, secrets: &Secrets) {
    for (kind, secret) in secrets {
        let shown = match kind {
            SeatCookie => format!("place_seat={secret}"),
            Bot => format!("Bearer {secret}"),
            _ => continue,
        };
        let seat = Seat { canvas: CANVAS.to_owned(), number: 0, cookie: shown };
        server.connect(CANVAS, Some(&seat)).put(1, 1, 2);
    }
}

/// Shows a secret in every place where one could be shown, right or wrong.
fn shows(secret: &str) -> Vec<Request> {
    let mut requests = Vec::new();
    for asked in ["/api/teacher", &path("me"), &path("seats"), &path("board"), "/api/desk"] {
        let get = |name: &str, value: String| Request::get(asked).header(name, &value);
        requests.push(get("Cookie", format!("place_teacher={secret}")));
        requests.push(get("Cookie", format!("place_seat={secret}")));
        requests.push(get("Authorization", format!("Bearer {secret}")));
        requests.push(get("Authorization", format!("Basic {secret}")));
    }
    let posts = [
        ("/api/enter".to_owned(), json!({ "code": secret })),
        (path("card"), json!({ "card": secret })),
        (path("join"), json!({ "nickname": "Eve", "code": secret })),
        (path("join"), json!({ "nickname": "Fay", "key": secret })),
        ("/api/login".to_owned(), json!({ "name": "Ada", "password": secret })),
        ("/api/setup".to_owned(), json!({ "link": secret, "name": "Eve", "password": "x" })),
    ];
    requests.extend(posts.map(|(path, body)| Request::post(&path).json(&body)));
    requests.extend(misplaced(secret));
    requests
}

/// The same in bodies, paths and queries that can't be read.
fn misplaced(secret: &str) -> Vec<Request> {
    let bodies = [
        format!("{{\"code\": \"{secret}"),
        format!("{{\"code\": \"{secret}\"}} {secret}"),
        format!("\"{secret}\""),
        format!("{{\"code\": [\"{secret}\"]}}"),
        format!("{{\"code\": \"{secret}\\q\"}}"),
        format!("{{\"seat\": \"{secret}\", \"nickname\": \"Eve\"}}"),
        format!("{secret}={secret}"),
    ];
    let paths = ["/api/enter", "/api/login", "/api/setup", &path("join"), &path("card")];
    let mut requests: Vec<_> = paths
        .iter()
        .flat_map(|path| {
            bodies.iter().map(|body| Request::post(path).body("application/json", body.as_bytes()))
        })
        .collect();
    let gets = [
        format!("/api/setup/{secret}"),
        format!("/api/setup/{secret}%ff"),
        path(&format!("door?key={secret}")),
        path(&format!("door?key={secret}%ff")),
        path(&format!("chat?before={secret}")),
        path(&format!("image.png?scale={secret}")),
        path(&format!("record?format={secret}")),
    ];
    requests.extend(gets.iter().map(|path| Request::get(path)));
    requests.push(Request::delete(&format!("/api/teacher/tokens/{secret}")));
    requests
}

fn holds(bytes: &[u8], secret: &str) -> bool {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.contains(secret);
    }
    let finds = |wanted: &[u8]| bytes.windows(wanted.len()).any(|window| window == wanted);
    finds(secret.as_bytes()) || unhex(secret).is_some_and(|bytes| finds(&bytes))
}

/// A secret of digits as it could be stored, too.
fn unhex(secret: &str) -> Option<Vec<u8>> {
    let digit = |at: usize| u8::from_str_radix(secret.get(at..at + 2)?, 16).ok();
    (secret.len() == 64).then(|| (0..64).step_by(2).map(digit).collect::<Option<_>>()).flatten()
}

/// Fails if a text holds a secret.
#[track_caller]
fn holds_none(what: &str, text: &[u8], secrets: &Secrets) {
    for (kind, secret) in secrets {
        assert!(!holds(text, secret), "{what} holds the {kind:?}");
    }
}

/// An error says nothing of what was shown.
#[track_caller]
fn tells_nothing(answer: &Response, secrets: &Secrets) {
    if answer.status >= 400 {
        let said = answer.text();
        holds_none(&format!("an error ({said})"), said.as_bytes(), secrets);
    }
}

/// Each file of a folder, with its path below it.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the data folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            let below = files(&path).into_iter();
            found.extend(below.map(|(path, bytes)| (format!("{name}/{path}"), bytes)));
        } else if path.is_file() {
            found.push((name, std::fs::read(&path).expect("a file")));
        }
    }
    found
}

/// The data folder holds what may be read there, and nothing else.
fn the_folder_holds_what_is_documented(data: &Path, secrets: &Secrets) {
    let files = files(data);
    assert!(files.iter().any(|(name, _)| name == "place.db"), "it was read");
    for (kind, secret) in secrets {
        let readable = READABLE.iter().find(|(known, _)| known == kind).map(|(_, file)| *file);
        let found: Vec<_> =
            files.iter().filter(|(_, bytes)| holds(bytes, secret)).map(|(name, _)| name).collect();
        match readable {
            None => assert!(found.is_empty(), "the {kind:?} is in {found:?}"),
            Some(file) => {
                assert!(!found.is_empty(), "the {kind:?} is not readable: docs/privacy.md");
                let is_there = |name: &&String| name.starts_with(file);
                assert!(found.iter().all(is_there), "the {kind:?} is in {found:?}");
            }
        }
    }
}

#[test]
fn nothing_repeats_what_opens_something() {
    let mut server = Server::with(&LOG);
    let (secrets, teacher) = everything(&mut server);
    assert_eq!(secrets.len(), 10, "one of each kind");
    connect(&server, &secrets);
    for (_, secret) in &secrets {
        for request in shows(secret) {
            tells_nothing(&server.send(&request), &secrets);
            let foreign = request.header("Origin", "http://evil.example");
            tells_nothing(&server.send(&foreign), &secrets);
        }
    }
    let desk = Browser { server: &server, cookie: teacher };
    for what in ["record", "record?format=csv", "record?format=csv&placements=true"] {
        holds_none(what, &desk.get(CANVAS, what).expect(200).body, &secrets);
    }
    for what in ["/api/teacher", "/api/teacher/logins", "/api/teacher/tokens", "/api/teachers"] {
        holds_none(what, &desk.send(Request::get(what)).expect(200).body, &secrets);
    }
    for public in ["/metrics", "/readyz", "/api/canvases", &path("door"), &path("me")] {
        holds_none(public, &server.get(public).body, &secrets);
    }
    the_folder_holds_what_is_documented(server.data(), &secrets);
    server.terminate();
    the_folder_holds_what_is_documented(server.data(), &secrets);
    let log = server.log();
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "it is talkative");
    holds_none("the log", log.as_bytes(), &secrets);
}

#[test]
fn a_password_that_is_changed_or_refused_is_in_no_log_either() {
    let mut server = Server::with(&LOG);
    let link = link_in(&server.printed("teach#link="));
    let short = "q7#";
    set_up(&server, &link, "Ada", short).expect_error(400, "invalid");
    let ada = browser(&server, &set_up(&server, &link, "Ada", PASSWORD).expect(200));
    let next = "maple-orbit-31-teacup";
    let change = |old: &str, new: &str| {
        ada.send(Request::post("/api/teacher/password").json(&json!({ "old": old, "new": new })))
    };
    let wrong = "wrong-walnut-19-ferry";
    change(wrong, next).expect_error(403, "wrong_password");
    change(PASSWORD, next).expect(200);
    let secrets: Secrets = [PASSWORD, next, wrong].map(|secret| (Password, secret.into())).into();
    holds_none("the log", server.log().as_bytes(), &secrets);
    the_folder_holds_what_is_documented(server.data(), &secrets);
}
