//! What the documentation tells programs to do works as it stands there.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::harness::Request;
use crate::harness::Server;
use crate::harness::teacher::{PASSWORD, browser, link_in, set_up};

/// The blocks of code in one language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    let block = |part: &'a str| part.split("```").next().expect("a block");
    text.split(fence.as_str()).skip(1).map(block).collect()
}

#[test]
fn the_examples_for_programs_run() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/api.md");
    let text = std::fs::read_to_string(path).expect("docs/api.md");
    let mut server = Server::start();
    let link = link_in(&server.printed("teach#link="));
    let answer = set_up(&server, &link, "Grace", PASSWORD).expect(200);
    let made = Request::post("/api/teacher/tokens").json(&json!({ "label": "Script" }));
    let token = browser(&server, &answer).send(made).expect(201).json();
    let token = token["token"].as_str().expect("a token");
    let folder = tempfile::tempdir().expect("a folder");
    let run = |program: &str, flag: &str, code: &str| {
        let done = Command::new(program)
            .args([flag, code])
            .current_dir(folder.path())
            .env("PLACE", server.origin())
            .env("TOKEN", token)
            .output()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{code}\n{said}");
        String::from_utf8_lossy(&done.stdout).into_owned()
    };
    let shell = blocks(&text, "sh");
    assert_eq!(shell.len(), 3);
    for code in shell {
        run("sh", "-ec", code);
    }
    let picture = std::fs::read(folder.path().join("wall.png")).expect("a picture");
    assert!(picture.starts_with(b"\x89PNG"));
    let rows = std::fs::read_to_string(folder.path().join("pixels.csv")).expect("a file");
    assert!(rows.lines().any(|row| row.contains(",fill,")), "{rows}");
    let python = blocks(&text, "python");
    assert_eq!(python.len(), 1);
    assert_eq!(run("python3", "-c", python[0]).trim(), "revert");
    let board = server.board("wall");
    assert_eq!(board.cells()[8 * 64 + 8], 5);
    assert_ne!(board.cells()[48 * 64], 0, "the fifth stripe");
    assert_eq!(board.cells()[50 * 64], 0, "the sixth was taken back");
}
