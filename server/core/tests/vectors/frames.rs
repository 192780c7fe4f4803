//! Binary messages that must be understood, and what they say.

use place_core::cooldown::Allowance;
use place_core::wire::bits::{BitWriter, put_varint};
use place_core::wire::{Delta, Place, ServerFrame, tag};
use place_core::{Cell, Palette, Reason, Refusal};
use serde::Serialize;

use crate::support::{Dice, cell, from_hex, size, to_hex};

/// One message.
#[derive(Serialize)]
pub(crate) struct Frame {
    pub(crate) name: String,
    direction: &'static str,
    pub(crate) hex: String,
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) colors: usize,
    decoded: Decoded,
}

/// What a message says.
#[derive(Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Decoded {
    Place { token: u32, x: u16, y: u16, color: u8 },
    Placed { token: u32, seq: u64, saved: u16, next_ms: u32 },
    Refused { token: u32, reason: &'static str, color: Option<u8>, saved: u16, wait_ms: u32 },
    Delta { from: u32, to: u32, changes: Vec<(u32, u8)> },
}

impl Decoded {
    fn of(frame: ServerFrame) -> Self {
        match frame {
            ServerFrame::Placed { token, seq, allowance: Allowance { saved, next_ms } } => {
                Self::Placed { token, seq, saved, next_ms }
            }
            ServerFrame::Refused { token, refusal: Refusal { reason, wait_ms }, color, saved } => {
                Self::Refused { token, reason: reason.name(), color, saved, wait_ms }
            }
            ServerFrame::Delta(Delta { from, to, changes }) => {
                Self::Delta { from: from as u32, to: to as u32, changes }
            }
        }
    }
}

/// Width, height and number of colors of the canvas that a case belongs to.
type Shape = (u16, u16, usize);

const SMALL: Shape = (16, 16, 2);
const USUAL: Shape = (256, 192, 32);
const LARGEST: Shape = (4096, 4096, 255);

pub(crate) fn cases() -> Vec<Frame> {
    let mut cases = places();
    cases.extend(answers());
    cases.extend(deltas());
    cases.extend(written_by_others());
    cases
}

fn places() -> Vec<Frame> {
    let place = |name: &str, (width, height, colors): Shape, token, cell: Cell, color| {
        let bytes = Place { token, cell, color }.encode();
        let place = Place::decode(&bytes).expect("what was encoded decodes");
        let Cell { x, y } = place.cell;
        Frame {
            name: name.to_owned(),
            direction: "client",
            hex: to_hex(&bytes),
            width,
            height,
            colors,
            decoded: Decoded::Place { token: place.token, x, y, color: place.color },
        }
    };
    vec![
        place("place", USUAL, 7, cell(3, 5), 10),
        place("place in the first cell", USUAL, 0, cell(0, 0), 0),
        place("place in the last cell", USUAL, 1, cell(255, 191), 31),
        place("place in the last cell of the largest canvas", LARGEST, 2, cell(4095, 4095), 254),
        place("place just outside", USUAL, 3, cell(256, 192), 32),
        place("place with the largest numbers", USUAL, u32::MAX, cell(u16::MAX, u16::MAX), 255),
    ]
}

fn answers() -> Vec<Frame> {
    let placed = |name: &str, token, seq, saved, next_ms| {
        let allowance = Allowance { saved, next_ms };
        encoded(name, USUAL, &ServerFrame::Placed { token, seq, allowance })
    };
    let mut cases = vec![
        placed("placed", 7, 1042, 19, 1000),
        placed("placed without a cooldown", 8, 2, 1, 0),
        placed("placed beyond 32 bits of seq", 9, (1 << 32) + 7, 0, 86_400_000),
        placed("placed at the largest safe seq", u32::MAX, (1 << 53) - 1, u16::MAX, u32::MAX),
    ];
    for reason in Reason::ALL {
        let wait_ms = match reason {
            Reason::Cooldown => 730,
            Reason::Busy | Reason::Storage => 5000,
            _ => 0,
        };
        let outside = matches!(reason, Reason::OutOfBounds | Reason::Malformed);
        let frame = ServerFrame::Refused {
            token: if reason == Reason::Malformed { 0 } else { 40 + reason as u32 },
            refusal: Refusal { reason, wait_ms },
            color: (!outside).then_some(31),
            saved: 3,
        };
        cases.push(encoded(&format!("refused: {}", reason.name()), USUAL, &frame));
    }
    let refusal = Refusal { reason: Reason::Cooldown, wait_ms: u32::MAX };
    let largest =
        ServerFrame::Refused { token: u32::MAX, refusal, color: Some(254), saved: u16::MAX };
    cases.push(encoded("refused with the largest numbers", LARGEST, &largest));
    cases
}

