//! Who may ask for what: every endpoint, asked as everybody. One that is new
//! fails here until the table of endpoints has it.

use std::collections::BTreeSet;
use std::path::Path;

use place::http::spec::{ENDPOINTS, Endpoint, Who, document};
use serde_json::json;

use crate::harness::class::{CLASS, Class};
use crate::harness::teacher::teacher;
use crate::harness::{Request, Response};

/// Who asks: all of them know the addresses of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    Anonymous,
    Student,
    Frozen,
    Banned,
    Waiting,
    OfAnotherCanvas,
    AnotherTeacher,
    Teacher,
    Owner,
}

use Asker::*;

const ASKERS: [Asker; 9] =
    [Anonymous, Student, Frozen, Banned, Waiting, OfAnotherCanvas, AnotherTeacher, Teacher, Owner];

/// What an endpoint says to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Whoever asks may: what comes of it depends on what is asked.
    Allowed,
    /// Nobody who may is known: 401.
    Unknown,
    /// It is known who asks, and that one may not: 403.
    Forbidden,
}

use Verdict::*;

/// What must be said: on a canvas that only those with a seat may look at.
fn expected(endpoint: &Endpoint, asker: Asker) -> Verdict {
    let Endpoint { path, who, .. } = endpoint;
    let is_at_the_door = path.ends_with("/join") || path.ends_with("/card");
    match (who, asker) {
        (Who::Anyone, Banned) if is_at_the_door => Forbidden,
        // Whoever has the admin token is nobody who could sit down.
        (Who::Anyone, Owner) if path.ends_with("/join") => Forbidden,
        (Who::Anyone, _)
        | (Who::Look | Who::Seated, Student | Frozen | Teacher | Owner)
        | (Who::Student, Student | Frozen)
        | (Who::Teacher, Teacher | Owner)
        | (Who::AnyTeacher, Teacher | AnotherTeacher | Owner)
        | (Who::Account, Teacher | AnotherTeacher)
        | (Who::Owner, Owner) => Allowed,
        (Who::Look | Who::Seated | Who::Student, _)
        | (Who::Teacher, AnotherTeacher)
        | (Who::Account, Owner)
        | (Who::Owner, Teacher | AnotherTeacher) => Forbidden,
        (Who::Teacher | Who::AnyTeacher | Who::Account | Who::Owner, _) => Unknown,
    }
}

/// A class with one of each.
struct Scene {
    class: Class,
    cookies: Vec<(Asker, String)>,
    student: u64,
}

impl Scene {
    fn new() -> Self {
        let class = Class::new();
        let another = teacher(&class.server, "Mallory");
        let other = json!({ "name": "Other", "id": "other", "width": 16, "height": 16 });
        class.server.canvas(&other);
        let elsewhere = class.server.join("other", "Eve");
        let join = |name: &str| class.server.join(CLASS, name);
        let (student, frozen, banned) = (join("Ada"), join("Bob"), join("Cleo"));
        for (seat, status) in [(&frozen, "frozen"), (&banned, "banned")] {
            let standing = format!("seats/{}/standing", seat.number);
            class.tool(&standing, &json!({ "status": status }));
        }
        class.settings(&json!({ "join": "approve", "look": "seats", "scores": true }));
        let code = class.change("POST", "code", &json!({ "do": "open" })).expect(200).json();
        let wish = json!({ "nickname": "Dora", "code": code["code"] });
        let waiting =
            class.server.send(&Request::post(&format!("/api/canvases/{CLASS}/join")).json(&wish));
        let waiting = crate::harness::teacher::cookie(&waiting.expect(201));
        class.settings(&json!({ "team_rule": "choose" }));
        let cookies = vec![
            (Student, student.cookie),
            (Frozen, frozen.cookie),
            (Banned, banned.cookie),
            (Waiting, waiting),
            (OfAnotherCanvas, elsewhere.cookie),
            (AnotherTeacher, another),
            (Teacher, class.teacher.clone()),
        ];
        Self { class, cookies, student: student.number }
    }

