//! Binary messages that must be understood, and what they say.

use place_core::cooldown::Allowance;
use place_core::wire::packed::{Code, Gaps};
use place_core::wire::{Delta, Place, ServerFrame, tag};
use place_core::{Cell, Reason, Refusal, Seq};
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
    /// The seq at which the viewer is who reads it.
    pub(crate) at: Seq,
    decoded: Decoded,
}

/// What a message says.
#[derive(Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Decoded {
    Place { token: u32, x: u16, y: u16, color: u8 },
    Placed { token: u32, seq: u64, saved: u16, next_ms: u32 },
    Refused { token: u32, reason: &'static str, color: Option<u8>, saved: u16, wait_ms: u32 },
    Delta { from: Seq, to: Seq, changes: Vec<(u32, u8)> },
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
            ServerFrame::Delta(Delta { from, to, changes }) => Self::Delta { from, to, changes },
        }
    }
}

/// Width, height and number of colors of the canvas that a case belongs to.
type Shape = (u16, u16, usize);

const SMALL: Shape = (16, 16, 2);
const USUAL: Shape = (256, 192, 32);
/// Its last band has three rows.
const ODD: Shape = (99, 51, 16);
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
            at: 0,
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
        encoded(name, USUAL, 0, &ServerFrame::Placed { token, seq, allowance })
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
        cases.push(encoded(&format!("refused: {}", reason.name()), USUAL, 0, &frame));
    }
    let refusal = Refusal { reason: Reason::Cooldown, wait_ms: u32::MAX };
    let largest =
        ServerFrame::Refused { token: u32::MAX, refusal, color: Some(254), saved: u16::MAX };
    cases.push(encoded("refused with the largest numbers", LARGEST, 0, &largest));
    cases
}

fn deltas() -> Vec<Frame> {
    let mut cases = live();
    cases.extend(catch_ups());
    cases
}

fn live() -> Vec<Frame> {
    let live = |name: &str, shape: Shape, from: Seq, changes: Vec<(u32, u8)>| {
        let (width, height, colors) = shape;
        let delta = Delta { from, to: from + changes.len() as Seq, changes };
        let bytes = delta.encode_live(size(width, height), colors);
        let case = decoded(&format!("live: {name}"), shape, from, &bytes);
        assert_eq!(case.decoded, Decoded::of(ServerFrame::Delta(delta)), "{name}");
        case
    };
    let wrap = 1 << 16;
    vec![
        live("a pixel", USUAL, 1041, vec![(5 * 256 + 3, 10)]),
        live("a pixel in the first cell", SMALL, 1, vec![(0, 0)]),
        live("a pixel at x = width - 1", USUAL, 1, vec![(255, 1)]),
        live("a pixel at x = 0 one row lower", USUAL, 1, vec![(256, 1)]),
        live("a pixel in the last row of a low band", ODD, 1, vec![(99 * 50 + 40, 1)]),
        live("a pixel in the very last cell", LARGEST, 1, vec![((1 << 24) - 1, 254)]),
        live("a pixel ahead of the wrap of 16 bits", USUAL, wrap - 1, vec![(9, 9)]),
        live("a pixel behind the wrap of 16 bits", USUAL, wrap, vec![(9, 9)]),
        live("a pixel at a large seq", USUAL, (1 << 52) + 6, vec![(9, 9)]),
        live("first and last cell", USUAL, 10, vec![(0, 0), (256 * 192 - 1, 31)]),
        live("2 colors, 1 bit", SMALL, 0, scattered(1, 9, SMALL)),
        live("3 colors, 2 bits", (100, 50, 3), 0, scattered(2, 20, (100, 50, 3))),
        live("16 colors, 4 bits", ODD, 0, scattered(3, 20, ODD)),
        live("17 colors, 5 bits", (99, 51, 17), 0, scattered(4, 20, (99, 51, 17))),
        live("255 colors, 8 bits", LARGEST, 0, scattered(5, 20, LARGEST)),
        live("30 of 256²", (256, 256, 16), 70, scattered(7, 30, (256, 256, 16))),
        live("164 of 2000²", (2000, 2000, 32), 90_000, scattered(6, 164, (2000, 2000, 32))),
        live("a filled square", USUAL, 500, square(8, 8, 12)),
        live("a filled square across bands", USUAL, 500, square(100, 11, 20)),
        live("every cell", SMALL, 0, (0..256).map(|index| (index, 1)).collect()),
    ]
}

/// A square of 7, of so many cells each way.
fn square(left: u32, top: u32, side: u32) -> Vec<(u32, u8)> {
    let width = u32::from(USUAL.0);
    let row = |y| (left..left + side).map(move |x| (y * width + x, 7));
    (top..top + side).flat_map(row).collect()
}

