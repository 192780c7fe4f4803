//! Data folders with a long journal, made through the store.

use std::path::Path;

use place::palettes;
use place::store::{Journal, Store, StoreOptions};
use place_core::{Batch, Canvas, Cell, Entry, Mode, Rules, Size};

use crate::Dice;
use crate::program::Failed;

/// When the canvases begin, in milliseconds since the Unix epoch.
const BIRTH_MS: u64 = 1_700_000_000_000;

/// Entries between two checkpoints: the server's default.
const CHECKPOINT_ENTRIES: u64 = 100_000;

/// A folder to be made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) side: u16,
    pub(crate) placements: u64,
    /// Placements of one commit.
    pub(crate) batch: u64,
    /// Seats that place, in turn.
    pub(crate) seats: u32,
}

/// A new square canvas with the default palette, on which nobody waits.
pub(crate) fn genesis(side: u16) -> Result<Batch, Failed> {
    let rules = Rules { mode: Mode::Open, cooldown_ms: 0, saved_max: 1000, undo_ms: 0 };
    let palette = palettes::default().palette.clone();
    Ok(Canvas::genesis(Size::new(side, side)?, palette, rules, BIRTH_MS))
}

/// Makes the folder, with checkpoints as often as a server makes them; gives the
/// canvas and its number.
pub(crate) fn make(data: &Path, plan: Plan) -> Result<(Canvas, u32), Failed> {
    let store = Store::open(data, StoreOptions::default())?;
    let genesis = genesis(plan.side)?;
    let mut canvas = Canvas::begin(&genesis)?;
    let number = store.create_canvas("growth", "Growth", BIRTH_MS, &genesis)?.number;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let journal = store.journal(number);
    let (mut dice, mut checkpoint_at) = (Dice(1), CHECKPOINT_ENTRIES);
    let mut left = plan.placements;
    while left > 0 {
        let count = left.min(plan.batch);
        let batch = batch(&canvas, count, plan.seats, &mut dice);
        canvas.apply(&batch)?;
        runtime.block_on(journal.append(batch))?;
        left -= count;
        if canvas.seq() >= checkpoint_at {
            checkpoint_at += CHECKPOINT_ENTRIES;
            store.save_checkpoint(number, canvas.seq(), &canvas.to_checkpoint())?;
        }
    }
    store.close()?;
    Ok((canvas, number))
}

/// The next batch: random cells and colors, the seats in turn, a second later.
pub(crate) fn batch(canvas: &Canvas, count: u64, seats: u32, dice: &mut Dice) -> Batch {
    let (size, colors) = (canvas.size(), canvas.palette().len() as u32);
    let first_seq = canvas.seq() + 1;
    let entry = |number: u64| Entry::Place {
        seat: ((first_seq + number) % u64::from(seats)) as u32 + 1,
        cell: Cell {
            x: dice.below(u32::from(size.width())) as u16,
            y: dice.below(u32::from(size.height())) as u16,
        },
        color: dice.below(colors) as u8,
    };
    Batch { first_seq, at_ms: canvas.at_ms() + 1000, entries: (0..count).map(entry).collect() }
}
