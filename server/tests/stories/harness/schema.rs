//! Whether a JSON value is what a schema says: as much of JSON Schema as the
//! server's own document uses. A keyword that is not known here fails.

use serde_json::{Map, Value};

/// What is wrong with a value; `None` if nothing is. References lead into
/// `document`.
pub(super) fn complaint(document: &Value, schema: &Value, value: &Value) -> Option<String> {
    let schema = schema.as_object().expect("a schema is an object");
    schema.iter().find_map(|(keyword, wanted)| match keyword.as_str() {
        "$ref" => complaint(document, referred(document, wanted), value),
        "anyOf" => any_of(document, wanted, value),
        "type" => is_type(wanted, value),
        "enum" => {
            let is_in = list(wanted).contains(value);
            (!is_in).then(|| format!("{value} is none of {wanted}"))
        }
        "minimum" => number(value, |number, least| number >= least, wanted),
        "maximum" => number(value, |number, most| number <= most, wanted),
        "minLength" => letters(value, |count, least| count >= least, wanted),
        "maxLength" => letters(value, |count, most| count <= most, wanted),
        "items" => value.as_array().into_iter().flatten().enumerate().find_map(|(at, item)| {
            let inside = complaint(document, wanted, item)?;
            Some(format!("[{at}]: {inside}"))
        }),
        "properties" => properties(document, wanted, value),
        "required" => missing(wanted, value),
        "additionalProperties" => {
            assert_eq!(wanted, &Value::Bool(false), "only that is used");
            unknown(schema, value)
        }
        "description" => None,
        other => panic!("what does {other} mean in a schema?"),
    })
}

fn referred<'a>(document: &'a Value, name: &Value) -> &'a Value {
    let path = name.as_str().and_then(|name| name.strip_prefix('#')).expect("a reference");
    document.pointer(path).unwrap_or_else(|| panic!("there is no {name}"))
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("no list: {value}"))
}

fn any_of(document: &Value, choices: &Value, value: &Value) -> Option<String> {
    let complaints: Option<Vec<String>> =
        list(choices).iter().map(|choice| complaint(document, choice, value)).collect();
    complaints.map(|all| all.join("; nor: "))
}

fn is_type(wanted: &Value, value: &Value) -> Option<String> {
    let is_it = match wanted.as_str().expect("one type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("what is a value of type {other}?"),
    };
    (!is_it).then(|| format!("{value} is not of type {wanted}"))
}

/// Bounds hold for numbers only: another type is another keyword's business.
fn number(value: &Value, holds: impl Fn(f64, f64) -> bool, bound: &Value) -> Option<String> {
    let number = value.as_f64()?;
    let is_in = holds(number, bound.as_f64().expect("a bound is a number"));
    (!is_in).then(|| format!("{value} is beyond {bound}"))
}

fn letters(value: &Value, holds: impl Fn(u64, u64) -> bool, bound: &Value) -> Option<String> {
    let count = value.as_str()?.chars().count() as u64;
    let is_in = holds(count, bound.as_u64().expect("a bound is a number"));
    (!is_in).then(|| format!("{value} has {count} characters, beyond {bound}"))
}

fn properties(document: &Value, wanted: &Value, value: &Value) -> Option<String> {
    let (wanted, value) = (wanted.as_object().expect("properties"), value.as_object()?);
    wanted.iter().find_map(|(name, schema)| {
        let inside = complaint(document, schema, value.get(name)?)?;
        Some(format!("{name}: {inside}"))
    })
}

fn missing(wanted: &Value, value: &Value) -> Option<String> {
    let value = value.as_object()?;
    let is_missing = |name: &&Value| !value.contains_key(name.as_str().expect("a name"));
    list(wanted).iter().find(is_missing).map(|name| format!("{name} is missing"))
}

fn unknown(schema: &Map<String, Value>, value: &Value) -> Option<String> {
    let known = schema["properties"].as_object().expect("properties");
    let is_unknown = |name: &&String| !known.contains_key(*name);
    value.as_object()?.keys().find(is_unknown).map(|name| format!("{name} is not in the document"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_fine(schema: &Value, value: &Value) -> bool {
        let document = json!({ "word": { "type": "string", "enum": ["open"] } });
        complaint(&document, schema, value).is_none()
    }

    #[test]
    fn values_are_what_schemas_say_or_not() {
        let object = json!({
            "type": "object",
            "properties": { "a": { "type": "integer", "minimum": 1, "maximum": 3 } },
            "required": ["a"],
            "additionalProperties": false,
        });
        let nullable = json!({ "anyOf": [{ "$ref": "#/word" }, { "type": "null" }] });
        let short = json!({ "type": "string", "minLength": 1, "maxLength": 2 });
        let list = json!({ "type": "array", "items": short });
        let table = [
            (&object, json!({ "a": 1 }), true),
            (&object, json!({ "a": 0 }), false),
            (&object, json!({ "a": 4 }), false),
            (&object, json!({ "a": "1" }), false),
            (&object, json!({}), false),
            (&object, json!({ "a": 1, "b": 2 }), false),
            (&object, json!([]), false),
            (&nullable, json!("open"), true),
            (&nullable, json!(null), true),
            (&nullable, json!("shut"), false),
            (&list, json!(["ä", "äö"]), true),
            (&list, json!(["ä", ""]), false),
            (&list, json!(["äöü"]), false),
            (&list, json!([]), true),
        ];
        for (schema, value, expected) in table {
            assert_eq!(is_fine(schema, &value), expected, "{value}");
        }
    }
}
