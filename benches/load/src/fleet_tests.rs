//! The fleet against a scripted server.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::thread::JoinHandle;

use place_core::wire::frame;

use super::*;
use crate::websocket::SAMPLE_ACCEPT;

/// What a scripted server does with each connection once it is upgraded.
type Script = fn(&mut TcpStream);

fn server(connections: usize, script: Script) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = move || {
        for _ in 0..connections {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
            let accept =
                format!("HTTP/1.1 101 Up\r\nSec-WebSocket-Accept: {SAMPLE_ACCEPT}\r\n\r\n");
            stream.write_all(accept.as_bytes()).unwrap();
            script(&mut stream);
        }
    };
    (address, std::thread::spawn(serve))
}

/// Notes what it hears, and answers binary messages with their first byte.
#[derive(Default)]
struct Notes(Vec<(usize, Vec<u8>)>);

impl Listener for Notes {
    fn message(
        &mut self,
        connection: usize,
        frame: Frame<'_>,
        frame_bytes: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), FleetError> {
        assert!(frame_bytes > frame.payload.len());
        self.0.push((connection, frame.payload.to_vec()));
        if frame.opcode == Opcode::Binary {
            websocket::put_masked(out, Opcode::Binary, &frame.payload[..1], [0; 4]);
        }
        Ok(())
    }
}

fn connect(address: SocketAddr, count: usize, notes: &mut Notes) -> Fleet {
    let mut fleet = Fleet::new().unwrap();
    let request = websocket::upgrade_request(&address.to_string(), "/", None);
    fleet.connect(address, std::iter::repeat_n(request, count), notes).unwrap();
    fleet
}

/// Polls until something is true, or fails.
fn until(fleet: &mut Fleet, notes: &mut Notes, mut done: impl FnMut(&Notes) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !done(notes) {
        assert!(Instant::now() < deadline, "it never came");
        fleet.poll(Duration::from_millis(50), notes).unwrap();
    }
}

/// Reads what the client sent, without its mask.
fn read_masked(stream: &mut TcpStream) -> (u8, Vec<u8>) {
    let mut head = [0; 6];
    stream.read_exact(&mut head).unwrap();
    let mut payload = vec![0; usize::from(head[1] & 0x7f)];
    stream.read_exact(&mut payload).unwrap();
    payload.iter_mut().zip(head[2..].iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
    (head[0], payload)
}

#[test]
fn messages_arrive_whole_however_they_are_cut() {
    let (address, served) = server(3, |stream| {
        let mut bytes = frame::frame(Opcode::Text, b"hello").to_vec();
        bytes.extend(frame::frame(Opcode::Text, &[7; 300]));
        for piece in bytes.chunks(3) {
            stream.write_all(piece).unwrap();
            stream.flush().unwrap();
        }
    });
    let mut notes = Notes::default();
    let mut fleet = Fleet::new().unwrap();
    let request = websocket::upgrade_request(&address.to_string(), "/", None);
    // The server closes right after its last message: that is an error here,
    // and all messages are heard before it.
    let mut result = fleet.connect(address, std::iter::repeat_n(request, 3), &mut notes);
    while result.is_ok() && notes.0.len() < 6 {
        result = fleet.poll(Duration::from_millis(50), &mut notes);
    }
    served.join().unwrap();
    let heard = |connection| notes.0.iter().filter(|(from, _)| *from == connection).count();
    assert_eq!(heard(0), 2);
    assert!(notes.0.iter().all(|(_, text)| text == b"hello" || text == &[7; 300]));
}

#[test]
fn answers_go_back_on_the_same_connection_and_pings_are_answered() {
    let (address, served) = server(1, |stream| {
        stream.write_all(&frame::frame(Opcode::Ping, b"there?")).unwrap();
        assert_eq!(read_masked(stream), (0x8a, b"there?".to_vec()));
        stream.write_all(&frame::frame(Opcode::Binary, &[42, 1])).unwrap();
        assert_eq!(read_masked(stream), (0x82, vec![42]));
        assert_eq!(read_masked(stream), (0x82, vec![9, 9]), "what was queued");
        stream.write_all(&frame::frame(Opcode::Text, b"done")).unwrap();
        assert_eq!(read_masked(stream), (0x81, b"bye".to_vec()));
    });
    let mut notes = Notes::default();
    let mut fleet = connect(address, 1, &mut notes);
    until(&mut fleet, &mut notes, |notes| notes.0.len() == 1);
    fleet.queue(0, Opcode::Binary, &[9, 9]);
    fleet.flush().unwrap();
    until(&mut fleet, &mut notes, |notes| notes.0.len() == 2);
    fleet.queue(0, Opcode::Text, b"bye");
    fleet.flush().unwrap();
    served.join().unwrap();
}

#[test]
fn a_close_ends_the_run_and_says_why() {
    let (address, served) = server(1, |stream| {
        stream.write_all(&frame::close(1001, "stopping")).unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
    });
    let mut notes = Notes::default();
    let mut fleet = Fleet::new().unwrap();
    let request = websocket::upgrade_request(&address.to_string(), "/", None);
    let mut result = fleet.connect(address, [request], &mut notes);
    while result.is_ok() {
        result = fleet.poll(Duration::from_millis(50), &mut notes);
    }
    let said = result.unwrap_err().to_string();
    assert!(said.contains("1001") && said.contains("stopping"), "{said}");
    drop(fleet);
    served.join().unwrap();
}