    /// The endpoint's own example, about things that there are.
    fn request(&self, endpoint: &Endpoint) -> Request {
        let path = endpoint.path;
        let path = path.replace("/canvases/{id}", &format!("/canvases/{CLASS}"));
        let path = path.replace("{seat}", &self.student.to_string());
        let path = path.replace("{x}", "0").replace("{y}", "0").replace("{name}", "none.png");
        let path = path.replace("{link}", "0000");
        let path = ["{message}", "{report}", "{announcement}", "{id}", "{number}"]
            .iter()
            .fold(path, |path, name| path.replace(name, "999"));
        assert!(!path.contains('{'), "{path}: what is to stand there?");
        let request = match endpoint.success {
            101 => upgrade(&path),
            _ => Request::new(endpoint.method, &path),
        };
        match endpoint.example() {
            Some(body) => request.json(&body),
            None if endpoint.method == "GET" => request,
            None => request.json(&json!({})),
        }
    }

    fn ask(&self, request: Request, asker: Asker) -> Response {
        match asker {
            Anonymous => self.class.ask(request, None),
            Owner => self.class.server.send(&self.class.server.as_admin(request)),
            asker => {
                let found = self.cookies.iter().find(|(known, _)| *known == asker);
                self.class.ask(request, Some(&found.expect("everybody is there").1))
            }
        }
    }
}

/// A handshake that would succeed.
fn upgrade(path: &str) -> Request {
    Request::get(path)
        .header("Upgrade", "websocket")
        .header("Connection", "Upgrade")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("Sec-WebSocket-Protocol", "place.v1")
}

/// Words of errors that say "not you".
fn is_about_the_asker(response: &Response) -> bool {
    let told = serde_json::from_slice::<serde_json::Value>(&response.body).unwrap_or_default();
    let code = told["error"]["code"].as_str().unwrap_or_default();
    [
        "not_allowed",
        "not_yours",
        "owner_only",
        "not_a_teacher",
        "seats_only",
        "waiting",
        "banned",
        "no_seat",
    ]
    .contains(&code)
}

fn verdict(response: &Response) -> Verdict {
    match response.status {
        401 => Unknown,
        403 if is_about_the_asker(response) => Forbidden,
        _ => Allowed,
    }
}

/// What ends somebody's access is tried last.
fn is_an_end(endpoint: &Endpoint) -> bool {
    let ends = ["/kick", "/renew", "/refuse", "/forget", "/archive", "/leave", "/logout"];
    // The seat that is asked about is no bot: nothing ends.
    let is_bot = endpoint.path.contains("/bots/");
    ends.iter().any(|end| endpoint.path.ends_with(end)) || (endpoint.method == "DELETE" && !is_bot)
}

