//! One connection's side of the protocol.

use place_core::cooldown::Cooldown;
use place_core::limits::{IN_FLIGHT_MAX, MALFORMED_MAX_IN_A_ROW, TEXT_MAX_BYTES};
use place_core::session::{Session, Step, close_code};
use place_core::wire::Place;
use place_core::wire::text::ServerText;
use place_core::{Cell, Proposal, Reason, Refusal};

/// A ceiling that these tests do not reach.
const HIGH: Cooldown = Cooldown { interval_ms: 1, saved_max: 1000 };

const CELL: Cell = Cell { x: 3, y: 5 };

fn place(token: u32) -> [u8; 10] {
    Place { token, cell: CELL, color: 9 }.encode()
}

fn refused(token: u32, reason: Reason) -> Step {
    Step::Refuse(token, reason.into(), Some(CELL))
}

#[test]
fn a_place_becomes_a_proposal_of_the_connection_s_seat() {
    let mut session = Session::new(Some(12), HIGH);
    let proposal = Proposal { seat: 12, cell: CELL, color: 9 };
    assert_eq!(session.binary(&place(7), 1), Step::Propose(7, proposal));
    assert_eq!(session.seat(), Some(12));
}

#[test]
fn without_a_seat_nothing_is_proposed() {
    let mut session = Session::new(None, HIGH);
    for _ in 0..1000 {
        assert_eq!(session.binary(&place(7), 1), refused(7, Reason::NoSeat));
    }
}

#[test]
fn only_so_many_may_be_unanswered() {
    let mut session = Session::new(Some(1), HIGH);
    let busy = |token| {
        let refusal = Refusal { reason: Reason::Busy, wait_ms: 100 };
        Step::Refuse(token, refusal, Some(CELL))
    };
    for token in 0..IN_FLIGHT_MAX as u32 {
        assert!(matches!(session.binary(&place(token), 1), Step::Propose(..)), "{token}");
    }
    assert_eq!(session.binary(&place(64), 1), busy(64));
    session.answered();
    assert!(matches!(session.binary(&place(65), 1), Step::Propose(..)), "one was answered");
    assert_eq!(session.binary(&place(66), 1), busy(66));
}

#[test]
fn the_ceiling_holds_whatever_is_answered() {
    let mut session = Session::new(Some(1), Cooldown { interval_ms: 100, saved_max: 3 });
    let mut send = |token, now| {
        let step = session.binary(&place(token), now);
        session.answered();
        step
    };
    for token in 0..3 {
        assert!(matches!(send(token, 1000), Step::Propose(..)));
    }
    let busy =
        |token, wait_ms| Step::Refuse(token, Refusal { reason: Reason::Busy, wait_ms }, Some(CELL));
    assert_eq!(send(3, 1000), busy(3, 100));
    assert_eq!(send(4, 1099), busy(4, 1));
    assert!(matches!(send(5, 1100), Step::Propose(..)));
    assert_eq!(send(6, 1100), busy(6, 100));
}

#[test]
fn malformed_messages_are_answered_then_the_connection_is_closed() {
    let mut session = Session::new(Some(1), HIGH);
    let malformed = Step::Refuse(0, Reason::Malformed.into(), None);
    let last = MALFORMED_MAX_IN_A_ROW;
    for round in 1..last {
        if round % 2 == 0 {
            assert_eq!(session.binary(&[], 1), malformed);
        } else {
            let step = session.text("{}", 1);
            assert!(matches!(step, Step::Say(ServerText::Error { .. })), "{step:?}");
        }
    }
    let step = session.binary(&[0x81; 10], 1);
    assert!(matches!(step, Step::Close(close_code::POLICY, _)), "{step:?}");
}

#[test]
fn a_good_message_makes_up_for_malformed_ones() {
    let good: [fn(&mut Session); 3] = [
        |session| drop(session.binary(&place(1), 1)),
        |session| drop(session.text(r#"{"type":"watch"}"#, 1)),
        |session| drop(session.text(r#"{"type":"watch","since":7}"#, 1)),
    ];
    let mut session = Session::new(Some(1), HIGH);
    for make_up in good {
        for _ in 1..MALFORMED_MAX_IN_A_ROW {
            assert!(!matches!(session.binary(&[1, 2, 3], 1), Step::Close(..)));
        }
        make_up(&mut session);
    }
}

#[test]
fn watch_and_what_is_not_watch() {
    let mut session = Session::new(None, HIGH);
    assert_eq!(session.text(r#"{"type":"watch","since":1041}"#, 1), Step::Watch(Some(1041)));
    assert_eq!(session.text(r#"{"type":"watch"}"#, 1), Step::Watch(None));
    for text in ["", "watch", r#"{"type":"draw"}"#, r#"{"type":"watch","since":"x"}"#] {
        let Step::Say(ServerText::Error { code, text: said }) = session.text(text, 1) else {
            panic!("{text:?} is answered with an error");
        };
        assert_eq!(code, "malformed");
        assert!(said.len() < 300, "{said}");
    }
}

#[test]
fn a_long_text_closes_the_connection() {
    let mut session = Session::new(None, HIGH);
    let padded = |length: usize| format!("{:length$}", r#"{"type":"watch"}"#);
    assert_eq!(session.text(&padded(TEXT_MAX_BYTES), 1), Step::Watch(None));
    let step = session.text(&padded(TEXT_MAX_BYTES + 1), 1);
    assert!(matches!(step, Step::Close(close_code::TOO_BIG, _)), "{step:?}");
}
