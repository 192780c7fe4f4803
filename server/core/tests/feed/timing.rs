//! When the feed speaks.

use place_core::limits::FLUSH_INTERVAL_MIN_MS;

use crate::Writer;
use crate::support::{Dice, size};
use crate::viewer::{Reading, Viewer};

#[test]
fn a_lone_change_is_due_at_once_and_the_next_one_an_interval_later() {
    let mut writer = Writer::new(size(16, 16), 2);
    let mut dice = Dice(1);
    assert_eq!(writer.feed.due(1000), None, "nothing to send");
    writer.draw(&mut dice, 1);
    assert_eq!(writer.feed.due(1000), Some(1000));
    assert!(writer.feed.flush(1000));
    assert!(!writer.feed.flush(1000), "only once");
    assert_eq!(writer.feed.due(1001), None);
    writer.draw(&mut dice, 1);
    assert_eq!(writer.feed.due(1001), Some(1000 + FLUSH_INTERVAL_MIN_MS));
    assert_eq!(writer.feed.due(5000), Some(5000), "a delta that is overdue");
}

#[test]
fn pixels_of_an_interval_are_one_frame_and_rules_come_at_once() {
    let mut writer = Writer::new(size(16, 16), 2);
    let mut viewer = Viewer::new(&writer.canvas);
    viewer.watch(&writer.feed);
    let mut dice = Dice(1);
    writer.draw(&mut dice, 9);
    writer.draw(&mut dice, 9);
    assert_eq!(viewer.read(&writer.feed), Reading::Idle, "pixels wait for the flush");
    writer.change_rules(&mut dice);
    assert_eq!(viewer.read(&writer.feed), Reading::More, "rules do not");
    assert_eq!(viewer.rules, writer.canvas.rules());
    writer.flush();
    assert_eq!(viewer.read(&writer.feed), Reading::More);
    assert_eq!(viewer.read(&writer.feed), Reading::Idle, "one frame for all");
    assert_eq!(viewer.mirror.cells(), writer.canvas.cells());
}

#[test]
fn a_beat_comes_behind_what_it_counts() {
    let mut writer = Writer::new(size(16, 16), 2);
    let mut viewer = Viewer::new(&writer.canvas);
    viewer.watch(&writer.feed);
    writer.draw(&mut Dice(1), 9);
    // The viewer checks that the beat's seq is its own.
    writer.feed.beat(1);
    viewer.catch_up(&writer.feed, &writer.canvas);
    assert_eq!(viewer.mirror.seq(), writer.canvas.seq());
}

#[test]
fn many_viewers_make_deltas_rarer() {
    let mut writer = Writer::new(size(16, 16), 2);
    let mut dice = Dice(1);
    for (viewers, interval_ms) in [(0, 8), (30, 8), (160, 8), (200, 10), (660, 33), (10_000, 33)] {
        writer.feed.set_viewers(viewers);
        writer.flush();
        let flushed = writer.now;
        writer.draw(&mut dice, 1);
        writer.feed.flush(flushed);
        writer.draw(&mut dice, 1);
        assert_eq!(writer.feed.due(flushed), Some(flushed + interval_ms), "{viewers} viewers");
    }
}

#[test]
fn people_online_are_announced_when_their_number_changes() {
    let mut writer = Writer::new(size(16, 16), 2);
    let mut viewer = Viewer::new(&writer.canvas);
    viewer.watch(&writer.feed);
    assert!(writer.feed.set_online(2));
    assert!(!writer.feed.set_online(2), "that is known");
    assert_eq!(viewer.read(&writer.feed), Reading::More);
    assert_eq!(viewer.read(&writer.feed), Reading::Idle);
    assert_eq!(viewer.online, Some(2));
}

#[test]
fn a_number_told_at_joining_is_set_right_for_everybody() {
    let mut writer = Writer::new(size(16, 16), 2);
    writer.feed.set_online(1);
    writer.feed.note_online(2);
    let mut viewer = Viewer::new(&writer.canvas);
    viewer.watch(&writer.feed);
    assert_eq!(viewer.read(&writer.feed), Reading::Idle);
    assert_eq!(viewer.online, Some(2));
    assert!(writer.feed.set_online(1), "not everybody was told the same");
    assert!(!writer.feed.set_online(1), "now they were");
    assert_eq!(viewer.read(&writer.feed), Reading::More);
    assert_eq!(viewer.online, Some(1));
}

#[test]
fn a_board_ahead_of_the_last_frame_sees_nothing_twice() {
    let mut writer = Writer::new(size(16, 16), 2);
    let mut dice = Dice(1);
    writer.draw(&mut dice, 4);
    let mut viewer = Viewer::new(&writer.canvas);
    viewer.watch(&writer.feed);
    writer.flush();
    assert_eq!(viewer.read(&writer.feed), Reading::Idle, "that delta is on its board");
    assert_eq!(viewer.mirror.seq(), writer.canvas.seq());
}