#[test]
fn everybody_may_what_is_theirs_and_nothing_else() {
    let scene = Scene::new();
    let mut wrong = Vec::new();
    let mut try_one = |endpoint: &Endpoint, asker: Asker, expected: Verdict| {
        let response = scene.ask(scene.request(endpoint), asker);
        if verdict(&response) != expected {
            let Endpoint { method, path, .. } = endpoint;
            let said = response.text().chars().take(120).collect::<String>();
            wrong.push(format!("{method} {path} as {asker:?}: {} {said}", response.status));
        }
    };
    for may in [false, true] {
        for is_end in [false, true] {
            for endpoint in ENDPOINTS.iter().filter(|endpoint| is_an_end(endpoint) == is_end) {
                for asker in ASKERS {
                    let expected = expected(endpoint, asker);
                    if (expected == Allowed) == may && !is_left_out(endpoint, asker, may) {
                        try_one(endpoint, asker, expected);
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What ends the log-ins and seats of those who ask further; and the sockets of
/// those who may have one, of which other stories are full.
fn is_left_out(endpoint: &Endpoint, asker: Asker, may: bool) -> bool {
    let ends_own = ["/api/logout", "/api/canvases/{id}/leave"].contains(&endpoint.path);
    let is_socket = endpoint.path.ends_with("/ws");
    (ends_own && asker != Anonymous) || (is_socket && may)
}

#[test]
fn another_site_s_page_changes_nothing_as_anybody() {
    let scene = Scene::new();
    let mut wrong = Vec::new();
    let changes = |endpoint: &&Endpoint| endpoint.method != "GET" || endpoint.success == 101;
    for endpoint in ENDPOINTS.iter().filter(changes) {
        for asker in [Anonymous, Student, Teacher] {
            let request = scene.request(endpoint).header("Origin", "http://evil.example");
            let response = scene.ask(request, asker);
            if response.status != 403 || !response.text().contains("foreign_origin") {
                let Endpoint { method, path, .. } = endpoint;
                wrong.push(format!("{method} {path} as {asker:?}: {}", response.text()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The routes that the source registers: method and path below the API's.
fn registered() -> BTreeSet<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("server/src/http");
    let mut text = String::new();
    read_all(&folder, &mut text);
    let mut routes = BTreeSet::new();
    for (at, call) in text.match_indices(".route(").chain(text.match_indices("web::resource(")) {
        let rest = text[at + call.len()..].trim_start();
        let Some(path) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()) else {
            continue;
        };
        // A resource has several methods, until its own bracket ends.
        let end = match call {
            ".route(" => rest.find(".to("),
            _ => rest.find("\n        )").or_else(|| rest.find(';')),
        };
        for (method_at, _) in rest[..end.expect("a route has a method")].match_indices("web::") {
            let method = rest[method_at + 5..].split('(').next().expect("a method");
            if ["get", "post", "put", "patch", "delete"].contains(&method) {
                routes.insert((method.to_uppercase(), path.to_owned()));
            }
        }
    }
    routes
}

fn read_all(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).expect("the server's source") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read_all(&path, text);
        } else {
            text.push_str(&std::fs::read_to_string(&path).expect("source is text"));
        }
    }
}

#[test]
fn the_table_has_every_route_and_no_other() {
    let below = |path: &str| path.strip_prefix("/api").unwrap_or(path).to_owned();
    let told: BTreeSet<_> = ENDPOINTS
        .iter()
        .map(|endpoint| (endpoint.method.to_owned(), below(endpoint.path)))
        .collect();
    // Pages and what only the owner's tools ask.
    let mut registered = registered();
    registered.retain(|(_, path)| !NOT_FOR_PROGRAMS.contains(&path.as_str()));
    let missing: Vec<_> = registered.difference(&told).collect();
    let stale: Vec<_> = told.difference(&registered).collect();
    assert!(missing.is_empty(), "the table in http/spec has to tell of {missing:?}");
    assert!(stale.is_empty(), "there is no {stale:?}");
    assert!(registered.len() > 60, "the source was read: {registered:?}");
}

/// Routes that are no part of the API.
const NOT_FOR_PROGRAMS: [&str; 3] = ["/ws/echo", "/metrics", "/{tail:.*}"];

#[test]
fn the_document_is_up_to_date_and_served() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json");
    let text = serde_json::to_string_pretty(&document()).expect("JSON") + "\n";
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &text).expect("writes");
    }
    let kept = std::fs::read_to_string(&path).expect("docs/openapi.json");
    assert!(kept == text, "UPDATE_OPENAPI=1 writes docs/openapi.json anew");
    let server = crate::harness::Server::start();
    let answer = server.get("/api/openapi.json").expect(200).json();
    assert_eq!(answer, document());
}

#[test]
fn strange_ids_and_names_reach_nothing() {
    let class = Class::new();
    for id in ["..", "%2e%2e", "..%2f..%2fetc", "class%00", "class%2f..%2fclass", "%c3%28"] {
        for what in ["", "/board", "/record", "/snapshots", "/cells/0/0/who"] {
            let path = format!("/api/canvases/{id}{what}");
            let request = Request::get(&path);
            let status = class.ask(request, Some(&class.teacher)).status;
            assert!([400, 404].contains(&status), "{path}: {status}");
        }
    }
    for name in ["..", "%2e%2e%2fplace.db", "..%2f..%2fadmin-token", "%2fetc%2fpasswd", "place.db"]
    {
        let status = class.get(&format!("snapshots/{name}")).status;
        assert!([400, 404].contains(&status), "{name}: {status}");
    }
}
