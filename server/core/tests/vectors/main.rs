//! The golden vectors of `docs/vectors.json`: what the server writes, byte for
//! byte, for the server's own tests and for every client's. A change here is a
//! change of the protocol or of the stored form.
//!
//! `UPDATE_VECTORS=1 cargo test -p place-core --test vectors` writes the file
//! anew; without it the file is compared.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a test may read and write files"
)]

#[path = "../support/mod.rs"]
mod support;

mod frames;
mod rejected;
mod stored;
mod texts;

use std::path::PathBuf;

use serde::Serialize;

/// The file's lists, one case a line.
struct Vectors {
    lists: Vec<(&'static str, Vec<String>)>,
}

impl Vectors {
    fn all() -> Self {
        Self {
            lists: vec![
                ("frames", lines(&frames::cases())),
                ("rejected", lines(&rejected::cases())),
                ("texts", lines(&texts::cases())),
                ("boards", lines(&stored::boards())),
                ("journal", lines(&stored::journal())),
            ],
        }
    }

    fn to_json(&self) -> String {
        let list = |(name, lines): &(&str, Vec<String>)| {
            format!("  \"{name}\": [\n    {}\n  ]", lines.join(",\n    "))
        };
        format!("{{\n{}\n}}\n", self.lists.iter().map(list).collect::<Vec<_>>().join(",\n"))
    }
}

fn lines<T: Serialize>(cases: &[T]) -> Vec<String> {
    cases.iter().map(|case| serde_json::to_string(case).expect("cases are plain")).collect()
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/vectors.json")
}

#[test]
fn the_file_is_what_the_code_writes() {
    let fresh = Vectors::all().to_json();
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(path(), &fresh).expect("docs/vectors.json can be written");
    }
    let kept = std::fs::read_to_string(path()).expect("docs/vectors.json is there");
    for (number, (kept, fresh)) in (1..).zip(kept.lines().zip(fresh.lines())) {
        assert_eq!(kept, fresh, "line {number} of docs/vectors.json");
    }
    assert_eq!(kept.len(), fresh.len(), "docs/vectors.json has as many lines as there are cases");
}

#[test]
fn names_are_unique_within_their_list() {
    for (list, lines) in Vectors::all().lists {
        let mut seen = std::collections::BTreeSet::new();
        for line in lines {
            let case: serde_json::Value = serde_json::from_str(&line).expect("each line is JSON");
            let name = case["name"].as_str().expect("each case has a name").to_owned();
            assert!(seen.insert(name.clone()), "{list} has {name:?} twice");
        }
    }
}
