//! Frames in all the ways in which they may come.

use super::*;

const LIMITS: Limits = Limits { message_bytes: 4096, fragments: 4 };
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A masked frame that announces `length` bytes.
fn announced(first: u8, length: u64, payload: &[u8]) -> Vec<u8> {
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
    out.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    out
}

fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    announced(first, payload.len() as u64, payload)
}

/// What a stream says when it comes in pieces of `cut` bytes: its messages, as
/// text, and how it ended.
fn read(stream: &[u8], cut: usize) -> (Vec<String>, Result<(), Fault>) {
    let (mut parser, mut told) = (Parser::new(LIMITS), Vec::new());
    for piece in stream.chunks(cut.max(1)) {
        let result = parser.feed(&mut piece.to_vec(), |message| {
            told.push(format!("{message:?}"));
            Flow::Go
        });
        if result.is_err() {
            return (told, result);
        }
    }
    (told, Ok(()))
}

#[test]
fn whole_frames_cost_no_memory_however_they_are_cut() {
    let stream = [
        frame(FIN | 2, b"pixels"),
        frame(FIN | 1, "Grüße".as_bytes()),
        frame(FIN | 9, b""),
        frame(2, &[1; 2000]),
        frame(FIN | 9, &[2; 125]),
        frame(0, &[1; 2000]),
        frame(FIN, &[1; 96]),
        frame(FIN | 0xa, b"x"),
        frame(FIN | 8, &[3, 232]),
    ]
    .concat();
    let expected = read(&stream, stream.len());
    assert_eq!(expected.1, Ok(()));
    assert_eq!(expected.0.len(), 7);
    assert_eq!(expected.0[1], "Text(\"Grüße\")");
    assert_eq!(expected.0[4], format!("Binary({:?})", [1; 4096]));
    assert_eq!(expected.0[6], "Close(Some(1000))");
    for cut in 1..300 {
        assert_eq!(read(&stream, cut), expected, "pieces of {cut}");
    }
    let mut parser = Parser::new(LIMITS);
    parser.feed(&mut stream.clone(), |_| Flow::Go).unwrap();
    assert_eq!((parser.held.capacity(), parser.unfinished.is_none()), (0, true));
}

#[test]
fn a_bad_frame_is_refused_and_what_came_before_it_is_not_lost() {
    let table = [
        ("over the limit", announced(FIN | 2, 4097, b""), Fault::TooBig),
        ("two gigabytes", announced(FIN | 2, 2 << 30, b""), Fault::TooBig),
        ("the longest there is", announced(FIN | 2, u64::MAX, b""), Fault::TooBig),
        ("a long ping", announced(FIN | 9, 126, b""), Fault::Protocol),
        ("a fragmented ping", frame(9, b""), Fault::Protocol),
        ("no mask", vec![FIN | 2, 0x0a], Fault::Protocol),
        ("a reserved bit", frame(FIN | 0x40 | 2, b""), Fault::Protocol),
        ("a reserved opcode", frame(FIN | 3, b""), Fault::Protocol),
        ("a reserved control opcode", frame(FIN | 0xb, b""), Fault::Protocol),
        ("a continuation of nothing", frame(FIN, b"x"), Fault::Protocol),
        ("half a close code", frame(FIN | 8, &[3]), Fault::Protocol),
        ("a close code that is never sent", frame(FIN | 8, &[3, 237]), Fault::Protocol),
        ("a close reason that is not UTF-8", frame(FIN | 8, &[3, 232, 255]), Fault::NotUtf8),
        ("text that is not UTF-8", frame(FIN | 1, b"\xc3"), Fault::NotUtf8),
        (
            "pieces over the limit",
            [frame(2, &[0; 4000]), frame(0, &[0; 97])].concat(),
            Fault::TooBig,
        ),
        ("too many pieces", [frame(2, b""), frame(0, b"").repeat(4)].concat(), Fault::TooBig),
        (
            "a message in a message",
            [frame(2, b"x"), frame(FIN | 2, b"x")].concat(),
            Fault::Protocol,
        ),
        (
            "letters cut in pieces",
            [frame(1, b"\xe2\x82"), frame(FIN, b"\x28")].concat(),
            Fault::NotUtf8,
        ),
    ];
    for (name, bad, fault) in table {
        let stream = [frame(FIN | 2, b"good"), bad].concat();
        for cut in [1, 2, 7, stream.len()] {
            let (told, result) = read(&stream, cut);
            assert_eq!(result, Err(fault), "{name} in pieces of {cut}");
            assert_eq!(told, [format!("{:?}", Message::Binary(b"good"))], "{name}");
        }
    }
}

#[test]
fn an_announcement_is_refused_before_anything_is_kept() {
    let mut parser = Parser::new(LIMITS);
    let mut bytes = announced(FIN | 2, 1 << 31, b"")[..10].to_vec();
    assert_eq!(parser.feed(&mut bytes, |_| Flow::Go), Err(Fault::TooBig));
    assert_eq!(parser.held.capacity(), 0);
}

#[test]
fn a_fault_behind_what_has_to_wait_is_told_when_its_turn_comes() {
    let stream = [frame(FIN | 2, b"a"), frame(FIN | 2, b"b"), frame(FIN, b"bad")].concat();
    let mut parser = Parser::new(LIMITS);
    assert_eq!(parser.feed(&mut stream.clone(), |_| Flow::Pause), Ok(()));
    assert_eq!(parser.feed(&mut stream.clone(), |_| Flow::Pause), Ok(()));
    assert_eq!(parser.feed(&mut [], |_| Flow::Go), Err(Fault::Protocol));
}

#[test]
fn who_pauses_finds_the_rest_later_and_who_stops_finds_none() {
    let stream = [frame(FIN | 2, b"a"), frame(FIN | 2, b"b"), frame(FIN | 2, b"c")].concat();
    let mut parser = Parser::new(LIMITS);
    let mut told = Vec::new();
    let mut once = |parser: &mut Parser, bytes: &[u8], flow| {
        let mut count = 0;
        parser
            .feed(&mut bytes.to_vec(), |message| {
                told.push(format!("{message:?}"));
                count += 1;
                flow
            })
            .unwrap();
        count
    };
    assert_eq!(once(&mut parser, &stream, Flow::Pause), 1);
    assert_eq!(once(&mut parser, &[], Flow::Pause), 1);
    assert_eq!(once(&mut parser, &stream, Flow::Stop), 1);
    assert_eq!(once(&mut parser, &[], Flow::Go), 0);
    assert_eq!(told, ["Binary([97])", "Binary([98])", "Binary([99])"]);
}
