//! Every answer of every story is held against the server's own document: what
//! was taken and what is told must be as `docs/openapi.json` has it.

use std::sync::LazyLock;

use serde_json::Value;

use super::http::Response;
use super::schema::complaint;

static DOCUMENT: LazyLock<Value> = LazyLock::new(place::http::spec::document);

/// Fails if an endpoint answers, or takes, something else than its document
/// says. What is no endpoint of the document is nobody's business here.
pub(super) fn check(method: &str, path: &str, body: &[u8], response: &Response) {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let Some(operation) = operation(method, path) else { return };
    let what = format!("{method} {path}, {}", response.status);
    let told = &operation["responses"][response.status.to_string()];
    if told.is_object() {
        tells(&what, told, response);
    } else if response.status >= 400 {
        let content = &DOCUMENT["components"]["responses"]["Error"]["content"];
        hold(&what, &content["application/json"]["schema"], response);
    } else {
        let is_success = (200..300).contains(&response.status);
        assert!(!is_success, "{what}: the document does not have this status");
    }
    if (200..300).contains(&response.status) {
        takes(&what, operation, query, body);
    }
}

/// The operation at a path, if the document has it.
fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let method = method.to_ascii_lowercase();
    let fits = |template: &str| {
        let mut parts = template.split('/').zip(path.split('/'));
        let is_same = |(part, given): (&str, &str)| part.starts_with('{') || part == given;
        template.split('/').count() == path.split('/').count() && parts.all(is_same)
    };
    // A path's own name is nearer than one with something in braces.
    let mut found: Vec<_> = paths.iter().filter(|(template, _)| fits(template)).collect();
    found.sort_by_key(|(template, _)| template.matches('{').count());
    found.first()?.1.get(&method)
}

/// Fails if the JSON of an answer is not what a schema says.
fn hold(what: &str, schema: &Value, response: &Response) {
    // What is no JSON is an answer of no handler: the document says nothing.
    let Ok(told) = serde_json::from_slice::<Value>(&response.body) else { return };
    if let Some(complaint) = complaint(&DOCUMENT, schema, &told) {
        panic!("{what}: {complaint} in {told}");
    }
}

fn tells(what: &str, told: &Value, response: &Response) {
    let Some(content) = told.get("content") else {
        return assert!(response.body.is_empty(), "{what}: a body where none is in the document");
    };
    let media = response.header("content-type").unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default();
    let form = content.get(media).unwrap_or_else(|| panic!("{what}: {media} is not in {content}"));
    if media == "application/json" && !response.body.is_empty() {
        hold(what, &form["schema"], response);
    }
}

/// Fails if something was taken that the document does not have.
fn takes(what: &str, operation: &Value, query: &str, body: &[u8]) {
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let named = |parameter: &&Value| parameter["in"] == "query" && parameter["name"] == name;
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let known = parameters.clone().find(named);
        let known = known.unwrap_or_else(|| panic!("{what}: ?{name} is not in the document"));
        let is_whole = |schema: &Value| schema["type"] == "integer";
        let value = match value.parse::<u64>() {
            Ok(number) if is_whole(&known["schema"]) => number.into(),
            _ => Value::from(value),
        };
        let complaint = complaint(&DOCUMENT, &known["schema"], &value);
        assert!(complaint.is_none(), "{what}: ?{name}: {complaint:?}");
    }
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    if let (Ok(taken), true) = (serde_json::from_slice::<Value>(body), schema.is_object())
        && let Some(complaint) = complaint(&DOCUMENT, schema, &taken)
    {
        panic!("{what}: it takes {taken}, but {complaint}");
    }
}
