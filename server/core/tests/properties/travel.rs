//! Time travel: replays, and the patches that lead where they are.

use place_core::sequencer::decree;
use place_core::travel::{Replay, Without};
use place_core::{Area, Batch, Canvas, Cause, Entry, Mark, Patch};
use proptest::prelude::*;

use crate::batches::{run, turns};
use crate::support::{cell, size};

fn replay(journal: &[Batch], without: Option<Without>) -> Replay {
    let mut replay = Replay::new(size(20, 16), without);
    for batch in journal {
        replay.follow(batch);
    }
    replay
}

/// Lays patches on a canvas; gives the batch that did it.
fn lay(canvas: &mut Canvas, patches: Vec<Patch>) -> Option<Batch> {
    let entries: Vec<_> = patches
        .into_iter()
        .map(|patch| Entry::Patch { teacher: 1, cause: Cause::Remove(1, 0), patch })
        .collect();
    if entries.is_empty() {
        return None;
    }
    let batch = decree(canvas, entries, canvas.at_ms()).expect("it fits");
    canvas.apply(&batch).expect("a good batch");
    Some(batch)
}

fn marks(canvas: &Canvas) -> Vec<Mark> {
    (0..320).map(|index| canvas.marks().at(index)).collect()
}

fn area() -> impl Strategy<Value = Area> {
    (0u16..20, 0u16..16, 1u16..21, 1u16..17).prop_map(|(x, y, width, height)| {
        let area = Area::new(cell(x, y), width, height).expect("within all limits");
        area.within(size(20, 16)).expect("its corner lies on the canvas")
    })
}

proptest! {
    #[test]
    fn a_replay_ends_where_the_fold_does(turns in turns()) {
        let (canvas, journal) = run(turns);
        let replayed = replay(&journal, None);
        prop_assert_eq!(replayed.marks(), canvas.marks());
    }

    #[test]
    fn an_area_goes_back_to_a_moment_and_nothing_else_moves(turns in turns(), until in 0usize..12, area in area()) {
        let (mut canvas, journal) = run(turns);
        let past = replay(&journal[..journal.len().min(until + 1)], None);
        let before = marks(&canvas);
        let patches = past.restore(canvas.marks(), area);
        lay(&mut canvas, patches);
        for index in 0..320 {
            let inside = area.contains(size(20, 16).cell(index));
            let expected = if inside { past.marks().at(index) } else { before[index as usize] };
            prop_assert_eq!(canvas.marks().at(index), expected);
        }
    }

    #[test]
    fn somebody_s_pixels_go_and_all_others_stay(turns in turns(), seat in 1u32..6, since in 0u64..1200) {
        let (mut canvas, journal) = run(turns);
        let from_ms = journal[0].at_ms + since;
        let before = marks(&canvas);
        let without = replay(&journal, Some(Without { seat, from_ms }));
        let patches = without.remove(canvas.marks());
        lay(&mut canvas, patches);
        let old = replay(&journal.iter().take_while(|batch| batch.at_ms < from_ms).cloned().collect::<Vec<_>>(), None);
        for index in 0..320 {
            let (was, is) = (before[index as usize], canvas.marks().at(index));
            if was.owner != seat {
                prop_assert_eq!(was, is, "others' drawings stay");
            } else if was != is {
                prop_assert!(is.owner != seat || old.marks().at(index).owner == seat, "only older ones may show again");
            }
        }
        if since == 0 {
            let mut standing = Vec::new();
            canvas.marks().count_owners(Area::whole(size(20, 16)), size(20, 16), &mut standing);
            prop_assert_eq!(standing.get(seat as usize).copied().unwrap_or(0), 0);
            prop_assert_eq!(standing.iter().sum::<u32>(), 320);
        }
    }

    #[test]
    fn what_a_patch_did_can_be_taken_back(turns in turns(), area in area(), color in 0u8..3) {
        let (mut canvas, journal) = run(turns);
        let before = marks(&canvas);
        let fill = Mark { color, owner: 0 };
        let patch = Patch::of(area.indices(size(20, 16)).map(|index| (index, fill)));
        lay(&mut canvas, vec![patch.clone()]);
        let past = replay(&journal, None);
        let patches = past.revert(canvas.marks(), &[patch]);
        lay(&mut canvas, patches);
        prop_assert_eq!(marks(&canvas), before);
    }

    #[test]
    fn taking_a_removal_back_restores_it_all(turns in turns(), seat in 1u32..6) {
        let (mut canvas, mut journal) = run(turns);
        let before = marks(&canvas);
        let removal = replay(&journal, Some(Without { seat, from_ms: 0 })).remove(canvas.marks());
        let past = replay(&journal, None);
        journal.extend(lay(&mut canvas, removal.clone()));
        let replayed = replay(&journal, None);
        prop_assert_eq!(replayed.marks(), canvas.marks());
        let back = past.revert(canvas.marks(), &removal);
        lay(&mut canvas, back);
        prop_assert_eq!(marks(&canvas), before);
    }
}
