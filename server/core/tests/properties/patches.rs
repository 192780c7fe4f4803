//! Patches: many cells at once, as they are stored and as they are laid.

use place_core::limits::{BATCH_MAX_BYTES, PATCH_MAX_BYTES};
use place_core::sequencer::decree;
use place_core::{Area, Batch, Cause, Entry, Mark, Patch};

use proptest::prelude::*;

use crate::support::{BIRTH_MS, FREE, canvas, cell, size};

/// What all patches here are for.
const CAUSE: Cause = Cause::Remove(3, 7);

/// Changes on a canvas of 20 x 16 cells and 3 colors, in ascending order.
pub(crate) fn changes() -> impl Strategy<Value = Vec<(u32, Mark)>> {
    let mark = (0u8..3, 0u32..6).prop_map(|(color, owner)| Mark { color, owner });
    prop::collection::btree_map(0u32..320, mark, 0..320)
        .prop_map(|changes| changes.into_iter().collect())
}

fn batch(patch: Patch) -> Batch {
    Batch {
        first_seq: 2,
        at_ms: BIRTH_MS,
        entries: vec![Entry::Patch { teacher: 1, cause: CAUSE, patch }],
    }
}

#[test]
fn cells_alike_and_side_by_side_are_one_span() {
    let mark = Mark { color: 2, owner: 7 };
    let row = Patch::of((0..1_000_000).map(|index| (index, mark)));
    assert_eq!((row.spans().len(), row.len()), (1, 1_000_000));
    assert!(batch(row).encode().len() < 64, "a large erased area is small");
}

#[test]
fn a_patch_too_large_is_several() {
    let noise = |index| (index, Mark { color: (index % 3) as u8, owner: index % 60_000 });
    let cells: Vec<_> = (0..2_000_000).map(noise).collect();
    let patches = Patch::split(cells.iter().copied());
    assert!(patches.len() > 1);
    let again: Vec<_> = patches.iter().flat_map(Patch::cells).collect();
    assert_eq!(again, cells);
    for patch in patches {
        assert!(batch(patch).encode().len() < PATCH_MAX_BYTES + 64);
    }
}

#[test]
fn a_decision_too_large_for_a_batch_is_several_and_comes_to_the_same() {
    let size = size(2000, 1500);
    let noise = |index: u32| (index, Mark { color: (index % 3) as u8, owner: index % 60_000 });
    let patch = |patch| Entry::Patch { teacher: 1, cause: CAUSE, patch };
    let protect = Entry::Protect { teacher: 1, area: Area::whole(size), on: true };
    let patches = Patch::split((0..size.cells() as u32).map(noise)).into_iter().map(patch);
    let entries: Vec<_> = patches.chain([protect]).collect();
    let mut canvas = canvas(size, 3, FREE);
    let whole = decree(&canvas, entries.clone(), BIRTH_MS).expect("it fits");
    let batches = whole.clone().cut();
    assert!(batches.len() > 1, "15 MB do not fit into one");
    let again = batches.iter().flat_map(|batch| batch.entries.iter().cloned());
    assert!(again.eq(entries), "each entry once, in order");
    let last_seq = batches.last().expect("there are some").last_seq();
    assert_eq!(last_seq, whole.last_seq());
    for batch in batches {
        let stored = batch.encode();
        assert!(stored.len() <= BATCH_MAX_BYTES, "{} bytes", stored.len());
        canvas.apply(&Batch::decode(&stored).expect("it can be read")).expect("they follow");
    }
    for index in (0..size.cells() as u32).step_by(997) {
        assert_eq!((index, canvas.marks().at(index)), noise(index));
    }
}

#[test]
fn what_fits_into_a_batch_is_one() {
    let award = |seat| Entry::Award { teacher: 1, seats: vec![seat], pixels: 1 };
    let entries = (1..=4096).map(award).collect();
    let batch = Batch { first_seq: 2, at_ms: BIRTH_MS, entries };
    assert_eq!(batch.clone().cut(), [batch]);
}

#[test]
fn a_patch_beside_the_canvas_is_refused() {
    let canvas = canvas(size(20, 16), 3, FREE);
    let at = |index, color| Entry::Patch {
        teacher: 1,
        cause: CAUSE,
        patch: Patch::of([(index, Mark { color, owner: 0 })]),
    };
    assert!(decree(&canvas, vec![at(319, 2)], BIRTH_MS).is_ok());
    assert!(decree(&canvas, vec![at(320, 2)], BIRTH_MS).is_err());
    assert!(decree(&canvas, vec![at(0, 3)], BIRTH_MS).is_err());
    assert!(decree(&canvas, vec![at(319, 2), at(320, 2)], BIRTH_MS).is_err(), "all or none");
}

proptest! {
    #[test]
    fn what_is_stored_reads_back(changes in changes()) {
        let patch = Patch::of(changes.iter().copied());
        prop_assert_eq!(patch.cells().collect::<Vec<_>>(), changes);
        let bytes = batch(patch.clone()).encode();
        prop_assert_eq!(Batch::decode(&bytes).expect("it was just encoded"), batch(patch));
    }

    #[test]
    fn what_reads_is_stored_again_byte_by_byte(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let mut stored = batch(Patch::default()).encode();
        let length = stored.len() - 8;
        stored.truncate(length);
        stored.extend((bytes.len() as u64).to_le_bytes());
        stored.extend(&bytes);
        if let Ok(batch) = Batch::decode(&stored) {
            // Spans that could be one are two forms of the same patch.
            let [Entry::Patch { patch, .. }] = batch.entries.as_slice() else { panic!("a patch") };
            prop_assert_eq!(Patch::of(patch.cells().take(100_000)).len(), patch.len().min(100_000));
            prop_assert_eq!(batch.encode(), stored);
        }
    }

    #[test]
    fn a_patch_sets_its_cells_and_no_others(changes in changes()) {
        prop_assume!(!changes.is_empty());
        let mut canvas = canvas(size(20, 16), 3, FREE);
        let patch = Patch::of(changes.iter().copied());
        let entry = Entry::Patch { teacher: 1, cause: CAUSE, patch };
        let batch = decree(&canvas, vec![entry], BIRTH_MS).expect("it fits");
        canvas.apply(&batch).expect("a good batch");
        for index in 0..320 {
            let set = changes.iter().find(|(at, _)| *at == index).map(|(_, mark)| *mark);
            prop_assert_eq!(canvas.marks().at(index), set.unwrap_or_default());
        }
        prop_assert_eq!(canvas.color_at(cell(0, 0)), Some(canvas.marks().at(0).color));
    }
}
