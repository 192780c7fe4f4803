//! What several test binaries share: small canvases, hex, and dice of our own.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use place_core::palette::PaletteColor;
use place_core::{Canvas, Cell, Mode, Palette, Rules, Size};

/// When the test canvases begin, in milliseconds since the Unix epoch.
pub(crate) const BIRTH_MS: u64 = 1_700_000_000_000;

/// Rules under which nobody ever waits.
pub(crate) const FREE: Rules = Rules { mode: Mode::Open, cooldown_ms: 0, saved_max: 1, undo_ms: 0 };

/// A size that is known to be good.
pub(crate) fn size(width: u16, height: u16) -> Size {
    Size::new(width, height).expect("the tests use good sizes")
}

/// A palette of so many gray tones.
pub(crate) fn palette(colors: usize) -> Palette {
    let gray = |tone: usize| PaletteColor { rgb: [tone as u8; 3], name: format!("Gray {tone}") };
    Palette::new((0..colors).map(gray).collect()).expect("the tests use good palettes")
}

/// A canvas just begun.
pub(crate) fn canvas(size: Size, colors: usize, rules: Rules) -> Canvas {
    Canvas::begin(&Canvas::genesis(size, palette(colors), rules, BIRTH_MS))
        .expect("the tests use good rules")
}

/// A cell.
pub(crate) const fn cell(x: u16, y: u16) -> Cell {
    Cell { x, y }
}

/// Bytes as lower-case hex digits.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The bytes that [`to_hex`] wrote; spaces between them are for the reader.
pub(crate) fn from_hex(hex: &str) -> Vec<u8> {
    let digits: String = hex.split(' ').collect();
    assert!(digits.len().is_multiple_of(2), "two hex digits make a byte");
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hex digits");
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// `SplitMix64` (Steele, Lea and Flood, 2014): a seed gives the same rolls on
/// every machine and with every version of every library.
#[derive(Clone, Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `end`; its slight bias does not matter here.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// True about `percent` times in a hundred.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }
}

/// The unmasked, whole frames in `bytes`: opcode and payload of each.
pub(crate) fn frames(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let [first, second, rest @ ..] = bytes {
        assert_eq!(first & 0xf0, 0x80, "FIN is set, reserved bits are not");
        let (length, rest) = match second {
            short @ 0..=125 => (usize::from(*short), rest),
            126 => (usize::from(u16::from_be_bytes([rest[0], rest[1]])), &rest[2..]),
            127 => {
                let length = rest.first_chunk().expect("eight bytes of length");
                (u64::from_be_bytes(*length) as usize, &rest[8..])
            }
            _ => panic!("a server does not mask"),
        };
        let (payload, rest) = rest.split_at(length);
        frames.push((first & 0x0f, payload.to_vec()));
        bytes = rest;
    }
    assert!(bytes.is_empty(), "no byte is left over");
    frames
}
