//! What a JSON value looks like, in a short notation, as a JSON schema.
//!
//! | written | means |
//! |---|---|
//! | `int`, `text`, `bool` | a whole number from 0 on, a string, `true` or `false` |
//! | `int(1..50)`, `text(1..NAME)` | the same with bounds, of which [`BOUNDS`] has the names |
//! | `open` and `frozen`, with a bar in between | one of these words |
//! | `[int]` | a list |
//! | `{a: int, b?: text}` | an object with `a`, maybe with `b`, and nothing else |
//! | `Seat` | what [`SHAPES`](super::shapes::SHAPES) calls so |
//! | `int?` | the same, or `null` |
//! | `any` | whatever |
//! | `A or B` | one of these |

use place_core::limits::{
    ANNOUNCEMENT_MAX_CHARS, CANVAS_ID_MAX_BYTES, CANVAS_NAME_MAX_CHARS, COOLDOWN_MAX_MS,
    NICKNAME_MAX_CHARS, SAVED_MAX_PIXELS, SIDE_MAX_CELLS, SIDE_MIN_CELLS, TEAM_NAME_MAX_CHARS,
    TEAMS_MAX, UNDO_MAX_MS,
};
use serde_json::{Map, Value, json};

use crate::classroom::{PURGE_MAX_DAYS, SLOW_MAX_S};

/// Bounds by name: the very numbers that the server checks.
const BOUNDS: [(&str, u64); 13] = [
    ("ANNOUNCEMENT", ANNOUNCEMENT_MAX_CHARS as u64),
    ("CANVAS_ID", CANVAS_ID_MAX_BYTES as u64),
    ("CANVAS_NAME", CANVAS_NAME_MAX_CHARS as u64),
    ("COOLDOWN_MS", COOLDOWN_MAX_MS as u64),
    ("NICKNAME", NICKNAME_MAX_CHARS as u64),
    ("PURGE_DAYS", PURGE_MAX_DAYS as u64),
    ("SAVED", SAVED_MAX_PIXELS as u64),
    ("SIDE_MAX", SIDE_MAX_CELLS as u64),
    ("SIDE_MIN", SIDE_MIN_CELLS as u64),
    ("SLOW_S", SLOW_MAX_S as u64),
    ("TEAM_NAME", TEAM_NAME_MAX_CHARS as u64),
    ("TEAMS", TEAMS_MAX as u64),
    ("UNDO_MS", UNDO_MAX_MS as u64),
];

/// The schema of a shape.
///
/// # Panics
/// If it is not written as above. A test reads all of them.
pub(super) fn schema(shape: &str) -> Value {
    let mut reader = Reader { shape, rest: shape };
    let schema = reader.either();
    assert!(reader.rest.is_empty(), "{shape:?}: what is {:?}?", reader.rest);
    schema
}

/// The fields of an object's shape, in order: name, schema, whether it must be
/// there.
pub(super) fn fields(shape: &str) -> Vec<(String, Value, bool)> {
    let mut reader = Reader { shape, rest: shape };
    reader.take("{");
    reader.fields()
}

struct Reader<'a> {
    /// The whole, to complain about.
    shape: &'a str,
    rest: &'a str,
}

