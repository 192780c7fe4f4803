//! A turn of the sequencer: what is accepted, what is refused, and what a batch
//! does to a canvas.

use place_core::canvas::FoldError;
use place_core::limits::BATCH_MAX_ENTRIES;
use place_core::sequencer::{Command, RulesChange, Turn, turn};
use place_core::{Batch, Canvas, Entry, Mode, Proposal, Reason, Rules};
use proptest::prelude::*;

use crate::support::{BIRTH_MS, FREE, canvas, cell, palette, size};

/// A command, answered by its number.
pub(crate) type Numbered = Command<usize>;

const OPEN: Rules = Rules { mode: Mode::Open, cooldown_ms: 20, saved_max: 3, undo_ms: 60 };

fn place(who: usize, seat: u32, x: u16, y: u16, color: u8) -> Numbered {
    Command::Place(who, Proposal { seat, cell: cell(x, y), color })
}

/// Commands on a canvas of 20 x 16 cells and 3 colors; some miss it.
pub(crate) fn commands(most: usize) -> impl Strategy<Value = Vec<Numbered>> {
    let one = prop_oneof![
        20 => (1u32..6, 0u16..21, 0u16..17, 0u8..4)
            .prop_map(|(seat, x, y, color)| place(0, seat, x, y, color)),
        4 => (1u32..6).prop_map(|seat| Command::Undo(0, seat)),
        1 => change().prop_map(|change| Command::SetRules(0, change)),
    ];
    prop::collection::vec(one, 0..most).prop_map(|commands| {
        let number = |(who, command)| match command {
            Command::Place(_, proposal) => Command::Place(who, proposal),
            Command::Undo(_, seat) => Command::Undo(who, seat),
            Command::SetRules(_, change) => Command::SetRules(who, change),
        };
        (0..).zip(commands).map(number).collect()
    })
}

fn change() -> impl Strategy<Value = RulesChange> {
    let number = |end| prop::option::of(0u32..end);
    (prop::option::of(mode()), number(40), prop::option::of(0u16..5), number(80)).prop_map(
        |(mode, cooldown_ms, saved_max, undo_ms)| RulesChange {
            mode,
            cooldown_ms,
            saved_max,
            undo_ms,
            teacher: 3,
        },
    )
}

fn mode() -> impl Strategy<Value = Mode> {
    prop_oneof![4 => Just(Mode::Open), 1 => Just(Mode::Frozen), 1 => Just(Mode::Closed)]
}

/// Commands in turns, each some time after the one before.
pub(crate) fn turns() -> impl Strategy<Value = Vec<(u64, Vec<Numbered>)>> {
    prop::collection::vec((0u64..100, commands(30)), 0..12)
}

/// Runs turns on a fresh canvas: it, and the journal it leads to.
pub(crate) fn run(turns: Vec<(u64, Vec<Numbered>)>) -> (Canvas, Vec<Batch>) {
    let genesis = Canvas::genesis(size(20, 16), palette(3), OPEN, BIRTH_MS);
    let mut canvas = Canvas::begin(&genesis).expect("a good genesis");
    let mut journal = vec![genesis];
    let mut now = BIRTH_MS;
    for (wait, commands) in turns {
        now += wait;
        if let Some(batch) = turn(&canvas, commands, now).batch {
            canvas.apply(&batch).expect("a batch made from this state");
            journal.push(batch);
        }
    }
    (canvas, journal)
}

#[test]
fn each_reason_has_its_place() {
    let frozen = Rules { mode: Mode::Frozen, ..FREE };
    let closed = Rules { mode: Mode::Closed, ..FREE };
    let slow = Rules { cooldown_ms: 1000, saved_max: 1, ..FREE };
    for (rules, x, y, color, reason) in [
        (FREE, 20, 0, 0, Reason::OutOfBounds),
        (FREE, 0, 16, 0, Reason::OutOfBounds),
        (FREE, u16::MAX, u16::MAX, 255, Reason::OutOfBounds),
        (FREE, 0, 0, 3, Reason::UnknownColor),
        (FREE, 19, 15, 255, Reason::UnknownColor),
        (frozen, 0, 0, 0, Reason::Frozen),
        (closed, 0, 0, 0, Reason::Closed),
        (slow, 0, 0, 0, Reason::Cooldown),
    ] {
        let mut canvas = canvas(size(20, 16), 3, rules);
        if reason == Reason::Cooldown {
            let first = turn(&canvas, [place(0, 7, 1, 1, 2)], BIRTH_MS).batch;
            canvas.apply(&first.expect("the first is free")).expect("a good batch");
        }
        let before = canvas.clone();
        let outcome = turn(&canvas, [place(1, 7, x, y, color)], BIRTH_MS);
        assert!(outcome.batch.is_none() && outcome.receipts.is_empty(), "{reason:?}");
        let [(1, refused)] = outcome.refusals.as_slice() else { panic!("one refusal: {reason:?}") };
        assert_eq!(refused.refusal.reason, reason);
        assert_eq!(refused.color.is_none(), reason == Reason::OutOfBounds, "{reason:?}");
        assert_eq!(refused.refusal.wait_ms, if reason == Reason::Cooldown { 1000 } else { 0 });
        assert_eq!(canvas, before);

        let entry = Entry::Place { seat: 7, cell: cell(x, y), color };
        let batch =
            Batch { first_seq: canvas.seq() + 1, at_ms: canvas.at_ms(), entries: vec![entry] };
        let seq = batch.first_seq;
        assert_eq!(
            canvas.apply(&batch),
            Err(FoldError::Refused { seq, reason }),
            "by the fold too"
        );
    }
}

