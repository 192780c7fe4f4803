//! Coming back: caught up from where one was, or told to reload.

use place_core::wire::text::ServerText;
use rustix::process::Signal;

use crate::harness::{Client, Crowd, Server, Task};

/// More entries than a starting server reads back for those who were there
/// before it.
const FAR: u32 = 18_000;

fn come_back(server: &Server, canvas: &str, gone: &Client) -> Client {
    let mut client = server.connect(canvas, None);
    client.follow_from(gone.mirror().clone());
    client
}

fn draw(server: &Server, canvas: &str, first_cell: u32, cells: u32) {
    let task = Task { people: 3, first_cell, cells };
    let told = Crowd::start_task(server.address(), canvas, task).finish();
    assert!(told.iter().all(|told| told.seq.is_some()));
}

#[track_caller]
fn assert_identical(server: &Server, canvas: &str, client: &mut Client) {
    let fresh = server.viewer(canvas);
    client.until("has everything", |me| me.seq() == fresh.seq());
    assert!(client.mirror() == fresh.mirror(), "the mirrors differ: {client:?}");
}

#[test]
fn who_comes_back_is_caught_up_also_after_a_restart_and_a_crash() {
    let mut server = Server::start();
    let canvas = server.free_canvas("free", 256);
    draw(&server, &canvas, 0, 500);
    let gone = server.viewer(&canvas);
    draw(&server, &canvas, 500, 1000);

    let mut back = come_back(&server, &canvas, &gone);
    assert_eq!((back.deltas, back.reloads), (1, 0), "one merged change");
    assert_identical(&server, &canvas, &mut back);

    for by_force in [false, true] {
        if by_force {
            server.kill9();
            server.launch();
        } else {
            server.restart();
        }
        let mut back = come_back(&server, &canvas, &gone);
        assert_eq!((back.deltas, back.reloads), (1, 0), "one merged change");
        assert_identical(&server, &canvas, &mut back);
    }
    draw(&server, &canvas, 1500, 10);
    let mut back = come_back(&server, &canvas, &gone);
    assert_eq!(back.reloads, 0);
    assert_identical(&server, &canvas, &mut back);
}

#[test]
fn who_is_too_far_behind_is_told_to_reload() {
    let mut server = Server::start();
    let canvas = server.free_canvas("free", 256);
    let gone = server.viewer(&canvas);
    draw(&server, &canvas, 0, FAR);
    let mut near = come_back(&server, &canvas, &gone);
    assert_eq!(near.reloads, 0, "the server still knows");

    server.signal(Signal::TERM);
    near.until_ended();
    server.wait();
    server.launch();

    let mut back = come_back(&server, &canvas, &gone);
    assert_eq!(back.reloads, 1);
    assert_eq!(server.metric("place_reloads_total", ""), 1);
    assert_identical(&server, &canvas, &mut back);
    let told =
        |text: &ServerText| matches!(text, ServerText::Reload { reason } if !reason.is_empty());
    assert!(back.texts.iter().any(told));
}

#[test]
fn a_seq_from_the_future_is_no_seq_of_this_canvas() {
    let server = Server::start();
    let mut client = server.viewer("playground");
    for since in [client.seq() + 1, u64::from(u32::MAX) + 5, u64::MAX] {
        let reloads = client.reloads;
        client.watch(Some(since));
        client.until("is told to reload", |me| me.reloads > reloads);
    }
}
