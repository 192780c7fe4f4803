//! The board, and the forms in which the journal and the checkpoints are
//! stored: what was once written must be readable for ever.

use place_core::palette::PaletteColor;
use place_core::wire::board;
use place_core::{
    Area, Batch, Canvas, Cause, Entry, Mark, Mode, Palette, Patch, Rules, Standing, Status, Team,
};
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
        batch("create, with undo", &lively_genesis()),
        batch("what teachers decide", &decided()),
        batch(
            "gifts taken back",
            &Batch {
                first_seq: 2,
                at_ms: BIRTH_MS + 1000,
                entries: vec![Entry::Withdraw { teacher: 2, seats: vec![1, 12], pixels: 25 }],
            },
        ),
        checkpoint("a canvas just begun", &Canvas::begin(&genesis()).expect("a good genesis")),
        checkpoint("a canvas with three pixels", &drawn()),
        checkpoint("a canvas beyond 32 bits of seq", &far_on()),
        checkpoint("a canvas with teams, protection and gifts", &ruled()),
    ]
}

fn genesis() -> Batch {
    Canvas::genesis(size(18, 16), colors(), RULES, BIRTH_MS)
}

/// As genesis, but pixels can be taken back.
fn lively_genesis() -> Batch {
    Canvas::genesis(size(18, 16), colors(), Rules { undo_ms: 5000, ..RULES }, BIRTH_MS)
}

fn colors() -> Palette {
    let color = |rgb, name: &str| PaletteColor { rgb, name: name.to_owned() };
    let colors = vec![
        color([0xff; 3], "White"),
        color([0; 3], "Black"),
        color([0xe5, 0x00, 0x3c], "Crème brûlée"),
    ];
    Palette::new(colors).expect("three colors are enough")
}

fn mixed() -> Batch {
    Batch {
        first_seq: 2,
        at_ms: BIRTH_MS + 1000,
        entries: vec![
            Entry::Place { seat: 12, cell: cell(0, 0), color: 1 },
            Entry::SetRules {
                teacher: 0,
                rules: Rules { cooldown_ms: 60_000, saved_max: 3, ..RULES },
            },
            Entry::Place { seat: 2, cell: cell(17, 15), color: 2 },
            Entry::Place { seat: 12, cell: cell(17, 0), color: 1 },
            Entry::SetRules { teacher: 0, rules: Rules { mode: Mode::Frozen, ..RULES } },
            Entry::SetRules { teacher: 0, rules: Rules { mode: Mode::Closed, ..RULES } },
        ],
    }
}

/// One of each entry that is not a pixel.
fn decided() -> Batch {
    let area = |x, y, width, height| Area::new(cell(x, y), width, height).expect("a good area");
    let mark = |color, owner| Mark { color, owner };
    let cells = [(0, mark(1, 0)), (1, mark(1, 0)), (200, mark(2, 300)), (287, mark(0, 65_535))];
    let patch = |cause| Entry::Patch { teacher: 2, cause, patch: Patch::of(cells) };
    let standing = Standing { team: 3, status: Status::Frozen, is_teacher: false };
    Batch {
        first_seq: 2,
        at_ms: BIRTH_MS + 1000,
        entries: vec![
            Entry::Place { seat: 12, cell: cell(17, 0), color: 1 },
            Entry::Undo { seat: 12, cell: cell(17, 0), mark: mark(0, 0) },
            patch(Cause::Fill(area(0, 0, 18, 16))),
            patch(Cause::Restore(area(1, 2, 3, 4), BIRTH_MS)),
            patch(Cause::Remove(12, BIRTH_MS + 7)),
            patch(Cause::Revert(4, 6)),
            Entry::Protect { teacher: 2, area: area(0, 15, 18, 1), on: true },
            Entry::SetSeat { teacher: 2, seat: 12, standing },
            Entry::SetTeam {
                teacher: 2,
                team: 3,
                rules: Team { region: Some(area(9, 0, 9, 8)), is_confined: true },
            },
            Entry::Award { teacher: 2, seats: vec![1, 12, 65_535], pixels: 25 },
            Entry::SetRules { teacher: 2, rules: Rules { undo_ms: 60_000, ..RULES } },
            Entry::SetRules { teacher: 2, rules: RULES },
            Entry::SetRules { teacher: 0, rules: Rules { undo_ms: 1, ..RULES } },
        ],
    }
}

fn ruled() -> Canvas {
    let mut canvas = Canvas::begin(&lively_genesis()).expect("a good genesis");
    canvas.apply(&decided()).expect("a good batch");
    canvas
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

#[test]
fn an_entry_has_one_form() {
    let lively = lively_genesis().encode();
    let mut none = lively.clone();
    let undo_at = none.len() - 4;
    none[undo_at..].fill(0);
    assert!(Batch::decode(&lively).is_ok() && Batch::decode(&none).is_err(), "creation");
    let set = |teacher, undo_ms| {
        let entries = vec![Entry::SetRules { teacher, rules: Rules { undo_ms, ..RULES } }];
        Batch { first_seq: 2, at_ms: BIRTH_MS, entries }.encode()
    };
    let mut nobody = set(1, 0);
    let teacher_at = nobody.len() - (4 + 4 + 2 + 4) - 4;
    assert_eq!(nobody[teacher_at], 1, "where the teacher stands");
    nobody[teacher_at] = 0;
    assert!(Batch::decode(&nobody).is_err(), "rules that nobody set");
    assert!(set(0, 0).len() < set(0, 1).len());
}
