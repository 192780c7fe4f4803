//! The real program, on a port of its own, with a data folder of its own.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use super::process::place_with_open_files;
use super::{Address, Request, place, web};

/// How long a start may take: a debug build on a busy machine.
const START_PATIENCE: Duration = Duration::from_secs(20);

/// How long a stop may take in the worst case: the notice, the time-out for
/// everything, and what a busy machine adds.
const STOP_PATIENCE: Duration = Duration::from_secs(15);

/// Most bytes of the server's log shown when a story fails.
const LOG_SHOWN_BYTES: u64 = 16 * 1024;

/// What a server is started with unless the story says otherwise.
const DEFAULTS: [(&str, &str); 5] = [
    ("--listen", "127.0.0.1:0"),
    ("--log", "info"),
    // Stories don't read the notice as slowly as people do.
    ("--shutdown-notice", "100ms"),
    // One connection of a story stands for many people.
    ("--placements-per-second", "1000"),
    ("--placement-burst", "10000"),
];

/// A server. It is killed when the story ends.
#[derive(Debug)]
pub(crate) struct Server {
    address: Address,
    args: Vec<String>,
    environment: Vec<(String, OsString)>,
    /// Open files that it is allowed; `None` for as many as this test.
    open_files: Option<u64>,
    home: TempDir,
    data: PathBuf,
    running: Option<(Child, Option<BufReader<ChildStdout>>)>,
}

impl Server {
    /// A server with an empty data folder.
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// A server with an empty data folder and these flags.
    pub(crate) fn with(flags: &[&str]) -> Self {
        Self::on(None, flags)
    }

    /// A server with this data folder and these flags.
    pub(crate) fn on(data: Option<&Path>, flags: &[&str]) -> Self {
        let mut server = Self::prepared(data, flags, Vec::new());
        server.launch();
        server
    }

    /// A server that is allowed only so many open files.
    pub(crate) fn with_open_files(most: u64) -> Self {
        let mut server = Self::prepared(None, &[], Vec::new());
        server.open_files = Some(most);
        server.launch();
        server
    }

