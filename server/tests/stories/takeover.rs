//! From the web server's hands into those of a thread for sockets, and nobody
//! notices.

use std::time::Duration;

use place_core::Cell;
use place_core::wire::{Place, tag};

use crate::harness::{Client, Crowd, FIN, Frame, Raw, Server, Task, eventually, masked, op};

/// What an idle viewer may cost, in bytes: far more than it does, and less than
/// the web server's buffers alone.
const VIEWER_MAX_BYTES: u64 = 8 * 1024;

/// The smallest receive buffer that Linux gives.
const NARROW_BYTES: usize = 2048;

/// In the clear the socket is taken over, over TLS it is not.
fn both_ways() -> [Server; 2] {
    [Server::start(), Server::with(&["--tls-self-signed"])]
}

fn place(token: u32) -> Vec<u8> {
    let place = Place { token, cell: Cell { x: 1, y: 1 }, color: (token % 8) as u8 };
    masked(FIN | op::BINARY, &place.encode())
}

fn ping(number: u32) -> Vec<u8> {
    masked(FIN | op::PING, &[&number.to_le_bytes()[..], &[0x55; 100]].concat())
}

/// Every ping has its pong, in order, and every placement its answer.
#[track_caller]
fn assert_answered(raw: &mut Raw, pings: u32, mut places: u32) {
    let mut answered = 0;
    while answered < pings || places > 0 {
        let Frame { first, payload } = raw.own_frame().expect("it is still there");
        match (first & 0x0f, payload.first()) {
            (op::PONG, _) => {
                assert_eq!(payload[..4], u32::to_le_bytes(answered), "in order");
                answered += 1;
            }
            (op::BINARY, Some(&(tag::PLACED | tag::REFUSED))) => places -= 1,
            _ => {}
        }
    }
}

#[test]
fn what_comes_with_the_handshake_is_answered_however_much_it_is() {
    for server in both_ways() {
        let canvas = server.free_canvas("free", 16);
        let seat = server.join(&canvas, "Hasty");
        // A frame, some, and more than the web server takes in at a time.
        for pings in [0, 1, 20, 300, 3000] {
            let mut behind: Vec<u8> = (0..pings).flat_map(ping).collect();
            behind.extend(place(1));
            let mut raw = Raw::open_saying(server.address(), &canvas, Some(&seat), &behind);
            assert_answered(&mut raw, pings, 1);
            raw.ping();
        }
    }
}

#[test]
fn what_comes_right_behind_the_handshake_is_answered() {
    let server = Server::start();
    let canvas = server.free_canvas("free", 16);
    let seat = server.join(&canvas, "Hasty");
    for round in 0..200u32 {
        // The frame is cut in two at each place that there is: one part comes
        // with the handshake, the other at some moment of the take-over.
        let frames = [ping(0), place(2), ping(1)].concat();
        let cut = round as usize % frames.len();
        let mut raw = Raw::begin_saying(server.address(), &canvas, Some(&seat), &frames[..cut]);
        if round % 2 == 0 {
            std::thread::yield_now();
        }
        assert!(raw.send(&frames[cut..]));
        raw.welcomed();
        assert_answered(&mut raw, 2, 1);
    }
}

#[test]
fn a_handshake_that_comes_to_nothing_gives_its_place_back() {
    let server = Server::start();
    let canvas = server.free_canvas("free", 16);
    let seat = server.join(&canvas, "Hasty");
    for round in 0..200 {
        let behind = if round % 2 == 0 { ping(0) } else { Vec::new() };
        drop(Raw::begin_saying(server.address(), &canvas, Some(&seat), &behind));
    }
    let mut raw = Raw::open(server.address(), &canvas, Some(&seat));
    raw.ping();
    eventually("only that one is left", || {
        (server.metric("place_connections", "") == 1).then_some(())
    });
    eventually("and is counted among those who watch", || {
        (server.metric("place_viewers", &format!("canvas=\"{canvas}\"")) == 1).then_some(())
    });
}

