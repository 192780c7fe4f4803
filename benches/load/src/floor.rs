//! The floor: what it costs at least to give many sockets the same bytes. A
//! bare epoll server that does nothing else: it answers the upgrade, and then
//! `send()`s one frame to every socket whenever it is due.
//!
//! It runs as a process of its own, so that its processor time can be read
//! alone, and is told on its standard input what to do:
//! `<interval in µs> <payload in bytes>` starts the frames, an empty line stops
//! them, the end of the input ends it.

use std::io::{self, BufRead, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, TryRecvError};
use std::time::{Duration, Instant};

use place_core::wire::frame::{self, Opcode};
use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::io::Errno;
use rustix::net::{SendFlags, send, sockopt};

use crate::websocket::SAMPLE_ACCEPT;

/// Marks the listening socket among the events.
const LISTENER: u64 = u64::MAX;

/// Connections accepted between two looks at the clock.
const ACCEPTS_AT_ONCE: usize = 64;

/// How often new orders are looked for: seldom enough to cost nothing.
const ORDERS_INTERVAL: Duration = Duration::from_millis(100);

/// Largest frame that may be ordered, in bytes.
const PAYLOAD_MAX_BYTES: usize = 1 << 20;

/// What to send, and how often.
struct Beat {
    interval: Duration,
    frame: bytes::Bytes,
    next: Instant,
}

struct Viewer {
    stream: TcpStream,
    upgraded: bool,
}

/// The floor's state.
struct Floor {
    epoll: rustix::fd::OwnedFd,
    listener: TcpListener,
    viewers: Vec<Viewer>,
    beat: Option<Beat>,
    /// Frames that a full socket did not take; a run with any is void.
    refused: u64,
}

/// Runs the floor until its input ends.
pub(crate) fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    println!("http://{}", listener.local_addr()?);
    io::stdout().flush()?;
    let orders = orders();
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    epoll::add(&epoll, &listener, epoll::EventData::new_u64(LISTENER), epoll::EventFlags::IN)?;
    let mut floor = Floor { epoll, listener, viewers: Vec::new(), beat: None, refused: 0 };
    let mut events = Vec::with_capacity(256);
    loop {
        match orders.try_recv() {
            Ok(order) => floor.beat = order,
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => break,
        }
        floor.send_due();
        floor.wait(&mut events)?;
    }
    if floor.refused > 0 {
        eprintln!("the floor could not send {} frames: the readers were too slow", floor.refused);
    }
    Ok(())
}

/// Reads orders from the standard input on a thread of its own.
fn orders() -> mpsc::Receiver<Option<Beat>> {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if send.send(order(&line)).is_err() {
                break;
            }
        }
    });
    receive
}

fn order(line: &str) -> Option<Beat> {
    let (interval_us, payload_bytes) = line.trim().split_once(' ')?;
    let interval = Duration::from_micros(interval_us.parse::<u64>().ok()?.max(100));
    let payload = vec![0x55; payload_bytes.parse::<usize>().ok()?.min(PAYLOAD_MAX_BYTES)];
    Some(Beat { interval, frame: frame::frame(Opcode::Binary, &payload), next: Instant::now() })
}

impl Floor {
    fn send_due(&mut self) {
        let Some(beat) = &mut self.beat else { return };
        if Instant::now() < beat.next {
            return;
        }
        beat.next += beat.interval;
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        for viewer in self.viewers.iter().filter(|viewer| viewer.upgraded) {
            if send(&viewer.stream, &beat.frame, flags) != Ok(beat.frame.len()) {
                self.refused += 1;
            }
        }
    }

    fn wait(&mut self, events: &mut Vec<epoll::Event>) -> io::Result<()> {
        let until_beat =
            self.beat.as_ref().map(|beat| beat.next.saturating_duration_since(Instant::now()));
        let wait = until_beat.unwrap_or(ORDERS_INTERVAL).min(ORDERS_INTERVAL);
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
            self.viewers.push(Viewer { stream, upgraded: false });
        }
        Ok(())
    }

    /// Whoever says something wants the upgrade; whoever ends is left out.
    fn answer(&mut self, number: usize) -> io::Result<()> {
        let viewer = &mut self.viewers[number];
        let mut request = [0; 4096];
        match viewer.stream.read(&mut request) {
            Ok(0) | Err(_) => {
                viewer.upgraded = false;
                epoll::delete(&self.epoll, &viewer.stream)?;
            }
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_an_interval_and_a_size_or_nothing() {
        let beat = order("33000 256").expect("an order");
        assert_eq!((beat.interval, beat.frame.len()), (Duration::from_millis(33), 256 + 4));
        assert!(order("").is_none() && order("a b").is_none());
    }
}
