//! By the size of the canvas: what copies or encodes all of it, and what must
//! not depend on it.

use std::hint::black_box;
use std::time::Instant;

use place::snapshot::picture::{self, Picture};
use place_core::Canvas;
use place_core::wire::board;

use crate::Dice;
use crate::made::{Plan, batch, make};
use crate::program::{Failed, boot, ms};
use crate::table::Table;

/// Widths and heights, in cells.
const SIDES: [u16; 4] = [250, 1000, 2000, 4096];

/// Times that each is done; the median counts.
const ROUNDS: usize = 5;

pub(crate) fn measure() -> Result<(), Failed> {
    let mut table = Table::new("By the size of the canvas, 300,000 placements on it", "cells");
    for side in SIDES {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        let plan = Plan { side, placements: 300_000, batch: 1000, seats: 30 };
        let (canvas, _) = make(&data, plan)?;
        let started = boot(&data)?;
        let mut dice = Dice(7);
        let batch = batch(&canvas, 1000, 30, &mut dice);
        let whole = Picture::whole(canvas.size());
        table.add(
            f64::from(side) * f64::from(side),
            &[
                ("applying 1,000 placements, ms", apply(&canvas, &batch)),
                ("copy of the state, ms", median(|| canvas.clone())),
                ("checkpoint encoded, ms", median(|| canvas.to_checkpoint())),
                ("board encoded, ms", median(|| board::encode(&canvas))),
                ("picture, ms", median(|| picture::encode(&canvas, "Growth", whole).is_ok())),
                ("start, ms", started.ms),
                ("start, MiB at most", started.peak_mib),
            ],
        );
    }
    table.print();
    Ok(())
}

fn apply(canvas: &Canvas, batch: &place_core::Batch) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let mut canvas = canvas.clone();
            let began = Instant::now();
            canvas.apply(black_box(batch)).expect("it follows");
            ms(began)
        })
        .collect();
    middle(&mut times)
}

fn median<R>(work: impl Fn() -> R) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            let result = black_box(work());
            let took = ms(began);
            drop(result);
            took
        })
        .collect();
    middle(&mut times)
}

fn middle(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
