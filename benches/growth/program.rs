//! The program itself, as its users start it: what it takes until it is done,
//! and how much memory at the most.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The program under test, built by cargo for the bench.
const PLACE: &str = env!("CARGO_BIN_EXE_place");

/// How often a running process's memory is read.
const LOOK_INTERVAL: Duration = Duration::from_millis(5);

/// Why a measurement came to nothing.
pub(crate) type Failed = Box<dyn std::error::Error>;

/// What one run took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Took {
    pub(crate) ms: f64,
    /// Resident at the most, in MiB.
    pub(crate) peak_mib: f64,
}

/// Runs a command of the program to its end.
pub(crate) fn run(arguments: &[&str], data: &Path) -> Result<Took, Failed> {
    let began = Instant::now();
    let mut child = start(arguments, data)?;
    let mut peak_kib = 0;
    let status = loop {
        peak_kib = peak_kib.max(peak(&child));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(LOOK_INTERVAL);
    };
    let took = Took { ms: ms(began), peak_mib: mib(peak_kib) };
    if status.success() { Ok(took) } else { Err(format!("{arguments:?}: {status}").into()) }
}

/// Starts a server, waits until it says where it listens, and ends it again.
pub(crate) fn boot(data: &Path) -> Result<Took, Failed> {
    let began = Instant::now();
    let mut child = serve(data)?;
    let stdout = child.stdout.take().ok_or("the server has no output")?;
    let mut lines = BufReader::new(stdout).lines();
    let said = lines.by_ref().map_while(Result::ok).any(|line| line.contains("http://"));
    let took = Took { ms: ms(began), peak_mib: mib(peak(&child)) };
    child.kill()?;
    child.wait()?;
    if said { Ok(took) } else { Err("the server did not say where it listens".into()) }
}

/// Starts a server.
pub(crate) fn serve(data: &Path) -> Result<Child, Failed> {
    start(&["serve", "--listen", "127.0.0.1:0", "--log", "warn"], data)
}

fn start(arguments: &[&str], data: &Path) -> Result<Child, Failed> {
    let mut command = Command::new(PLACE);
    command.args(arguments).arg("--data").arg(data).stdin(Stdio::null()).stdout(Stdio::piped());
    Ok(command.spawn()?)
}

fn peak(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

pub(crate) fn ms(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e3
}

fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
