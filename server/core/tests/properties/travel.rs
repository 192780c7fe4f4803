//! Time travel: replays, and the patches that lead where they are.

use place_core::sequencer::{Command, decree, turn};
use place_core::travel::{Replay, Without};
use place_core::{Area, Batch, Canvas, Cause, Entry, Mark, Patch};
use proptest::prelude::*;

use crate::batches::{commands, run, turns};
use crate::reverts::take_back;
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
    lay_for(canvas, Cause::Remove(1, 0), patches)
}

fn lay_for(canvas: &mut Canvas, cause: Cause, patches: Vec<Patch>) -> Option<Batch> {
    let entry = |patch| Entry::Patch { teacher: 1, cause, patch };
    let entries: Vec<_> = patches.into_iter().map(entry).collect();
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

/// What a teacher may do between two turns.
#[derive(Clone, Debug)]
enum Tool {
    None,
    Fill(Area, u8),
    /// Back to where so many batches had led.
    Restore(Area, prop::sample::Index),
    /// The last tool's doing, if there was one.
    Revert,
    Remove(u32),
}

fn tool() -> impl Strategy<Value = Tool> {
    prop_oneof![
        2 => Just(Tool::None),
        2 => (area(), 0u8..3).prop_map(|(area, color)| Tool::Fill(area, color)),
        2 => (area(), any::<prop::sample::Index>()).prop_map(|(area, at)| Tool::Restore(area, at)),
        1 => Just(Tool::Revert),
        1 => (1u32..6).prop_map(Tool::Remove),
    ]
}

/// The patches of a tool, and what for.
fn work(tool: &Tool, canvas: &Canvas, journal: &[Batch]) -> (Cause, Vec<Patch>) {
    match tool {
        Tool::None => (Cause::Remove(1, 0), Vec::new()),
        Tool::Fill(area, color) => {
            let mark = Mark { color: *color, owner: 0 };
            let cells = area.indices(size(20, 16)).map(|index| (index, mark));
            (Cause::Fill(*area), Patch::split(cells))
        }
        Tool::Restore(area, at) => {
            let at_ms = journal[at.index(journal.len())].at_ms;
            let until = journal.partition_point(|batch| batch.at_ms <= at_ms);
            let past = replay(&journal[..until], None);
            (Cause::Restore(*area, at_ms), past.restore(canvas.marks(), *area))
        }
        Tool::Revert => {
            let is_tool = |batch: &Batch| matches!(batch.entries[0], Entry::Patch { .. });
            let Some(last) = journal.iter().rposition(is_tool) else {
                return (Cause::Revert(2, 2), Vec::new());
            };
            let (first, end) = (journal[last].first_seq, journal[last].last_seq());
            (Cause::Revert(first, end), patches(take_back(canvas, journal, first, end)))
        }
        Tool::Remove(seat) => {
            let without = Without { seat: *seat, from_ms: 0 };
            let patches = replay(journal, Some(without)).remove(canvas.marks());
            (Cause::Remove(*seat, 0), patches)
        }
    }
}

/// The patches among some entries.
fn patches(entries: Vec<Entry>) -> Vec<Patch> {
    let patch = |entry| match entry {
        Entry::Patch { patch, .. } => Some(patch),
        _ => None,
    };
    entries.into_iter().filter_map(patch).collect()
}

/// Turns, with a tool used after each.
fn lesson() -> impl Strategy<Value = Vec<(u64, Vec<Command<usize>>, Tool)>> {
    prop::collection::vec((0u64..100, commands(30), tool()), 0..12)
}

fn live_through(lesson: Vec<(u64, Vec<Command<usize>>, Tool)>) -> (Canvas, Vec<Batch>) {
    let (mut canvas, mut journal) = run(Vec::new());
    for (wait, commands, tool) in lesson {
        let now = canvas.at_ms() + wait;
        if let Some(batch) = turn(&canvas, commands, now).batch {
            canvas.apply(&batch).expect("a batch made from this state");
            journal.push(batch);
        }
        let (cause, patches) = work(&tool, &canvas, &journal);
        journal.extend(lay_for(&mut canvas, cause, patches));
    }
    (canvas, journal)
}

proptest! {
    #[test]
    fn a_replay_ends_where_the_fold_does(lesson in lesson()) {
        let (canvas, journal) = live_through(lesson);
        let replayed = replay(&journal, None);
        prop_assert_eq!(replayed.marks(), canvas.marks());
        let nobody = replay(&journal, Some(Without { seat: 9, from_ms: 0 }));
        prop_assert_eq!(nobody.marks(), canvas.marks());
        prop_assert_eq!(nobody.remove(canvas.marks()), Vec::new());
    }

    #[test]
    fn whatever_tools_did_before_all_of_somebody_s_pixels_go(lesson in lesson(), seat in 1u32..6) {
        let (mut canvas, journal) = live_through(lesson);
        let before = marks(&canvas);
        let without = replay(&journal, Some(Without { seat, from_ms: 0 }));
        let patches = without.remove(canvas.marks());
        lay(&mut canvas, patches);
        for (was, is) in before.into_iter().zip(marks(&canvas)) {
            prop_assert!(is.owner != seat, "{was:?} became {is:?}");
            prop_assert!(was.owner == seat || was == is, "others' drawings stay");
        }
    }

    #[test]
    fn what_a_tool_brings_back_from_before_the_moment_stays(lesson in lesson(), area in area(), seat in 1u32..6) {
        let (mut canvas, mut journal) = live_through(lesson);
        let old = replay(&journal, None);
        let (at_ms, from_ms) = (canvas.at_ms(), canvas.at_ms() + 1);
        let fill = Patch::of(area.indices(size(20, 16)).map(|index| (index, Mark { color: 1, owner: 0 })));
        journal.extend(lay_for(&mut canvas, Cause::Fill(area), vec![fill]));
        let back = old.restore(canvas.marks(), area);
        journal.extend(lay_for(&mut canvas, Cause::Restore(area, at_ms), back));
        let without = replay(&journal, Some(Without { seat, from_ms }));
        prop_assert_eq!(without.remove(canvas.marks()), Vec::new());
        prop_assert_eq!(without.marks(), canvas.marks());
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
    fn a_replay_may_begin_anywhere_before_the_moment(lesson in lesson(), seat in 1u32..6, at in any::<prop::sample::Index>()) {
        let (canvas, journal) = live_through(lesson);
        let at = at.index(journal.len());
        let mut start = Canvas::begin(&journal[0]).expect("a good genesis");
        journal[1..=at].iter().for_each(|batch| start.apply(batch).expect("it follows"));
        for without in [None, Some(Without { seat, from_ms: start.at_ms() + 1 })] {
            let mut late = Replay::from_state(&start, without);
            journal[at + 1..].iter().for_each(|batch| late.follow(batch));
            let whole = replay(&journal, without);
            prop_assert_eq!(late.marks(), whole.marks());
            prop_assert_eq!(late.remove(canvas.marks()), whole.remove(canvas.marks()));
        }
    }
}
