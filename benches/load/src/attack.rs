//! Load that means harm. Each attack is some connections, what they say first,
//! and what they go on saying; whoever is closed comes back at once.
//!
//! It runs on a thread of its own, at the lowest priority: the honest people of
//! the same run are on the same core, and must not be delayed by their own
//! machine.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, socket_with, sockopt};

use crate::process::{self, Memory};

/// The one address that all attacks come from; honest people have another.
const SOURCE: Ipv4Addr = Ipv4Addr::new(127, 2, 0, 1);

/// The lowest priority there is.
const NICE: i32 = 19;

/// Connections opened in one sweep: as many as a full second's worth of a
/// patient attacker, and few enough that the others go on.
const OPENED_AT_ONCE: usize = 500;

/// Bytes that one connection says or hears in a sweep.
const SWEEP_BYTES: usize = 64 * 1024;

/// Pause between two sweeps of those who do not flood.
const PAUSE: Duration = Duration::from_millis(50);

/// How often a slow one says its next byte.
const DRIP_INTERVAL: Duration = Duration::from_secs(1);

/// How often the server's memory and files are looked at.
const LOOK_INTERVAL: Duration = Duration::from_millis(250);

/// What is said after the opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Goes {
    /// Nothing more.
    Silent,
    /// These bytes, one a second.
    Drips(u8),
    /// These bytes, as fast as they are taken.
    Floods(Vec<u8>),
}

/// An attack.
#[derive(Clone, Debug)]
pub(crate) struct Attack {
    pub(crate) connections: usize,
    /// What each connection says at once.
    pub(crate) opening: Vec<u8>,
    pub(crate) goes: Goes,
    /// Whether it reads what the server says.
    pub(crate) reads: bool,
    /// Its receive buffer, in bytes; `None` for the system's.
    pub(crate) receive_bytes: Option<usize>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Outcome {
    /// Connections that the server ended.
    pub(crate) ended: u64,
    pub(crate) sent_bytes: u64,
    /// The server's memory and files at the most.
    pub(crate) resident_kib: u64,
    pub(crate) files: usize,
}

/// An attack under way.
pub(crate) struct UnderWay {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Outcome>,
}

impl Attack {
    /// Begins.
    pub(crate) fn begin(self, target: SocketAddr, pid: u32) -> UnderWay {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            // Without the lower priority the figures are worse, not wrong.
            let _ = rustix::process::setpriority_process(None, NICE);
            Horde::new(self, target, pid).rage(&stopped)
        });
        UnderWay { stop, thread }
    }
}

impl UnderWay {
    /// Ends it, and every connection with it.
    pub(crate) fn end(self) -> Outcome {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("an attack does not panic")
    }
}

struct Soldier {
    stream: TcpStream,
    /// What it still has to say before it goes on.
    unsaid: Vec<u8>,
}

struct Horde {
    attack: Attack,
    target: SocketAddr,
    pid: u32,
    soldiers: Vec<Option<Soldier>>,
    outcome: Outcome,
    buffer: Vec<u8>,
}

impl Horde {
    fn new(attack: Attack, target: SocketAddr, pid: u32) -> Self {
        let soldiers = (0..attack.connections).map(|_| None).collect();
        let buffer = vec![0; SWEEP_BYTES];
        Self { attack, target, pid, soldiers, outcome: Outcome::default(), buffer }
    }

    fn rage(mut self, stop: &AtomicBool) -> Outcome {
        let (mut look, mut drip) = (Instant::now(), Instant::now());
        while !stop.load(Ordering::Relaxed) {
            self.enlist();
            let drips = drip.elapsed() >= DRIP_INTERVAL;
            if drips {
                drip = Instant::now();
            }
            for number in 0..self.soldiers.len() {
                self.sweep(number, drips);
            }
            if look.elapsed() >= LOOK_INTERVAL {
                look = Instant::now();
                let Outcome { resident_kib, files, .. } = &mut self.outcome;
                *resident_kib = Memory::of(self.pid).resident_kib.max(*resident_kib);
                *files = process::open_files(self.pid).max(*files);
            }
            if !matches!(self.attack.goes, Goes::Floods(_)) {
                std::thread::sleep(PAUSE);
            }
        }
        self.outcome
    }

