//! Whoever comes late misses nothing, while others place at full speed.

use std::thread;

use crate::harness::{Address, Client, Crowd, Server};

/// Late joiners of each kind, on each canvas.
const JOINERS: usize = 4;

/// Someone with an old board, whichever comes first, the board or the socket.
fn joiners(address: &Address, canvas: &str, old: &place_core::Mirror) -> Vec<Client> {
    let mut clients = Vec::new();
    for _ in 0..JOINERS {
        // The board first, and a pause in which others go on.
        let board = address.board(canvas);
        let mut client = address.connect(canvas, None);
        client.follow_from(board);
        clients.push(client);

        // The socket first: what comes before `watch` is not sent.
        let mut client = address.connect(canvas, None);
        client.follow();
        clients.push(client);

        // A board from before all of this.
        let mut client = address.connect(canvas, None);
        client.follow_from(old.clone());
        clients.push(client);
    }
    clients
}

fn tell(side: u16) {
    let server = Server::start();
    let canvas = server.free_canvas("busy", side);
    let old = server.board(&canvas);
    let crowd = Crowd::start(server.address(), &canvas, 2);
    crowd.wait_for(50);

    let mut clients = joiners(server.address(), &canvas, &old);
    let told = crowd.stop();

    let seq = server.info(&canvas)["seq"].as_u64().unwrap();
    let accepted = told.iter().filter(|told| told.seq.is_some()).count() as u64;
    assert_eq!(seq, 1 + accepted, "each accepted pixel adds one");
    let mut fresh = server.viewer(&canvas);
    fresh.until("has everything", |me| me.seq() == seq);
    for told in told {
        assert_eq!(fresh.sees(told.cell.x, told.cell.y), told.color, "{told:?}");
    }
    for client in &mut clients {
        client.until("has everything", |me| me.seq() == seq);
        assert!(client.mirror() == fresh.mirror(), "the mirrors differ: {client:?}");
        assert_eq!(client.reloads, 0, "nobody was too far behind: {client:?}");
    }
}

#[test]
fn on_a_small_canvas() {
    tell(64);
}

#[test]
fn on_a_middling_canvas() {
    tell(300);
}

#[test]
fn on_a_large_canvas() {
    tell(1500);
}

#[test]
fn many_at_the_same_moment() {
    let server = Server::start();
    let canvas = server.free_canvas("busy", 200);
    let crowd = Crowd::start(server.address(), &canvas, 2);
    crowd.wait_for(50);
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (address, canvas) = (server.address().clone(), canvas.clone());
            thread::spawn(move || (0..15).map(|_| address.viewer(&canvas)).collect::<Vec<_>>())
        })
        .collect();
    let mut clients: Vec<Client> =
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    crowd.stop();

    let last = server.viewer(&canvas);
    for client in &mut clients {
        client.until("has everything", |me| me.seq() == last.seq());
        assert!(client.mirror() == last.mirror(), "the mirrors differ: {client:?}");
        assert_eq!(client.reloads, 0, "{client:?}");
    }
}
