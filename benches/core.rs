//! The core: what one placement costs before and after the disk.

mod support;

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use place_core::palette::ColorIndex;
use place_core::sequencer::turn;
use place_core::wire::{Delta, Place};
use place_core::{Cell, Size};

use support::dice::Dice;
use support::people::People;
use support::{BIRTH_MS, canvas, commands, proposals};

/// Batches: a lone pixel, a busy class, as many as one holds.
const BATCHES: [usize; 3] = [1, 100, 4096];

fn decode(criterion: &mut Criterion) {
    let place = Place { token: 7, cell: Cell { x: 3, y: 5 }, color: 10 };
    let bytes = place.encode();
    criterion.bench_function("decode Place", |bencher| {
        bencher.iter(|| Place::decode(black_box(&bytes)));
    });
}

fn check_and_apply(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check + apply");
    for count in BATCHES {
        let mut canvas = canvas(1000);
        let wishes = proposals(&canvas, count, &mut Dice(1));
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| {
                let turn = turn(&canvas, commands(&wishes), BIRTH_MS);
                let batch = turn.batch.expect("all is allowed");
                canvas.apply(&batch).expect("it follows");
                turn.receipts.len()
            });
        });
    }
}

fn encode_batch(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("encode batch for the journal");
    let canvas = canvas(1000);
    for count in BATCHES {
        let wishes = proposals(&canvas, count, &mut Dice(1));
        let batch = turn(&canvas, commands(&wishes), BIRTH_MS).batch.expect("all is allowed");
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| black_box(&batch).encode());
        });
    }
}

/// What happened in a frame, before it is coalesced.
type Changes = Vec<(u32, u8)>;

/// Random cells.
fn anywhere(size: Size, colors: usize, count: usize) -> Changes {
    let mut dice = Dice(2);
    let mut change = || (dice.below(size.cells() as u32), dice.below(colors as u32) as ColorIndex);
    (0..count).map(|_| change()).collect()
}

/// A class of 30 that draws, some seconds after it began.
fn drawn(size: Size, colors: usize, count: usize) -> Changes {
    let mut people = People::new(size, colors, 2);
    let mut change = || {
        let (cell, color) = people.place();
        (size.index(cell).expect("they draw inside"), color)
    };
    for _ in 0..5000 {
        change();
    }
    (0..count).map(|_| change()).collect()
}

fn delta(criterion: &mut Criterion) {
    let cases = [
        ("a pixel of 256²", 256, 16, 1),
        ("30 of 256²", 256, 16, 30),
        ("164 of 2000²", 2000, 32, 164),
        ("10,000 of 1000²", 1000, 32, 10_000),
    ];
    for (name, side, colors, count) in cases {
        let size = Size::new(side, side).expect("a good size");
        for (who, changes) in
            [("anywhere", anywhere(size, colors, count)), ("drawn", drawn(size, colors, count))]
        {
            let encode = |changes: Changes| {
                let cells = Delta::coalesce(0, 0, changes).changes;
                let to = cells.len() as u64;
                (Delta { from: 0, to, changes: cells }.encode_live(size, colors), to)
            };
            let (bytes, cells) = encode(changes.clone());
            let each = bytes.len() as f64 / cells as f64;
            println!("delta of {name}, {who}: {} bytes, {each:.2} a cell", bytes.len());
            let mut group = criterion.benchmark_group(format!("delta of {name}, {who}"));
            group.throughput(Throughput::Elements(cells));
            group.bench_function("coalesce + encode", |bencher| {
                bencher.iter_batched(|| changes.clone(), encode, BatchSize::SmallInput);
            });
            group.bench_function("decode", |bencher| {
                bencher.iter(|| Delta::decode(black_box(&bytes), size, colors, 0));
            });
        }
    }
}

criterion_group! {
    name = benches;
    config = support::criterion();
    targets = decode, check_and_apply, encode_batch, delta
}
criterion_main!(benches);