#[test]
fn a_viewer_costs_neither_buffers_nor_a_second_descriptor() {
    let server = Server::start();
    let canvas = server.free_canvas("free", 64);
    let open =
        |count: usize| -> Vec<Client> { (0..count).map(|_| server.viewer(&canvas)).collect() };
    // What a first time costs is not the viewers'.
    let warm = open(50);
    let mut ada = server.person(&canvas, "Ada");
    for x in 0..50 {
        ada.put(x, 1, 1);
    }
    let (memory, descriptors) = (server.resident_bytes(), server.descriptors());

    let mut viewers = open(400);
    let seq = (0..50).map(|x| ada.put(x, 2, 2)).max().unwrap();
    for viewer in &mut viewers {
        viewer.until("sees it", |me| me.seq() == seq);
    }

    let each = server.resident_bytes().saturating_sub(memory) / viewers.len() as u64;
    assert!(each < VIEWER_MAX_BYTES, "{each} bytes a viewer");
    eventually("one descriptor a viewer", || {
        (server.descriptors() - descriptors < viewers.len() + 20).then_some(())
    });
    drop((warm, viewers));
    eventually("all are closed", || (server.descriptors() <= descriptors).then_some(()));
}

#[test]
fn a_reader_that_falls_back_amid_pings_gets_whole_frames_only() {
    for flag in ["--io-uring=on", "--io-uring=off"] {
        let server = Server::with(&[flag]);
        let canvas = server.free_canvas("big", 500);
        let mut slow: Vec<Raw> = (0..4)
            .map(|_| Raw::open_narrow(server.address(), &canvas, None, NARROW_BYTES))
            .collect();
        for raw in &mut slow {
            assert!(raw.send(&masked(FIN | op::TEXT, b"{\"type\":\"watch\",\"since\":1}")));
        }
        let task = Task { people: 4, first_cell: 0, cells: 30_000 };
        let crowd = Crowd::start_task(server.address(), &canvas, task);
        let mut number = 0;
        let mut fast = server.viewer(&canvas);
        // `Raw` reads as a strict client does: a byte out of place fails.
        let mut pongs = 0;
        while pongs < 200 {
            for raw in &mut slow {
                assert!(raw.send(&ping(number)));
                // Far behind: the pong comes when what is before it is read.
                while raw.own_frame().expect("it is still there").first != FIN | op::PONG {}
                pongs += 1;
            }
            number += 1;
        }
        crowd.finish();
        let seq = server.viewer(&canvas).seq();
        fast.until("has caught up", |me| me.seq() == seq);
        assert!(server.log().contains("io_uring") || flag.ends_with("off"));
    }
}

#[test]
fn both_ways_of_sending_bring_the_same() {
    for flag in ["--io-uring=on", "--io-uring=off"] {
        let server = Server::with(&[flag]);
        let canvas = server.free_canvas("free", 200);
        let mut viewers: Vec<Client> = (0..40).map(|_| server.viewer(&canvas)).collect();
        let task = Task { people: 4, first_cell: 0, cells: 5000 };
        Crowd::start_task(server.address(), &canvas, task).finish();
        let fresh = server.viewer(&canvas);
        for viewer in &mut viewers {
            viewer.until("has caught up", |me| me.seq() == fresh.seq());
            assert!(viewer.mirror() == fresh.mirror(), "{flag}: the mirrors differ");
        }
    }
}

#[test]
fn a_close_is_answered_and_the_connection_ended_at_once() {
    let server = Server::start();
    let began = std::time::Instant::now();
    for _ in 0..10 {
        let mut raw = Raw::open(server.address(), "playground", None);
        assert!(raw.send(&masked(FIN | op::CLOSE, &1000u16.to_be_bytes())));
        // The server is the first to end: nothing is sent, and no side is shut.
        while raw.frame().is_some() {}
    }
    // Ten times the web server's own patience would be ten seconds.
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}