#[test]
fn a_refusal_tells_the_durable_color_not_the_drafted_one() {
    let canvas = canvas(size(16, 16), 3, Rules { cooldown_ms: 1000, saved_max: 1, ..FREE });
    let outcome = turn(&canvas, [place(0, 1, 5, 5, 2), place(1, 1, 5, 5, 1)], BIRTH_MS);
    assert_eq!(outcome.receipts.len(), 1);
    assert_eq!(outcome.refusals[0].1.color, Some(0), "nobody sees what is not on disk");
}

#[test]
fn rules_count_from_their_place_in_the_batch() {
    let canvas = canvas(size(16, 16), 3, FREE);
    let mode = |mode| RulesChange { mode: Some(mode), ..RulesChange::default() };
    let outcome = turn(
        &canvas,
        [
            place(0, 1, 0, 0, 1),
            Command::SetRules(1, mode(Mode::Frozen)),
            place(2, 1, 0, 0, 2),
            Command::SetRules(3, RulesChange { saved_max: Some(0), ..RulesChange::default() }),
            Command::SetRules(4, mode(Mode::Open)),
            place(5, 1, 0, 0, 2),
        ],
        BIRTH_MS,
    );
    let placed: Vec<_> =
        outcome.receipts.iter().map(|(who, _, receipt)| (*who, receipt.seq)).collect();
    assert_eq!(placed, [(0, 2), (5, 5)]);
    assert_eq!(outcome.changed, [(1, 3), (4, 4)]);
    assert_eq!(outcome.refusals[0].0, 2);
    assert_eq!(outcome.unchanged[0].0, 3);
}

#[test]
fn loosening_the_cooldown_frees_those_who_wait() {
    let day = Rules { cooldown_ms: 86_400_000, saved_max: 1, ..FREE };
    for (change, wait) in [((1000, 1), 1000), ((1000, 20), 1000), ((0, 1), 0)] {
        let mut canvas = canvas(size(16, 16), 3, day);
        let first = turn(&canvas, [place(0, 1, 0, 0, 1)], BIRTH_MS).batch.expect("accepted");
        canvas.apply(&first).expect("a good batch");
        let change = RulesChange {
            cooldown_ms: Some(change.0),
            saved_max: Some(change.1),
            ..RulesChange::default()
        };
        // In the batch that changes the rules, and in the next one.
        let at_once = turn(&canvas, [Command::SetRules(0, change), place(1, 1, 0, 0, 2)], BIRTH_MS);
        assert_eq!(at_once.receipts.len(), usize::from(wait == 0), "{change:?}");
        let rules = turn(&canvas, [Command::<usize>::SetRules(0, change)], BIRTH_MS).batch;
        canvas.apply(&rules.expect("good rules")).expect("a good batch");
        let later = |at| turn(&canvas, [place(1, 1, 0, 0, 2)], at).receipts.len();
        assert_eq!(later(BIRTH_MS + wait), 1, "{change:?} makes nobody wait for the old day");
        assert!(wait == 0 || later(BIRTH_MS + wait - 1) == 0, "but for the new interval");
    }
}

#[test]
fn a_full_batch_is_written_and_read() {
    let canvas = canvas(size(64, 64), 3, FREE);
    let one = |who: usize| place(who, who as u32 + 1, (who % 64) as u16, (who / 64) as u16, 1);
    let outcome = turn(&canvas, (0..BATCH_MAX_ENTRIES).map(one), BIRTH_MS);
    let batch = outcome.batch.expect("all are accepted");
    assert_eq!(batch.entries.len(), BATCH_MAX_ENTRIES);
    assert_eq!(Batch::decode(&batch.encode()).expect("within its bounds"), batch);
    let rules = |who| Command::<usize>::SetRules(who, RulesChange::default());
    let batch = turn(&canvas, (0..BATCH_MAX_ENTRIES).map(rules), BIRTH_MS).batch.expect("rules");
    assert_eq!(Batch::decode(&batch.encode()).expect("within its bounds"), batch);
}

#[test]
fn the_widest_genesis_is_written_and_read() {
    let color = place_core::PaletteColor { rgb: [1; 3], name: "🎨".repeat(32) };
    let palette = place_core::Palette::new(vec![color; 255]).expect("the longest names");
    let genesis = Canvas::genesis(size(4096, 4096), palette, FREE, u64::MAX);
    assert_eq!(Batch::decode(&genesis.encode()).expect("within its bounds"), genesis);
}