fn catch_ups() -> Vec<Frame> {
    let catch_up = |name: &str, shape, from: Seq, to: Seq, changes: Vec<(u32, u8)>| {
        let frame = ServerFrame::Delta(Delta { from, to, changes });
        encoded(&format!("catch-up: {name}"), shape, to - 1, &frame)
    };
    let wrap = 1u64 << 32;
    vec![
        catch_up("a pixel", USUAL, 1041, 1042, vec![(5 * 256 + 3, 10)]),
        catch_up("nothing", USUAL, 1041, 1043, vec![]),
        catch_up("nothing, over the wrap of 32 bits", USUAL, wrap - 2, wrap + 3, vec![]),
        catch_up("one change, two seqs", USUAL, 1041, 1043, vec![(5 * 256 + 3, 10)]),
        catch_up("over the wrap of 32 bits", USUAL, wrap - 1, wrap + 1, vec![(7, 1), (9, 2)]),
        catch_up("beyond 32 bits of seq", USUAL, wrap + 6, wrap + 8, vec![(7, 1), (9, 2)]),
        catch_up("span of three bytes", USUAL, 5, 70_000, vec![(7, 1), (9, 2)]),
        catch_up("a filled square", USUAL, 500, 900, square(30, 30, 20)),
        catch_up("a long run of ones", LARGEST, 0, 130, {
            (0..129).map(|index| (index, 3)).chain([((1 << 24) - 1, 4)]).collect()
        }),
    ]
}

/// Messages that this server would write differently, and that are right all
/// the same.
fn written_by_others() -> Vec<Frame> {
    let live = |name: &str, shape, code, changes: &[(u32, u8)]| {
        decoded(&format!("live: {name}"), shape, 12, &pack(shape, code, changes))
    };
    let hex = |name: &str, at, hex: &str| decoded(name, USUAL, at, &from_hex(hex));
    let four = [(3, 1), (4, 0), (70, 1), (255, 1)];
    let scattered = |rice| Code::Scattered { rice };
    let drawn = |short, rice| Code::Drawn { short, rice };
    vec![
        live("k = 0 with gaps", SMALL, scattered(0), &four),
        live("k = 7", SMALL, scattered(7), &four),
        live("k larger than it need be", SMALL, scattered(13), &four),
        live("k = 24, the largest", LARGEST, scattered(24), &[(1, 1), ((1 << 24) - 1, 254)]),
        live("drawn, n = 0 and k = 0", SMALL, drawn(0, 0), &four),
        live("drawn, n = 7 and k = 24", LARGEST, drawn(7, 24), &[(1, 0), ((1 << 24) - 1, 254)]),
        // `10` and three zeros: a short gap where a next cell would do.
        hex("live: the next cell as a short gap", 8, "df 0800 63 07"),
        hex("live: seen from below the wrap of 16 bits", 65_530, "d0 0000 00004f"),
        hex("live: seen from above the wrap of 16 bits", 65_536, "d0 ffff 00004f"),
        hex("catch-up: span 0", 12, "f0 0c000000 00 00004f"),
        hex("catch-up: largest span", 12, "f0 0c000000 ffffffff0f 00004f"),
        hex("catch-up: seen from above the wrap of 32 bits", (1 << 32) + 9, {
            "f0 fffffff0 ffffff7f 00004f"
        }),
    ]
}

/// A live message from seq 12, in a code of our choice.
pub(crate) fn pack((width, height, colors): Shape, code: Code, changes: &[(u32, u8)]) -> Vec<u8> {
    let mut out = match code {
        Code::Scattered { rice } => vec![tag::DELTA | rice as u8, 12, 0],
        Code::Drawn { short, rice } => vec![tag::DELTA | 31, 12, 0, (short << 5 | rice) as u8],
    };
    Gaps::new(changes, size(width, height), colors).put(&mut out, code);
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

fn encoded(name: &str, shape: Shape, at: Seq, frame: &ServerFrame) -> Frame {
    let (width, height, colors) = shape;
    let case = decoded(name, shape, at, &frame.encode(size(width, height), colors));
    assert_eq!(case.decoded, Decoded::of(frame.clone()), "{name}: what was encoded decodes");
    case
}

fn decoded(name: &str, (width, height, colors): Shape, at: Seq, bytes: &[u8]) -> Frame {
    let frame = ServerFrame::decode(bytes, size(width, height), colors, at)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    Frame {
        name: name.to_owned(),
        direction: "server",
        hex: to_hex(bytes),
        width,
        height,
        colors,
        at,
        decoded: Decoded::of(frame),
    }
}

#[test]
fn the_forms_are_those_that_the_names_say() {
    for case in cases() {
        let first = from_hex(&case.hex)[0];
        let tag = match case.name.split([' ', ':']).next().expect("a first word") {
            "place" => tag::PLACE,
            "placed" => tag::PLACED,
            "refused" => tag::REFUSED,
            "live" => tag::DELTA | first & 0x1f,
            "catch-up" => tag::DELTA | 0x20 | first & 0x1f,
            other => panic!("{other} is no form"),
        };
        assert_eq!(first, tag, "{}", case.name);
    }
}
