//! Decisions taken back: what held before them holds again, and what was decided
//! or drawn since stays.

use place_core::revert::Revert;
use place_core::sequencer::{Command, DecreeError, decree, turn};
use place_core::{
    Area, Batch, Canvas, Cause, Entry, Mark, Mode, Patch, Rules, Standing, Status, Team,
};
use proptest::prelude::*;

use crate::batches::{commands, run};
use crate::support::{cell, size};

/// What takes back what was decided from one seq to another.
pub(crate) fn take_back(canvas: &Canvas, journal: &[Batch], first: u64, last: u64) -> Vec<Entry> {
    revert(journal, first, last).decrees(7, canvas)
}

fn revert(journal: &[Batch], first: u64, last: u64) -> Revert {
    let mut before = Canvas::begin(&journal[0]).expect("a good genesis");
    for batch in &journal[1..] {
        let mut batch = batch.clone();
        batch.entries.truncate(first.saturating_sub(batch.first_seq) as usize);
        if !batch.entries.is_empty() {
            before.apply(&batch).expect("it follows");
        }
    }
    let mut revert = Revert::new(before, last);
    for batch in journal {
        revert.follow(batch).expect("it follows");
    }
    revert
}

/// What can be decided: marks, protection, rules, teams, standings, gifts.
type State = (Vec<Mark>, Vec<bool>, Rules, Vec<Team>, Vec<Standing>, Vec<u16>);

/// A class whose journal is kept.
struct Class {
    canvas: Canvas,
    journal: Vec<Batch>,
}

impl Class {
    fn new() -> Self {
        let (canvas, journal) = run(Vec::new());
        Self { canvas, journal }
    }

    fn happen(&mut self, batch: Batch) -> (u64, u64) {
        let seqs = (batch.first_seq, batch.last_seq());
        self.canvas.apply(&batch).expect("a good batch");
        self.journal.push(batch);
        seqs
    }

    fn decide(&mut self, entries: Vec<Entry>) -> (u64, u64) {
        let batch = decree(&self.canvas, entries, self.canvas.at_ms() + 1).expect("possible");
        self.happen(batch)
    }

    fn draw(&mut self, commands: Vec<Command<usize>>) {
        if let Some(batch) = turn(&self.canvas, commands, self.canvas.at_ms() + 20).batch {
            self.happen(batch);
        }
    }

    /// Takes decisions back; the seqs of that, unless there was nothing to do.
    fn revert(&mut self, (first, last): (u64, u64)) -> Option<(u64, u64)> {
        let back = take_back(&self.canvas, &self.journal, first, last);
        (!back.is_empty()).then(|| self.decide(back))
    }

    fn state(&self) -> State {
        let cells = || (0..320).map(|index| size(20, 16).cell(index));
        (
            (0..320).map(|index| self.canvas.marks().at(index)).collect(),
            cells().map(|cell| self.canvas.protects(cell)).collect(),
            self.canvas.rules(),
            (1..5).map(|team| self.canvas.team(team)).collect(),
            (1..6).map(|seat| self.canvas.seat(seat).standing()).collect(),
            (1..6).map(|seat| self.canvas.seat(seat).gifts()).collect(),
        )
    }
}

fn area(x: u16, y: u16, width: u16, height: u16) -> Area {
    Area::new(cell(x, y), width, height).expect("a good area")
}

fn any_area() -> impl Strategy<Value = Area> {
    (0u16..20, 0u16..16, 1u16..21, 1u16..17).prop_map(|(x, y, width, height)| {
        area(x, y, width, height).within(size(20, 16)).expect("its corner lies on the canvas")
    })
}

fn status() -> impl Strategy<Value = Status> {
    prop_oneof![Just(Status::Active), Just(Status::Frozen), Just(Status::Banned)]
}

