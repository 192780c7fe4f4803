//! Another process: this very test program, started again for one test.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

/// Tells a test that it is the child, and which folder is its own.
const FOLDER_VARIABLE: &str = "PLACE_TEST_CHILD";

/// Begins the lines that are for the parent; the test harness prints, too.
const MARK: &str = "child says ";

/// The child's folder, if this process is one.
pub(crate) fn folder() -> Option<PathBuf> {
    env::var_os(FOLDER_VARIABLE).map(PathBuf::from)
}

/// Tells the parent something; it has it even if this process dies right after.
pub(crate) fn say(what: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{MARK}{what}").and_then(|()| out.flush()).expect("the parent listens");
}

/// A command that runs the test of this name as a child.
pub(crate) fn command(test: &str, folder: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(env::current_exe().expect("this program has a path"));
    command.args([test, "--exact", "--nocapture"]).env(FOLDER_VARIABLE, folder);
    command
}

/// A child that is listened to, and killed at the end if not before.
pub(crate) struct Speaker {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Speaker {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the child starts");
        let out = BufReader::new(child.stdout.take().expect("it has an output"));
        Self { child, out }
    }

    /// What it says next; `None` once it is gone.
    pub(crate) fn hear(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.out.read_line(&mut line).expect("the pipe works") == 0 {
                return None;
            }
            if let Some((_, said)) = line.trim_end().split_once(MARK) {
                return Some(said.to_owned());
            }
        }
    }

    /// Kills it in the middle of whatever it does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("the child can be killed");
        self.child.wait().expect("the child is gone");
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