fn deltas() -> Vec<Frame> {
    let delta = |name: &str, shape, from: u64, to: u64, changes: Vec<(u32, u8)>| {
        encoded(name, shape, &ServerFrame::Delta(Delta { from, to, changes }))
    };
    let wrap = 1u64 << 32;
    let all_small = (0..256).map(|index| (index, 1)).collect();
    vec![
        delta("pixel", USUAL, 1041, 1042, vec![(5 * 256 + 3, 10)]),
        delta("pixel in the first cell", SMALL, 1, 2, vec![(0, 0)]),
        delta("pixel at x = width - 1", USUAL, 1, 2, vec![(255, 1)]),
        delta("pixel at x = 0 one row lower", USUAL, 1, 2, vec![(256, 1)]),
        delta("pixel in the very last cell", LARGEST, 1, 2, vec![((1 << 24) - 1, 254)]),
        delta("pixel that wraps the low 32 bits", USUAL, wrap - 1, wrap, vec![(9, 9)]),
        delta("pixel beyond 32 bits of seq", USUAL, wrap + 6, wrap + 7, vec![(9, 9)]),
        delta("pixels: none", USUAL, 1041, 1043, vec![]),
        delta("pixels: none, wrapping the low 32 bits", USUAL, wrap - 2, wrap + 3, vec![]),
        delta("packed: one change, two seqs", USUAL, 1041, 1043, vec![(5 * 256 + 3, 10)]),
        delta("packed: first and last cell", USUAL, 10, 12, vec![(0, 0), (256 * 192 - 1, 31)]),
        delta("packed: neighbours, k = 0", SMALL, 0, 256, all_small),
        delta("packed: wrapping the low 32 bits", USUAL, wrap - 1, wrap + 1, vec![(7, 1), (9, 2)]),
        delta("packed: span of five bytes", USUAL, 5, wrap + 4, vec![(7, 1), (9, 2)]),
        delta("packed: 2 colors, 1 bit", SMALL, 0, 9, scattered(1, 9, SMALL)),
        delta("packed: 3 colors, 2 bits", (100, 50, 3), 0, 20, scattered(2, 20, (100, 50, 3))),
        delta("packed: 16 colors, 4 bits", (99, 51, 16), 0, 20, scattered(3, 20, (99, 51, 16))),
        delta("packed: 17 colors, 5 bits", (99, 51, 17), 0, 20, scattered(4, 20, (99, 51, 17))),
        delta("packed: 255 colors, 8 bits", LARGEST, 0, 20, scattered(5, 20, LARGEST)),
        delta("packed: a frame of a busy canvas", (2000, 2000, 32), 90_000, 90_164, {
            scattered(6, 164, (2000, 2000, 32))
        }),
        delta("packed: a long run of ones", LARGEST, 0, 130, {
            (0..129).map(|index| (index, 3)).chain([((1 << 24) - 1, 4)]).collect()
        }),
    ]
}

/// Messages that this server would write differently, and that are right all
/// the same.
fn written_by_others() -> Vec<Frame> {
    let pixels = |name: &str, hex: &str| decoded(name, USUAL, &from_hex(hex));
    let packed = |name: &str, shape, rice, changes: &[(u32, u8)]| {
        decoded(name, shape, &pack(shape, (12, 3), rice, changes))
    };
    let four = [(3, 1), (4, 0), (70, 1), (255, 1)];
    vec![
        pixels("pixels: one change where a pixel would do", {
            "84 09000000 0a000000 01000000 0300 0500 0a"
        }),
        pixels("pixels: two changes at the edges", {
            "84 09000000 0b000000 02000000 ff00 0000 00 0000 bf00 1f"
        }),
        pixels("pixels: a jump of 2^31", "84 00000000 00000080 00000000"),
        packed("packed: k = 0 with gaps", SMALL, 0, &four),
        packed("packed: k = 7", SMALL, 7, &four),
        packed("packed: k larger than it need be", SMALL, 13, &four),
        packed("packed: k = 24, the largest", LARGEST, 24, &[(1, 1), ((1 << 24) - 1, 254)]),
        decoded("packed: span 0", SMALL, &pack(SMALL, (12, 0), 4, &four)),
        decoded("packed: largest span", SMALL, &pack(SMALL, (11, u32::MAX), 4, &four)),
    ]
}

/// The packed form with a Rice parameter of our choice.
pub(crate) fn pack(
    (_, _, colors): Shape,
    (to, span): (u32, u32),
    rice: u8,
    changes: &[(u32, u8)],
) -> Vec<u8> {
    let mut out = vec![tag::PACKED];
    out.extend(to.to_le_bytes());
    put_varint(&mut out, span);
    put_varint(&mut out, changes.len() as u32);
    out.push(rice);
    let mut bits = BitWriter::new(&mut out);
    let mut next = 0;
    for (index, color) in changes {
        let gap = index - next;
        bits.put_unary(gap >> rice);
        bits.put(gap, rice.into());
        bits.put(u32::from(*color), Palette::bits_for(colors));
        next = index + 1;
    }
    bits.finish();
    out
}

/// So many changes in cells that the seed chooses.
fn scattered(seed: u64, count: usize, (width, height, colors): Shape) -> Vec<(u32, u8)> {
    let mut dice = Dice(seed);
    let mut changes = std::collections::BTreeMap::new();
    while changes.len() < count {
        let index = dice.below(u64::from(width) * u64::from(height)) as u32;
        changes.insert(index, dice.below(colors as u64) as u8);
    }
    changes.into_iter().collect()
}

fn encoded(name: &str, shape: Shape, frame: &ServerFrame) -> Frame {
    let (width, height, colors) = shape;
    let case = decoded(name, shape, &frame.encode(size(width, height), colors));
    assert_eq!(case.decoded, Decoded::of(frame.clone()), "{name}: what was encoded decodes");
    case
}

fn decoded(name: &str, (width, height, colors): Shape, bytes: &[u8]) -> Frame {
    let frame = ServerFrame::decode(bytes, size(width, height), colors)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    Frame {
        name: name.to_owned(),
        direction: "server",
        hex: to_hex(bytes),
        width,
        height,
        colors,
        decoded: Decoded::of(frame),
    }
}

#[test]
fn the_forms_are_those_that_the_names_say() {
    for case in cases() {
        let tag = match case.name.split([' ', ':']).next().expect("a first word") {
            "place" => tag::PLACE,
            "placed" => tag::PLACED,
            "refused" => tag::REFUSED,
            "pixel" => tag::PIXEL,
            "pixels" => tag::PIXELS,
            "packed" => tag::PACKED,
            other => panic!("{other} is no form"),
        };
        assert_eq!(case.hex[..2], format!("{tag:02x}"), "{}", case.name);
    }
}
