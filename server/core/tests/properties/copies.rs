//! Copies made in steps while placements go on.

use place_core::copying::Copying;
use place_core::history::History;
use place_core::{Batch, Canvas, Cell, Entry, Mode, Palette, Rules, Size};
use proptest::prelude::*;

/// Larger than one step, so that placements fall between two of them.
const SIDE: u16 = 400;

fn canvas() -> Canvas {
    let palette = Palette::parse("ffffff White\n000000 Black\nff0000 Red").unwrap();
    let rules = Rules { mode: Mode::Open, cooldown_ms: 0, saved_max: 1, undo_ms: 0 };
    Canvas::begin(&Canvas::genesis(Size::new(SIDE, SIDE).unwrap(), palette, rules, 1)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_copy_is_the_canvas_of_its_end(
        turns in prop::collection::vec(
            (any::<bool>(), prop::collection::vec((0..SIDE, 0..SIDE, 0u8..3), 1..20)), 1..40),
    ) {
        let mut state = canvas();
        let mut history = History::new(state.seq());
        let mut copying = Copying::begin(&state);
        let mut is_whole = false;
        for (step, places) in turns {
            if step {
                is_whole |= !is_whole && copying.step(&state);
            }
            let entry = |(x, y, color)| Entry::Place { seat: 1, cell: Cell { x, y }, color };
            let entries = places.into_iter().map(entry).collect();
            let batch = Batch { first_seq: state.seq() + 1, at_ms: state.at_ms() + 1, entries };
            state.apply(&batch).unwrap();
            for (seq, entry) in (batch.first_seq..).zip(&batch.entries) {
                history.record(seq, entry, state.size());
            }
        }
        while !is_whole {
            is_whole = copying.step(&state);
        }
        let changes = history.delta(copying.seq(), state.seq()).unwrap();
        prop_assert_eq!(copying.finish(&state, &changes), Some(state));
    }
}

#[test]
fn a_copy_that_is_not_whole_or_misses_changes_is_none() {
    let state = canvas();
    let none = History::new(state.seq()).delta(state.seq(), state.seq()).unwrap();
    assert_eq!(Copying::begin(&state).finish(&state, &none), None);
    let mut copying = Copying::begin(&state);
    while !copying.step(&state) {}
    let later = History::new(5).delta(5, 5).unwrap();
    assert_eq!(copying.finish(&state, &later), None);
}
