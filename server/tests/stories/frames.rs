//! Frames that no browser sends: refused by name, at once, and at no cost to
//! anybody else.

use std::time::{Duration, Instant};

use place_core::wire::{Place, tag};
use place_core::{Cell, Reason};

use crate::harness::{FIN, Frame, Raw, Seat, Server, header, masked, op};

/// Most memory that an announced message may cost.
const GROWTH_MAX_BYTES: u64 = 8 << 20;

fn place(token: u32) -> [u8; 10] {
    Place { token, cell: Cell { x: 3, y: 4 }, color: 2 }.encode()
}

fn seated(server: &Server) -> (String, Seat) {
    let canvas = server.free_canvas("free", 16);
    let seat = server.join(&canvas, "Ada");
    (canvas, seat)
}

/// Reads the answer to a placement: accepted, with this token.
#[track_caller]
fn assert_placed(raw: &mut Raw, token: u32) {
    let frame = raw.own_frame().expect("an answer");
    assert_eq!(frame.first, FIN | op::BINARY, "{frame:?}");
    assert_eq!(frame.payload[0], tag::PLACED, "{frame:?}");
    assert_eq!(frame.payload[1..5], token.to_le_bytes(), "{frame:?}");
}

/// A frame without a mask.
fn unmasked(first: u8, payload: &[u8]) -> Vec<u8> {
    [&[first, payload.len() as u8], payload].concat()
}

#[test]
fn each_broken_frame_gets_its_close_code() {
    let text = FIN | op::TEXT;
    let table: Vec<(&str, Vec<u8>, u16)> = vec![
        ("no mask", unmasked(FIN | op::BINARY, &place(1)), 1002),
        ("reserved bit 1", masked(0x40 | FIN | op::BINARY, &place(1)), 1002),
        ("reserved bit 2", masked(0x20 | FIN | op::BINARY, &place(1)), 1002),
        ("reserved bit 3", masked(0x10 | FIN | op::TEXT, b"{}"), 1002),
        ("a reserved opcode", masked(FIN | 3, b"x"), 1002),
        ("a reserved control opcode", masked(FIN | 0xb, b""), 1002),
        ("a ping in pieces", masked(op::PING, b"x"), 1002),
        ("a long ping", masked(FIN | op::PING, &[0; 126]), 1002),
        ("a continuation of nothing", masked(FIN | op::CONTINUATION, b"x"), 1002),
        (
            "a message inside of another",
            [masked(op::BINARY, b"x"), masked(FIN | op::TEXT, b"{}")].concat(),
            1002,
        ),
        ("a close code of one byte", masked(FIN | op::CLOSE, &[3]), 1002),
        ("a text over 4096 bytes", masked(text, &[b' '; 4097]), 1009),
        ("a binary over 4096 bytes", masked(FIN | op::BINARY, &[1; 4097]), 1009),
        (
            "4097 bytes in two pieces",
            [masked(op::TEXT, &[b' '; 4000]), masked(FIN | op::CONTINUATION, &[b' '; 97])].concat(),
            1009,
        ),
        (
            "a thousand pieces",
            [masked(op::TEXT, b" "), masked(op::CONTINUATION, b" ").repeat(999)].concat(),
            1009,
        ),
        ("a text that is not UTF-8", masked(text, b"{\"type\":\"\xff\"}"), 1007),
        ("a text cut in a letter", masked(text, b"\xc3"), 1007),
        (
            "a text that is not UTF-8 in pieces",
            [masked(op::TEXT, b"\xe2\x82"), masked(FIN | op::CONTINUATION, b"\x28")].concat(),
            1007,
        ),
    ];
    // In the clear the worker reads by itself, over TLS the web server does.
    for server in [Server::start(), Server::with(&["--tls-self-signed"])] {
        let (canvas, seat) = seated(&server);
        for (name, bytes, code) in &table {
            let mut raw = Raw::open(server.address(), &canvas, Some(&seat));
            let began = Instant::now();
            raw.send(bytes);
            assert_eq!(raw.close_code(), *code, "{name}");
            assert!(began.elapsed() < Duration::from_secs(4), "{name}: {:?}", began.elapsed());
        }
        assert_eq!(server.viewer(&canvas).sees(3, 4), 0, "nothing of it was placed");
    }
}

#[test]
fn what_is_announced_is_not_allocated() {
    let server = Server::start();
    let (canvas, seat) = seated(&server);
    for length in [2 << 30, 1 << 20, u64::MAX, 5000] {
        for first in [op::BINARY, FIN | op::BINARY, FIN | op::TEXT] {
            let mut raw = Raw::open(server.address(), &canvas, Some(&seat));
            let before = server.resident_bytes();
            raw.send(&header(first, length));
            // As much of it as goes: all of it lands nowhere.
            raw.push(&vec![0x55; 64 * 1024], 16 << 20, Duration::from_millis(20));
            assert_eq!(raw.close_code(), 1009, "{length} bytes announced");
            let grown = server.resident_bytes().saturating_sub(before);
            assert!(grown < GROWTH_MAX_BYTES, "{length} announced, {grown} bytes taken");
        }
    }
}