/// One decision of any kind.
fn decision() -> impl Strategy<Value = Entry> {
    let teacher = 1;
    let seats = prop::collection::btree_set(1u32..6, 1..5);
    prop_oneof![
        (any_area(), 0u8..3, 0u32..6).prop_map(move |(area, color, owner)| {
            let mark = Mark { color, owner };
            let patch = Patch::of(area.indices(size(20, 16)).map(|index| (index, mark)));
            Entry::Patch { teacher, cause: Cause::Fill(area), patch }
        }),
        (any_area(), any::<bool>()).prop_map(move |(area, on)| Entry::Protect {
            teacher,
            area,
            on
        }),
        (1u32..6, 0u8..4, status()).prop_map(move |(seat, team, status)| {
            let standing = Standing { team, status, is_teacher: false };
            Entry::SetSeat { teacher, seat, standing }
        }),
        (1u8..5, prop::option::of(any_area()), any::<bool>()).prop_map(
            move |(team, region, is_confined)| {
                Entry::SetTeam { teacher, team, rules: Team { region, is_confined } }
            }
        ),
        (seats, 1u16..20000).prop_map(move |(seats, pixels)| {
            Entry::Award { teacher, seats: seats.into_iter().collect(), pixels }
        }),
        (0u32..40, 1u16..5, 0u32..80).prop_map(move |(cooldown_ms, saved_max, undo_ms)| {
            let mode = if cooldown_ms % 2 == 0 { Mode::Open } else { Mode::Frozen };
            let rules = Rules { mode, cooldown_ms, saved_max, undo_ms };
            Entry::SetRules { teacher, rules }
        }),
    ]
}

/// What happens in a lesson: decisions, and people drawing in between.
fn lesson() -> impl Strategy<Value = Vec<(Vec<Command<usize>>, Vec<Entry>)>> {
    prop::collection::vec((commands(20), prop::collection::vec(decision(), 0..4)), 0..8)
}

fn live_through(lesson: Vec<(Vec<Command<usize>>, Vec<Entry>)>) -> Class {
    let mut class = Class::new();
    for (commands, decisions) in lesson {
        class.draw(commands);
        if !decisions.is_empty() {
            class.decide(decisions);
        }
    }
    class
}

proptest! {
    #[test]
    fn what_was_just_decided_is_as_if_it_had_never_been(
        lesson in lesson(),
        decisions in prop::collection::vec(decision(), 1..6),
    ) {
        let mut class = live_through(lesson);
        let before = class.state();
        let seqs = class.decide(decisions);
        class.revert(seqs);
        prop_assert_eq!(class.state(), before);
    }

    #[test]
    fn taking_back_can_be_taken_back(
        lesson in lesson(),
        decisions in prop::collection::vec(decision(), 1..6),
    ) {
        let mut class = live_through(lesson);
        let seqs = class.decide(decisions);
        let after = class.state();
        if let Some(back) = class.revert(seqs) {
            class.revert(back);
        }
        prop_assert_eq!(class.state(), after);
    }

    #[test]
    fn what_was_decided_or_drawn_since_stays(
        lesson in lesson(),
        first in decision(),
        commands in commands(30),
        newer in decision(),
    ) {
        let mut class = live_through(lesson);
        let seqs = class.decide(vec![first]);
        class.draw(commands);
        let then = class.canvas.clone();
        class.decide(vec![newer.clone()]);
        class.revert(seqs);
        let is = &class.canvas;
        match newer {
            Entry::Patch { patch, .. } => {
                let others = patch.cells().filter(|(index, mark)| then.marks().at(*index) != *mark);
                for (index, mark) in others {
                    prop_assert_eq!(is.marks().at(index), mark);
                }
            }
            Entry::Protect { area, on, .. } => {
                for index in area.indices(size(20, 16)) {
                    prop_assert_eq!(is.protects(size(20, 16).cell(index)), on);
                }
            }
            Entry::SetSeat { seat, standing, .. } => {
                let (was, is) = (then.seat(seat).standing(), is.seat(seat).standing());
                prop_assert!(was.status == standing.status || is.status == standing.status);
                prop_assert!(was.team == standing.team || is.team == standing.team);
            }
            Entry::SetTeam { team, rules, .. } => {
                let (was, is) = (then.team(team), is.team(team));
                prop_assert!(was.region == rules.region || is.region == rules.region);
            }
            Entry::SetRules { rules, .. } => {
                let (was, is) = (then.rules(), is.rules());
                prop_assert!(was.mode == rules.mode || is.mode == rules.mode);
                prop_assert!(was.saved_max == rules.saved_max || is.saved_max == rules.saved_max);
            }
            _ => {}
        }
    }

    #[test]
    fn areas_cover_exactly_the_cells(picked in prop::collection::vec(any::<bool>(), 320)) {
        let areas = Area::cover(size(20, 16), |index| picked[index as usize]);
        let mut covered = vec![false; 320];
        for index in areas.into_iter().flat_map(|area| area.indices(size(20, 16))) {
            prop_assert!(!covered[index as usize], "no cell twice");
            covered[index as usize] = true;
        }
        prop_assert_eq!(covered, picked);
    }
}

