//! What becomes of a connection as time goes by, without the time.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use place_core::cooldown::Cooldown;
use place_core::history::History;
use place_core::session::Session;
use place_core::wire::frame::{self, Opcode};
use place_core::{Canvas, Feed, Mode, Palette, Rules, Size};
use tokio::sync::mpsc;

use super::state::FORGOTTEN_MAX_BYTES;
use super::*;
use crate::classroom::Classroom;
use crate::feed::SharedFeed;
use crate::store::{CanvasRecord, Store, StoreOptions};
use crate::telemetry::Metrics;

const SECOND: Duration = Duration::from_secs(1);

fn connection() -> Rc<Connection> {
    let rules = Rules { mode: Mode::Open, cooldown_ms: 0, saved_max: 1, undo_ms: 0 };
    let palette = Palette::parse("ffffff\n000000\n").unwrap();
    let genesis = Canvas::genesis(Size::new(16, 16).unwrap(), palette, rules, 1);
    let canvas = Canvas::begin(&genesis).unwrap();
    let feed = SharedFeed::new(Feed::new(&canvas, History::new(canvas.seq())));
    let record =
        CanvasRecord { number: 1, id: "test".to_owned(), name: "Test".to_owned(), created_ms: 1 };
    let live = LiveCanvas::new(
        &record,
        canvas,
        feed,
        mpsc::channel(1).0,
        Classroom::default(),
        Arc::default(),
    );
    let ceiling = Cooldown { interval_ms: 1, saved_max: 1 };
    let session = Session::new(Some(1), ceiling);
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path(), StoreOptions::default()).expect("opens");
    let chat = Arc::new(Chat::new(store));
    let room = Room::new(Arc::new(live), Arc::default(), chat, Arc::new(Metrics::new()));
    let who = Who { seat: Some(1), ..Who::default() };
    let connection = Connection::new(Rc::new(room), session, who, Pace::above(ceiling));
    connection.sit_down(connection.id(), None);
    connection
}

/// A frame from the peer; a mask of zeros is a mask.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    [&[first, 0x80 | payload.len() as u8, 0, 0, 0, 0], payload].concat()
}

/// What the body would write now; `None` when it waits.
fn written(connection: &Connection) -> Option<Write> {
    match connection.poll_write(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(write) => Some(write),
        Poll::Pending => None,
    }
}

fn assert_writes(connection: &Connection, expected: &Bytes) {
    match written(connection) {
        Some(Write::Bytes(bytes)) => assert_eq!(&bytes, expected),
        other => panic!("expected a frame, not {other:?}"),
    }
}

#[test]
fn the_silent_are_pinged_and_then_closed() {
    let connection = connection();
    let start = Instant::now();
    let ping = frame::frame(Opcode::Ping, &[]);
    connection.look_after(start + 29 * SECOND);
    assert!(written(&connection).is_none(), "29 s are nothing to worry about");
    connection.look_after(start + 31 * SECOND);
    assert_writes(&connection, &ping);
    connection.look_after(start + 40 * SECOND);
    assert!(written(&connection).is_none(), "one ping at a time");
    connection.look_after(start + 62 * SECOND);
    assert_writes(&connection, &ping);
    connection.look_after(start + 76 * SECOND);
    assert_writes(&connection, &frame::close(4000, "nothing heard for 75 s"));
    assert!(!connection.is_open());
}

#[test]
fn who_answers_is_left_in_peace() {
    let connection = connection();
    connection.take_in(&mut [], |_, _| {});
    connection.look_after(Instant::now() + 29 * SECOND);
    assert!(written(&connection).is_none());
    assert!(connection.is_open());
}

#[test]
fn a_close_that_is_not_answered_ends_in_an_abort() {
    let connection = connection();
    connection.close(1001, "good-bye");
    connection.send(frame::frame(Opcode::Text, b"too late"));
    assert_writes(&connection, &frame::close(1001, "good-bye"));
    assert!(written(&connection).is_none(), "the peer has a moment to answer");
    connection.look_after(Instant::now() + 3 * SECOND);
    assert!(matches!(written(&connection), Some(Write::Abort)));
}

#[test]
fn a_close_that_is_answered_ends_well() {
    let connection = connection();
    connection.close(1001, "good-bye");
    connection.take_in(&mut masked(0x88, &1001u16.to_be_bytes()), |_, _| {});
    assert_writes(&connection, &frame::close(1001, "good-bye"));
    assert!(matches!(written(&connection), Some(Write::End)), "the answer is not answered");
}

#[test]
fn who_sends_on_after_the_end_is_not_read_from_and_given_up() {
    let connection = connection();
    connection.take_in(&mut [0xff; 2], |_, _| {});
    assert_writes(&connection, &frame::close(1002, "the frame is broken"));
    for _ in 0..FORGOTTEN_MAX_BYTES / 1024 {
        assert!(connection.wants_input(), "what was under way is forgotten");
        connection.take_in(&mut [0; 1024], |_, _| {});
    }
    assert!(!connection.wants_input());
    connection.look_after(Instant::now() + 3 * SECOND);
    assert!(matches!(written(&connection), Some(Write::Abort)));
}

#[test]
fn asking_to_watch_many_times_costs_one_catch_up() {
    let connection = connection();
    for _ in 0..1000 {
        connection.watch(Some(1));
    }
    assert!(matches!(written(&connection), Some(Write::Bytes(_))));
    assert!(written(&connection).is_none());
}

#[test]
fn a_peer_that_does_not_read_is_not_read_from() {
    let connection = connection();
    let has_room = || connection.wants_input();
    let answer = frame::frame(Opcode::Binary, &[0; 19]);
    let mut queued = 0;
    while has_room() {
        connection.send(answer.clone());
        queued += answer.len();
        assert!(queued <= 40 * 1024, "reading must pause");
    }
    assert!(matches!(written(&connection), Some(Write::Bytes(bytes)) if bytes.len() == queued));
    assert!(has_room(), "once it has read, it is read from again");
}
