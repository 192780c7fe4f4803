//! The core: what one placement costs before and after the disk.

mod support;

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use place_core::sequencer::turn;
use place_core::wire::{Delta, Place};
use place_core::{Canvas, Cell};

use support::art::Dice;
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

/// A delta of random cells, before it is coalesced.
fn changes(canvas: &Canvas, count: usize) -> Vec<(u32, u8)> {
    let size = canvas.size();
    let wishes = proposals(canvas, count, &mut Dice(2));
    wishes.iter().filter_map(|wish| Some((size.index(wish.cell)?, wish.color))).collect()
}

fn delta(criterion: &mut Criterion) {
    let cases =
        [("a pixel", 2000, 1), ("164 of 2000²", 2000, 164), ("10,000 of 1000²", 1000, 10_000)];
    for (name, side, count) in cases {
        let canvas = canvas(side);
        let (size, colors) = (canvas.size(), canvas.palette().len());
        let changes = changes(&canvas, count);
        let to = count as u64;
        let bytes = Delta::coalesce(0, to, changes.clone()).encode(size, colors);
        let cells = Delta::coalesce(0, to, changes.clone()).changes.len();
        println!(
            "delta of {name}: {} bytes, {:.2} a cell",
            bytes.len(),
            bytes.len() as f64 / cells as f64
        );
        let mut group = criterion.benchmark_group(format!("delta of {name}, 32 colors"));
        group.throughput(Throughput::Elements(to));
        group.bench_function("coalesce + encode", |bencher| {
            let encode = |changes| Delta::coalesce(0, to, changes).encode(size, colors);
            bencher.iter_batched(|| changes.clone(), encode, BatchSize::SmallInput);
        });
        group.bench_function("decode", |bencher| {
            bencher.iter(|| Delta::decode(black_box(&bytes), size, colors, 0));
        });
    }
}

criterion_group! {
    name = benches;
    config = support::criterion();
    targets = decode, check_and_apply, encode_batch, delta
}
criterion_main!(benches);
