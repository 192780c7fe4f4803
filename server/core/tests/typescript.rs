//! The client's types, written from the server's:
//! `web/src/core/protocol.gen.ts`.
//!
//! `UPDATE_TYPES=1 cargo test -p place-core --features typescript --test
//! typescript` writes the file anew; without it the file is compared.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a test may read and write files"
)]
#![cfg(feature = "typescript")]

use std::path::PathBuf;

use place_core::people::Status;
use place_core::wire::lesson::{
    Announcement, ChatMessage, ChatMode, Curtain, Lesson, Names, Person, Role, TeamInfo, TeamRule,
    Timer, You,
};
use place_core::wire::text::{CanvasInfo, ClientText, PaletteColor, SeatInfo, ServerText};
use place_core::{Area, Mode, Reason};
use ts_rs::{Config, TS};

const HEAD: &str = "\
// biome-ignore-all format: written by a program
// The JSON shapes of the protocol (docs/protocol.md), written from the server's own types by
// `UPDATE_TYPES=1 cargo test -p place-core --features typescript`. Do not edit.
";

fn generated() -> String {
    let config = Config::default();
    let mut out = HEAD.to_owned();
    let mut put = |docs: Option<String>, declaration: String| {
        let text = format!("{}export {declaration}", docs.unwrap_or_default());
        out.push_str(&laid_out(&text));
    };
    put(Mode::docs(), Mode::decl(&config));
    put(PaletteColor::docs(), PaletteColor::decl(&config));
    put(CanvasInfo::docs(), CanvasInfo::decl(&config));
    put(SeatInfo::docs(), SeatInfo::decl(&config));
    put(Area::docs(), Area::decl(&config));
    put(Status::docs(), Status::decl(&config));
    put(ChatMode::docs(), ChatMode::decl(&config));
    put(Curtain::docs(), Curtain::decl(&config));
    put(Names::docs(), Names::decl(&config));
    put(TeamRule::docs(), TeamRule::decl(&config));
    put(Role::docs(), Role::decl(&config));
    put(TeamInfo::docs(), TeamInfo::decl(&config));
    put(Timer::docs(), Timer::decl(&config));
    put(Announcement::docs(), Announcement::decl(&config));
    put(Lesson::docs(), Lesson::decl(&config));
    put(You::docs(), You::decl(&config));
    put(Person::docs(), Person::decl(&config));
    put(ChatMessage::docs(), ChatMessage::decl(&config));
    put(ServerText::docs(), ServerText::decl(&config));
    put(ClientText::docs(), ClientText::decl(&config));
    put(Reason::docs(), Reason::decl(&config).replace("type Reason", "type RefusalName"));
    out
}

/// One field and one comment a line, indented, behind an empty line.
fn laid_out(text: &str) -> String {
    let text = text
        .replace("/**\n * ", "/** ")
        .replace("\n */\n", " */\n")
        .replace("\n * ", " ")
        .replace("\"type\": ", "type: ")
        .replace("{ ", "{\n")
        .replace(", }", ";\n}")
        .replace(", \n", ";\n");
    let mut out = "\n".to_owned();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let inside = out.contains("export") && !line.starts_with('}');
        out.push_str(if inside { "  " } else { "" });
        out.push_str(line);
        out.push('\n');
    }
    out
}

#[test]
fn the_file_is_what_the_types_say() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../web/src/core/protocol.gen.ts");
    let fresh = generated();
    if std::env::var_os("UPDATE_TYPES").is_some() {
        std::fs::write(&path, &fresh).expect("the file can be written");
    }
    let kept = std::fs::read_to_string(&path).expect("the file is there");
    assert_eq!(kept, fresh, "web/src/core/protocol.gen.ts is out of date");
}
