//! Many cells changed by one entry: nobody misses one, and no bound is broken.

use place_core::limits::{
    BATCH_MAX_ENTRIES, CATCH_UP_MAX_CHANGES, CATCH_UP_PIECE_CHANGES, PATCHES_MAX_CELLS,
    RING_MAX_FRAMES,
};

use crate::Writer;
use crate::support::{Dice, size};
use crate::viewer::{Reading, Viewer};

/// The most that one piece of a catch-up takes: five bytes a change, and the
/// texts behind the last one.
const PIECE_MAX_BYTES: usize = CATCH_UP_PIECE_CHANGES * 5 + 512;

/// A writer, and a viewer who follows it.
fn begin() -> (Writer, Viewer, Dice) {
    let writer = Writer::new(size(512, 512), 255);
    let mut viewer = Viewer::new(&writer.canvas);
    viewer.watch(&writer.feed);
    viewer.catch_up(&writer.feed, &writer.canvas);
    (writer, viewer, Dice(1))
}

/// So many frames that everybody who does not read falls out of the ring.
fn run_out_of_the_ring(writer: &mut Writer) {
    (0..RING_MAX_FRAMES).for_each(|_| writer.feed.beat(writer.now));
}

#[test]
fn a_viewer_who_is_live_gets_a_patch_as_one_delta() {
    let (mut writer, mut live, mut dice) = begin();
    for cells in [1, 2, CATCH_UP_PIECE_CHANGES + 1, CATCH_UP_MAX_CHANGES - 7] {
        writer.draw(&mut dice, 3);
        writer.patch(&mut dice, cells);
        writer.draw(&mut dice, 3);
        writer.flush();
        assert_eq!(live.read(&writer.feed), Reading::More, "{cells} cells");
        assert_eq!(live.read(&writer.feed), Reading::Idle, "{cells} cells in one frame");
        live.assert_in_step(&writer.feed, &writer.canvas, "the viewer");
    }
}

#[test]
fn a_patch_of_more_than_a_delta_holds_makes_everybody_reload() {
    let (mut writer, mut live, mut dice) = begin();
    let before = writer.canvas.seq();
    writer.draw(&mut dice, 3);
    writer.patch(&mut dice, PATCHES_MAX_CELLS + 1);
    writer.draw(&mut dice, 3);
    let mut amid = Viewer::new(&writer.canvas);
    assert_eq!(amid.watch(&writer.feed), Reading::More, "its board has the patch");
    writer.draw(&mut dice, 3);
    writer.flush();
    assert!(!writer.feed.reaches(before) && writer.feed.reaches(before + 4));
    assert_eq!(live.read(&writer.feed), Reading::Reload);
    for viewer in [&mut live, &mut amid] {
        viewer.catch_up(&writer.feed, &writer.canvas);
        viewer.online = Some(0);
        viewer.assert_in_step(&writer.feed, &writer.canvas, "the viewer");
    }
    writer.draw(&mut dice, 3);
    writer.flush();
    assert_eq!(live.read(&writer.feed), Reading::More, "it is live again");
}

#[test]
fn who_is_caught_up_gets_small_patches_in_small_pieces() {
    let (mut writer, mut sleeper, mut dice) = begin();
    let mut absent = Viewer::new(&writer.canvas);
    for cells in [1, 5, 300, 1000, 1000, 1000, 2000, CATCH_UP_PIECE_CHANGES, 0, 2, 1500] {
        let pixels = dice.below(BATCH_MAX_ENTRIES as u64) as usize;
        writer.draw(&mut dice, pixels);
        writer.patch(&mut dice, cells);
        writer.patch(&mut dice, cells / 2);
        writer.flush();
    }
    run_out_of_the_ring(&mut writer);
    for viewer in [&mut sleeper, &mut absent] {
        let mut reading =
            if viewer.watches() { viewer.read(&writer.feed) } else { viewer.watch(&writer.feed) };
        while reading == Reading::More {
            reading = viewer.read(&writer.feed);
        }
        assert_eq!(reading, Reading::Idle, "no board is needed");
        viewer.online = Some(0);
        viewer.assert_in_step(&writer.feed, &writer.canvas, "who was behind");
        assert!(viewer.longest_read_bytes <= PIECE_MAX_BYTES, "{}", viewer.longest_read_bytes);
    }
}

#[test]
fn who_lacks_a_larger_patch_reloads() {
    let (mut writer, mut live, mut dice) = begin();
    let mut absent = Viewer::new(&writer.canvas);
    let mut sleeper = Viewer::new(&writer.canvas);
    sleeper.watch(&writer.feed);
    writer.draw(&mut dice, 9);
    let mut amid = Viewer::new(&writer.canvas);
    amid.watch(&writer.feed);
    writer.patch(&mut dice, CATCH_UP_PIECE_CHANGES + 1);
    let after = writer.canvas.seq();
    writer.flush();
    assert_eq!(live.read(&writer.feed), Reading::More, "it gets what all get");
    assert_eq!(amid.read(&writer.feed), Reading::Reload, "it would need a copy of its own");
    run_out_of_the_ring(&mut writer);
    assert_eq!(sleeper.read(&writer.feed), Reading::Reload);
    assert_eq!(absent.watch(&writer.feed), Reading::Reload);
    assert!(writer.feed.reaches(after) && !writer.feed.reaches(after - 1));
    for viewer in [&mut live, &mut amid, &mut sleeper, &mut absent] {
        viewer.catch_up(&writer.feed, &writer.canvas);
        viewer.online = Some(0);
        viewer.assert_in_step(&writer.feed, &writer.canvas, "each of them");
    }
}

#[test]
fn a_viewer_in_the_middle_of_a_delta_gets_a_small_patch() {
    let (mut writer, _, mut dice) = begin();
    writer.draw(&mut dice, 9);
    let mut amid = Viewer::new(&writer.canvas);
    amid.watch(&writer.feed);
    writer.patch(&mut dice, CATCH_UP_PIECE_CHANGES);
    writer.flush();
    assert_eq!(amid.read(&writer.feed), Reading::More);
    assert_eq!(amid.mirror.cells(), writer.canvas.cells());
}

#[test]
fn patches_that_together_are_too_much_for_a_delta_come_in_pieces() {
    let (mut writer, mut live, mut dice) = begin();
    for _ in 0..PATCHES_MAX_CELLS / 2000 - 1 {
        writer.patch(&mut dice, 2000);
    }
    for _ in 0..2 {
        writer.draw(&mut dice, BATCH_MAX_ENTRIES);
    }
    writer.flush();
    live.longest_read_bytes = 0;
    while live.read(&writer.feed) == Reading::More {}
    assert!(live.watches(), "no board is needed");
    assert_eq!(live.mirror.cells(), writer.canvas.cells());
    assert!(live.longest_read_bytes <= PIECE_MAX_BYTES, "{}", live.longest_read_bytes);
}

#[test]
fn patches_that_are_more_than_the_feed_remembers_make_everybody_reload() {
    let (mut writer, mut live, mut dice) = begin();
    for _ in 0..=PATCHES_MAX_CELLS / 2000 {
        writer.patch(&mut dice, 2000);
    }
    writer.flush();
    assert_eq!(live.read(&writer.feed), Reading::Reload);
    live.catch_up(&writer.feed, &writer.canvas);
    live.online = Some(0);
    live.assert_in_step(&writer.feed, &writer.canvas, "the viewer");
}
