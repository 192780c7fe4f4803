//! Checkpoints: a start from one is a start from the journal's beginning.

use place_core::checkpoint::CheckpointError;
use place_core::{Batch, Canvas};
use proptest::prelude::*;

use super::batches::{run, turns};
use crate::support::{BIRTH_MS, FREE, canvas, size};

fn fold(mut canvas: Canvas, batches: &[Batch]) -> Canvas {
    for batch in batches {
        canvas.apply(batch).expect("the journal folds");
    }
    canvas
}

proptest! {
    #[test]
    fn a_checkpoint_and_the_rest_are_the_whole(turns in turns(), cut: prop::sample::Index) {
        let (live, journal) = run(turns);
        let begun = Canvas::begin(&journal[0]).expect("a good genesis");
        let cut = 1 + cut.index(journal.len());
        let middle = fold(begun, &journal[1..cut]);
        let bytes = middle.to_checkpoint();
        let restored = Canvas::from_checkpoint(&bytes).expect("a good checkpoint");
        prop_assert_eq!(&restored, &middle);
        prop_assert_eq!(restored.to_checkpoint(), bytes, "equal states, equal bytes");
        let end = fold(restored, &journal[cut..]);
        prop_assert_eq!(end.to_checkpoint(), live.to_checkpoint(), "byte for byte");
    }
}

#[test]
fn the_largest_canvas_with_a_large_school_is_kept() {
    let mut large = canvas(size(4096, 4096), 255, place_core::Rules { cooldown_ms: 1000, ..FREE });
    for thousand in 0..65 {
        let commands = (1..=1000).map(|seat| {
            let cell = place_core::Cell { x: seat as u16, y: thousand as u16 };
            let seat = thousand * 1000 + seat;
            place_core::sequencer::Command::<()>::Place(
                (),
                place_core::Proposal { seat, cell, color: 254 },
            )
        });
        let batch = place_core::sequencer::turn(&large, commands, BIRTH_MS).batch;
        large.apply(&batch.expect("all are accepted")).expect("a good batch");
    }
    let bytes = large.to_checkpoint();
    assert_eq!(Canvas::from_checkpoint(&bytes).expect("within its bounds"), large);
}

/// Where things stand in the checkpoint of [`begun`]: the version, the seq, the
/// time, the size, two colors called `Gray 0` and `Gray 1`, the rules, the
/// cells' colors and owners, and no protection, team or seat.
mod offset {
    pub(super) const SEQ: usize = 1;
    pub(super) const WIDTH: usize = 17;
    pub(super) const CELLS: usize = 21 + 8 + 2 * (3 + 8 + 6) + 14 + 8;
    pub(super) const SAVED_MAX: usize = CELLS - 8 - 4 - 2;
}

fn begun() -> Vec<u8> {
    canvas(size(16, 16), 2, FREE).to_checkpoint()
}

#[test]
fn a_checkpoint_that_contradicts_itself_is_refused() {
    let patched = |at: usize, bytes: &[u8]| {
        let mut patched = begun();
        patched[at..at + bytes.len()].copy_from_slice(bytes);
        Canvas::from_checkpoint(&patched)
    };
    assert!(patched(0, &[2]).is_ok(), "the version is 2");
    for (at, bytes, said) in [
        (0, &[1u8][..], "unknown version"),
        (0, &[3], "unknown version"),
        (offset::SEQ, &[0; 8], "seq"),
        (offset::SEQ, &[0xff; 8], "seq"),
        (offset::WIDTH, &[17, 0], "as large as"),
        (offset::WIDTH, &[15, 0], "size out of range"),
        (offset::CELLS, &[2], "color"),
        (offset::CELLS + 255, &[255], "color"),
        (offset::SAVED_MAX, &[0, 0], "rules"),
    ] {
        let error = patched(at, bytes).expect_err(said).to_string();
        assert!(error.contains(said), "{error:?} says {said:?}");
    }
}

#[test]
fn a_later_version_is_called_one_whatever_follows() {
    let error = Canvas::from_checkpoint(&[3, 7, 7, 7]).expect_err("not ours");
    assert!(matches!(error, CheckpointError::Inconsistent("unknown version")), "{error}");
    let error = Canvas::from_checkpoint(&[]).expect_err("nothing");
    assert!(matches!(error, CheckpointError::Decode(_)), "{error}");
}
