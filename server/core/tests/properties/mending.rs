//! Journals with a hole.

use place_core::mend::Mend;
use place_core::{Batch, Canvas};
use proptest::prelude::*;

use crate::batches::{run, turns};

/// What some batches of a journal lead to, from its beginning.
fn fold(journal: &[Batch]) -> Canvas {
    let mut canvas = Canvas::begin(&journal[0]).expect("a good genesis");
    journal[1..].iter().for_each(|batch| canvas.apply(batch).expect("it follows"));
    canvas
}

/// Which batches are lost: some, but never the first.
fn hole(
    journal: &[Batch],
    first: prop::sample::Index,
    length: usize,
) -> Option<std::ops::Range<usize>> {
    let first = 1 + first.index(journal.len() - 1);
    let end = (first + length).min(journal.len());
    Some(first..end).filter(|hole| !hole.is_empty())
}

/// The journal without the hole's batches, put together as a repair does, with
/// what the state behind the batch at `known` tells.
fn mended(journal: &[Batch], hole: &std::ops::Range<usize>, known: Option<usize>) -> Vec<Batch> {
    let (ahead, behind) = (&journal[..hole.start], &journal[hole.end..]);
    let last = journal[hole.end - 1].last_seq();
    let decisions = known.map_or_else(Vec::new, |known| {
        let mut look = Mend::from_state(fold(ahead));
        look.bridge(last, []).expect("it bridges");
        for batch in &journal[hole.end..=known] {
            look.follow(batch).expect("it goes on");
        }
        look.learn(fold(&journal[..=known]))
    });
    let mut mend = Mend::from_state(fold(ahead));
    let bridge = mend.bridge(last, decisions).expect("it bridges");
    let mut whole = [ahead, &bridge].concat();
    for batch in behind {
        whole.push(mend.follow(batch).expect("it goes on").unwrap_or_else(|| batch.clone()));
    }
    assert_eq!(&fold(&whole), mend.state());
    whole
}

proptest! {
    #[test]
    fn what_is_whole_behind_a_hole_stands(
        turns in turns(), first in any::<prop::sample::Index>(), length in 1usize..4,
    ) {
        let (canvas, journal) = run(turns);
        prop_assume!(journal.len() > 1);
        let Some(hole) = hole(&journal, first, length) else { return Ok(()) };
        let whole = mended(&journal, &hole, None);
        let after = fold(&whole);
        prop_assert_eq!(after.seq(), canvas.seq());
        let mut changed = vec![false; canvas.cells().len()];
        for batch in &journal[hole.end..] {
            for entry in &batch.entries {
                match entry {
                    place_core::Entry::Place { cell, .. } | place_core::Entry::Undo { cell, .. } => {
                        changed[canvas.size().index(*cell).expect("a cell") as usize] = true;
                    }
                    place_core::Entry::Patch { patch, .. } => {
                        patch.cells().for_each(|(index, _)| changed[index as usize] = true);
                    }
                    _ => {}
                }
            }
        }
        for (index, changed) in (0..).zip(changed) {
            if changed {
                prop_assert_eq!(after.marks().at(index), canvas.marks().at(index));
            }
        }
    }

    #[test]
    fn a_checkpoint_behind_a_hole_gives_back_what_it_led_to(
        turns in turns(), first in any::<prop::sample::Index>(), length in 1usize..4,
        known in any::<prop::sample::Index>(),
    ) {
        let (canvas, journal) = run(turns);
        prop_assume!(journal.len() > 2);
        let Some(hole) = hole(&journal, first, length) else { return Ok(()) };
        let known = (hole.end - 1).max(known.index(journal.len()));
        let known = if known + 1 == hole.end && hole.end < journal.len() { hole.end } else { known };
        prop_assume!(known >= hole.end);
        let after = fold(&mended(&journal, &hole, Some(known)));
        prop_assert_eq!(after.marks(), canvas.marks());
        prop_assert_eq!(after.rules(), canvas.rules());
        for seat in 1..6 {
            prop_assert_eq!(after.seat(seat).standing(), canvas.seat(seat).standing());
        }
    }
}
