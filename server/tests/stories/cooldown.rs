//! The cooldown, to the millisecond.

use std::time::{Duration, Instant};

use place_core::Reason;
use serde_json::json;

use crate::harness::{Answer, Client, Server, eventually};

/// Clocks on both sides are read in whole milliseconds.
const ROUNDING: Duration = Duration::from_millis(2);

fn canvas(server: &Server, cooldown_ms: u32, saved_max: u16) -> String {
    let fields = json!({ "name": "Cool", "cooldown_ms": cooldown_ms, "saved_max": saved_max });
    server.canvas(&fields)
}

/// Asks without a pause until a pixel is accepted. Every refusal tells when
/// that will be, seen from both ends of its way: not before that, and not one
/// question later.
#[track_caller]
fn ask_until_placed(client: &mut Client, within_ms: u32) -> Answer {
    let (mut not_before, mut not_after) = (None, None);
    let mut refusals = 0;
    loop {
        // Some hundred questions a second are enough to meet the edge.
        client.listen_briefly();
        let sent = Instant::now();
        let answer = client.ask(1, 1, 1);
        let got = Instant::now();
        let Answer::Refused { reason, wait_ms, saved, color } = answer else {
            assert!(refusals > 0, "accepted at once");
            assert!(not_before.is_none_or(|early| got + ROUNDING >= early), "accepted too early");
            return answer;
        };
        refusals += 1;
        assert_eq!((reason, saved), (Reason::Cooldown, 0));
        assert!(color.is_some(), "the true color comes with it");
        assert!(wait_ms >= 1 && wait_ms <= within_ms, "wait {wait_ms} ms");
        assert!(not_after.is_none_or(|late| sent < late), "refused too late: {wait_ms} ms more");
        let wait = Duration::from_millis(wait_ms.into());
        not_before = not_before.max(Some(sent + wait));
        let late = got + wait + ROUNDING;
        not_after = Some(not_after.map_or(late, |known: Instant| known.min(late)));
    }
}

#[test]
fn a_pixel_is_refused_just_before_its_time_and_accepted_right_after() {
    let server = Server::start();
    let canvas = canvas(&server, 400, 1);
    let mut ada = server.person(&canvas, "Ada");
    for round in 0..3 {
        let began = Instant::now();
        match ada.ask(0, 0, 2) {
            Answer::Placed { saved: 0, next_ms, .. } => assert_eq!(next_ms, 400),
            other => panic!("{other:?}"),
        }
        assert!(matches!(ask_until_placed(&mut ada, 400), Answer::Placed { saved: 0, .. }));
        assert!(began.elapsed() + ROUNDING >= Duration::from_millis(400));
        // The pixel just accepted starts a cooldown of its own.
        ask_until_placed(&mut ada, 400);
        ada = {
            let seat = server.join(&canvas, &format!("Next {round}"));
            server.connect(&canvas, Some(&seat))
        };
    }
}

#[test]
fn saved_up_pixels_are_counted_down_and_grow_back_one_by_one() {
    let server = Server::start();
    let canvas = canvas(&server, 300, 3);
    let seat = server.join(&canvas, "Ada");
    let mut ada = server.connect(&canvas, Some(&seat));
    assert_eq!(ada.welcome.saved, 3);

    let began = Instant::now();
    for expected in [2, 1, 0] {
        match ada.ask(0, 0, 1) {
            Answer::Placed { saved, next_ms, .. } => {
                assert_eq!(saved, expected);
                assert!((1..=300).contains(&next_ms), "{next_ms}");
            }
            refused @ Answer::Refused { .. } => {
                assert!(began.elapsed() >= Duration::from_millis(300), "{refused:?}");
            }
        }
    }
    ask_until_placed(&mut ada, 300);
    eventually("all three have grown back", || {
        (server.connect(&canvas, Some(&seat)).welcome.saved == 3).then_some(())
    });
    assert!(began.elapsed() + ROUNDING >= Duration::from_millis(4 * 300), "not any sooner");
    assert!(matches!(ada.ask(0, 0, 1), Answer::Placed { saved: 2, .. }));
}

#[test]
fn refusals_cost_nothing_and_seats_of_one_address_do_not_share() {
    let server = Server::start();
    let canvas = canvas(&server, 60_000, 1);
    let mut ada = server.person(&canvas, "Ada");
    let mut ben = server.person(&canvas, "Ben");
    assert!(matches!(
        ada.ask(9999, 0, 1),
        Answer::Refused { reason: Reason::OutOfBounds, saved: 1, .. }
    ));
    assert!(matches!(
        ada.ask(0, 0, 250),
        Answer::Refused { reason: Reason::UnknownColor, saved: 1, .. }
    ));
    ada.put(0, 0, 1);
    ben.put(0, 1, 1);
    for client in [&mut ada, &mut ben] {
        match client.ask(0, 0, 1) {
            Answer::Refused { reason: Reason::Cooldown, wait_ms, .. } => {
                assert!((50_000..=60_000).contains(&wait_ms), "{wait_ms}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_restart_is_no_way_around_the_cooldown() {
    let mut server = Server::start();
    let canvas = canvas(&server, 60_000, 2);
    let seat = server.join(&canvas, "Ada");
    let mut ada = server.connect(&canvas, Some(&seat));
    ada.put(0, 0, 1);
    ada.put(0, 1, 1);
    for by_force in [false, true] {
        if by_force {
            server.kill9();
            server.launch();
        } else {
            server.restart();
        }
        let mut again = server.connect(&canvas, Some(&seat));
        assert_eq!(again.welcome.saved, 0);
        assert!(matches!(again.ask(0, 0, 2), Answer::Refused { reason: Reason::Cooldown, .. }));
    }
}

#[test]
fn new_rules_hold_at_once() {
    let server = Server::start();
    let canvas = canvas(&server, 60_000, 1);
    let mut ada = server.person(&canvas, "Ada");
    ada.put(0, 0, 1);
    assert!(matches!(ada.ask(0, 0, 2), Answer::Refused { reason: Reason::Cooldown, .. }));
    server.change(&canvas, &json!({ "cooldown_ms": 0 }));
    ada.put(0, 0, 2);
}
