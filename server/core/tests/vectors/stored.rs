//! The board, and the forms in which the journal and the checkpoints are
//! stored: what was once written must be readable for ever.

use place_core::palette::PaletteColor;
use place_core::wire::board;
use place_core::{Batch, Canvas, Entry, Mode, Palette, Rules};
use serde::Serialize;

use crate::support::{BIRTH_MS, cell, from_hex, size, to_hex};

/// A downloaded grid.
#[derive(Serialize)]
pub(crate) struct Board {
    name: String,
    hex: String,
    width: u16,
    height: u16,
    seq: u64,
}

/// A stored batch or checkpoint.
#[derive(Serialize)]
pub(crate) struct Stored {
    name: String,
    hex: String,
}

const RULES: Rules = Rules { mode: Mode::Open, cooldown_ms: 1000, saved_max: 20, undo_ms: 0 };

pub(crate) fn boards() -> Vec<Board> {
    let board = |name: &str, canvas: &Canvas| {
        let bytes = board::encode(canvas);
        let (size, seq, cells) = board::decode(&bytes).expect("what was encoded decodes");
        assert_eq!((size, seq, cells), (canvas.size(), canvas.seq(), canvas.cells()));
        let (width, height) = (size.width(), size.height());
        Board { name: name.to_owned(), hex: to_hex(&bytes), width, height, seq }
    };
    let begun = Canvas::begin(&genesis()).expect("a good genesis");
    vec![
        board("a canvas just begun", &begun),
        board("a canvas with three pixels", &drawn()),
        board("a canvas beyond 32 bits of seq", &far_on()),
    ]
}

pub(crate) fn journal() -> Vec<Stored> {
    let batch = |name: &str, batch: &Batch| {
        let bytes = batch.encode();
        assert_eq!(&Batch::decode(&bytes).expect(name), batch, "{name}");
        Stored { name: format!("batch: {name}"), hex: to_hex(&bytes) }
    };
    let checkpoint = |name: &str, canvas: &Canvas| {
        let bytes = canvas.to_checkpoint();
        assert_eq!(&Canvas::from_checkpoint(&bytes).expect(name), canvas, "{name}");
        Stored { name: format!("checkpoint: {name}"), hex: to_hex(&bytes) }
    };
    vec![
        batch("create", &genesis()),
        batch(
            "one pixel",
            &Batch {
                first_seq: 2,
                at_ms: BIRTH_MS + 1,
                entries: vec![Entry::Place { seat: 12, cell: cell(3, 5), color: 1 }],
            },
        ),
        batch("pixels and rules", &mixed()),
        batch(
            "the largest numbers",
            &Batch {
                first_seq: u64::MAX - 1,
                at_ms: u64::MAX,
                entries: vec![Entry::Place { seat: u32::MAX, cell: cell(4095, 4095), color: 254 }],
            },
        ),
        checkpoint("a canvas just begun", &Canvas::begin(&genesis()).expect("a good genesis")),
        checkpoint("a canvas with three pixels", &drawn()),
        checkpoint("a canvas beyond 32 bits of seq", &far_on()),
    ]
}

fn genesis() -> Batch {
    let color = |rgb, name: &str| PaletteColor { rgb, name: name.to_owned() };
    let colors = vec![
        color([0xff; 3], "White"),
        color([0; 3], "Black"),
        color([0xe5, 0x00, 0x3c], "Crème brûlée"),
    ];
    let palette = Palette::new(colors).expect("three colors are enough");
    Canvas::genesis(size(18, 16), palette, RULES, BIRTH_MS)
}

fn mixed() -> Batch {
    Batch {
        first_seq: 2,
        at_ms: BIRTH_MS + 1000,
        entries: vec![
            Entry::Place { seat: 12, cell: cell(0, 0), color: 1 },
            Entry::SetRules {
                teacher: 1,
                rules: Rules { cooldown_ms: 60_000, saved_max: 3, ..RULES },
            },
            Entry::Place { seat: 2, cell: cell(17, 15), color: 2 },
            Entry::Place { seat: 12, cell: cell(17, 0), color: 1 },
            Entry::SetRules { teacher: 1, rules: Rules { mode: Mode::Frozen, ..RULES } },
            Entry::SetRules { teacher: 1, rules: Rules { mode: Mode::Closed, ..RULES } },
        ],
    }
}

fn drawn() -> Canvas {
    let mut canvas = Canvas::begin(&genesis()).expect("a good genesis");
    canvas.apply(&mixed()).expect("a good batch");
    canvas
}

/// The same canvas, as if it had a long life behind it: the seq stands in the
/// bytes 1 to 8 of a checkpoint.
fn far_on() -> Canvas {
    let mut bytes = drawn().to_checkpoint();
    bytes[1..9].copy_from_slice(&((1u64 << 32) + 7).to_le_bytes());
    Canvas::from_checkpoint(&bytes).expect("a checkpoint with another seq")
}

#[test]
fn nothing_may_be_missing_from_what_is_stored_nor_follow_it() {
    for case in journal() {
        let whole = from_hex(&case.hex);
        let reads = |bytes: &[u8]| {
            if case.name.starts_with("batch") {
                Batch::decode(bytes).is_ok()
            } else {
                Canvas::from_checkpoint(bytes).is_ok()
            }
        };
        assert!(reads(&whole), "{} is whole", case.name);
        for end in 0..whole.len() {
            assert!(!reads(&whole[..end]), "{} cut to {end} bytes", case.name);
        }
        assert!(!reads(&[whole.as_slice(), &[0]].concat()), "{} with a byte behind", case.name);
    }
}
