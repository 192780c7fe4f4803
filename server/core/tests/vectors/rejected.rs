//! Binary messages to a client that break the format, each in one way.

use place_core::wire::{ServerFrame, tag};
use serde::Serialize;

use crate::frames::{self, pack};
use crate::support::{from_hex, size, to_hex};

/// A message to refuse.
#[derive(Serialize)]
pub(crate) struct Rejected {
    name: String,
    hex: String,
    width: u16,
    height: u16,
    colors: usize,
}

/// A canvas whose palette does not fill its bits: 3 colors in 2 bits.
const SHAPE: (u16, u16, usize) = (20, 16, 3);

pub(crate) fn cases() -> Vec<Rejected> {
    let mut cases = vec![
        hex("an empty message", ""),
        hex("a tag of zero", "00"),
        hex("a tag of the other direction", "01 07000000 0300 0500 01"),
        hex("an unknown tag", "86 07000000 0300 0500 01"),
        hex("placed without its last byte", "81 07000000 1204000000000000 1300 e80300"),
        hex("placed with a byte behind it", "81 07000000 1204000000000000 1300 e8030000 00"),
        hex("refused without its last byte", "82 07000000 01 01 0000 e80300"),
        hex("refused with a byte behind it", "82 07000000 01 01 0000 e8030000 00"),
        hex("refused for reason 0", "82 07000000 00 01 0000 e8030000"),
        hex("refused for a reason not yet known", "82 07000000 0b 01 0000 e8030000"),
        hex("refused with a color that the palette has not", "82 07000000 01 03 0000 e8030000"),
        hex("pixel without its color", "83 02000000 0300 0500"),
        hex("pixel with a byte behind it", "83 02000000 0300 0500 01 00"),
        hex("pixel at x = width", "83 02000000 1400 0500 01"),
        hex("pixel at y = height", "83 02000000 0300 1000 01"),
        hex("pixel with a color that the palette has not", "83 02000000 0300 0500 03"),
        hex("pixels without a whole header", "84 02000000 03000000 000000"),
        hex("pixels: one announced, none there", "84 02000000 03000000 01000000"),
        hex("pixels: none announced, one there", "84 02000000 03000000 00000000 0300 0500 01"),
        hex("pixels: a change cut short", "84 02000000 03000000 01000000 0300 0500"),
        hex("pixels: a byte behind them", "84 02000000 03000000 01000000 0300 0500 01 00"),
        hex("pixels: more announced than memory", "84 02000000 03000000 ffffffff 0300 0500 01"),
        // 0x33333334 x 5 is 4 modulo 2^32.
        hex("pixels: a length that overflows", "84 02000000 03000000 34333333 0300 0500"),
        hex("pixels at x = width", "84 02000000 03000000 01000000 1400 0500 01"),
        hex("pixels at y = height", "84 02000000 03000000 01000000 0300 1000 01"),
        hex("pixels with a color too large", "84 02000000 03000000 01000000 0300 0500 03"),
        hex("pixels: a cell twice", "84 02000000 04000000 02000000 0300 0500 01 0300 0500 02"),
        hex("pixels: not sorted", "84 02000000 04000000 02000000 0400 0500 01 0300 0500 02"),
    ];
    cases.extend(packed());
    cases
}

fn packed() -> Vec<Rejected> {
    // k = 2: the cell 5 is `10 01`, its color 1 is `01`; then `00` fills the byte.
    let good = pack(SHAPE, (12, 2), 2, &[(5, 1)]);
    assert_eq!(good, from_hex("850c00000002010294"), "the message that the cases below break");
    vec![
        hex("packed without a seq", "85 0c0000"),
        hex("packed without a span", "85 0c000000"),
        hex("packed: a span cut short", "85 0c000000 82"),
        hex("packed without a count", "85 0c000000 02"),
        hex("packed without a k", "85 0c000000 02 01"),
        hex("packed without changes", "85 0c000000 02 01 02"),
        hex("packed: a count of 0", "85 0c000000 02 00 02"),
        hex("packed: a count of 0 and a byte", "85 0c000000 02 00 02 00"),
        hex("packed: k = 25", "85 0c000000 02 01 19 00000000"),
        hex("packed: k = 255", "85 0c000000 02 01 ff 00000000"),
        hex("packed: a varint of six bytes", "85 0c000000 828080808000 01 02 94"),
        hex("packed: a varint over 32 bits", "85 0c000000 8080808010 01 02 94"),
        hex("packed: two announced, one there", "85 0c000000 02 02 02 94"),
        hex("packed: the largest count", "85 0c000000 02 ffffffff0f 02 94"),
        hex("packed: padding with a one", "85 0c000000 02 01 02 95"),
        hex("packed: padding with a one ahead", "85 0c000000 02 01 02 96"),
        hex("packed: a byte behind it", "85 0c000000 02 01 02 94 00"),
        hex("packed: a color that the palette has not", "85 0c000000 02 01 02 9c"),
        hex("packed: nothing but ones", "85 0c000000 02 01 02 ffffffffffffffff"),
        // The cells 0 to 319 exist: 320 = 2 x 128 + 64.
        hex("packed: the first cell past the end", "85 0c000000 02 01 07 d0 20"),
        bytes("packed: a later cell past the end", &pack(SHAPE, (12, 2), 2, &[(319, 1), (320, 1)])),
        bytes("packed: a gap of 2^24", &pack(SHAPE, (12, 2), 24, &[(1 << 24, 1)])),
    ]
}

fn hex(name: &str, hex: &str) -> Rejected {
    bytes(name, &from_hex(hex))
}

fn bytes(name: &str, bytes: &[u8]) -> Rejected {
    let (width, height, colors) = SHAPE;
    let error = ServerFrame::decode(bytes, size(width, height), colors);
    assert!(error.is_err(), "{name}: understood as {error:?}");
    Rejected { name: name.to_owned(), hex: to_hex(bytes), width, height, colors }
}

#[test]
fn nothing_may_be_missing_from_a_message_nor_follow_it() {
    for case in frames::cases().iter().filter(|case| !case.hex.starts_with("01")) {
        let whole = from_hex(&case.hex);
        let size = size(case.width, case.height);
        for end in 0..whole.len() {
            let cut = ServerFrame::decode(&whole[..end], size, case.colors);
            assert!(cut.is_err(), "{} cut to {end} bytes is {cut:?}", case.name);
        }
        for extra in [0, tag::PIXEL, 0xff] {
            let longer = [whole.as_slice(), &[extra]].concat();
            let longer = ServerFrame::decode(&longer, size, case.colors);
            assert!(longer.is_err(), "{} with {extra:#04x} is {longer:?}", case.name);
        }
    }
}
