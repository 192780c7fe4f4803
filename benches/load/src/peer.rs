//! Other servers that give many viewers the same bytes: the floors, and those
//! of `benches/peers`. They play what PLACE sent.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use place_core::wire::frame::Opcode;

use crate::fleet::{Fleet, FleetError, Listener};
use crate::process::{self, Cpu};
use crate::script::Script;
use crate::server::Started;
use crate::stage::LoadError;
use crate::websocket::{self, Frame};

/// Longest wait for the viewers' own handshakes.
const READY_TIMEOUT: Duration = Duration::from_secs(30);

/// Silence after which nothing is under way any more, and the longest wait for
/// it.
const QUIET: Duration = Duration::from_millis(150);
const QUIET_TIMEOUT: Duration = Duration::from_secs(10);

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A `send()` for each viewer.
    Floor,
    /// Batches of sends through `io_uring`.
    Batched,
    /// Node `ws`, the frame built once.
    Ws,
    /// Socket.IO, `io.emit`.
    SocketIo,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Floor, Self::Batched, Self::Ws, Self::SocketIo];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Floor => "send()",
            Self::Batched => "io_uring",
            Self::Ws => "ws, prepared",
            Self::SocketIo => "Socket.IO",
        }
    }

    fn command(self, peers: &Path) -> Result<Command, LoadError> {
        let node = |file: &str| {
            let mut command = Command::new("node");
            command.arg(peers.join(file));
            command
        };
        Ok(match self {
            Self::Floor | Self::Batched => {
                let mut command = Command::new(std::env::current_exe()?);
                command.arg("floor").args((self == Self::Batched).then_some("--batched"));
                command
            }
            Self::Ws => node("ws.mjs"),
            Self::SocketIo => node("socketio.mjs"),
        })
    }
}

/// A started one.
pub(crate) struct Peer {
    kind: Kind,
    started: Started,
}

/// Its viewers.
pub(crate) struct Viewers {
    fleet: Fleet,
    heard: Heard,
}

/// What a window showed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Played {
    pub(crate) frames: u64,
    pub(crate) cpu_ns: u64,
}

/// Counts frames; looks at every byte, as the crowd does.
struct Heard {
    kind: Kind,
    ready: usize,
    frames: u64,
    last: Vec<u8>,
    changed: u64,
}

impl Listener for Heard {
    fn message(
        &mut self,
        _connection: usize,
        frame: Frame<'_>,
        _frame_bytes: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), FleetError> {
        if frame.opcode == Opcode::Text {
            if self.kind == Kind::SocketIo {
                self.speak_engine_io(frame.payload, out);
            }
            return Ok(());
        }
        self.frames += 1;
        if self.last != frame.payload {
            self.last = frame.payload.to_vec();
            self.changed += 1;
        }
        Ok(())
    }
}

impl Heard {
    /// As much of Engine.IO 4 and Socket.IO 5 as a viewer needs: `0` opens the
    /// transport and is answered with `40`, which joins; `40` says that it did;
    /// `2` is a ping, `3` its answer. The text ahead of a binary attachment is
    /// not counted: one emit is one delivery.
    fn speak_engine_io(&mut self, text: &[u8], out: &mut Vec<u8>) {
        match text {
            [b'0', ..] => websocket::put_masked(out, Opcode::Text, b"40", [4, 3, 2, 1]),
            [b'4', b'0', ..] => self.ready += 1,
            [b'2', ..] => websocket::put_masked(out, Opcode::Text, b"3", [4, 3, 2, 1]),
            _ => {}
        }
    }
}

impl Peer {
    pub(crate) fn start(kind: Kind, peers: &Path) -> Result<Self, LoadError> {
        let started = Started::new(kind.name(), kind.command(peers)?)?;
        Ok(Self { kind, started })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.kind.name()
    }

    /// Connects so many viewers.
    pub(crate) fn connect(&self, viewers: usize) -> Result<Viewers, LoadError> {
        let heard = Heard { kind: self.kind, ready: 0, frames: 0, last: Vec::new(), changed: 0 };
        let mut all = Viewers { fleet: Fleet::new()?, heard };
        let path = match self.kind {
            Kind::SocketIo => "/socket.io/?EIO=4&transport=websocket",
            _ => "/",
        };
        let request = websocket::upgrade_request(&self.started.address.to_string(), path, None);
        let requests = std::iter::repeat_n(request, viewers);
        all.fleet.connect(self.started.address, requests, &mut all.heard)?;
        let deadline = Instant::now() + READY_TIMEOUT;
        while self.kind == Kind::SocketIo && all.heard.ready < viewers {
            if Instant::now() > deadline {
                return Err(LoadError::NotLive);
            }
            all.fleet.poll(Duration::from_millis(5), &mut all.heard)?;
        }
        Ok(all)
    }

    /// Has it play a script, and measures all but its beginning; `None` when
    /// nothing came of it.
    pub(crate) fn play(
        &mut self,
        viewers: &mut Viewers,
        script: &Script,
        warm_up: Duration,
        window: Duration,
    ) -> Result<Option<Played>, LoadError> {
        let pid = self.started.pid();
        let began = Instant::now();
        self.order(&script.line())?;
        viewers.fleet.spin = true;
        viewers.listen(began + warm_up)?;
        let (frames, cpu) = (viewers.heard.frames, Cpu::of(pid));
        viewers.listen(began + warm_up + window)?;
        let cpu_ns = Cpu::of(pid).since_ns(cpu);
        let frames = viewers.heard.frames - frames;
        viewers.fleet.spin = false;
        self.order("\n")?;
        viewers.rest()?;
        Ok((frames > 0).then_some(Played { frames, cpu_ns }))
    }

    /// Ends all connections, and waits until the server is done with that.
    pub(crate) fn part(&self, mut viewers: Viewers) {
        viewers.fleet.hang_up();
        drop(viewers);
        process::settle(self.started.pid());
    }

    fn order(&mut self, text: &str) -> Result<(), LoadError> {
        if let Some(stdin) = self.started.stdin() {
            stdin.write_all(text.as_bytes())?;
            stdin.flush()?;
        }
        Ok(())
    }
}

impl Viewers {
    fn listen(&mut self, until: Instant) -> Result<(), LoadError> {
        while Instant::now() < until {
            self.fleet.poll(Duration::from_millis(5), &mut self.heard)?;
        }
        Ok(())
    }

    /// Hears what is still under way.
    fn rest(&mut self) -> Result<(), LoadError> {
        let deadline = Instant::now() + QUIET_TIMEOUT;
        loop {
            let before = self.heard.frames;
            self.listen(Instant::now() + QUIET)?;
            if self.heard.frames == before || Instant::now() > deadline {
                return Ok(());
            }
        }
    }
}
