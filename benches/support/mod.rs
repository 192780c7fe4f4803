//! What the benches share.

#![allow(dead_code, reason = "each bench uses a part of it")]

pub(crate) mod art;
pub(crate) mod dice;
pub(crate) mod people;

use std::time::Duration;

use criterion::Criterion;
use place::palettes;
use place_core::sequencer::{Command, turn};
use place_core::{Canvas, Cell, Mode, Proposal, Rules, Size};

use dice::Dice;

/// When the canvases of the benches begin, in milliseconds since the Unix epoch.
pub(crate) const BIRTH_MS: u64 = 1_700_000_000_000;

/// Placements in one batch while a picture is put on a canvas.
const BATCH_PLACEMENTS: usize = 4096;

/// Nobody waits: every placement goes all the way.
pub(crate) const FREE: Rules =
    Rules { mode: Mode::Open, cooldown_ms: 0, saved_max: 1000, undo_ms: 0 };

/// Small samples: the whole set is done in well under three minutes, and the
/// differences that matter here are larger than the noise.
pub(crate) fn criterion() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .without_plots()
}

/// A new square canvas with the default palette of 32 colors.
pub(crate) fn canvas(cells: u16) -> Canvas {
    let size = Size::new(cells, cells).expect("the benches use good sizes");
    let palette = palettes::default().palette.clone();
    Canvas::begin(&Canvas::genesis(size, palette, FREE, BIRTH_MS)).expect("the rules are good")
}

/// Random placements of a class of 30.
pub(crate) fn proposals(canvas: &Canvas, count: usize, dice: &mut Dice) -> Vec<Proposal> {
    let (size, colors) = (canvas.size(), canvas.palette().len() as u32);
    let proposal = |_| Proposal {
        seat: dice.below(30) + 1,
        cell: Cell {
            x: dice.below(u32::from(size.width())) as u16,
            y: dice.below(u32::from(size.height())) as u16,
        },
        color: dice.below(colors) as u8,
    };
    (0..count).map(proposal).collect()
}

/// What a sequencer would take from its queue.
pub(crate) fn commands(proposals: &[Proposal]) -> impl Iterator<Item = Command<(), ()>> + '_ {
    proposals.iter().map(|proposal| Command::Place((), *proposal))
}

/// Puts a picture on an empty canvas, by placements like everything else.
pub(crate) fn draw(canvas: &mut Canvas, seed: u64) {
    let size = canvas.size();
    let cells = art::cells(size.width(), canvas.palette().len(), seed, art::Fill::Full);
    let drawn: Vec<(u32, u8)> = (0..).zip(cells).filter(|(_, color)| *color != 0).collect();
    for part in drawn.chunks(BATCH_PLACEMENTS) {
        let place = |(index, color): &(u32, u8)| {
            let cell = size.cell(*index);
            Command::<(), ()>::Place((), Proposal { seat: 1, cell, color: *color })
        };
        let batch = turn(canvas, part.iter().map(place), BIRTH_MS).batch;
        canvas.apply(&batch.expect("all is allowed")).expect("it follows");
    }
}
