//! Placing a pixel: acknowledged, seen by all, in one order.

use place_core::wire::text::ServerText;

use crate::harness::{Answer, Server};

#[test]
fn a_pixel_is_acknowledged_and_everybody_sees_it() {
    let server = Server::start();
    let mut ada = server.person("playground", "Ada");
    let mut ben = server.person("playground", "Ben");
    let mut guest = server.viewer("playground");
    let before = ada.welcome.seq;

    let seq = ada.put(3, 5, 10);

    assert_eq!(seq, before + 1);
    for client in [&mut ada, &mut ben, &mut guest] {
        client.until("sees the pixel", |me| me.seq() == seq);
        assert_eq!(client.sees(3, 5), 10);
        assert_eq!(client.deltas, 1, "one change, one message");
    }
}

#[test]
fn every_question_gets_its_own_answer() {
    let server = Server::start();
    let canvas = server.free_canvas("free", 64);
    let mut ada = server.person(&canvas, "Ada");
    let tokens: Vec<u32> = (0..40).map(|x| ada.place(x, 0, 1 + (x % 5) as u8)).collect();

    let seqs: Vec<u64> = tokens
        .iter()
        .map(|token| match ada.answer(*token) {
            Answer::Placed { seq, .. } => seq,
            refused @ Answer::Refused { .. } => panic!("{refused:?}"),
        })
        .collect();

    assert!(seqs.windows(2).all(|pair| pair[0] + 1 == pair[1]), "in the order asked: {seqs:?}");
    let last = *seqs.last().unwrap();
    ada.until("sees all of it", |me| me.seq() == last);
    assert!((0..40).all(|x| ada.sees(x, 0) == 1 + (x % 5) as u8));
}

#[test]
fn the_last_of_many_colors_on_one_cell_stands_for_everybody() {
    let server = Server::start();
    let canvas = server.free_canvas("free", 16);
    let mut people: Vec<_> = (0..4).map(|n| server.person(&canvas, &format!("P{n}"))).collect();
    let mut last = (0, 0);
    for round in 0..20u8 {
        let asked: Vec<_> = (0..4u8)
            .map(|n| (n, 1 + (round * 4 + n) % 6))
            .map(|(n, color)| (n, color, people[usize::from(n)].place(7, 7, color)))
            .collect();
        for (n, color, token) in asked {
            match people[usize::from(n)].answer(token) {
                Answer::Placed { seq, .. } => last = last.max((seq, color)),
                refused @ Answer::Refused { .. } => panic!("{refused:?}"),
            }
        }
    }
    for client in &mut people {
        client.until("has everything", |me| me.seq() == last.0);
        assert_eq!(client.sees(7, 7), last.1);
    }
}

#[test]
fn two_tabs_of_one_seat_are_one_person() {
    let server = Server::start();
    let canvas = server.canvas(&serde_json::json!({
        "name": "Slow", "id": "slow", "cooldown_ms": 60_000, "saved_max": 2
    }));
    let seat = server.join(&canvas, "Ada");
    let mut first = server.connect(&canvas, Some(&seat));
    let mut second = server.connect(&canvas, Some(&seat));
    first.follow();
    second.follow();

    assert!(matches!(first.ask(0, 0, 1), Answer::Placed { saved: 1, .. }));
    assert!(matches!(second.ask(1, 0, 1), Answer::Placed { saved: 0, .. }));
    for tab in [&mut first, &mut second] {
        assert!(matches!(tab.ask(2, 0, 1), Answer::Refused { saved: 0, .. }));
    }
    let mut ben = server.person(&canvas, "Ben");
    ben.until("counts people, not tabs", |me| me.online() == 2);
    drop(first);
    drop(second);
    ben.until("is alone", |me| me.online() == 1);
}

#[test]
fn without_watch_there_is_no_feed_and_watch_starts_it() {
    let server = Server::start();
    let canvas = server.free_canvas("free", 16);
    let seat = server.join(&canvas, "Ada");
    let mut quiet = server.connect(&canvas, Some(&seat));
    let seq = quiet.put(1, 1, 1);
    assert_eq!((quiet.deltas, quiet.texts.len()), (0, 0), "{quiet:?}");

    quiet.watch(None);
    quiet.until("is live", |me| me.beats() == 1);
    assert!(quiet.texts.contains(&ServerText::Beat { seq }), "{quiet:?}");
    quiet.put(2, 2, 2);
    quiet.until("sees what comes from now on", |me| me.deltas == 1);
}

#[test]
fn a_second_watch_starts_over() {
    let server = Server::start();
    let canvas = server.free_canvas("free", 16);
    let mut ada = server.person(&canvas, "Ada");
    let empty = server.board(&canvas);
    let seq = (0..5).map(|x| ada.put(x, 0, 1)).max().unwrap();
    ada.until("sees them", |me| me.seq() == seq);

    ada.follow_from(empty);

    assert_eq!(ada.seq(), seq);
    assert!((0..5).all(|x| ada.sees(x, 0) == 1));
    assert_eq!(ada.put(9, 9, 2), seq + 1);
    ada.until("is live as before", |me| me.seq() == seq + 1);
    assert_eq!(ada.reloads, 0);
}
