//! Frames from clients, judged as their bytes come by.

use place_core::wire::scan::{Fault, FrameScan, Limits};
use proptest::prelude::*;

const LIMITS: Limits = Limits { message_bytes: 4096, fragments: 4 };
const FIN: u8 = 0x80;
const MASK: [u8; 4] = [0x12, 0x34, 0x56, 0x78];

/// A masked frame's header that announces `length` bytes.
fn header(first: u8, length: u64) -> Vec<u8> {
    let mut out = vec![first];
    match length {
        0..126 => out.push(0x80 | length as u8),
        126..0x1_0000 => {
            out.push(0x80 | 0x7e);
            out.extend((length as u16).to_be_bytes());
        }
        _ => {
            out.push(0x80 | 0x7f);
            out.extend(length.to_be_bytes());
        }
    }
    out.extend(MASK);
    out
}

/// A whole masked frame.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let masked = payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask);
    header(first, payload.len() as u64).into_iter().chain(masked).collect()
}

/// What becomes of a stream that comes in pieces of `cut` bytes: the first
/// fault, and how many bytes had been fed with its piece.
fn judge(stream: &[u8], cut: usize) -> Option<(usize, Fault)> {
    let mut scan = FrameScan::new(LIMITS);
    let mut fed = 0;
    for piece in stream.chunks(cut) {
        fed += piece.len();
        if let Err((_, fault)) = scan.feed(piece) {
            return Some((fed, fault));
        }
    }
    assert!(scan.is_between_frames(), "the stream holds whole frames");
    None
}

#[test]
fn good_frames_pass_however_they_are_cut() {
    let text = "κόσμε 🎨 ".repeat(60);
    let (left, right) = text.as_bytes().split_at(9);
    let stream = [
        frame(FIN | 2, &[0xff; 10]),
        frame(FIN | 1, &[b'a'; 4096]),
        frame(FIN | 9, b""),
        frame(2, &[0xff; 2000]),
        frame(FIN | 9, &[0xff; 125]),
        frame(0, &[0xff; 2000]),
        frame(FIN, &[0xff; 96]),
        frame(1, left),
        frame(FIN | 9, &[0xff]),
        frame(0, b""),
        frame(FIN, right),
        frame(FIN | 1, text.as_bytes()),
        frame(FIN | 8, &[&1000u16.to_be_bytes()[..], "tschüß".as_bytes()].concat()),
        frame(FIN | 8, b""),
    ]
    .concat();
    for cut in (1..40).chain([1023, 1024, 1025, stream.len()]) {
        assert_eq!(judge(&stream, cut), None, "pieces of {cut}");
    }
}

#[test]
fn a_bad_frame_is_told_with_what_came_before_it() {
    let close = |code: u16, reason: &[u8]| frame(FIN | 8, &[&code.to_be_bytes(), reason].concat());
    let good = frame(FIN | 2, &[0; 10]);
    let table = [
        ("over the limit", header(FIN | 2, 4097), Fault::TooBig),
        ("two gigabytes", header(FIN | 2, 2 << 30), Fault::TooBig),
        ("the longest there is", header(FIN | 2, u64::MAX), Fault::TooBig),
        ("a long ping", header(FIN | 9, 126), Fault::Protocol),
        ("a fragmented ping", header(9, 0), Fault::Protocol),
        ("no mask", vec![FIN | 2, 0x0a], Fault::Protocol),
        ("a reserved bit", header(FIN | 0x40 | 2, 0), Fault::Protocol),
        ("a reserved opcode", header(FIN | 3, 0), Fault::Protocol),
        ("a reserved control opcode", header(FIN | 0xb, 0), Fault::Protocol),
        ("a continuation of nothing", header(FIN, 1), Fault::Protocol),
        ("a text that is not UTF-8", frame(FIN | 1, b"\xc0\xaf"), Fault::NotUtf8),
        ("a text cut in a letter", frame(FIN | 1, b"\xc3"), Fault::NotUtf8),
        ("half a close code", frame(FIN | 8, b"\x03"), Fault::Protocol),
        ("a close code that is never sent", close(1005, b""), Fault::Protocol),
        ("a close code that nobody registered", close(2999, b""), Fault::Protocol),
        ("a close code beyond the last", close(5000, b""), Fault::Protocol),
        ("a close reason that is not UTF-8", close(1000, b"\xff"), Fault::NotUtf8),
    ];
    for (name, bad, fault) in table {
        let stream = [good.clone(), bad].concat();
        let found = FrameScan::new(LIMITS).feed(&stream);
        assert_eq!(found, Err((good.len(), fault)), "{name}");
    }
}

#[test]
fn fragments_are_bounded_in_sum_and_number_and_come_in_order() {
    let table = [
        (vec![frame(2, &[0; 4000]), frame(0, &[0; 97])], 4008, Fault::TooBig),
        ([vec![frame(2, b"x")], vec![frame(0, b"x"); 4]].concat(), 28, Fault::TooBig),
        (vec![frame(2, b"x"), frame(FIN | 2, b"x")], 7, Fault::Protocol),
    ];
    for (frames, before, fault) in table {
        assert_eq!(FrameScan::new(LIMITS).feed(&frames.concat()), Err((before, fault)));
    }
}

#[test]
fn wrong_text_is_refused_at_its_first_wrong_byte() {
    // Cut inside of a letter whose second half never comes.
    let stream = [frame(1, "κό".as_bytes()), frame(0, b"\xf4"), frame(0, b"\x90\x80")].concat();
    assert_eq!(judge(&stream, 1), Some((stream.len() - 1, Fault::NotUtf8)));
    // Long before the frame is whole.
    let stream = [header(FIN | 1, 4000), vec![0x80 ^ MASK[0]]].concat();
    assert_eq!(judge(&stream, 1), Some((stream.len(), Fault::NotUtf8)));
}

proptest! {
    #[test]
    fn pieces_are_judged_as_the_whole_is(
        frames in prop::collection::vec(
            (prop::sample::select(vec![0u8, 1, 2, 0x80, 0x81, 0x82, 0x88, 0x89]),
             prop_oneof![".{0,9}".prop_map(String::into_bytes), prop::collection::vec(any::<u8>(), 0..9)]),
            0..6,
        ),
        cut in 1usize..9,
    ) {
        let stream: Vec<u8> = frames.iter().flat_map(|(first, payload)| frame(*first, payload)).collect();
        let whole = FrameScan::new(LIMITS).feed(&stream);
        prop_assert_eq!(whole.map_err(|(_, fault)| fault).err(), judge(&stream, cut).map(|(_, fault)| fault));
    }

    #[test]
    fn a_text_passes_if_it_is_utf8(bytes in prop::collection::vec(any::<u8>(), 0..8), split: prop::sample::Index) {
        let (left, right) = bytes.split_at(split.index(bytes.len() + 1));
        let stream = [frame(1, left), frame(FIN, right)].concat();
        prop_assert_eq!(judge(&stream, 3).is_none(), std::str::from_utf8(&bytes).is_ok());
    }
}
