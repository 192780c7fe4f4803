//! What the feed keeps, whatever comes in and whoever does not read.

use place_core::limits::{
    BATCH_MAX_ENTRIES, CATCH_UP_MAX_CHANGES, CATCH_UP_PIECE_CHANGES, HISTORY_MAX_CHANGES,
    PATCHES_MAX_CELLS, RING_MAX_BYTES, RING_MAX_FRAMES,
};
use place_core::wire::text::ServerText;

use crate::Writer;
use crate::support::{Dice, size};
use crate::viewer::{Reading, Viewer};

/// The bytes of one remembered change: an index and a color, or neither.
const CHANGE_BYTES: u64 = 12;

/// The bytes of one remembered cell of a patch.
const PATCHED_BYTES: u64 = 8;

/// Room for the small things: the frames' places, a frame in the making.
const SPARE_BYTES: u64 = 256 * 1024;

/// The most that a feed may hold, in bytes.
const FEED_MAX_BYTES: u64 = HISTORY_MAX_CHANGES as u64 * CHANGE_BYTES
    + PATCHES_MAX_CELLS as u64 * PATCHED_BYTES
    + RING_MAX_BYTES as u64
    + SPARE_BYTES;

/// What `work` leaves on the heap, in bytes.
fn kept_bytes(work: impl FnOnce()) -> u64 {
    u64::try_from(allocation_counter::measure(work).bytes_current).unwrap_or(0)
}

#[test]
fn a_feed_that_nobody_flushes_stays_small() {
    let mut writer = Writer::new(size(512, 512), 32);
    let mut dice = Dice(1);
    let bytes = kept_bytes(|| {
        for _ in 0..3 * HISTORY_MAX_CHANGES / BATCH_MAX_ENTRIES {
            writer.draw(&mut dice, BATCH_MAX_ENTRIES);
            writer.patch(&mut dice, 5000);
        }
    });
    assert!(bytes < FEED_MAX_BYTES, "{bytes} bytes are kept");
    let mut viewer = Viewer::new(&writer.canvas);
    writer.flush();
    viewer.catch_up(&writer.feed, &writer.canvas);
    assert_eq!(viewer.mirror.cells(), writer.canvas.cells());
}

#[test]
fn who_is_caught_up_is_given_small_pieces() {
    let mut writer = Writer::new(size(512, 512), 255);
    let mut absent = Viewer::new(&writer.canvas);
    let mut sleeper = Viewer::new(&writer.canvas);
    sleeper.watch(&writer.feed);
    let mut dice = Dice(1);
    for _ in 0..CATCH_UP_MAX_CHANGES / BATCH_MAX_ENTRIES - 1 {
        writer.draw(&mut dice, BATCH_MAX_ENTRIES);
    }
    writer.change_rules(&mut dice);
    writer.flush();
    (0..RING_MAX_FRAMES).for_each(|_| writer.feed.beat(writer.now));
    absent.watch(&writer.feed);
    // It goes on while they are on their way.
    writer.draw(&mut dice, 100);
    writer.flush();
    for viewer in [&mut sleeper, &mut absent] {
        viewer.catch_up(&writer.feed, &writer.canvas);
        viewer.online = Some(0);
        viewer.assert_in_step(&writer.feed, &writer.canvas, "who was behind");
        let most = CATCH_UP_PIECE_CHANGES * 5 + 512;
        assert!(viewer.longest_read_bytes < most, "{} bytes", viewer.longest_read_bytes);
    }
}

#[test]
fn a_viewer_of_before_a_stall_reloads() {
    let mut writer = Writer::new(size(64, 64), 32);
    let mut viewer = Viewer::new(&writer.canvas);
    viewer.watch(&writer.feed);
    let mut dice = Dice(1);
    for _ in 0..=CATCH_UP_MAX_CHANGES / BATCH_MAX_ENTRIES {
        writer.draw(&mut dice, BATCH_MAX_ENTRIES);
    }
    writer.flush();
    assert_eq!(viewer.read(&writer.feed), Reading::Reload);
    viewer.catch_up(&writer.feed, &writer.canvas);
    viewer.online = Some(0);
    viewer.assert_in_step(&writer.feed, &writer.canvas, "the viewer");
    writer.draw(&mut dice, 5);
    writer.flush();
    viewer.catch_up(&writer.feed, &writer.canvas);
    viewer.assert_in_step(&writer.feed, &writer.canvas, "the viewer, later");
}

#[test]
fn a_busy_feed_that_nobody_reads_stays_small() {
    let mut writer = Writer::new(size(2000, 2000), 255);
    let mut dice = Dice(2);
    let mut sleeper = Viewer::new(&writer.canvas);
    sleeper.watch(&writer.feed);
    let bytes = kept_bytes(|| {
        for _ in 0..RING_MAX_FRAMES {
            writer.draw(&mut dice, BATCH_MAX_ENTRIES);
            writer.flush();
        }
    });
    assert!(bytes < FEED_MAX_BYTES, "{bytes} bytes are kept");
    let mut reader = Viewer::new(&writer.canvas);
    reader.watch(&writer.feed);
    let notice = ServerText::Notice { code: "x".to_owned(), text: "x".to_owned() };
    (0..RING_MAX_FRAMES).for_each(|_| writer.feed.push_text(&notice));
    reader.catch_up(&writer.feed, &writer.canvas);
    assert_eq!(reader.notices, RING_MAX_FRAMES, "there is room again for small frames");
    sleeper.catch_up(&writer.feed, &writer.canvas);
    assert!(sleeper.longest_read_bytes < 5 * CATCH_UP_MAX_CHANGES + 1024);
    assert_eq!(sleeper.mirror.cells(), writer.canvas.cells());
}

#[test]
fn the_ring_holds_so_many_frames() {
    let mut writer = Writer::new(size(16, 16), 2);
    let mut viewers = [Viewer::new(&writer.canvas), Viewer::new(&writer.canvas)];
    viewers[0].watch(&writer.feed);
    let notice = ServerText::Notice { code: "x".to_owned(), text: "x".to_owned() };
    writer.feed.push_text(&notice);
    viewers[1].watch(&writer.feed);
    (0..RING_MAX_FRAMES).for_each(|_| writer.feed.push_text(&notice));
    let heard = viewers.map(|mut viewer| {
        viewer.catch_up(&writer.feed, &writer.canvas);
        viewer.notices
    });
    assert_eq!(heard, [0, RING_MAX_FRAMES], "the first viewer fell out and was caught up");
}

#[test]
fn a_hundred_viewers_cost_the_feed_nothing() {
    let mut writer = Writer::new(size(512, 512), 32);
    let mut dice = Dice(1);
    let cursors: Vec<_> = (0..100).map(|_| writer.feed.join(None).0.expect("from now")).collect();
    writer.draw(&mut dice, 300);
    writer.flush();
    for mut cursor in cursors {
        let counted = allocation_counter::measure(|| {
            let next = writer.feed.read(&mut cursor);
            assert!(matches!(next, place_core::feed::Next::Frames(_)));
        });
        assert_eq!(counted.count_total, 0, "the bytes are shared");
    }
}
