//! Runs the program for its other commands.

use std::process::{Command, Output, Stdio};

/// The program, without the settings of whoever runs the tests.
pub(crate) fn place() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_place"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PLACE_") {
            command.env_remove(name);
        }
    }
    // Tests run beside compilers and each other: requests would stand behind those.
    command.env("PLACE_HTTP_NICE", "0");
    command
}

/// The program, allowed only so many open files.
pub(super) fn place_with_open_files(most: u64) -> Command {
    let place = place();
    let mut command = Command::new("sh");
    // `exec`, so that the process started is the server itself.
    command.args(["-c", "ulimit -n \"$0\" && exec \"$@\"", &most.to_string()]);
    command.arg(place.get_program());
    for (name, value) in place.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

fn run(args: &[&str]) -> Output {
    place().args(args).stdin(Stdio::null()).output().expect("the program runs")
}

/// Runs a command that must succeed, and gives what it printed.
#[track_caller]
pub(crate) fn place_ok(args: &[&str]) -> String {
    let output = run(args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "place {args:?}: {}\n{said}", output.status);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs a command that must fail, and gives its exit code and what it said.
#[track_caller]
pub(crate) fn place_fails(args: &[&str]) -> (i32, String) {
    let output = run(args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "place {args:?} succeeded");
    let code = output.status.code().unwrap_or_else(|| panic!("{}: {said}", output.status));
    assert!(!said.contains("panicked"), "{said}");
    (code, said)
}
