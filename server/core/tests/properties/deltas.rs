//! Deltas: what changed, and how few bytes it takes.

use std::collections::BTreeMap;

use place_core::wire::frame::{self, Opcode};
use place_core::wire::{Delta, tag};
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
    fn every_form_reads_as_it_was(((size, colors), changes) in changes(200), from: u64, span in 1u64..1000) {
        let from = from >> 1;
        let delta = Delta::coalesce(from, from + span, changes);
        let low = |seq: u64| u64::from(seq as u32);
        let expected = Delta { from: low(delta.from), to: low(delta.to), changes: delta.changes.clone() };
        let bytes = delta.encode(size, colors);
        prop_assert_eq!(&Delta::decode(&bytes, size, colors), &Ok(expected.clone()));
        if let Some(packed) = delta.encode_packed(colors) {
            prop_assert_eq!(Delta::decode(&packed, size, colors), Ok(expected));
            prop_assert!(bytes.len() <= packed.len(), "the shorter form is chosen");
        }
        let plain = 13 + 5 * delta.changes.len();
        prop_assert!(bytes.len() <= plain, "{} bytes where {} would do", bytes.len(), plain);
        let single = delta.changes.len() == 1 && span == 1;
        prop_assert_eq!(bytes[0] == tag::PIXEL, single);
    }

    #[test]
    fn the_rice_parameter_costs_at_most_a_hair_over_the_best(((size, colors), changes) in changes(300)) {
        let delta = Delta::coalesce(0, 2, changes);
        if let Some(packed) = delta.encode_packed(colors) {
            let mut next = 0;
            let gaps: Vec<u32> = delta.changes.iter().map(|(index, _)| {
                let gap = index - next;
                next = index + 1;
                gap
            }).collect();
            let bits = |rice: u32| gaps.iter().map(|gap| u64::from((gap >> rice) + 1 + rice)).sum::<u64>();
            let best = (0..=24).map(bits).min().expect("some parameter");
            // The tag, the seq, the span, the count, then the parameter.
            let chosen = bits(u32::from(packed[6 + if gaps.len() < 128 { 1 } else { 2 }]));
            prop_assert!(chosen * 100 <= best * 103 + 800, "{chosen} bits instead of {best}");
        }
        prop_assert!(size.cells() > 0);
    }

    #[test]
    fn a_mirror_follows_over_the_wrap_of_32_bits(start in prop_oneof![0u64..9, (u64::from(u32::MAX) - 9)..(u64::from(u32::MAX) + 9)], spans in prop::collection::vec(1u64..5, 0..9)) {
        let board = board_at(start);
        let mut mirror = Mirror::from_board(&board).expect("a good board");
        let mut seq = start;
        for span in spans {
            let delta = Delta { from: seq, to: seq + span, changes: vec![(seq as u32 % 256, 1)] };
            let bytes = delta.encode(size(16, 16), 2);
            let read = Delta::decode(&bytes, size(16, 16), 2).expect("what was encoded decodes");
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

#[test]
fn a_pixel_takes_twelve_bytes_on_the_wire() {
    let delta = Delta { from: 1, to: 2, changes: vec![((1 << 24) - 1, 254)] };
    let bytes = delta.encode(size(4096, 4096), 255);
    assert_eq!(frame::frame(Opcode::Binary, &bytes).len(), 12);
}

/// The figure of a busy canvas: 164 pixels a frame, anywhere on 2000 x 2000
/// cells, in 32 colors.
#[test]
fn a_pixel_of_a_busy_canvas_takes_under_2_8_bytes() {
    const FRAMES: usize = 200;
    const PIXELS: usize = 164;
    let size = size(2000, 2000);
    let mut dice = Dice(1);
    let mut bytes = 0;
    for _ in 0..FRAMES {
        let change = |_| (dice.below(size.cells() as u64) as u32, dice.below(32) as u8);
        let changes = (0..PIXELS).map(change).collect();
        let delta = Delta::coalesce(90_000, 90_000 + PIXELS as u64, changes);
        bytes += frame::frame(Opcode::Binary, &delta.encode(size, 32)).len();
    }
    let each = bytes as f64 / (FRAMES * PIXELS) as f64;
    assert!(each <= 2.8, "{each:.3} bytes a pixel");
}