impl Reader<'_> {
    /// One of several, or the only one.
    fn either(&mut self) -> Value {
        let mut choices = vec![self.maybe_null()];
        while self.is_next("or ") {
            choices.push(self.maybe_null());
        }
        match choices.len() {
            1 => choices.remove(0),
            _ => json!({ "anyOf": choices }),
        }
    }

    fn maybe_null(&mut self) -> Value {
        let schema = self.one();
        if !self.is_next("?") {
            return schema;
        }
        json!({ "anyOf": [schema, { "type": "null" }] })
    }

    fn one(&mut self) -> Value {
        if self.is_next("[") {
            let items = self.either();
            self.take("]");
            return json!({ "type": "array", "items": items });
        }
        if self.is_next("{") {
            return object(self.fields());
        }
        let word = self.word();
        match word.as_str() {
            "int" => self.bounded(json!({ "type": "integer" }), "minimum", "maximum"),
            "text" => self.bounded(json!({ "type": "string" }), "minLength", "maxLength"),
            "bool" => json!({ "type": "boolean" }),
            "any" => json!({}),
            name if name.starts_with(|first: char| first.is_ascii_uppercase()) => {
                json!({ "$ref": format!("#/components/schemas/{name}") })
            }
            first => self.words(first),
        }
    }

    /// The words that are a value, after the first.
    fn words(&mut self, first: &str) -> Value {
        let mut words = vec![first.to_owned()];
        while self.is_next("|") {
            words.push(self.word());
        }
        json!({ "type": "string", "enum": words })
    }

    /// The bounds that may follow.
    fn bounded(&mut self, mut schema: Value, least: &str, most: &str) -> Value {
        if self.is_next("(") {
            schema[least] = self.bound().into();
            self.take("..");
            schema[most] = self.bound().into();
            self.take(")");
        } else if least == "minimum" {
            schema[least] = 0.into();
        }
        schema
    }

    fn bound(&mut self) -> u64 {
        let word = self.word();
        let named = BOUNDS.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
        named.or_else(|| word.parse().ok()).unwrap_or_else(|| panic!("{}: {word}?", self.shape))
    }

    /// The fields up to the closing brace.
    fn fields(&mut self) -> Vec<(String, Value, bool)> {
        let mut fields = Vec::new();
        while !self.is_next("}") {
            let name = self.word();
            let is_required = !self.is_next("?");
            self.take(":");
            fields.push((name, self.either(), is_required));
            if !self.is_next(",") {
                self.take("}");
                break;
            }
        }
        fields
    }

    fn word(&mut self) -> String {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let end = self.rest.find(|letter| !is_part(letter)).unwrap_or(self.rest.len());
        assert!(end > 0, "{:?}: a word is missing at {:?}", self.shape, self.rest);
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        word.to_owned()
    }

    /// Whether this comes next; passes over it.
    fn is_next(&mut self, part: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(part) else { return false };
        self.rest = rest.trim_start();
        true
    }

    fn take(&mut self, part: &str) {
        assert!(self.is_next(part), "{:?}: {part:?} is missing at {:?}", self.shape, self.rest);
    }
}

fn object(fields: Vec<(String, Value, bool)>) -> Value {
    let required: Vec<String> =
        fields.iter().filter(|(.., must)| *must).map(|(name, ..)| name.clone()).collect();
    let properties: Map<String, Value> =
        fields.into_iter().map(|(name, schema, _)| (name, schema)).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_read() {
        assert_eq!(schema("int"), json!({ "type": "integer", "minimum": 0 }));
        assert_eq!(
            schema("text(1..3)"),
            json!({ "type": "string", "minLength": 1, "maxLength": 3 })
        );
        assert_eq!(
            schema("int(SIDE_MIN..SIDE_MAX)"),
            json!({ "type": "integer", "minimum": 16, "maximum": 4096 })
        );
        assert_eq!(schema("open|closed"), json!({ "type": "string", "enum": ["open", "closed"] }));
        let seat = json!({ "$ref": "#/components/schemas/Seat" });
        assert_eq!(schema("[Seat]"), json!({ "type": "array", "items": seat }));
        assert_eq!(schema("Seat?"), json!({ "anyOf": [seat, { "type": "null" }] }));
        assert_eq!(
            schema("{a: bool, b?: Seat or [bool]}"),
            json!({
                "type": "object",
                "properties": {
                    "a": { "type": "boolean" },
                    "b": { "anyOf": [seat, { "type": "array", "items": { "type": "boolean" } }] },
                },
                "required": ["a"],
                "additionalProperties": false,
            })
        );
        assert_eq!(schema("{}")["properties"], json!({}));
    }
}