#[test]
#[should_panic(expected = "a batch holds no more")]
fn a_turn_takes_no_more_than_a_batch() {
    let canvas = canvas(size(16, 16), 3, FREE);
    turn(&canvas, (0..=BATCH_MAX_ENTRIES).map(|who| place(who, 1, 0, 0, 1)), BIRTH_MS);
}

#[test]
fn batches_that_do_not_follow_are_refused() {
    let fresh = canvas(size(16, 16), 3, FREE);
    let entry = Entry::Place { seat: 1, cell: cell(0, 0), color: 1 };
    let batch = |first_seq, at_ms, entries| Batch { first_seq, at_ms, entries };
    let bad_rules = Entry::SetRules { teacher: 0, rules: Rules { saved_max: 0, ..FREE } };
    let create = Entry::Create { size: size(16, 16), palette: palette(2), rules: FREE };
    for (batch, error) in [
        (batch(1, BIRTH_MS, vec![entry.clone()]), FoldError::Order { expected: 2, found: 1 }),
        (batch(3, BIRTH_MS, vec![entry.clone()]), FoldError::Order { expected: 2, found: 3 }),
        (batch(2, BIRTH_MS, vec![]), FoldError::Empty(2)),
        (batch(2, BIRTH_MS - 1, vec![entry.clone()]), FoldError::Time(2)),
        (batch(2, BIRTH_MS, vec![entry.clone(), create.clone()]), FoldError::Create(3)),
        (batch(2, BIRTH_MS, vec![entry.clone(), entry.clone(), bad_rules]), FoldError::Rules(4)),
    ] {
        assert_eq!(fresh.clone().apply(&batch), Err(error));
    }
    let begin = |first_seq, entries| Canvas::begin(&batch(first_seq, BIRTH_MS, entries));
    assert_eq!(begin(2, vec![create.clone()]), Err(FoldError::Create(2)));
    assert_eq!(begin(1, vec![]), Err(FoldError::Create(1)));
    assert_eq!(begin(1, vec![entry.clone()]), Err(FoldError::Create(1)));
    assert_eq!(begin(1, vec![create, entry]), Err(FoldError::Create(1)));
    let no_rules = Canvas::genesis(size(16, 16), palette(2), Rules { saved_max: 0, ..FREE }, 0);
    assert_eq!(Canvas::begin(&no_rules), Err(FoldError::Rules(1)));
}

/// What each command was told: its seq, or why not.
fn verdicts(turn: &Turn<usize>) -> Vec<(usize, Result<u64, String>)> {
    let mut all: Vec<_> = turn
        .receipts
        .iter()
        .map(|(who, _, receipt)| (*who, Ok(receipt.seq)))
        .chain(turn.changed.iter().map(|(who, seq)| (*who, Ok(*seq))))
        .chain(turn.refusals.iter().map(|(who, refused)| {
            (*who, Err(format!("{:?}, {} saved", refused.refusal, refused.saved)))
        }))
        .chain(turn.unchanged.iter().map(|(who, error)| (*who, Err(error.to_string()))))
        .collect();
    all.sort();
    all
}

proptest! {
    #[test]
    fn a_batch_is_its_commands_one_by_one(before in turns(), now in commands(60), wait in 0u64..100) {
        let (start, _) = run(before);
        let at = start.at_ms() + wait;
        let mut together = start.clone();
        let whole = turn(&start, now.clone(), at);
        if let Some(batch) = &whole.batch {
            together.apply(batch).expect("an accepted batch applies");
        }
        let mut apart = start.clone();
        let mut told = Vec::new();
        for command in now.clone() {
            let one = turn(&apart, [command], at);
            if let Some(batch) = &one.batch {
                apart.apply(batch).expect("an accepted batch applies");
            }
            told.extend(verdicts(&one));
        }
        told.sort();
        prop_assert_eq!(verdicts(&whole), told);
        prop_assert_eq!(&together, &apart);
        prop_assert_eq!(now.len(), verdicts(&whole).len(), "each command is answered once");

        let accepted = |command: &Numbered| {
            let (Command::Place(who, _) | Command::Undo(who, _) | Command::SetRules(who, _)) = command;
            verdicts(&whole).iter().any(|(told, verdict)| told == who && verdict.is_ok())
        };
        let only = turn(&start, now.into_iter().filter(accepted), at);
        prop_assert_eq!(only.batch, whole.batch, "refused commands change nothing");
    }

    #[test]
    fn a_stored_batch_reads_as_it_was(turns in turns()) {
        for batch in run(turns).1 {
            prop_assert_eq!(&Batch::decode(&batch.encode()).expect("a good batch"), &batch);
            prop_assert_eq!(batch.last_seq(), batch.first_seq + batch.entries.len() as u64 - 1);
        }
    }
}
