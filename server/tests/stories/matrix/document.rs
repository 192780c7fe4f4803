//! The table of endpoints: that it has all of them, and that what is made from
//! it is up to date.

use std::collections::BTreeSet;
use std::path::Path;

use place::http::spec::{ENDPOINTS, document};
use serde_json::{Value, json};

use super::address;
use crate::harness::{Request, Response, Server};

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
    let server = Server::start();
    let answer = server.get("/api/openapi.json").expect(200).json();
    assert_eq!(answer, document());
}

/// The words that the server would have understood in place of one that it has
/// not.
fn understood(answer: Response) -> BTreeSet<String> {
    let told = answer.expect_error(400, "invalid");
    let (_, list) = told.split_once("expected ").unwrap_or_else(|| panic!("{told}"));
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The fields that an object may have.
fn fields(document: &Value, schema: &Value) -> BTreeSet<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let path = name.trim_start_matches('#');
        return fields(document, document.pointer(path).expect("it is there"));
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        return choices.iter().flat_map(|choice| fields(document, choice)).collect();
    }
    schema["properties"].as_object().into_iter().flat_map(|all| all.keys().cloned()).collect()
}

/// The server names what it would have taken: the document has exactly that.
#[test]
fn bodies_and_queries_have_the_fields_that_the_server_takes() {
    let (server, document) = (Server::start(), document());
    let unknown = json!({ "zz": 1 });
    for endpoint in ENDPOINTS {
        let path = address(endpoint, "playground", 1);
        let operation = &document["paths"][endpoint.path][endpoint.method.to_ascii_lowercase()];
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        // Dealing takes no body for an empty one.
        if body.is_object() && !path.ends_with("/deal") {
            let answer = server.send(&Request::new(endpoint.method, &path).json(&unknown));
            assert_eq!(understood(answer), fields(&document, body), "{endpoint:?}");
        }
    }
    for what in ["chat", "record"] {
        let path = format!("/api/canvases/playground/{what}");
        let parameters =
            document["paths"][format!("/api/canvases/{{id}}/{what}")]["get"]["parameters"]
                .as_array()
                .expect("parameters");
        let names = parameters.iter().filter(|parameter| parameter["in"] == "query");
        let names = names.map(|parameter| parameter["name"].as_str().expect("a name").to_owned());
        assert_eq!(understood(server.get(&format!("{path}?zz=1"))), names.collect(), "{what}");
    }
}

#[test]
fn what_lies_in_bodies_has_the_fields_that_the_server_takes() {
    let (server, document) = (Server::start(), document());
    let unknown = json!({ "zz": 1 });
    let inside = [
        ("PUT", "teams", json!({ "teams": [unknown] }), "NewTeam"),
        ("PATCH", "settings", json!({ "hours": unknown }), "Hours"),
        ("PATCH", "settings", json!({ "hours": { "zone": "UTC", "slots": [unknown] } }), "Slot"),
    ];
    for (method, what, body, shape) in inside {
        let path = format!("/api/canvases/playground/{what}");
        let answer = server.send(&Request::new(method, &path).json(&body));
        let schema = &document["components"]["schemas"][shape];
        assert_eq!(understood(answer), fields(&document, schema), "{shape}");
    }
}