#[test]
fn a_message_in_pieces_is_one_message() {
    let server = Server::start();
    let (canvas, seat) = seated(&server);
    let mut raw = Raw::open(server.address(), &canvas, Some(&seat));
    let bytes = place(7);
    let pieces = [
        masked(op::BINARY, &bytes[..3]),
        masked(FIN | op::PING, b"between"),
        masked(op::CONTINUATION, &[]),
        masked(FIN | op::CONTINUATION, &bytes[3..]),
    ];
    assert!(raw.send(&pieces.concat()));
    assert_eq!(
        raw.own_frame(),
        Some(Frame { first: FIN | op::PONG, payload: b"between".to_vec() })
    );
    assert_placed(&mut raw, 7);
}

#[test]
fn a_frame_may_come_byte_by_byte() {
    let server = Server::start();
    let (canvas, seat) = seated(&server);
    let mut raw = Raw::open(server.address(), &canvas, Some(&seat));
    for byte in masked(FIN | op::BINARY, &place(8)) {
        assert!(raw.send(&[byte]));
    }
    assert_placed(&mut raw, 8);
}

#[test]
fn what_came_before_a_broken_frame_is_answered() {
    let server = Server::start();
    let (canvas, seat) = seated(&server);
    for token in 1..20 {
        let mut raw = Raw::open(server.address(), &canvas, Some(&seat));
        let good = masked(FIN | op::BINARY, &place(token));
        let (bad, code) = match token % 3 {
            0 => (unmasked(FIN | op::BINARY, &place(99)), 1002),
            1 => (masked(FIN | op::TEXT, b"\xff"), 1007),
            _ => (masked(FIN | op::CLOSE, &[3]), 1002),
        };
        assert!(raw.send(&[good, bad].concat()));
        assert_placed(&mut raw, token);
        assert_eq!(raw.close_code(), code);
    }
}

#[test]
fn pixels_as_text_and_text_as_pixels() {
    let server = Server::start();
    let (canvas, seat) = seated(&server);
    let mut raw = Raw::open(server.address(), &canvas, Some(&seat));
    assert!(raw.send(&masked(FIN | op::TEXT, &place(1))));
    let error = raw.own_frame().expect("an answer");
    assert_eq!(error.first, FIN | op::TEXT);
    assert!(String::from_utf8_lossy(&error.payload).contains("\"error\""), "{error:?}");

    assert!(raw.send(&masked(FIN | op::BINARY, b"{\"type\":\"watch\"}")));
    let refused = raw.own_frame().expect("an answer");
    assert_eq!(refused.payload[..1], [tag::REFUSED], "{refused:?}");
    assert_eq!(refused.payload[5], Reason::Malformed as u8, "{refused:?}");

    assert!(raw.send(&masked(FIN | op::BINARY, &place(2))));
    assert_placed(&mut raw, 2);
}

#[test]
fn a_close_is_answered_with_its_own_code() {
    let server = Server::start();
    let (canvas, seat) = seated(&server);
    for code in [1000u16, 1001, 3000, 4999] {
        let mut raw = Raw::open(server.address(), &canvas, Some(&seat));
        assert!(raw.send(&masked(FIN | op::CLOSE, &code.to_be_bytes())));
        assert_eq!(raw.close_code(), code);
    }
    let mut raw = Raw::open(server.address(), &canvas, Some(&seat));
    assert!(raw.send(&masked(FIN | op::CLOSE, &[])));
    assert_eq!(raw.own_frame(), Some(Frame { first: FIN | op::CLOSE, payload: vec![] }));
    assert_eq!(raw.frame(), None);
}

#[test]
fn half_a_frame_and_then_silence_concerns_nobody_else() {
    let server = Server::start();
    let (canvas, seat) = seated(&server);
    let mut silent: Vec<Raw> = (0..20)
        .map(|n| {
            let mut raw = Raw::open(server.address(), &canvas, Some(&seat));
            let whole = masked(FIN | op::BINARY, &place(1));
            raw.send(&whole[..=n % (whole.len() - 1)]);
            raw
        })
        .collect();
    let mut ada = server.person(&canvas, "Another Ada");
    let seq = ada.put(0, 0, 1);
    ada.until("goes on", |me| me.seq() == seq);
    // One that hangs up in the middle is let go of.
    ada.until("counts one seat and herself", |me| me.online() == 2);
    silent.iter().for_each(Raw::hang_up);
    while silent.iter_mut().any(|raw| raw.own_frame().is_some()) {}
    ada.until("is alone", |me| me.online() == 1);
}
