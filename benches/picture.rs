//! Pictures and boards of 1000² cells.

mod support;

use std::hint::black_box;
use std::io::Write;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use flate2::Compression;
use flate2::write::GzEncoder;
use place::snapshot::picture::{self, Picture};
use place_core::wire::board;
use place_core::{Canvas, Mirror};

use support::canvas;

fn drawn(side: u16) -> Canvas {
    let mut canvas = canvas(side);
    support::draw(&mut canvas, 1);
    canvas
}

fn png(criterion: &mut Criterion) {
    let canvas = drawn(1000);
    let picture = Picture::whole(canvas.size());
    let bytes = picture::encode(&canvas, "Bench", picture).expect("it can be encoded").len();
    println!("PNG of 1000²: {bytes} bytes");
    criterion.bench_function("PNG of 1000²", |bencher| {
        bencher.iter(|| picture::encode(black_box(&canvas), "Bench", picture));
    });
}

fn gzip(plain: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(plain).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

fn boards(criterion: &mut Criterion) {
    let canvas = drawn(1000);
    let plain = board::encode(&canvas);
    let mut group = criterion.benchmark_group("board of 1000²");
    group.throughput(Throughput::Bytes(plain.len() as u64));
    group.bench_function("encode", |bencher| bencher.iter(|| board::encode(black_box(&canvas))));
    group.bench_function("decode", |bencher| {
        bencher.iter(|| Mirror::from_board(black_box(&plain)));
    });
    for level in [1, 6, 9] {
        println!("board of 1000², gzip level {level}: {} bytes", gzip(&plain, level).len());
        group.bench_function(BenchmarkId::new("gzip", level), |bencher| {
            bencher.iter(|| gzip(black_box(&plain), level));
        });
    }
}

criterion_group! {
    name = benches;
    config = support::criterion();
    targets = png, boards
}
criterion_main!(benches);
