//! Deltas: what changed, and how few bytes it takes.

use std::collections::BTreeMap;

use place_core::limits::SEQ_MAX;
use place_core::wire::Delta;
use place_core::wire::frame::{self, Opcode};
use place_core::wire::packed::{self, Code, Gaps, RICE_MAX, SHORT_MAX_BITS};
use place_core::{Mirror, Size};
use proptest::prelude::*;

use crate::support::{Dice, FREE, canvas, size};

/// A canvas's size and number of colors.
fn shape() -> impl Strategy<Value = (Size, usize)> {
    let side = || prop_oneof![16u16..40, 16u16..=4096, Just(4096u16)];
    (side(), side(), 2usize..=255).prop_map(|(width, height, colors)| (size(width, height), colors))
}

/// Changes in the order in which they happened: scattered, or close together.
fn changes(most: usize) -> impl Strategy<Value = ((Size, usize), Vec<(u32, u8)>)> {
    (shape(), any::<u64>(), 0..=most, prop_oneof![Just(u64::MAX), 1u64..2000]).prop_map(
        |((size, colors), seed, count, spread)| {
            let mut dice = Dice(seed);
            let cells = size.cells() as u64;
            let start = dice.below(cells);
            let change = |_| {
                let index = (start + dice.below(spread.min(cells))) % cells;
                (index as u32, dice.below(colors as u64) as u8)
            };
            ((size, colors), (0..count).map(change).collect())
        },
    )
}

fn apply(cells: &mut BTreeMap<u32, u8>, changes: &[(u32, u8)]) {
    cells.extend(changes.iter().copied());
}