    /// The same with these variables in its environment, not yet running.
    pub(crate) fn prepared(
        data: Option<&Path>,
        flags: &[&str],
        environment: Vec<(String, OsString)>,
    ) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        web::write(&home.path().join("web"));
        let data = data.map_or_else(|| home.path().join("data"), Path::to_owned);
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            address: Address::new(nowhere, false, String::new(), &data),
            args: flags.iter().map(|flag| (*flag).to_owned()).collect(),
            environment,
            open_files: None,
            home,
            data,
            running: None,
        }
    }

    /// Starts it again, on the same port.
    pub(crate) fn launch(&mut self) {
        self.begin();
        let (child, _) = self.running.as_mut().expect("it was started");
        let (url, stdout) = Self::first_url(child.stdout.take().expect("a pipe"));
        if let Some((_, kept)) = &mut self.running {
            *kept = Some(stdout);
        }
        self.address = Address::of_url(&url, &self.data);
    }

    /// Starts it, and does not wait until it is ready.
    pub(crate) fn begin(&mut self) {
        assert!(self.running.is_none(), "it runs already");
        self.running = Some((self.command().spawn().expect("the program starts"), None));
    }

    fn command(&self) -> Command {
        let mut command = self.open_files.map_or_else(place, place_with_open_files);
        command
            .args(&self.args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(self.log_file());
        for (flag, value) in DEFAULTS {
            if !self.args.iter().any(|arg| arg.starts_with(flag)) {
                let again = self.address.socket().to_string();
                let known = flag == "--listen" && self.address.socket().port() != 0;
                command.args([flag, if known { &again } else { value }]);
            }
        }
        command.arg("--data").arg(&self.data).arg("--web").arg(self.home.path().join("web"));
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        command
    }

    /// The address that the server prints; the pipe stays open for what else it
    /// may say.
    fn first_url(stdout: ChildStdout) -> (String, BufReader<ChildStdout>) {
        let (found, wait) = mpsc::channel();
        thread::spawn(move || {
            let mut lines = BufReader::new(stdout);
            let mut line = String::new();
            while lines.read_line(&mut line).is_ok_and(|count| count > 0) {
                if let Some(url) = line.split_whitespace().find(|word| word.contains("://")) {
                    let _ = found.send((url.to_owned(), lines));
                    return;
                }
                line.clear();
            }
        });
        wait.recv_timeout(START_PATIENCE)
            .unwrap_or_else(|_| panic!("the server did not print an address"))
    }

    /// The next line that it prints which holds this. The story hangs, and is
    /// ended by the runner, if there is none.
    pub(crate) fn printed(&mut self, part: &str) -> String {
        let (_, lines) = self.running.as_mut().expect("it runs");
        let lines = lines.as_mut().expect("it was waited for");
        let mut line = String::new();
        while !line.contains(part) {
            line.clear();
            let read = lines.read_line(&mut line).expect("UTF-8");
            assert!(read > 0, "it printed no {part:?}");
        }
        line
    }

    /// The server, with this certificate trusted in place of its own.
    pub(crate) fn trusting(mut self, certificate: &Path) -> Self {
        self.address.trust(certificate);
        self
    }

    /// The data folder.
    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// A folder for the story's own files.
    pub(crate) fn scratch(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Where the server may be asked, also from other threads.
    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Kills it in the middle of whatever it does.
    pub(crate) fn kill9(&mut self) {
        let (mut child, _) = self.running.take().expect("it runs");
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
    }

    /// Asks it to stop, and waits for it.
    pub(crate) fn terminate(&mut self) -> (ExitStatus, Duration) {
        self.signal(Signal::TERM);
        self.wait()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("it runs");
    }

    /// Waits until it has ended by itself.
    pub(crate) fn wait(&mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        loop {
            let (child, _) = self.running.as_mut().expect("it runs");
            if let Some(status) = child.try_wait().expect("it can be waited for") {
                self.running = None;
                return (status, began.elapsed());
            }
            assert!(began.elapsed() < STOP_PATIENCE, "it does not end");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Stops it cleanly and starts it again.
    pub(crate) fn restart(&mut self) {
        let (status, _) = self.terminate();
        assert!(status.success(), "{status}");
        self.launch();
    }

    /// Whether the process still lives.
    pub(crate) fn is_alive(&mut self) -> bool {
        let (child, _) = self.running.as_mut().expect("it was started");
        child.try_wait().expect("it can be waited for").is_none()
    }

    /// Bytes of memory that the process holds.
    pub(crate) fn resident_bytes(&self) -> u64 {
        let path = format!("/proc/{}/status", self.pid().as_raw_nonzero());
        let status = std::fs::read_to_string(path).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS");
        let kib = line.trim().strip_suffix(" kB").expect("kB");
        kib.trim().parse::<u64>().expect("a number") * 1024
    }

    /// Its threads: what each is called, and how far it stands behind others, as
    /// a nice value.
    pub(crate) fn threads(&self) -> Vec<(String, i32)> {
        let tasks = format!("/proc/{}/task", self.pid().as_raw_nonzero());
        let tasks = std::fs::read_dir(tasks).expect("Linux").flatten();
        // One that has ended meanwhile has no file any more.
        let stats = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("stat")).ok());
        let thread = |stat: String| {
            let (head, fields) = stat.rsplit_once(')').expect("a name in brackets");
            let name = head.split_once('(').expect("a name in brackets").1.to_owned();
            // The 19th of all, of which two are in front.
            let nice = fields.split_whitespace().nth(16).expect("a nice value");
            (name, nice.parse().expect("a number"))
        };
        stats.map(thread).collect()
    }

    /// How many files and sockets the process has open.
    pub(crate) fn descriptors(&self) -> usize {
        let path = format!("/proc/{}/fd", self.pid().as_raw_nonzero());
        std::fs::read_dir(path).expect("Linux").count()
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Creates a canvas; `fields` are those of `POST /api/canvases`.
    pub(crate) fn canvas(&self, fields: &Value) -> String {
        let request = Request::post("/api/canvases").json(fields);
        let json = self.send(&self.as_admin(request)).expect(201).json();
        json["id"].as_str().expect("an id").to_owned()
    }

    /// Creates a square canvas on which nobody ever waits.
    pub(crate) fn free_canvas(&self, id: &str, side: u16) -> String {
        self.canvas(&serde_json::json!({
            "name": id, "id": id, "width": side, "height": side, "cooldown_ms": 0, "saved_max": 1
        }))
    }

    fn pid(&self) -> Pid {
        let (child, _) = self.running.as_ref().expect("it runs");
        Pid::from_child(child)
    }

    fn log_path(&self) -> PathBuf {
        self.home.path().join("log")
    }

    fn log_file(&self) -> File {
        let mut options = OpenOptions::new();
        options.create(true).append(true).open(self.log_path()).expect("a log file")
    }

    fn log_end(&self) -> String {
        let mut text = Vec::new();
        if let Ok(mut file) = File::open(self.log_path()) {
            let length = file.metadata().map_or(0, |metadata| metadata.len());
            let _ = file.seek(SeekFrom::Start(length.saturating_sub(LOG_SHOWN_BYTES)));
            let _ = file.read_to_end(&mut text);
        }
        String::from_utf8_lossy(&text).into_owned()
    }
}

impl Deref for Server {
    type Target = Address;

    fn deref(&self) -> &Address {
        &self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
        if thread::panicking() {
            eprintln!("--- the server's log ---\n{}--- end of the log ---", self.log_end());
        }
    }
}
