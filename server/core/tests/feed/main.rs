//! The feed: whoever reads it, however late and however slowly, ends with the
//! canvas, byte for byte.

#[path = "../support/mod.rs"]
mod support;
#[path = "../support/viewer.rs"]
mod viewer;

mod bounds;
mod patches;
mod readers;
mod timing;

use place_core::history::History;
use place_core::sequencer::{Command, RulesChange, decree, turn};
use place_core::{Area, Canvas, Cause, Entry, Feed, Mark, Patch, Proposal, Size};

use support::{Dice, FREE};

/// A canvas and its feed, written to without a journal.
struct Writer {
    canvas: Canvas,
    feed: Feed,
    now: u64,
}

impl Writer {
    fn new(size: Size, colors: usize) -> Self {
        let canvas = support::canvas(size, colors, FREE);
        let feed = Feed::new(&canvas, History::new(canvas.seq()));
        Self { canvas, feed, now: 0 }
    }

    /// Makes one batch of commands happen.
    fn happen(&mut self, commands: impl IntoIterator<Item = Command<()>>) {
        let outcome = turn(&self.canvas, commands, self.canvas.at_ms());
        if let Some(batch) = outcome.batch {
            self.canvas.apply(&batch).expect("a batch made from this state");
            self.feed.record(&batch);
        }
    }

    /// Places so many pixels in one batch, in cells that the dice choose.
    fn draw(&mut self, dice: &mut Dice, pixels: usize) {
        let (size, colors) = (self.canvas.size(), self.canvas.palette().len());
        let place = |_| {
            let cell = size.cell(dice.below(size.cells() as u64) as u32);
            let color = dice.below(colors as u64) as u8;
            Command::Place((), Proposal { seat: 1 + dice.below(99) as u32, cell, color })
        };
        self.happen((0..pixels).map(place).collect::<Vec<_>>());
    }

    /// Lets a teacher's tool set so many cells in a row, somewhere on the canvas,
    /// to colors that the dice choose.
    fn patch(&mut self, dice: &mut Dice, cells: usize) {
        let (size, colors) = (self.canvas.size(), self.canvas.palette().len() as u64);
        let start = dice.below((size.cells() - cells) as u64 + 1) as u32;
        let mut change = |index| (index, Mark { color: dice.below(colors) as u8, owner: 0 });
        let patch = Patch::of((start..start + cells as u32).map(&mut change));
        let entry = Entry::Patch { teacher: 1, cause: Cause::Fill(Area::whole(size)), patch };
        let batch = decree(&self.canvas, vec![entry], self.canvas.at_ms()).expect("it fits");
        self.canvas.apply(&batch).expect("a batch made from this state");
        self.feed.record(&batch);
    }

    /// Changes the rules in some way that leaves everybody free to draw.
    fn change_rules(&mut self, dice: &mut Dice) {
        let saved_max = Some(1 + dice.below(50) as u16);
        self.happen([Command::SetRules((), RulesChange { saved_max, ..RulesChange::default() })]);
    }

    /// Sends out what is due.
    fn flush(&mut self) {
        self.now += place_core::limits::FLUSH_INTERVAL_MAX_MS;
        self.feed.flush(self.now);
    }
}
