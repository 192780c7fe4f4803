//! The `place` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    place::cli::main()
}
