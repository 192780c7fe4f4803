//! The API described for programs: an `OpenAPI` document, made from one table of
//! all endpoints. Tests compare the table with the routes, and ask each endpoint
//! as everybody.

mod table;

use actix_web::{HttpResponse, web};
use serde_json::{Map, Value, json};

pub use table::ENDPOINTS;

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody.
    Anyone,
    /// Who may look at the canvas: everybody, or those with a seat.
    Look,
    /// Who has a seat in the canvas and was let in; its teachers.
    Seated,
    /// Who has a seat in the canvas and was let in.
    Student,
    /// Teachers of the canvas, and the owner of the server.
    Teacher,
    /// Every teacher, and the owner.
    AnyTeacher,
    /// Teachers, about their own account.
    Account,
    /// The owner of the server.
    Owner,
}

/// One thing that can be asked.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint {
    /// The HTTP method.
    pub method: &'static str,
    /// The path below the base path, with names in braces.
    pub path: &'static str,
    /// Who may ask.
    pub who: Who,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// A body to send, as an example; empty for none.
    pub body: &'static str,
    /// The status of success.
    pub success: u16,
}

impl Who {
    /// In words.
    fn words(self) -> &'static str {
        match self {
            Self::Anyone => "Everybody.",
            Self::Look => "Who may look at the canvas.",
            Self::Seated => "Who has a seat in the canvas and was let in, and its teachers.",
            Self::Student => "Who has a seat in the canvas and was let in.",
            Self::Teacher => "Teachers of the canvas, and the owner of the server.",
            Self::AnyTeacher => "Every teacher, and the owner of the server.",
            Self::Account => "Teachers, about their own account.",
            Self::Owner => "The owner of the server.",
        }
    }

    /// What can be shown for it: each alone is enough.
    fn security(self) -> Value {
        match self {
            Self::Anyone => json!([]),
            Self::Look => json!([{}, { "seat": [] }, { "bearer": [] }, { "teacher": [] }]),
            Self::Seated => json!([{ "seat": [] }, { "bearer": [] }, { "teacher": [] }]),
            Self::Student => json!([{ "seat": [] }, { "bearer": [] }]),
            Self::Teacher | Self::AnyTeacher | Self::Account => {
                json!([{ "bearer": [] }, { "teacher": [] }])
            }
            Self::Owner => json!([{ "bearer": [] }]),
        }
    }
}

/// The routes of this module.
pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/openapi.json", web::get().to(show));
}

/// `GET /api/openapi.json`
async fn show() -> HttpResponse {
    HttpResponse::Ok().json(document())
}

/// The whole document.
pub fn document() -> Value {
    let mut paths = Map::new();
    for endpoint in ENDPOINTS {
        let path = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        path[endpoint.method.to_ascii_lowercase()] = operation(endpoint);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "PLACE",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The HTTP side of a PLACE server. Paths are below its base path. \
                Times are milliseconds since the Unix epoch. Requests that change something are \
                refused when they come from another site's page.",
        },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer" },
                "seat": { "type": "apiKey", "in": "cookie", "name": "place_seat" },
                "teacher": { "type": "apiKey", "in": "cookie", "name": "place_teacher" },
            },
            "responses": {
                "Error": {
                    "description": "It was not done.",
                    "content": { "application/json": { "schema": error_schema() } },
                },
            },
        },
    })
}

fn error_schema() -> Value {
    json!({
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "text"],
                "properties": {
                    "code": { "type": "string", "description": "A word for programs." },
                    "text": { "type": "string", "description": "A sentence for people." },
                },
            },
        },
    })
}

fn operation(endpoint: &Endpoint) -> Value {
    let success = endpoint.success.to_string();
    let mut operation = json!({
        "summary": endpoint.summary,
        "description": endpoint.who.words(),
        "security": endpoint.who.security(),
        "responses": {
            success: { "description": "Done." },
            "default": { "$ref": "#/components/responses/Error" },
        },
    });
    let parameters: Vec<Value> = parameters(endpoint.path).map(parameter).collect();
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if let Some(example) = endpoint.example() {
        operation["requestBody"] = json!({
            "required": true,
            "content": {
                "application/json": { "schema": schema_of(&example), "example": example },
            },
        });
    }
    operation
}

impl Endpoint {
    /// A line of the table.
    const fn of(
        method: &'static str,
        path: &'static str,
        who: Who,
        success: u16,
        body: &'static str,
        summary: &'static str,
    ) -> Self {
        Self { method, path, who, summary, body, success }
    }

    /// A body to send.
    ///
    /// # Panics
    /// Never: a test reads all of them.
    pub fn example(&self) -> Option<Value> {
        let read = |body| serde_json::from_str(body).expect("examples are JSON");
        (!self.body.is_empty()).then(|| read(self.body))
    }
}

fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn parameter(name: &str) -> Value {
    let kind = if matches!(name, "id" | "name" | "link") { "string" } else { "integer" };
    json!({ "name": name, "in": "path", "required": true, "schema": { "type": kind } })
}

/// What values like this one look like.
fn schema_of(example: &Value) -> Value {
    match example {
        Value::Object(fields) => {
            let properties: Map<String, Value> =
                fields.iter().map(|(name, value)| (name.clone(), schema_of(value))).collect();
            json!({ "type": "object", "properties": properties })
        }
        Value::Array(items) => {
            let items = items.first().map_or_else(|| json!({}), schema_of);
            json!({ "type": "array", "items": items })
        }
        Value::Number(_) => json!({ "type": "integer" }),
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::String(_) => json!({ "type": "string" }),
        Value::Null => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_json_and_nothing_is_told_twice() {
        let mut seen = std::collections::BTreeSet::new();
        for endpoint in ENDPOINTS {
            assert!(seen.insert((endpoint.method, endpoint.path)), "{endpoint:?}");
            let _ = endpoint.example();
            assert!(endpoint.summary.ends_with('.'), "{endpoint:?}");
        }
    }
}
