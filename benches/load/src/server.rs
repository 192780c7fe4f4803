//! The server under load: one that runs already, or one started for the run in
//! a data folder of its own, on a core of its own.

use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::address::{self, TargetError};
use crate::api::Api;
use crate::process;

/// The core of servers that this program starts.
pub(crate) const SERVER_CORE: usize = 0;

/// The core of this program itself.
pub(crate) const LOAD_CORE: usize = 1;

/// How long a server may take to say where it listens.
const START_TIMEOUT: Duration = Duration::from_secs(20);

/// How long a server may take to end.
const STOP_TIMEOUT: Duration = Duration::from_secs(15);

/// Settings that take the server's brakes against floods off: they are there
/// for a school behind one address, this load comes from one machine and means
/// it.
pub(crate) const UNTHROTTLED: [&str; 12] = [
    "--joins-per-second",
    "100000",
    "--join-burst",
    "100000",
    "--placements-per-second",
    "1000",
    "--placement-burst",
    "10000",
    "--max-connections",
    "30000",
    "--log",
    "warn",
];

/// What can go wrong with a server.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServerError {
    #[error("{0} can't be started: {1}")]
    Start(String, io::Error),
    #[error("{0} did not say where it listens within {START_TIMEOUT:?}")]
    Silent(String),
    #[error("the admin token can't be read from {0}: {1}")]
    Token(PathBuf, io::Error),
    #[error(transparent)]
    Target(#[from] TargetError),
}

/// A process that was started here and ends with this value.
pub(crate) struct Started {
    name: String,
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Started {
    /// Starts a program on the server's core; it prints a line with its
    /// `http://` address.
    pub(crate) fn new(name: &str, mut command: Command) -> Result<Self, ServerError> {
        let failed = |error| ServerError::Start(name.to_owned(), error);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        // The child inherits the core; a machine with only one goes on there.
        let pinned = process::pin(Some(SERVER_CORE));
        let child = command.spawn();
        if pinned.is_ok() && process::pin(Some(LOAD_CORE)).is_err() {
            process::pin(None).map_err(failed)?;
        }
        let mut child = child.map_err(failed)?;
        let said = child.stdout.take().map(first_address);
        let address = said.and_then(|said| said.recv_timeout(START_TIMEOUT).ok());
        let mut started =
            Self { name: name.to_owned(), child, address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        started.address = address::target(&address.ok_or(ServerError::Silent(name.to_owned()))?)?;
        Ok(started)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The way to tell it something.
    pub(crate) fn stdin(&mut self) -> Option<&mut std::process::ChildStdin> {
        self.child.stdin.as_mut()
    }
}

/// Reads what the program prints, to its end so that it never blocks; the first
/// loopback address in it is sent on.
fn first_address(stdout: std::process::ChildStdout) -> mpsc::Receiver<String> {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let words =
                line.split(|letter: char| letter.is_whitespace() || "()<>,".contains(letter));
            for word in words.filter(|word| address::target(word).is_ok()) {
                // Nobody listens after the first.
                let _ = send.send(word.to_owned());
            }
        }
    });
    receive
}

impl Drop for Started {
    fn drop(&mut self) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            let _ = kill_process(pid, Signal::TERM);
        }
        let deadline = Instant::now() + STOP_TIMEOUT;
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        eprintln!("{} did not end within {STOP_TIMEOUT:?} of SIGTERM and was killed", self.name);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The server under load.
pub(crate) struct Server {
    pub(crate) api: Api,
    /// Whose processor time and memory is read.
    pub(crate) pid: Option<u32>,
    /// Where its data is, if that is known.
    pub(crate) data: Option<PathBuf>,
    // In this order: the process ends before its folder goes.
    _started: Option<Started>,
    _folder: Option<TempDir>,
}

impl Server {
    /// Starts `place serve` with an empty data folder below `parent`.
    pub(crate) fn start(place: &Path, parent: &Path, args: &[String]) -> Result<Self, ServerError> {
        let name = place.display().to_string();
        let folder = tempfile::Builder::new()
            .prefix("place-load-")
            .tempdir_in(parent)
            .map_err(|error| ServerError::Start(name.clone(), error))?;
        let data = folder.path().to_owned();
        let mut command = Command::new(place);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data);
        command.args(args);
        let started = Started::new(&name, command)?;
        let token = admin_token(&data)?;
        Ok(Self {
            api: Api::new(started.address, token),
            pid: Some(started.pid()),
            data: Some(data),
            _started: Some(started),
            _folder: Some(folder),
        })
    }

    /// A server that runs already.
    pub(crate) fn running(
        url: &str,
        token: String,
        pid: Option<u32>,
        data: Option<PathBuf>,
    ) -> Result<Self, ServerError> {
        let api = Api::new(address::target(url)?, token);
        Ok(Self { api, pid, data, _started: None, _folder: None })
    }
}

/// The admin token of a data folder.
pub(crate) fn admin_token(data: &Path) -> Result<String, ServerError> {
    let path = data.join("admin-token");
    let token = std::fs::read_to_string(&path).map_err(|error| ServerError::Token(path, error))?;
    Ok(token.trim().to_owned())
}
