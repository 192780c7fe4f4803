//! Taking one's last pixel back.

use place_core::sequencer::{Command, decree, turn};
use place_core::{Area, Canvas, Entry, Mark, Mode, Proposal, Reason, Rules};

use crate::support::{BIRTH_MS, FREE, canvas, cell, size};

const RULES: Rules = Rules { undo_ms: 5000, cooldown_ms: 1000, saved_max: 2, ..FREE };

struct Class {
    canvas: Canvas,
    now: u64,
}

impl Class {
    fn new(rules: Rules) -> Self {
        Self { canvas: canvas(size(20, 16), 3, rules), now: BIRTH_MS }
    }

    fn ask(&mut self, command: Command<u8>) -> Result<(), Reason> {
        let outcome = turn(&self.canvas, [command], self.now);
        match outcome.batch {
            Some(batch) => {
                self.canvas.apply(&batch).expect("a good batch");
                Ok(())
            }
            None => Err(outcome.refusals[0].1.refusal.reason),
        }
    }

    fn draw(&mut self, seat: u32, x: u16, color: u8) {
        let proposal = Proposal { seat, cell: cell(x, 0), color };
        self.ask(Command::Place(0, proposal)).expect("it may draw");
    }

    fn undo(&mut self, seat: u32) -> Result<(), Reason> {
        self.ask(Command::Undo(0, seat))
    }

    fn mark(&self, x: u16) -> Mark {
        self.canvas.marks().at(x.into())
    }
}

#[test]
fn what_was_there_comes_back_with_its_owner_and_the_pixel_is_given_back() {
    let mut class = Class::new(RULES);
    class.draw(1, 0, 2);
    class.draw(2, 0, 1);
    assert_eq!(class.canvas.allowance(2, class.now).saved, 1);
    class.now += 5000;
    assert_eq!(class.undo(2), Ok(()));
    assert_eq!(class.mark(0), Mark { color: 2, owner: 1 });
    assert_eq!(class.canvas.allowance(2, class.now).saved, 2);
    assert_eq!(class.canvas.seat(2).placed(), 0);
    assert_eq!(class.undo(2), Err(Reason::NothingToUndo), "only the last one");
}

#[test]
fn each_refusal_has_its_reason() {
    let mut class = Class::new(RULES);
    assert_eq!(class.undo(1), Err(Reason::NothingToUndo));
    class.draw(1, 0, 1);
    class.draw(2, 0, 2);
    assert_eq!(class.undo(1), Err(Reason::DrawnOver));
    class.now += 5001;
    assert_eq!(class.undo(2), Err(Reason::TooLate));
    class.draw(3, 1, 1);
    let protect = Entry::Protect { teacher: 1, area: Area::whole(size(20, 16)), on: true };
    let batch = decree(&class.canvas, vec![protect], class.now).expect("a possible decision");
    class.canvas.apply(&batch).expect("a good batch");
    assert_eq!(class.undo(3), Err(Reason::Protected));

    let mut never = Class::new(Rules { undo_ms: 0, ..RULES });
    never.draw(1, 0, 1);
    assert_eq!(never.undo(1), Err(Reason::TooLate));

    let mut frozen = Class::new(Rules { mode: Mode::Frozen, ..RULES });
    assert_eq!(frozen.undo(1), Err(Reason::Frozen));
}

#[test]
fn a_pixel_taken_back_and_set_again_costs_one() {
    let mut class = Class::new(RULES);
    for _ in 0..100 {
        class.draw(1, 0, 1);
        class.undo(1).expect("just placed");
    }
    assert_eq!(class.canvas.allowance(1, class.now).saved, 2, "no more, no less");
}
