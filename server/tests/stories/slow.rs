//! People whose machine does not keep up: they cost nothing and miss nothing.

use std::time::{Duration, Instant};

use place_core::Cell;
use place_core::wire::Place;

use crate::harness::{Client, Crowd, FIN, Raw, Server, Task, eventually, masked, op};

/// The smallest receive buffer that Linux gives.
const NARROW_BYTES: usize = 2048;

/// What the server may grow by while somebody does not read: the feed's own
/// ring and history (about 3 MiB a canvas), the write-ahead log's index, and
/// what a debug build's allocator keeps. Per pixel not read, 50,000 times
/// anything would be more.
const GROWTH_MAX_BYTES: u64 = 24 << 20;

/// How long a write has to be stuck to count as halted.
const HALTED: Duration = Duration::from_millis(500);

#[track_caller]
fn assert_bounded(server: &Server, before: u64) {
    let after = server.resident_bytes();
    assert!(
        after.saturating_sub(before) < GROWTH_MAX_BYTES,
        "{} KiB before, {} KiB after",
        before / 1024,
        after / 1024
    );
}

#[test]
fn a_reader_that_stalls_stays_bounded_and_ends_identical() {
    let server = Server::start();
    let canvas = server.free_canvas("big", 1000);
    let mut stalled: Vec<Client> =
        (0..5).map(|_| server.connect_narrow(&canvas, None, NARROW_BYTES)).collect();
    stalled.iter_mut().for_each(Client::follow);
    // Everybody draws once, so that what a first time costs is not counted.
    let warm = Task { people: 6, first_cell: 0, cells: 600 };
    Crowd::start_task(server.address(), &canvas, warm).finish();
    let before = server.resident_bytes();

    let task = Task { people: 6, first_cell: 600, cells: 50_000 };
    let told = Crowd::start_task(server.address(), &canvas, task).finish();

    assert!(told.iter().all(|told| told.seq.is_some()), "the stalled ones keep nobody waiting");
    assert_eq!(told.len(), 50_000);
    assert_bounded(&server, before);

    let fresh = server.viewer(&canvas);
    for client in &mut stalled {
        client.until("has caught up", |me| me.seq() == fresh.seq());
        assert!(client.mirror() == fresh.mirror(), "the mirrors differ: {client:?}");
        assert!(client.deltas < 5_000, "merged, not queued one by one: {client:?}");
    }
    // And live again, as everybody else.
    let mut ada = server.person(&canvas, "Ada");
    let seq = ada.put(999, 999, 1);
    for client in &mut stalled {
        client.until("sees the next pixel", |me| me.seq() == seq);
    }
}

/// Somebody sends the same bytes for ever and never reads an answer.
fn sends_and_never_reads(piece: &[u8]) {
    let server = Server::start();
    let canvas = server.free_canvas("free", 64);
    let seat = server.join(&canvas, "Deaf");
    let mut ada = server.person(&canvas, "Ada");
    ada.put(0, 0, 1);
    let before = server.resident_bytes();

    let mut deaf = Raw::open_narrow(server.address(), &canvas, Some(&seat), NARROW_BYTES);
    let most = 64 << 20;
    let pushed = deaf.push(piece, most, HALTED);

    assert!(pushed < most, "it was never halted");
    eventually("that is counted", || {
        (server.metric("place_connections_halted_total", "") > 0).then_some(())
    });
    assert_bounded(&server, before);
    let began = Instant::now();
    for color in 1..6 {
        ada.put(1, 1, color);
    }
    assert!(began.elapsed() < Duration::from_secs(2), "others wait: {:?}", began.elapsed());
    // Its answers are still there to be read, and its connection to be used.
    assert!(deaf.frame().is_some());
}

#[test]
fn a_placer_that_never_reads_is_halted() {
    let place = Place { token: 1, cell: Cell { x: 2, y: 2 }, color: 1 };
    sends_and_never_reads(&masked(FIN | op::BINARY, &place.encode()).repeat(100));
}

#[test]
fn a_flood_of_pings_is_halted() {
    sends_and_never_reads(&masked(FIN | op::PING, &[0x55; 125]).repeat(100));
}

#[test]
fn a_flood_of_watches_is_harmless() {
    let server = Server::start();
    let canvas = server.free_canvas("free", 64);
    let mut ada = server.person(&canvas, "Ada");
    let seq = (0..64).map(|x| ada.put(x, 1, 1)).max().unwrap();
    let before = server.resident_bytes();
    let mut flood = Raw::open_narrow(server.address(), &canvas, None, NARROW_BYTES);
    let watch = masked(FIN | op::TEXT, b"{\"type\":\"watch\",\"since\":1}");
    flood.push(&watch.repeat(100), 4 << 20, HALTED);
    assert_bounded(&server, before);
    assert_eq!(ada.put(0, 0, 2), seq + 1);
}
