//! By the number of seats: joining, finding a seat, counting who is here, the
//! checkpoint.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use place::classroom::{Classroom, new_card};
use place::feed::SharedFeed;
use place::sequencer::{LiveCanvas, Present};
use place::store::{CanvasRecord, NewSeat, Store, StoreOptions};
use place_core::history::History;
use place_core::{Canvas, Feed};
use tokio::runtime::Runtime;

use crate::Dice;
use crate::made::{batch, genesis};
use crate::program::{Failed, ms};
use crate::table::Table;

/// Seats on the canvas; the last is the most that a server allows.
const COUNTS: [u32; 4] = [10, 100, 1000, 10_000];

/// Seats that are asked for at a time: they share commits, as a class that
/// joins at once does.
const TOGETHER: u32 = 100;

/// Look-ups that are timed together.
const LOOK_UPS: u32 = 1000;

pub(crate) fn measure() -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let mut table = Table::new("By the number of seats, 1000²", "seats");
    for count in COUNTS {
        let folder = tempfile::tempdir()?;
        let store = Store::open(folder.path(), StoreOptions::default())?;
        let genesis = genesis(1000)?;
        let record = store.create_canvas("growth", "Growth", genesis.at_ms, &genesis)?;
        let join_us = join(&store, &runtime, record.number, count)?;
        let look_up_us = look_up(&store, record.number, count)?;
        let canvas = everybody_places(Canvas::begin(&genesis)?, count)?;
        let bare = Canvas::begin(&genesis)?.to_checkpoint().len();
        let began = Instant::now();
        let checkpoint = canvas.to_checkpoint();
        let encoded_ms = ms(began);
        let (enter_us, online_us) = presence(&record, &canvas, count);
        table.add(
            f64::from(count),
            &[
                ("join, µs each, 100 at a time", join_us),
                ("a seat found by its secret, µs", look_up_us),
                ("checkpoint, bytes for the seats", (checkpoint.len() - bare) as f64),
                ("checkpoint encoded, ms", encoded_ms),
                ("entering, µs each", enter_us),
                ("counting who is here, µs", online_us),
            ],
        );
        store.close()?;
    }
    table.print();
    Ok(())
}

fn secret(seat: u32) -> [u8; 32] {
    let mut dice = Dice(u64::from(seat));
    std::array::from_fn(|_| dice.below(256) as u8)
}

/// The last of the seats, so that the table is as full as it gets.
fn join(store: &Store, runtime: &Runtime, canvas: u32, count: u32) -> Result<f64, Failed> {
    let mut last_us = 0.0;
    for first in (0..count).step_by(TOGETHER as usize) {
        let end = count.min(first + TOGETHER);
        let began = Instant::now();
        runtime.block_on(async {
            let seats = (first..end).map(|seat| {
                let new = NewSeat::student(&format!("Pupil {seat}"), secret(seat), 1);
                store.create_seat(canvas, new, new_card)
            });
            futures_util::future::try_join_all(seats).await
        })?;
        last_us = ms(began) * 1e3 / f64::from(end - first);
    }
    Ok(last_us)
}

fn look_up(store: &Store, canvas: u32, count: u32) -> Result<f64, Failed> {
    let mut dice = Dice(3);
    let began = Instant::now();
    for _ in 0..LOOK_UPS {
        let seat = store.seat_by_secret(canvas, secret(dice.below(count)))?;
        seat.ok_or("a seat is missing")?;
    }
    Ok(ms(began) * 1e3 / f64::from(LOOK_UPS))
}

fn everybody_places(mut canvas: Canvas, count: u32) -> Result<Canvas, Failed> {
    let mut dice = Dice(5);
    let mut left = u64::from(count);
    while left > 0 {
        let now = left.min(1000);
        let batch = batch(&canvas, now, count, &mut dice);
        canvas.apply(&batch)?;
        left -= now;
    }
    Ok(canvas)
}

fn presence(record: &CanvasRecord, canvas: &Canvas, count: u32) -> (f64, f64) {
    let feed = SharedFeed::new(Feed::new(canvas, History::new(canvas.seq())));
    let (commands, _queue) = tokio::sync::mpsc::channel(16);
    let live = LiveCanvas::new(
        record,
        canvas.clone(),
        feed,
        commands,
        Classroom::default(),
        Arc::default(),
    );
    let began = Instant::now();
    (1..=count).for_each(|seat| live.enter(Present::Person(seat)));
    let enter_us = ms(began) * 1e3 / f64::from(count);
    let began = Instant::now();
    for _ in 0..LOOK_UPS {
        black_box(live.online());
    }
    (enter_us, ms(began) * 1e3 / f64::from(LOOK_UPS))
}