    /// Opens connections in place of those that have ended.
    fn enlist(&mut self) {
        let (attack, target) = (&self.attack, self.target);
        let missing = self.soldiers.iter_mut().filter(|soldier| soldier.is_none());
        for place in missing.take(OPENED_AT_ONCE) {
            // Out of ports or files: the next sweep tries again.
            let Ok(stream) = open(target, attack.receive_bytes) else { return };
            *place = Some(Soldier { stream, unsaid: attack.opening.clone() });
        }
    }

    fn sweep(&mut self, number: usize, drips: bool) {
        let Some(soldier) = &mut self.soldiers[number] else { return };
        let said = soldier.say(&self.attack.goes, drips);
        let heard = if self.attack.reads { soldier.hear(&mut self.buffer) } else { Ok(()) };
        if let (Ok(bytes), Ok(())) = (said, heard) {
            self.outcome.sent_bytes += bytes as u64;
        } else {
            self.outcome.ended += 1;
            self.soldiers[number] = None;
        }
    }
}

/// The server has ended the connection.
struct Ended;

impl Soldier {
    /// Says what is due; tells how many bytes were taken.
    fn say(&mut self, goes: &Goes, drips: bool) -> Result<usize, Ended> {
        let mut said = 0;
        while said < SWEEP_BYTES {
            if self.unsaid.is_empty() {
                match goes {
                    Goes::Floods(piece) => self.unsaid.extend_from_slice(piece),
                    Goes::Drips(byte) if drips && said == 0 => self.unsaid.push(*byte),
                    Goes::Silent | Goes::Drips(_) => break,
                }
            }
            match self.stream.write(&self.unsaid) {
                Ok(0) => return Err(Ended),
                Ok(count) => {
                    self.unsaid.drain(..count);
                    said += count;
                }
                Err(error) if is_not_yet(&error) => break,
                Err(_) => return Err(Ended),
            }
        }
        Ok(said)
    }

    /// Reads, and forgets.
    fn hear(&mut self, buffer: &mut [u8]) -> Result<(), Ended> {
        match self.stream.read(buffer) {
            Ok(0) => Err(Ended),
            Ok(_) => Ok(()),
            Err(error) if is_not_yet(&error) => Ok(()),
            Err(_) => Err(Ended),
        }
    }
}

fn is_not_yet(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected | ErrorKind::Interrupted)
}

/// A socket on its way to the target, which ends with a reset: nothing of it
/// stays behind on this machine.
fn open(target: SocketAddr, receive_bytes: Option<usize>) -> std::io::Result<TcpStream> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
    sockopt::set_socket_linger(&socket, Some(Duration::ZERO))?;
    if let Some(bytes) = receive_bytes {
        sockopt::set_socket_recv_buffer_size(&socket, bytes)?;
    }
    bind(&socket, &SocketAddr::from((SOURCE, 0)))?;
    match connect(&socket, &target) {
        Ok(()) | Err(Errno::INPROGRESS) => Ok(TcpStream::from(socket)),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn attack(goes: Goes, reads: bool) -> Attack {
        Attack { connections: 2, opening: b"hello".to_vec(), goes, reads, receive_bytes: None }
    }

    #[test]
    fn whoever_is_ended_comes_back() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let pid = std::process::id();
        let target = listener.local_addr().unwrap();
        let under_way = attack(Goes::Floods(b"x".repeat(100)), true).begin(target, pid);
        for _ in 0..5 {
            let (mut stream, from) = listener.accept().unwrap();
            assert_eq!(from.ip(), SOURCE);
            let mut said = [0; 105];
            stream.read_exact(&mut said).unwrap();
            assert_eq!(&said[..6], b"hellox");
        }
        let outcome = under_way.end();
        assert!(outcome.ended >= 3 && outcome.sent_bytes >= 500, "{outcome:?}");
    }

    #[test]
    fn the_silent_say_their_opening_and_no_more() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = listener.local_addr().unwrap();
        let under_way = attack(Goes::Silent, false).begin(target, std::process::id());
        let mut streams: Vec<_> = (0..2).map(|_| listener.accept().unwrap().0).collect();
        for stream in &mut streams {
            let mut said = [0; 5];
            stream.read_exact(&mut said).unwrap();
        }
        assert_eq!(under_way.end().sent_bytes, 10);
        let mut rest = Vec::new();
        assert!(streams[0].read_to_end(&mut rest).is_err() || rest.is_empty());
    }
}
