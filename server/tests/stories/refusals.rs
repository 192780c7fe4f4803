//! Every reason for which a pixel is refused, with the cell's true color.

use place_core::wire::text::ServerText;
use place_core::wire::{Place, ServerFrame};
use place_core::{Cell, Mode, Reason};
use serde_json::json;
use tungstenite::Message;

use crate::harness::{Answer, FIN, Raw, Server, masked, op};

#[track_caller]
fn refused(answer: Answer, reason: Reason, color: Option<u8>) {
    match answer {
        Answer::Refused { reason: given, color: told, .. } => {
            assert_eq!((given, told), (reason, color));
        }
        placed @ Answer::Placed { .. } => panic!("{placed:?}"),
    }
}

#[test]
fn cells_outside_are_refused_and_touch_no_other_cell() {
    let server = Server::start();
    let canvas = server.canvas(&json!({
        "name": "Wide", "width": 40, "height": 20, "cooldown_ms": 0, "saved_max": 1
    }));
    let mut ada = server.person(&canvas, "Ada");
    let outside =
        [(40, 0), (0, 20), (40, 19), (39, 20), (u16::MAX, 0), (0, u16::MAX), (u16::MAX, u16::MAX)];
    for (x, y) in outside {
        refused(ada.ask(x, y, 1), Reason::OutOfBounds, None);
    }
    let seq = ada.put(39, 19, 2);
    ada.until("sees the last cell", |me| me.seq() == seq);
    assert_eq!(ada.sees(39, 19), 2);
    assert_eq!(ada.mirror().cells().iter().filter(|color| **color != 0).count(), 1);
}

#[test]
fn colors_that_the_palette_lacks_are_refused_with_the_true_color() {
    let server = Server::start();
    let canvas = server.canvas(&json!({
        "name": "Three", "cooldown_ms": 0, "saved_max": 1,
        "palette": [{ "name": "White", "hex": "#ffffff" }, { "name": "Red", "hex": "#ff0000" },
                    { "name": "Blue", "hex": "#0000ff" }]
    }));
    let mut ada = server.person(&canvas, "Ada");
    assert_eq!(ada.welcome.canvas.palette.len(), 3);
    ada.put(4, 4, 2);
    for color in [3, 4, 128, 255] {
        refused(ada.ask(4, 4, color), Reason::UnknownColor, Some(2));
    }
}

#[test]
fn a_frozen_or_closed_canvas_can_be_watched_only() {
    let server = Server::start();
    let canvas = server.free_canvas("free", 16);
    let mut ada = server.person(&canvas, "Ada");
    ada.put(1, 2, 3);
    for (name, mode, reason) in
        [("frozen", Mode::Frozen, Reason::Frozen), ("closed", Mode::Closed, Reason::Closed)]
    {
        server.change(&canvas, &json!({ "mode": name }));
        ada.until("hears of the new rules", |me| {
            me.texts.contains(&ServerText::Rules {
                mode,
                cooldown_ms: 0,
                saved_max: 1,
                undo_ms: 10_000,
            })
        });
        refused(ada.ask(1, 2, 4), reason, Some(3));
        refused(ada.ask(5, 5, 4), reason, Some(0));
        assert_eq!(server.viewer(&canvas).sees(1, 2), 3, "it can be watched");
    }
    server.change(&canvas, &json!({ "mode": "open" }));
    ada.put(1, 2, 4);
}

#[test]
fn who_has_no_seat_may_watch_but_not_place() {
    let server = Server::start();
    let canvas = server.free_canvas("free", 16);
    server.person(&canvas, "Ada").put(0, 0, 5);
    let mut guest = server.viewer(&canvas);
    assert_eq!(guest.welcome.seat, None);
    refused(guest.ask(0, 0, 1), Reason::NoSeat, Some(5));

    let mut forged = server.join(&canvas, "Eve");
    forged.cookie = format!("place_seat={}", "0".repeat(64));
    let mut eve = server.connect(&canvas, Some(&forged));
    assert_eq!(eve.welcome.seat, None);
    refused(eve.ask(0, 0, 1), Reason::NoSeat, Some(5));
}

#[test]
fn what_is_no_placement_is_malformed_and_does_not_end_the_connection() {
    let server = Server::start();
    let canvas = server.free_canvas("free", 16);
    let mut ada = server.person(&canvas, "Ada");
    let good = Place { token: 77, cell: Cell { x: 1, y: 1 }, color: 1 }.encode().to_vec();
    let mut wrong_tag = good.clone();
    wrong_tag[0] = 0x81;
    let bad = [vec![], vec![1], good[..9].to_vec(), [good.clone(), vec![0]].concat(), wrong_tag];
    // More than 16 in all, but never 16 in a row.
    for _ in 0..4 {
        for bytes in &bad {
            ada.say(Message::binary(bytes.clone()));
            refused(ada.answer(0), Reason::Malformed, None);
            ada.take_answer(0);
        }
        ada.put(1, 1, 1);
    }
}

