//! Checkpoints: a start from one is a start from the journal's beginning.

use place_core::checkpoint::CheckpointError;
use place_core::{Area, Batch, Canvas, Entry, Team};
use proptest::prelude::*;

use super::batches::{run, turns};
use crate::support::{BIRTH_MS, FREE, canvas, cell, size};

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
fn what_a_seat_could_take_back_must_be_possible() {
    let mut canvas = canvas(size(16, 16), 2, FREE);
    let place = Entry::Place { seat: 7, cell: cell(15, 15), color: 1 };
    let region = Some(Area::new(cell(8, 0), 8, 16).expect("a good area"));
    let team = Entry::SetTeam { teacher: 0, team: 1, rules: Team { region, is_confined: false } };
    let batch = Batch { first_seq: 2, at_ms: BIRTH_MS, entries: vec![place, team] };
    canvas.apply(&batch).expect("a good batch");
    let bytes = canvas.to_checkpoint();
    // From its end: how it was paid for, whose and which color was there
    // before, when, its own color and its index.
    let at = |from_end: usize| bytes.len() - from_end;
    let before = at(4 + 4 + 1);
    let index = before - 8 - 1 - 4;
    assert_eq!(bytes[index..index + 5], [255, 0, 0, 0, 1], "the index and the color");
    let seats = index - 1 - 6 - 4 - 2 - 8 - 4 - 8;
    let corner = seats - 1 - 8;
    assert_eq!(bytes[corner..corner + 4], [8, 0, 0, 0], "the region's corner");
    for (at, patch, said) in [
        (index, &[0u8, 1][..], "last pixel"),
        (before, &[2], "last pixel"),
        (before + 3, &[1], "last pixel"),
        (corner, &[9], "region"),
    ] {
        let mut patched = bytes.clone();
        patched[at..at + patch.len()].copy_from_slice(patch);
        let error = Canvas::from_checkpoint(&patched).expect_err(said).to_string();
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
