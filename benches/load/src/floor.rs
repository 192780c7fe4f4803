//! The floor: what it costs at least to give many sockets the same bytes. A
//! bare epoll server that does nothing else: it answers the upgrade, and then
//! sends one frame to every socket whenever it is due; with `send()` for each,
//! or with batches of sends through `io_uring`.
//!
//! It runs as a process of its own, so that its processor time can be read
//! alone, and is told on its standard input what to do: each line is a
//! [`Script`], an empty one stops the frames, the end of the input ends it.

use std::io::{self, BufRead, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, TryRecvError};
use std::time::{Duration, Instant};

use place_core::wire::frame::{self, Opcode};
use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::io::Errno;
use rustix::net::{SendFlags, send, sockopt};

use crate::script::Script;
use crate::uring::Batches;
use crate::websocket::SAMPLE_ACCEPT;

/// Marks the listening socket among the events.
const LISTENER: u64 = u64::MAX;

/// Connections accepted between two looks at the clock.
const ACCEPTS_AT_ONCE: usize = 64;

/// How often new orders are looked for: seldom enough to cost nothing.
const ORDERS_INTERVAL: Duration = Duration::from_millis(50);

/// Handshakes that may wait: more than the loader has under way.
const BACKLOG: i32 = 1024;

/// A script that is being played.
struct Playing {
    began: Instant,
    script: Script,
    next: usize,
}

struct Viewer {
    stream: TcpStream,
    upgraded: bool,
}

/// The floor's state.
struct Floor {
    epoll: rustix::fd::OwnedFd,
    listener: TcpListener,
    viewers: Vec<Option<Viewer>>,
    open: usize,
    playing: Option<Playing>,
    ring: Option<Batches>,
    /// Frames that a full socket did not take; a run with any is void.
    refused: u64,
}

/// Runs the floor until its input ends; `batched` with `io_uring`.
pub(crate) fn serve(batched: bool) -> io::Result<()> {
    let ring = if batched { Some(Batches::new()?) } else { None };
    let listener = TcpListener::bind("127.0.0.1:0")?;
    rustix::net::listen(&listener, BACKLOG)?;
    listener.set_nonblocking(true)?;
    println!("http://{}", listener.local_addr()?);
    io::stdout().flush()?;
    let orders = orders();
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    epoll::add(&epoll, &listener, epoll::EventData::new_u64(LISTENER), epoll::EventFlags::IN)?;
    let viewers = Vec::new();
    let mut floor = Floor { epoll, listener, viewers, open: 0, playing: None, ring, refused: 0 };
    let mut events = Vec::with_capacity(256);
    loop {
        match orders.try_recv() {
            Ok(order) => floor.playing = Some(order),
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => break,
        }
        floor.send_due()?;
        floor.wait(&mut events)?;
    }
    if floor.refused > 0 {
        eprintln!("the floor could not send {} frames: the readers were too slow", floor.refused);
    }
    Ok(())
}

/// Reads orders from the standard input on a thread of its own.
fn orders() -> mpsc::Receiver<Playing> {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            let order = Playing { began: Instant::now(), script: Script::parse(&line), next: 0 };
            if send.send(order).is_err() {
                break;
            }
        }
    });
    receive
}

impl Floor {
    /// When the next frame is due.
    fn due(&self) -> Option<Instant> {
        let playing = self.playing.as_ref()?;
        playing.script.0.get(playing.next).map(|due| playing.began + due.after)
    }

    fn send_due(&mut self) -> io::Result<()> {
        if self.due().is_none_or(|due| Instant::now() < due) {
            return Ok(());
        }
        let Some(playing) = &mut self.playing else { return Ok(()) };
        let payload = vec![0x55; playing.script.0[playing.next].payload_bytes];
        playing.next += 1;
        let frame = frame::frame(Opcode::Binary, &payload);
        let viewers = self.viewers.iter().flatten().filter(|viewer| viewer.upgraded);
        if let Some(ring) = &mut self.ring {
            self.refused += ring.send(viewers.map(|viewer| &viewer.stream), &frame)?;
            return Ok(());
        }
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        for viewer in viewers {
            if send(&viewer.stream, &frame, flags) != Ok(frame.len()) {
                self.refused += 1;
            }
        }
        Ok(())
    }

    fn wait(&mut self, events: &mut Vec<epoll::Event>) -> io::Result<()> {
        let until_due = self.due().map(|due| due.saturating_duration_since(Instant::now()));
        let wait = until_due.unwrap_or(ORDERS_INTERVAL).min(ORDERS_INTERVAL);
        let timeout = Timespec { tv_sec: 0, tv_nsec: i64::from(wait.subsec_nanos()) };
        events.clear();
        match epoll::wait(&self.epoll, spare_capacity(events), Some(&timeout)) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        for event in events.iter() {
            match event.data.u64() {
                LISTENER => self.accept()?,
                number => self.answer(number as usize)?,
            }
        }
        Ok(())
    }

    fn accept(&mut self) -> io::Result<()> {
        for _ in 0..ACCEPTS_AT_ONCE {
            let stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            stream.set_nonblocking(true)?;
            sockopt::set_tcp_nodelay(&stream, true)?;
            let data = epoll::EventData::new_u64(self.viewers.len() as u64);
            epoll::add(&self.epoll, &stream, data, epoll::EventFlags::IN)?;
            self.viewers.push(Some(Viewer { stream, upgraded: false }));
            self.open += 1;
        }
        Ok(())
    }

    /// Whoever says something wants the upgrade; whoever ends is left out.
    fn answer(&mut self, number: usize) -> io::Result<()> {
        let Some(viewer) = self.viewers.get_mut(number).and_then(Option::as_mut) else {
            return Ok(());
        };
        let mut request = [0; 4096];
        match viewer.stream.read(&mut request) {
            Ok(0) | Err(_) => self.forget(number),
            Ok(_) if !viewer.upgraded => {
                let answer = format!(
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
                     Connection: Upgrade\r\nSec-WebSocket-Accept: {SAMPLE_ACCEPT}\r\n\r\n"
                );
                viewer.stream.write_all(answer.as_bytes())?;
                viewer.upgraded = true;
            }
            Ok(_) => {}
        }
        Ok(())
    }

    fn forget(&mut self, number: usize) {
        // Closing takes it out of the epoll set.
        self.viewers[number] = None;
        self.open -= 1;
        if self.open == 0 {
            self.viewers.clear();
        }
    }
}
