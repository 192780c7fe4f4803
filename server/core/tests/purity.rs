//! The core stays pure: nothing it depends on reads a clock, waits, or does
//! I/O. What its own code may use is in `clippy.toml`.

/// What the core may depend on, and why that is harmless.
const ALLOWED: [(&str, &str); 7] = [
    ("bincode", "the binary forms"),
    ("bytes", "frames shared by reference count"),
    ("foldhash", "a fixed hash for the cooldowns"),
    ("serde", "the text messages"),
    ("serde_json", "the text messages"),
    ("thiserror", "error types"),
    ("ts-rs", "the client's types, in one test"),
];

const MANIFEST: &str = include_str!("../Cargo.toml");
const CLIPPY: &str = include_str!("../clippy.toml");

/// The sections of a manifest with the lines in each.
fn sections(manifest: &str) -> Vec<(&str, Vec<&str>)> {
    let mut sections = vec![("", Vec::new())];
    for line in manifest.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            sections.push((name, Vec::new()));
        } else if !line.is_empty() && !line.starts_with('#') {
            let (_, lines) = sections.last_mut().expect("there is one from the start");
            lines.push(line);
        }
    }
    sections
}

#[test]
fn the_core_depends_on_nothing_else() {
    for (section, lines) in sections(MANIFEST) {
        match section {
            "dependencies" => {
                for line in lines {
                    let name = line.split(['.', '=', ' ']).next().expect("a name");
                    let allowed = ALLOWED.iter().any(|(allowed, _)| *allowed == name);
                    assert!(allowed, "{name} is not on the list of harmless dependencies");
                }
            }
            "" | "package" | "features" | "dev-dependencies" | "lints" => {}
            // Dependencies by target, for building, or in a section of their own.
            other => panic!("the core's manifest has no use for [{other}]"),
        }
    }
    assert!(!MANIFEST.contains("build ="), "nothing runs when the core is built");
}

#[test]
fn heavy_dependencies_are_optional() {
    let line = MANIFEST.lines().find(|line| line.starts_with("ts-rs")).expect("it is there");
    assert!(line.contains("optional = true"), "only a test derives the client's types");
}

#[test]
fn clippy_knows_what_is_forbidden() {
    for forbidden in [
        "std::time::Instant",
        "std::time::SystemTime",
        "std::thread::spawn",
        "std::fs::File",
        "std::net::TcpStream",
        "std::env::var",
        "std::process::Command",
        "std::collections::HashMap",
        "std::hash::RandomState",
    ] {
        assert!(CLIPPY.contains(&format!("\"{forbidden}\"")), "clippy.toml forbids {forbidden}");
    }
}
