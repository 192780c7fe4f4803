//! The direction of the server's modules: who may use whom. Arrows only point
//! from what waits for people to what waits for nothing.
//!
//! `core` <- store, feed, snapshot <- sequencer <- canvases <- keeper, http, ws
//! <- app <- cli. A module that grows a new arrow must be let in here, by name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Each module and the modules of this crate that it may use.
const ALLOWED: &[(&str, &[&str])] = &[
    // Leaves.
    ("accounts", &[]),
    ("background", &[]),
    ("classroom", &[]),
    ("clock", &[]),
    ("phase", &[]),
    ("palettes", &[]),
    ("settings", &["snapshot"]),
    ("net", &["settings"]),
    ("tls", &["settings", "net", "clock"]),
    ("telemetry", &["settings"]),
    // What keeps and what shows.
    ("store", &[]),
    ("feed", &[]),
    ("snapshot", &[]),
    // The journal read again.
    ("past", &["store"]),
    // The writer of a canvas.
    ("sequencer", &["classroom", "store", "feed", "telemetry", "clock", "phase"]),
    ("canvases", &["classroom", "sequencer", "store", "feed", "telemetry", "clock", "phase"]),
    ("chat", &["classroom", "sequencer", "store", "clock"]),
    // What is left of deleted canvases.
    ("trash", &["snapshot", "store"]),
    ("lesson", &["canvases", "chat", "classroom", "sequencer", "store", "clock", "phase"]),
    // What is asked from outside, and from time to time. The sockets answer
    // placements through the sequencer alone: they never see the store.
    (
        "keeper",
        &[
            "background",
            "canvases",
            "sequencer",
            "store",
            "snapshot",
            "telemetry",
            "clock",
            "phase",
        ],
    ),
    ("ws", &["chat", "http", "sequencer", "telemetry", "clock", "phase"]),
    (
        "http",
        &[
            "accounts",
            "background",
            "past",
            "ws",
            "canvases",
            "chat",
            "classroom",
            "lesson",
            "trash",
            "sequencer",
            "store",
            "snapshot",
            "palettes",
            "net",
            "settings",
            "telemetry",
            "clock",
            "phase",
        ],
    ),
];

/// Those that put everything together.
const TOP: &[&str] = &["app", "cli", "lib", "main"];

struct Use {
    file: PathBuf,
    line: usize,
    from: String,
    to: String,
}

fn rust_files(folder: &Path, out: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("the server's source");
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            rust_files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

/// The module that a file belongs to: `ws/hub.rs` and `ws.rs` are `ws`.
fn module_of(source: &Path, file: &Path) -> String {
    let inside = file.strip_prefix(source).expect("a file of the server");
    let first = inside.iter().next().expect("a name").to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// The modules that `crate::…` names in a text without comments, each with its
/// byte position; groups in braces count one by one.
fn named(text: &str) -> Vec<(usize, String)> {
    let ident = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let mut found = Vec::new();
    for (at, path) in text.match_indices("crate::") {
        // `$crate::` and names that end in "crate" are something else.
        if text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let start = at + path.len();
        let Some(group) = text[start..].strip_prefix('{') else {
            found.push((at, ident(&text[start..])));
            continue;
        };
        let mut depth = 0usize;
        let mut part = 0;
        for (offset, c) in group.char_indices() {
            let ends = depth == 0 && (c == ',' || c == '}');
            if ends && !ident(&group[part..]).is_empty() {
                found.push((start + 1 + part, ident(&group[part..])));
            }
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => part = offset + 1,
                _ => {}
            }
        }
    }
    found
}

/// The text with its line comments blanked out, so that positions stay.
fn without_comments(text: &str) -> String {
    let blank = |line: &str| match line.find("//") {
        Some(at) => format!("{}{}", &line[..at], " ".repeat(line.len() - at)),
        None => line.to_owned(),
    };
    text.split('\n').map(blank).collect::<Vec<_>>().join("\n")
}

fn uses() -> Vec<Use> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("server/src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    files.sort();
    let mut uses = Vec::new();
    for file in files {
        let name = file.file_stem().expect("a name").to_string_lossy();
        if name == "tests" || name.ends_with("_tests") {
            continue;
        }
        let from = module_of(&source, &file);
        let text = without_comments(&std::fs::read_to_string(&file).expect("UTF-8"));
        // Tests stand at a file's end and may use what they like.
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for (at, to) in named(text) {
            let line = 1 + text[..at].matches('\n').count();
            uses.push(Use { file: file.clone(), line, from: from.clone(), to });
        }
    }
    uses
}

#[test]
fn modules_use_only_what_is_below_them() {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut wrong = Vec::new();
    for Use { file, line, from, to } in uses() {
        let place = format!("{}:{line}", file.display());
        if *from == to || TOP.contains(&from.as_str()) {
            continue;
        }
        match allowed.get(from.as_str()) {
            None => wrong.push(format!("{place}: the module {from} is not in the table")),
            Some(below) if !below.contains(&to.as_str()) => {
                wrong.push(format!("{place}: {from} must not use {to}"));
            }
            Some(_) => {}
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_named_pair_uses_each_other() {
    // Routes name their handlers, and handlers the routes' shared state.
    let known = [("http", "ws")];
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    for (from, below) in ALLOWED {
        for to in *below {
            let back = allowed.get(to).is_some_and(|others| others.contains(from));
            let pair = (*from.min(to), *from.max(to));
            assert!(!back || known.contains(&pair), "{from} and {to} use each other");
        }
    }
}

#[test]
fn the_table_has_no_arrow_that_nobody_needs() {
    let used: BTreeSet<(String, String)> =
        uses().into_iter().map(|arrow| (arrow.from, arrow.to)).collect();
    let idle: Vec<String> = ALLOWED
        .iter()
        .flat_map(|(from, below)| below.iter().map(move |to| (*from, *to)))
        .filter(|(from, to)| !used.contains(&((*from).to_owned(), (*to).to_owned())))
        .map(|(from, to)| format!("{from} -> {to}"))
        .collect();
    assert!(idle.is_empty(), "take them out of the table: {idle:?}");
}

/// The one file with unsafe code; its head says why that is sound.
const UNSAFE: &str = "ws/uring.rs";

#[test]
fn only_one_file_has_unsafe_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    rust_files(&root.join("server/src"), &mut files);
    rust_files(&root.join("server/core/src"), &mut files);
    let has_unsafe = |file: &PathBuf| {
        let text = without_comments(&std::fs::read_to_string(file).expect("UTF-8"));
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.any(|word| word == "unsafe" || word == "unsafe_code")
    };
    let found: Vec<PathBuf> = files.into_iter().filter(has_unsafe).collect();
    let core = root.join("server/core/src/lib.rs");
    assert_eq!(found, [root.join("server/src").join(UNSAFE), core], "the second forbids it");
}

#[test]
fn groups_and_comments_are_read_right() {
    let text =
        "use crate::{net, http::{self, Api}, tls};\n// crate::ws\nlet x = crate::store::y();";
    let found: Vec<_> = named(&without_comments(text)).into_iter().map(|(_, name)| name).collect();
    assert_eq!(found, ["net", "http", "tls", "store"]);
}
