//! Every endpoint, asked as everybody.

use place::http::spec::{ENDPOINTS, Endpoint, Who};

use super::{ASKERS, Asker, Look, Scene};
use crate::harness::class::Class;
use crate::harness::{Request, Response};

use Asker::*;

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

/// What must be said.
fn expected(endpoint: &Endpoint, asker: Asker, look: Look) -> Verdict {
    let Endpoint { path, who, .. } = endpoint;
    let is_at_the_door = path.ends_with("/join") || path.ends_with("/card");
    let is_bot = matches!(asker, StudentsBot | TeachersBot);
    let is_in = is_bot || matches!(asker, Student | Rival | Frozen | Muted);
    match (who, asker) {
        (Who::Anyone, Banned) if is_at_the_door => Forbidden,
        // Whoever has the admin token is nobody who could sit down.
        (Who::Anyone, Owner) if path.ends_with("/join") => Forbidden,
        // Bots have no bots.
        (Who::Seated, _) if is_bot && path.contains("/bots") => Forbidden,
        (Who::Look, asker) if look == Look::Anyone && asker != Banned => Allowed,
        (Who::Look | Who::Seated | Who::Student, _) if is_in => Allowed,
        (Who::Anyone, _)
        | (Who::Look | Who::Seated | Who::Teacher | Who::AnyTeacher, Teacher | Owner)
        | (Who::AnyTeacher | Who::Account, AnotherTeacher)
        | (Who::Account, Teacher)
        | (Who::Owner, Owner) => Allowed,
        (Who::Look | Who::Seated | Who::Student, _)
        | (Who::Teacher, AnotherTeacher)
        | (Who::Account, Owner)
        | (Who::Owner, Teacher | AnotherTeacher) => Forbidden,
        (Who::Teacher | Who::AnyTeacher | Who::Account | Who::Owner, _) => Unknown,
    }
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

/// Asks everything as everybody: first what they may not, and what ends
/// somebody's access at last.
fn ask_everything(look: Look) {
    let scene = Scene::new(look);
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
                // The projector is another way to look, and nobody else.
                for asker in ASKERS.into_iter().filter(|asker| *asker != Projector) {
                    let expected = expected(endpoint, asker, look);
                    if (expected == Allowed) == may && !is_left_out(endpoint, asker, may) {
                        try_one(endpoint, asker, expected);
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn everybody_may_what_is_theirs_and_nothing_else() {
    ask_everything(Look::Seats);
}

#[test]
fn where_anyone_may_look_nobody_may_more_than_look() {
    ask_everything(Look::Anyone);
}

/// What ends the log-ins and seats of those who ask further; and the sockets of
/// those who may have one, which are asked elsewhere.
fn is_left_out(endpoint: &Endpoint, asker: Asker, may: bool) -> bool {
    let ends_own = ["/api/logout", "/api/canvases/{id}/leave"].contains(&endpoint.path);
    let is_socket = endpoint.path.ends_with("/ws");
    (ends_own && asker != Anonymous) || (is_socket && may)
}

#[test]
fn another_site_s_page_changes_nothing_as_anybody() {
    let scene = Scene::new(Look::Seats);
    let mut wrong = Vec::new();
    let changes = |endpoint: &&Endpoint| endpoint.method != "GET" || endpoint.success == 101;
    for endpoint in ENDPOINTS.iter().filter(changes) {
        for asker in [Anonymous, Student, StudentsBot, Teacher] {
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