#[test]
fn a_rectangle_is_covered_by_one_area() {
    let wanted = area(3, 2, 9, 7);
    let holds = |index| wanted.contains(size(20, 16).cell(index));
    assert_eq!(Area::cover(size(20, 16), holds), [wanted]);
}

#[test]
fn an_older_protection_comes_back_and_a_newer_one_stays() {
    let mut class = Class::new();
    let protect = |area, on| vec![Entry::Protect { teacher: 1, area, on }];
    class.decide(protect(area(0, 0, 4, 4), true));
    let seqs = class.decide(protect(area(2, 2, 8, 8), true));
    class.decide(protect(area(8, 8, 4, 4), true));
    class.revert(seqs);
    for (x, y, expected) in [(3, 3, true), (4, 4, false), (8, 8, true), (11, 11, true)] {
        assert_eq!(class.canvas.protects(cell(x, y)), expected, "({x}, {y})");
    }
}

#[test]
fn lifting_a_ban_leaves_the_team_and_newer_pixels_alone() {
    let mut class = Class::new();
    let standing = |status, team| Standing { status, team, is_teacher: false };
    let set = |standing| Entry::SetSeat { teacher: 1, seat: 3, standing };
    let fill = |index, owner| Entry::Patch {
        teacher: 1,
        cause: Cause::Remove(3, 0),
        patch: Patch::of([(index, Mark { color: 1, owner })]),
    };
    class.decide(vec![fill(5, 3), fill(6, 3)]);
    let removed = Patch::of([5, 6].map(|index| (index, Mark::default())));
    let remove = Entry::Patch { teacher: 1, cause: Cause::Remove(3, 0), patch: removed };
    let seqs = class.decide(vec![set(standing(Status::Banned, 0)), remove]);
    class.decide(vec![set(standing(Status::Banned, 2)), fill(6, 4)]);
    class.revert(seqs);
    assert_eq!(class.canvas.seat(3).standing(), standing(Status::Active, 2));
    assert_eq!(class.canvas.marks().at(5).owner, 3, "it still stood as the tool left it");
    assert_eq!(class.canvas.marks().at(6).owner, 4, "somebody has drawn there since");
}

#[test]
fn gifts_are_taken_back_as_far_as_they_are_left() {
    let mut class = Class::new();
    let rules = Rules { cooldown_ms: 1_000_000, saved_max: 1, ..class.canvas.rules() };
    class.decide(vec![Entry::SetRules { teacher: 1, rules }]);
    let seqs = class.decide(vec![Entry::Award { teacher: 1, seats: vec![1, 2], pixels: 3 }]);
    let place = |x| {
        let proposal = place_core::Proposal { seat: 1, cell: cell(x, 0), color: 1 };
        Command::Place(0, proposal)
    };
    class.draw((0..3).map(place).collect());
    let saved = |class: &Class, seat| class.canvas.allowance(seat, class.canvas.at_ms()).saved;
    assert_eq!((saved(&class, 1), saved(&class, 2)), (1, 4), "one grew back, two were gifts");
    class.revert(seqs);
    assert_eq!((saved(&class, 1), saved(&class, 2)), (0, 1));
}

#[test]
fn more_decisions_than_happen_at_once_are_refused() {
    let class = Class::new();
    let protect = Entry::Protect { teacher: 1, area: area(0, 0, 1, 1), on: true };
    let most = place_core::limits::BATCH_MAX_ENTRIES;
    let asked = |count| decree(&class.canvas, vec![protect.clone(); count], 1);
    assert!(asked(most).is_ok());
    assert_eq!(asked(most + 1), Err(DecreeError::TooMany));
}

#[test]
fn drawing_is_no_decision() {
    let mut class = Class::new();
    let place = place_core::Proposal { seat: 1, cell: cell(0, 0), color: 1 };
    class.draw(vec![Command::Place(0, place)]);
    assert!(!revert(&class.journal, 2, 2).has_decisions());
    assert_eq!(class.revert((2, 2)), None);
}
