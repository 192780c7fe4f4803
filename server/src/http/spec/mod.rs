//! The API described for programs: an `OpenAPI` document, made from one table of
//! all endpoints. Tests compare the table with the routes, and ask each endpoint
//! as everybody.

mod forms;
mod shape;
mod shapes;
mod table;

use actix_web::{HttpResponse, web};
use serde_json::{Map, Value, json};
use shapes::SHAPES;

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
            "schemas": schemas(),
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

/// What occurs several times, by name.
fn schemas() -> Map<String, Value> {
    SHAPES.iter().map(|(name, shape)| ((*name).to_owned(), shape::schema(shape))).collect()
}

fn error_schema() -> Value {
    let code = json!({ "type": "string", "description": "A word for programs." });
    let text = json!({ "type": "string", "description": "A sentence for people." });
    json!({
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "text"],
                "properties": { "code": code, "text": text },
                "additionalProperties": false,
            },
        },
        "additionalProperties": false,
    })
}

fn operation(endpoint: &Endpoint) -> Value {
    let form = forms::of(endpoint.method, endpoint.path);
    let mut responses: Map<String, Value> = form
        .answers
        .iter()
        .map(|(status, told)| (status.to_string(), response(*status, told)))
        .collect();
    responses.insert("default".to_owned(), json!({ "$ref": "#/components/responses/Error" }));
    let mut operation = json!({
        "summary": endpoint.summary,
        "description": endpoint.who.words(),
        "security": endpoint.who.security(),
        "responses": responses,
    });
    let in_path = parameters(endpoint.path).map(|name| parameter(endpoint.path, name));
    let parameters: Vec<Value> = in_path.chain(query(form.query)).collect();
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if !form.body.is_empty() {
        let mut content = json!({ "schema": shape::schema(form.body) });
        if let Some(example) = endpoint.example() {
            content["example"] = example;
        }
        let body = json!({ "required": true, "content": { "application/json": content } });
        operation["requestBody"] = body;
    }
    operation
}

/// What an answer tells: in JSON, in another media type, or in one of both.
fn response(status: u16, told: &str) -> Value {
    let description = if status < 400 { "Done." } else { "Not now." };
    if told.is_empty() {
        return json!({ "description": description });
    }
    let (media, shapes): (Vec<&str>, Vec<&str>) =
        told.split(" or ").partition(|part| part.contains('/'));
    let mut content: Map<String, Value> =
        media.into_iter().map(|media| (media.to_owned(), json!({}))).collect();
    if !shapes.is_empty() {
        let schema = shape::schema(&shapes.join(" or "));
        content.insert("application/json".to_owned(), json!({ "schema": schema }));
    }
    json!({ "description": description, "content": content })
}

/// The parameters behind the `?`.
fn query(shape: &str) -> impl Iterator<Item = Value> {
    let fields = if shape.is_empty() { Vec::new() } else { shape::fields(shape) };
    fields.into_iter().map(|(name, schema, is_required)| {
        json!({ "name": name, "in": "query", "required": is_required, "schema": schema })
    })
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

fn parameter(path: &str, name: &str) -> Value {
    let is_canvas = name == "id" && path.starts_with("/api/canvases/");
    let is_text = is_canvas || matches!(name, "name" | "link");
    let kind = if is_text { "string" } else { "integer" };
    json!({ "name": name, "in": "path", "required": true, "schema": { "type": kind } })
}

#[cfg(test)]
mod tests {
    use super::forms::FORMS;
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

    #[test]
    fn every_endpoint_has_its_form_and_every_shape_is_there() {
        let known: Vec<&str> = SHAPES.iter().map(|(name, _)| *name).collect();
        assert!(known.is_sorted(), "in order, so that nothing is told twice");
        let text = document().to_string();
        for named in text.split("#/components/schemas/").skip(1) {
            let name = named.split('"').next().unwrap_or_default();
            assert!(known.contains(&name), "there is no {name}");
        }
        for form in FORMS {
            let is_it =
                |endpoint: &&Endpoint| (endpoint.method, endpoint.path) == (form.method, form.path);
            let endpoint = ENDPOINTS.iter().find(is_it).unwrap_or_else(|| panic!("{form:?}"));
            assert_eq!(form.answers[0].0, endpoint.success, "{form:?}");
            assert_eq!(form.body.is_empty(), endpoint.body.is_empty(), "{form:?}");
        }
        assert_eq!(FORMS.len(), ENDPOINTS.len());
    }
}
