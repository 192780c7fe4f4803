//! The journal: a commit, from the batch to the disk and back. It measures the
//! disk below the folder for temporary files as much as the code; set TMPDIR to
//! choose another.

mod support;

use std::time::Instant;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use place::store::{Journal, Store, StoreOptions};
use place_core::Canvas;
use place_core::sequencer::turn;

use support::dice::Dice;
use support::{BIRTH_MS, canvas, commands, proposals};

fn commit(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let store = Store::open(folder.path().join("data"), StoreOptions::default()).expect("a store");
    let mut group = criterion.benchmark_group("journal commit");
    for count in [1, 100, 4096] {
        let mut canvas = canvas(1000);
        let size = canvas.size();
        let genesis = Canvas::genesis(size, canvas.palette().clone(), support::FREE, BIRTH_MS);
        let id = format!("bench-{count}");
        let record = store.create_canvas(&id, "Bench", BIRTH_MS, &genesis).expect("a canvas");
        let journal = store.journal(record.number);
        let wishes = proposals(&canvas, count, &mut Dice(3));
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            // Only the commit is timed: what goes before is in another bench.
            bencher.iter_custom(|rounds| {
                let mut time = std::time::Duration::ZERO;
                for _ in 0..rounds {
                    let batch = turn(&canvas, commands(&wishes), BIRTH_MS).batch.expect("allowed");
                    canvas.apply(&batch).expect("it follows");
                    let began = Instant::now();
                    runtime.block_on(journal.append(batch)).expect("the disk takes it");
                    time += began.elapsed();
                }
                time
            });
        });
    }
    group.finish();
    store.close().expect("the store closes");
}

criterion_group! {
    name = benches;
    config = support::criterion();
    targets = commit
}
criterion_main!(benches);
