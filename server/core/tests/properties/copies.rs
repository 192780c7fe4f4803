//! Copies made in steps while all sorts of things go on.

use place_core::copying::Copying;
use place_core::history::History;
use place_core::sequencer::{Command, decree, turn};
use place_core::{
    Area, Batch, Canvas, Cause, Entry, Mark, Patch, Proposal, Rules, Standing, Status, Team,
};
use proptest::prelude::*;

use crate::support::{FREE, canvas, cell, size};

/// Larger than one step, so that things happen between two of them.
const SIDE: u16 = 400;

const RULES: Rules = Rules { cooldown_ms: 10, saved_max: 4, undo_ms: 1000, ..FREE };

/// Something that happens while a copy is made.
#[derive(Clone, Debug)]
enum Happening {
    Step,
    Wishes(Vec<Command<u8>>),
    Decision(Entry),
}

fn area() -> impl Strategy<Value = Area> {
    (0..SIDE, 0..SIDE, 1u16..31, 1u16..31).prop_map(|(x, y, width, height)| {
        let area = Area::new(cell(x, y), width, height).expect("within all limits");
        area.within(size(SIDE, SIDE)).expect("its corner lies on the canvas")
    })
}

fn wish() -> impl Strategy<Value = Command<u8>> {
    prop_oneof![
        4 => (1u32..6, 0..SIDE, 0..SIDE, 0u8..3).prop_map(|(seat, x, y, color)| {
            Command::Place(0, Proposal { seat, cell: cell(x, y), color })
        }),
        1 => (1u32..6).prop_map(|seat| Command::Undo(0, seat)),
    ]
}

fn decision() -> impl Strategy<Value = Entry> {
    let status = prop_oneof![Just(Status::Active), Just(Status::Frozen), Just(Status::Banned)];
    prop_oneof![
        (area(), 0u8..3, 0u32..6).prop_map(|(area, color, owner)| {
            let mark = Mark { color, owner };
            let patch = Patch::of(area.indices(size(SIDE, SIDE)).map(|index| (index, mark)));
            Entry::Patch { teacher: 1, cause: Cause::Fill(area), patch }
        }),
        (area(), any::<bool>()).prop_map(|(area, on)| Entry::Protect { teacher: 1, area, on }),
        (1u32..6, 0u8..3, status).prop_map(|(seat, team, status)| {
            let standing = Standing { team, status, is_teacher: false };
            Entry::SetSeat { teacher: 1, seat, standing }
        }),
        (1u8..3, prop::option::of(area()), any::<bool>()).prop_map(
            |(team, region, is_confined)| {
                Entry::SetTeam { teacher: 1, team, rules: Team { region, is_confined } }
            }
        ),
        (1u32..6, 0u16..9)
            .prop_map(|(seat, pixels)| { Entry::Award { teacher: 1, seats: vec![seat], pixels } }),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        2 => Just(Happening::Step),
        3 => prop::collection::vec(wish(), 1..20).prop_map(Happening::Wishes),
        2 => decision().prop_map(Happening::Decision),
    ]
}

/// The batch of something that happens, if it comes to one.
fn batch(state: &Canvas, happening: Happening) -> Option<Batch> {
    let now = state.at_ms() + 7;
    match happening {
        Happening::Step => None,
        Happening::Wishes(wishes) => turn(state, wishes, now).batch,
        Happening::Decision(entry) => Some(decree(state, vec![entry], now).expect("it can be")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_copy_is_the_canvas_of_its_end(
        happenings in prop::collection::vec(happening(), 1..40),
        later in area(),
    ) {
        let mut state = canvas(size(SIDE, SIDE), 3, RULES);
        let mut history = History::new(state.seq());
        let mut copying = Copying::begin(&state);
        let mut is_whole = false;
        for happening in happenings {
            if matches!(happening, Happening::Step) {
                is_whole |= !is_whole && copying.step(&state);
            }
            let Some(batch) = batch(&state, happening) else { continue };
            state.apply(&batch).expect("a batch made from this state");
            for (seq, entry) in (batch.first_seq..).zip(&batch.entries) {
                history.record(seq, entry, state.size());
            }
        }
        while !is_whole {
            is_whole = copying.step(&state);
        }
        let changes = history.delta(copying.seq(), state.seq()).expect("no more than it holds");
        let copy = copying.finish(&state, &changes).expect("it is whole");
        prop_assert_eq!(&copy, &state);
        prop_assert_eq!(copy.to_checkpoint(), state.to_checkpoint());

        // What comes after does not touch the copy.
        let kept = copy.clone().to_checkpoint();
        for on in [true, false] {
            let protect = Entry::Protect { teacher: 1, area: later, on };
            let batch = decree(&state, vec![protect], state.at_ms()).expect("it can be");
            state.apply(&batch).expect("a batch made from this state");
        }
        prop_assert_eq!(copy.to_checkpoint(), kept);
    }
}

#[test]
fn a_copy_that_is_not_whole_or_misses_changes_is_none() {
    let state = canvas(size(SIDE, SIDE), 3, RULES);
    let none = History::new(state.seq()).delta(state.seq(), state.seq()).expect("nothing");
    assert_eq!(Copying::begin(&state).finish(&state, &none), None);
    let mut copying = Copying::begin(&state);
    while !copying.step(&state) {}
    let later = History::new(5).delta(5, 5).expect("nothing");
    assert_eq!(copying.finish(&state, &later), None);
}
