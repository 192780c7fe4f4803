//! WebSocket frames, and the messages with fixed fields.

use place_core::cooldown::Allowance;
use place_core::wire::frame::{self, Opcode};
use place_core::wire::{Place, ServerFrame, WireError, board};
use place_core::{Cell, Reason, Refusal};
use proptest::prelude::*;

use crate::support::{FREE, canvas, frames, size};

#[test]
fn lengths_take_the_shortest_form() {
    for (length, header) in [
        (0, &[0x82, 0][..]),
        (125, &[0x82, 125]),
        (126, &[0x82, 126, 0, 126]),
        (127, &[0x82, 126, 0, 127]),
        (0xffff, &[0x82, 126, 0xff, 0xff]),
        (0x10000, &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
    ] {
        let bytes = frame::frame(Opcode::Binary, &vec![7; length]);
        assert!(bytes.starts_with(header), "{length} bytes");
        assert_eq!(bytes.len(), header.len() + length);
        assert_eq!(frames(&bytes), [(2, vec![7; length])]);
    }
}

#[test]
fn close_reasons_are_cut_between_characters() {
    for (reason, kept) in [("", 0), ("bye", 3), (&"x".repeat(123), 123), (&"x".repeat(124), 123)] {
        assert_eq!(frames(&frame::close(1001, reason))[0].1.len(), 2 + kept);
    }
    let close = frames(&frame::close(4000, &"ü".repeat(70)));
    let [(8, payload)] = close.as_slice() else { panic!("one close frame") };
    assert_eq!(payload[..2], 4000u16.to_be_bytes());
    let reason = std::str::from_utf8(&payload[2..]).expect("UTF-8 to the end");
    assert_eq!(reason, "ü".repeat(61));
}

#[test]
fn a_place_is_ten_bytes_with_tag_one() {
    let good = Place { token: 7, cell: Cell { x: 3, y: 5 }, color: 10 }.encode();
    assert_eq!(good, [1, 7, 0, 0, 0, 3, 0, 5, 0, 10]);
    assert_eq!(Place::decode(&[]), Err(WireError::Length));
    for end in 1..10 {
        assert_eq!(Place::decode(&good[..end]), Err(WireError::Length), "{end} bytes");
    }
    assert_eq!(Place::decode(&[&good[..], &[0]].concat()), Err(WireError::Length));
    for tag in (0..=255).filter(|tag| *tag != 1) {
        let mut other = good;
        other[0] = tag;
        assert_eq!(Place::decode(&other), Err(WireError::Tag(tag)));
    }
}

#[test]
fn a_board_is_its_header_and_its_cells() {
    let good = board::encode(&canvas(size(16, 17), 2, FREE));
    assert_eq!(good.len(), 16 + 16 * 17);
    let (read, seq, cells) = board::decode(&good).expect("a good board");
    assert_eq!((read, seq, cells.len()), (size(16, 17), 1, 272));
    for end in 0..good.len() {
        assert_eq!(board::decode(&good[..end]), Err(WireError::Length), "{end} bytes");
    }
    assert_eq!(board::decode(&[&good[..], &[0]].concat()), Err(WireError::Length));
    for (at, value, error) in [
        (3, b'2', WireError::Range("magic")),
        (4, 15, WireError::Range("size")),
        (7, 0x11, WireError::Range("size")),
        (4, 17, WireError::Length),
    ] {
        let mut bad = good.clone();
        bad[at] = value;
        assert_eq!(board::decode(&bad), Err(error), "{value} at {at}");
    }
}

proptest! {
    #[test]
    fn places_read_as_they_were(token: u32, x: u16, y: u16, color: u8) {
        let place = Place { token, cell: Cell { x, y }, color };
        prop_assert_eq!(Place::decode(&place.encode()), Ok(place));
    }

    #[test]
    fn answers_read_as_they_were(token: u32, seq: u64, saved: u16, ms: u32, color in prop::option::of(0u8..32), reason in 0usize..10) {
        let placed = ServerFrame::Placed { token, seq, allowance: Allowance { saved, next_ms: ms } };
        let refusal = Refusal { reason: Reason::ALL[reason], wait_ms: ms };
        let refused = ServerFrame::Refused { token, refusal, color, saved };
        for (frame, length) in [(placed, 19), (refused, 13)] {
            let bytes = frame.encode(size(16, 16), 32);
            prop_assert_eq!(bytes.len(), length);
            prop_assert_eq!(ServerFrame::decode(&bytes, size(16, 16), 32, 0), Ok(frame));
        }
    }
}
