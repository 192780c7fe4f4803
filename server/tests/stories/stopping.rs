//! A planned stop: everybody is told, everything is kept, and it is over soon.

use std::time::Duration;

use place_core::wire::text::ServerText;
use place_core::{Cell, Reason};
use rustix::process::Signal;

use crate::harness::{Answer, Crowd, FIN, Raw, Server, Told, masked, op};

/// From the signal to the end, with a notice of a tenth of a second.
const SOON: Duration = Duration::from_secs(2);

#[test]
fn viewers_are_told_and_the_server_ends_well() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut server = Server::start();
        let mut ada = server.person("playground", "Ada");
        let seq = ada.put(1, 1, 1);
        // It does not watch, and gets no notice, but a close frame all the same.
        let mut idle = server.connect("playground", None);
        let mut echo = Raw::echo(server.address());

        server.signal(signal);
        ada.until("gets the notice", |me| {
            let stopping = |text: &ServerText| {
                matches!(text, ServerText::Notice { code, text }
                    if code == "stopping" && !text.is_empty())
            };
            me.texts.iter().any(stopping)
        });
        for client in [&mut ada, &mut idle] {
            let close = client.until_ended().expect("a close frame");
            assert_eq!(u16::from(close.code), 1001, "{close:?}");
        }
        let (status, took) = server.wait();
        assert_eq!(status.code(), Some(0), "{status}");
        assert!(took < SOON, "{took:?}");
        assert_eq!(echo.close_code(), 1001);

        server.launch();
        assert_eq!(server.viewer("playground").seq(), seq);
    }
}

#[test]
fn a_reader_that_stalls_does_not_hold_up_the_stop() {
    let mut server = Server::with(&["--shutdown-timeout=1s"]);
    let canvas = server.free_canvas("free", 256);
    // Ten who never read, and whose answers fill every buffer on the way.
    let mut stalled = Vec::new();
    for n in 0..10 {
        let seat = server.join(&canvas, &format!("Stalled {n}"));
        let mut raw = Raw::open_narrow(server.address(), &canvas, Some(&seat), 2048);
        let ping = masked(FIN | op::PING, &[7; 125]).repeat(100);
        raw.push(&ping, 2 << 20, Duration::from_millis(50));
        stalled.push(raw);
    }
    let mut ada = server.person(&canvas, "Ada");
    let seq = ada.put(1, 1, 1);

    let (status, took) = server.terminate();

    assert_eq!(status.code(), Some(0), "{status}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    server.launch();
    assert_eq!(server.viewer(&canvas).seq(), seq);
}

#[test]
fn a_stop_under_load_keeps_what_was_acknowledged_and_says_stopping() {
    let mut server = Server::start();
    let canvas = server.free_canvas("free", 256);
    let seat = server.join(&canvas, "Ada");
    let mut ada = server.connect(&canvas, Some(&seat));
    let crowd = Crowd::start(server.address(), &canvas, 2);
    crowd.wait_for(300);

    server.signal(Signal::TERM);
    let mut last = 0;
    let mut asked = Vec::new();
    while !ada.has_ended {
        if let Ok(token) = ada.try_place(255, 255, 1) {
            asked.push(token);
        }
        ada.listen_briefly();
    }
    for token in asked {
        match ada.take_answer(token) {
            Some(Answer::Placed { seq, .. }) => last = last.max(seq),
            Some(Answer::Refused { reason: Reason::Stopping | Reason::Busy, .. }) | None => {}
            Some(other) => panic!("{other:?}"),
        }
    }
    let (status, _) = server.wait();
    assert_eq!(status.code(), Some(0), "{status}");
    let told = crowd.stop();

    server.launch();
    let back = server.viewer(&canvas);
    assert!(back.seq() >= last, "an acknowledged pixel is gone");
    for Told { cell: Cell { x, y }, color, seq } in told {
        if seq.is_some() && (x, y) != (255, 255) {
            assert_eq!(back.sees(x, y), color, "({x}, {y})");
        }
    }
}

#[test]
fn a_second_signal_or_none_at_all_changes_nothing_that_is_kept() {
    let mut server = Server::start();
    let seq = server.person("playground", "Ada").put(1, 1, 1);
    server.signal(Signal::TERM);
    server.signal(Signal::TERM);
    let (status, _) = server.wait();
    assert_eq!(status.code(), Some(0), "{status}");
    server.launch();
    assert_eq!(server.viewer("playground").seq(), seq);
}
