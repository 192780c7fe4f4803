//! Binary messages to a client that break the format, each in one way.

use place_core::wire::packed::Code;
use place_core::wire::{Delta, ServerFrame};
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
    at: u64,
}

/// A canvas whose palette does not fill its bits: 3 colors in 2 bits.
const SHAPE: (u16, u16, usize) = (20, 16, 3);

pub(crate) fn cases() -> Vec<Rejected> {
    let mut cases = vec![
        hex("an empty message", ""),
        hex("a tag of zero", "00"),
        hex("a tag of the other direction", "01 07000000 0300 0500 01"),
        hex("an unknown tag", "83 07000000 0300 0500 01"),
        hex("placed without its last byte", "81 07000000 1204000000000000 1300 e80300"),
        hex("placed with a byte behind it", "81 07000000 1204000000000000 1300 e8030000 00"),
        hex("refused without its last byte", "82 07000000 01 01 0000 e80300"),
        hex("refused with a byte behind it", "82 07000000 01 01 0000 e8030000 00"),
        hex("refused for reason 0", "82 07000000 00 01 0000 e8030000"),
        hex("refused for a reason not yet known", "82 07000000 12 01 0000 e8030000"),
        hex("refused with a color that the palette has not", "82 07000000 01 03 0000 e8030000"),
    ];
    cases.extend(deltas());
    cases
}

fn deltas() -> Vec<Rejected> {
    // k = 2, the cell in column 0 and row 5 has number 5: `10 01`; its color 1
    // is `01`; then `11` fills the byte.
    let good = pack(SHAPE, Code::Scattered { rice: 2 }, &[(100, 1)]);
    assert_eq!(to_hex(&good), "c20c0097", "the message that the cases below break");
    vec![
        hex("live: nothing but a tag", "c2"),
        hex("live: half a seq", "c2 0c"),
        hex("live: no change", "c2 0c00"),
        hex("live: filling and no change", "c2 0c00 7f"),
        hex("live: k = 25", "d9 0c00 00000000"),
        hex("live: k = 30", "de 0c00 00000000"),
        hex("live: a byte of ones behind it", "c2 0c00 97 ff"),
        hex("live: filling with a zero", "c2 0c00 96"),
        hex("live: filling with a zero ahead", "c2 0c00 95"),
        hex("live: a gap without its low bits", "c2 0c00 97 fe"),
        hex("live: a gap without its color", "c2 0c00 97 f9"),
        hex("live: a color that the palette has not", "c2 0c00 9f"),
        hex("live: nothing but ones", "c2 0c00 ffffffffffffffff"),
        // The cells 0 to 319 exist: 320 = 2 x 128 + 64.
        hex("live: the first cell past the end", "c7 0c00 d0 3f"),
        hex("live: a later cell past the end", "c7 0c00 cfcf c0 7f"),
        hex("live: a gap of 2^24", "d8 0c00 80000000 7f"),
        hex("drawn without its parameters", "df 0c00"),
        hex("drawn: no change", "df 0c00 42"),
        hex("drawn: k = 25", "df 0c00 59 00"),
        hex("drawn: a short gap cut off", "df 0c00 e2 bf"),
        hex("drawn: a short gap without its color", "df 0c00 22 df"),
        hex("drawn: a color that the palette has not", "df 0c00 22 cf"),
        hex("drawn: past the end", &["df 0c00 42", &"00".repeat(41)].join(" ")),
        hex("drawn: a byte of ones behind it", "df 0c00 42 7f ff"),
        hex("catch-up without a seq", "e2 0c0000"),
        hex("catch-up without a span", "e2 0c000000"),
        hex("catch-up: a span cut short", "e2 0c000000 82"),
        hex("catch-up: a varint of six bytes", "e2 0c000000 828080808000 97"),
        hex("catch-up: a varint over 32 bits", "e2 0c000000 8080808010 97"),
        hex("catch-up: k = 25", "f9 0c000000 01 00000000"),
        hex("catch-up: drawn without its parameters", "ff 0c000000 01"),
    ]
}

fn hex(name: &str, hex: &str) -> Rejected {
    let (width, height, colors) = SHAPE;
    let bytes = from_hex(hex);
    let error = ServerFrame::decode(&bytes, size(width, height), colors, 12);
    assert!(error.is_err(), "{name}: understood as {error:?}");
    Rejected { name: name.to_owned(), hex: to_hex(&bytes), width, height, colors, at: 12 }
}

#[test]
fn nothing_may_be_missing_from_an_answer_nor_follow_it() {
    for case in frames::cases().iter().filter(|case| case.hex.starts_with('8')) {
        let whole = from_hex(&case.hex);
        let read = |bytes: &[u8]| {
            ServerFrame::decode(bytes, size(case.width, case.height), case.colors, 0)
        };
        for end in 0..whole.len() {
            let cut = read(&whole[..end]);
            assert!(cut.is_err(), "{} cut to {end} bytes is {cut:?}", case.name);
        }
        for extra in [0, 0xc0, 0xff] {
            let longer = read(&[whole.as_slice(), &[extra]].concat());
            assert!(longer.is_err(), "{} with {extra:#04x} is {longer:?}", case.name);
        }
    }
}

/// A message says nothing about its length that its frame does not say: what is
/// cut off is missed as a gap by the next one.
#[test]
fn a_delta_that_is_cut_is_refused_or_tells_less() {
    for case in frames::cases().iter().filter(|case| case.hex.starts_with(['c', 'd', 'e', 'f'])) {
        let whole = from_hex(&case.hex);
        let read = |bytes: &[u8]| {
            Delta::decode(bytes, size(case.width, case.height), case.colors, case.at)
        };
        let all = read(&whole).expect("a good message").changes;
        for end in 0..whole.len() {
            let Ok(cut) = read(&whole[..end]) else { continue };
            assert!(cut.changes.len() < all.len(), "{} cut to {end} bytes", case.name);
            assert!(cut.changes.iter().all(|change| all.contains(change)), "{}", case.name);
        }
        let longer = read(&[whole.as_slice(), &[0xff]].concat());
        assert!(longer.is_err(), "{} with a byte of ones is {longer:?}", case.name);
    }
}