proptest! {
    #[test]
    fn coalesced_changes_are_the_changes_in_order((_, changes) in changes(300)) {
        let mut one_by_one = BTreeMap::new();
        apply(&mut one_by_one, &changes);
        let delta = Delta::coalesce(5, 5 + changes.len() as u64, changes);
        prop_assert!(delta.changes.is_sorted_by(|a, b| a.0 < b.0), "sorted, each cell once");
        prop_assert_eq!(delta.changes, one_by_one.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_merged_delta_is_its_parts_in_order((_, changes) in changes(300), cut: prop::sample::Index) {
        let cut = cut.index(changes.len() + 1);
        let whole = Delta::coalesce(0, 9, changes.clone());
        let parts = [Delta::coalesce(0, 4, changes[..cut].to_vec()), Delta::coalesce(4, 9, changes[cut..].to_vec())];
        let mut in_parts = BTreeMap::new();
        for part in &parts {
            apply(&mut in_parts, &part.changes);
        }
        prop_assert_eq!(whole.changes, in_parts.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn every_form_reads_as_it_was(((size, colors), changes) in changes(200), from in 0..SEQ_MAX, span in 1u64..1000, behind in 0u64..1000) {
        let delta = Delta::coalesce(from, from + span, changes);
        let catch_up = delta.encode(size, colors);
        for at in [from, from.saturating_sub(behind), from + behind] {
            prop_assert_eq!(Delta::decode(&catch_up, size, colors, at), Ok(delta.clone()));
        }
        let live = Delta { to: from + delta.changes.len() as u64, ..delta };
        let bytes = live.encode_live(size, colors);
        prop_assert_eq!(&Delta::decode(&bytes, size, colors, from), &Ok(live.clone()));
        // A plain form: tag and 16 bits of seq, then x, y and color.
        let plain = 3 + 5 * live.changes.len();
        prop_assert!(bytes.len() <= plain || live.changes.is_empty(), "{} bytes where {} would do", bytes.len(), plain);
        prop_assert!(catch_up.len() <= plain + 5, "{} bytes where {} would do", catch_up.len(), plain + 5);
    }

    #[test]
    fn each_code_reads_as_it_was_written(((size, colors), changes) in changes(200), rice in 10u32..=RICE_MAX, short in 0..=SHORT_MAX_BITS) {
        let changes = Delta::coalesce(0, 1, changes).changes;
        let gaps = Gaps::new(&changes, size, colors);
        for code in [Code::Scattered { rice }, Code::Drawn { short, rice }] {
            let mut bytes = Vec::new();
            gaps.put(&mut bytes, code);
            prop_assert_eq!(bytes.len() as u64, gaps.bits(code).div_ceil(8));
            prop_assert_eq!(packed::decode(&bytes, code, size, colors), Ok(changes.clone()));
        }
    }

    #[test]
    fn the_code_costs_at_most_a_hair_over_the_best(((size, colors), changes) in changes(300)) {
        let changes = Delta::coalesce(0, 1, changes).changes;
        let gaps = Gaps::new(&changes, size, colors);
        let scattered = (0..=RICE_MAX).map(|rice| Code::Scattered { rice });
        let drawn = (0..=SHORT_MAX_BITS).flat_map(|short| (0..=RICE_MAX).map(move |rice| Code::Drawn { short, rice }));
        let best = scattered.chain(drawn).map(|code| gaps.bits(code)).min().expect("some code");
        let chosen = gaps.bits(gaps.best_code());
        prop_assert!(chosen * 100 <= best * 103 + 1600, "{chosen} bits instead of {best}");
    }

    #[test]
    fn numbers_name_each_cell_once(width in 16u16..=80, height in 16u16..=80) {
        let size = size(width, height);
        let mut indexes: Vec<u32> = (0..size.cells() as u32).map(|number| packed::index(size, number)).collect();
        for (number, index) in (0..).zip(&indexes) {
            prop_assert_eq!(packed::number(size, *index), number);
        }
        indexes.sort_unstable();
        prop_assert!(indexes.into_iter().eq(0..size.cells() as u32));
    }

    #[test]
    fn a_mirror_follows_over_the_wraps_of_16_and_32_bits(start in prop_oneof![0u64..9, 65_527u64..65_545, (u64::from(u32::MAX) - 9)..(u64::from(u32::MAX) + 9)], spans in prop::collection::vec(1u64..5, 0..9)) {
        let board = board_at(start);
        let mut mirror = Mirror::from_board(&board).expect("a good board");
        let mut seq = start;
        for span in spans {
            let delta = Delta { from: seq, to: seq + span, changes: vec![(seq as u32 % 256, 1)] };
            let bytes = delta.encode_live(size(16, 16), 2);
            let read = Delta::decode(&bytes, size(16, 16), 2, mirror.seq()).expect("what was encoded decodes");
            let stale = Delta { from: read.from ^ 1, ..read.clone() };
            prop_assert!(mirror.clone().apply(&stale).is_err(), "a gap is noticed");
            prop_assert_eq!(mirror.apply(&read), Ok(()));
            seq += span;
            prop_assert_eq!(mirror.seq(), seq);
        }
    }
}

/// An empty board of 16 x 16 cells at a seq.
fn board_at(seq: u64) -> Vec<u8> {
    let mut board = place_core::wire::board::encode(&canvas(size(16, 16), 2, FREE));
    board[8..16].copy_from_slice(&seq.to_le_bytes());
    board
}

/// Any number of entries that a viewer may have missed, up to the most that a
/// server ever sends at once, is noticed.
#[test]
fn a_gap_below_65_536_is_always_noticed() {
    let (size, delta) = (size(16, 16), Delta { from: 100_000, to: 100_001, changes: vec![(3, 1)] });
    let bytes = delta.encode_live(size, 2);
    let follows = |at: u64| {
        let mut mirror = Mirror::from_board(&board_at(at)).expect("a good board");
        mirror.apply(&Delta::decode(&bytes, size, 2, at).expect("a good delta"))
    };
    assert_eq!(follows(100_000), Ok(()));
    for missed in 1..65_536 {
        assert!(follows(100_000 - missed).is_err(), "{missed} missed");
    }
}

#[test]
fn a_pixel_takes_at_most_ten_bytes_on_the_wire() {
    let delta = Delta { from: 1, to: 2, changes: vec![((1 << 24) - 1, 254)] };
    let bytes = delta.encode_live(size(4096, 4096), 255);
    assert_eq!(frame::frame(Opcode::Binary, &bytes).len(), 10);
    let bytes = Delta { changes: vec![(9, 1)], ..delta }.encode_live(size(256, 256), 16);
    assert!(frame::frame(Opcode::Binary, &bytes).len() <= 8);
}

/// Bytes a cell, with the frame's header, of frames of so many random cells.
fn scattered(side: u16, colors: u64, pixels: usize) -> f64 {
    const FRAMES: usize = 200;
    let canvas = size(side, side);
    let mut dice = Dice(1);
    let (mut bytes, mut cells) = (0, 0);
    for _ in 0..FRAMES {
        let change = |_| (dice.below(canvas.cells() as u64) as u32, dice.below(colors) as u8);
        let changes = Delta::coalesce(0, 0, (0..pixels).map(change).collect()).changes;
        cells += changes.len();
        let delta = Delta { from: 90_000, to: 90_000 + changes.len() as u64, changes };
        bytes += frame::frame(Opcode::Binary, &delta.encode_live(canvas, colors as usize)).len();
    }
    bytes as f64 / cells as f64
}

/// The entropy of 164 cells of 2000² in 32 colors is 2.62 bytes a cell; of 30
/// of 256² in 16 colors it is 2.05.
#[test]
fn cells_anywhere_take_little_more_than_their_entropy() {
    let each = scattered(2000, 32, 164);
    assert!(each <= 2.7, "{each:.3} bytes a cell");
    let each = scattered(256, 16, 30);
    assert!(each <= 2.28, "{each:.3} bytes a cell");
}

/// A filled square takes little more than a bit a cell.
#[test]
fn a_fill_takes_less_than_two_bits_a_cell() {
    let square = (0..32).flat_map(|y| (0..32).map(move |x| ((y + 3) * 1000 + x + 500, 7)));
    let changes: Vec<_> = square.collect();
    let delta = Delta { from: 1, to: 1 + changes.len() as u64, changes };
    let bytes = delta.encode_live(size(1000, 1000), 32).len();
    assert!(bytes * 8 <= delta.changes.len() * 2, "{bytes} bytes");
}