#[test]
fn sixteen_malformed_messages_in_a_row_are_enough() {
    let server = Server::start();
    let mut ada = server.person("playground", "Ada");
    for _ in 0..15 {
        ada.say(Message::binary(vec![9]));
        refused(ada.answer(0), Reason::Malformed, None);
        ada.take_answer(0);
    }
    ada.say(Message::text("{"));
    let close = ada.until_ended().expect("a close frame");
    assert_eq!(u16::from(close.code), 1008, "{close:?}");
    assert!(!close.reason.is_empty());
}

/// Sends placements in a single write, and counts the answers by reason.
fn burst(server: &Server, canvas: &str, count: u32) -> (usize, Vec<(Reason, u32)>) {
    let seat = server.join(canvas, &crate::harness::new_name());
    let mut raw = Raw::open(server.address(), canvas, Some(&seat));
    let place = |token| Place { token, cell: Cell { x: 0, y: 0 }, color: 1 }.encode();
    let bytes: Vec<u8> =
        (1..=count).flat_map(|token| masked(FIN | op::BINARY, &place(token))).collect();
    assert!(raw.send(&bytes));
    let size = place_core::Size::new(16, 16).unwrap();
    let (mut placed, mut refusals, mut tokens) = (0, Vec::new(), Vec::new());
    for _ in 0..count {
        let frame = raw.frame().expect("an answer");
        let answer = ServerFrame::decode(&frame.payload, size, 255, 0).unwrap();
        match answer {
            ServerFrame::Placed { token, .. } => {
                placed += 1;
                tokens.push(token);
            }
            ServerFrame::Refused { token, refusal, color, .. } => {
                assert!(color.is_some(), "the true color comes with it");
                refusals.push((refusal.reason, refusal.wait_ms));
                tokens.push(token);
            }
            ServerFrame::Delta(delta) => panic!("nobody watches: {delta:?}"),
        }
    }
    tokens.sort_unstable();
    assert!(tokens.into_iter().eq(1..=count), "each question has one answer");
    (placed, refusals)
}

#[test]
fn more_than_64_open_questions_are_too_many() {
    let server = Server::start();
    let canvas = server.free_canvas("free", 16);
    // How many are open at a time is up to the disk: that some are too many
    // shows in one burst or another.
    let busy = (0..20).any(|_| {
        let (placed, refusals) = burst(&server, &canvas, 600);
        assert!(placed >= 64, "{placed}");
        assert!(refusals.iter().all(|(reason, _)| *reason == Reason::Busy), "{refusals:?}");
        !refusals.is_empty()
    });
    assert!(busy, "nothing was ever too much");
}

#[test]
fn a_full_queue_says_busy_and_when_to_come_back() {
    let server = Server::with(&["--queue-capacity=16"]);
    let canvas = server.free_canvas("free", 16);
    let told = (0..20).any(|_| {
        let (placed, refusals) = burst(&server, &canvas, 64);
        assert!(placed >= 16, "{placed}");
        assert!(refusals.iter().all(|(reason, wait)| *reason == Reason::Busy && *wait > 0));
        !refusals.is_empty()
    });
    assert!(told, "the queue was never full");
    assert!(server.metric("place_placements_total", "outcome=\"busy\"") > 0, "and counted");
}

#[test]
fn a_flood_is_braked_by_its_own_connection_only() {
    let server = Server::with(&["--placements-per-second=1", "--placement-burst=10"]);
    let canvas = server.free_canvas("free", 16);
    let mut flood = server.person(&canvas, "Flood");
    let mut ada = server.person(&canvas, "Ada");
    for _ in 0..10 {
        flood.put(0, 0, 1);
    }
    match flood.ask(0, 0, 2) {
        Answer::Refused { reason: Reason::Busy, color: Some(1), wait_ms, .. } => {
            assert!((1..=1000).contains(&wait_ms), "{wait_ms}");
        }
        other => panic!("{other:?}"),
    }
    ada.put(0, 0, 3);
}

#[test]
fn text_that_is_not_understood_is_said_so() {
    let server = Server::start();
    let mut ada = server.person("playground", "Ada");
    let table =
        ["", "{", "[]", "\"watch\"", "{\"type\":\"dance\"}", "{\"type\":\"watch\",\"since\":-1}"];
    for text in table {
        ada.texts.clear();
        ada.say(Message::text(text));
        let is_error = |text: &ServerText| matches!(text, ServerText::Error { code, text } if !code.is_empty() && text.len() > 10);
        ada.until("hears of the error", |me| me.texts.iter().any(is_error));
    }
    // Fields that are not known yet are no error.
    ada.say(Message::text("{\"type\":\"watch\",\"tomorrow\":true}"));
    let beats = ada.beats();
    ada.until("is understood", |me| me.beats() > beats);
}
