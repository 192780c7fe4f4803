//! Readers of every pace.

use place_core::limits::{CATCH_UP_MAX_CHANGES, HISTORY_MAX_CHANGES, RING_MAX_FRAMES};
use place_core::wire::board;
use place_core::wire::text::ServerText;

use crate::Writer;
use crate::support::{Dice, size};
use crate::viewer::{Reading, Viewer};

/// One story of a canvas and its viewers, told by a seed.
fn story(seed: u64) {
    let mut dice = Dice(seed);
    let mut writer = Writer::new(size(80, 60), 7);
    let mut viewers: Vec<Viewer> = (0..5).map(|_| Viewer::new(&writer.canvas)).collect();
    let mut old_board = board::encode(&writer.canvas);
    for _ in 0..600 {
        match dice.below(100) {
            0..30 => {
                let pixels = dice.below(12) as usize;
                writer.draw(&mut dice, pixels);
            }
            30..33 => writer.change_rules(&mut dice),
            33..38 => {
                // One in six is more than a piece of a catch-up holds.
                let cells = dice.below(2500) as usize;
                writer.patch(&mut dice, cells);
            }
            38..63 => writer.flush(),
            63..66 => {
                let online = dice.below(4) as u32;
                writer.feed.set_online(online);
            }
            66..69 => writer.feed.beat(writer.now),
            69..71 => old_board = board::encode(&writer.canvas),
            71..73 => {
                // A burst that runs out of the ring of every idle viewer.
                for _ in 0..=RING_MAX_FRAMES {
                    writer.draw(&mut dice, 1);
                    writer.flush();
                }
            }
            _ => {
                let viewer = dice.below(viewers.len() as u64) as usize;
                act(&mut viewers[viewer], &writer, &mut dice, &old_board);
            }
        }
    }
    writer.flush();
    for (number, viewer) in viewers.iter_mut().enumerate() {
        viewer.catch_up(&writer.feed, &writer.canvas);
        viewer.assert_in_step(&writer.feed, &writer.canvas, &format!("viewer {number}"));
    }
}

/// A viewer does something.
fn act(viewer: &mut Viewer, writer: &Writer, dice: &mut Dice, old_board: &[u8]) {
    match dice.below(10) {
        0 => viewer.drop_connection(),
        1 => viewer.reload(old_board),
        2 => viewer.reload(&board::encode(&writer.canvas)),
        _ if !viewer.watches() => {
            if viewer.watch(&writer.feed) == Reading::Reload {
                viewer.reload(old_board);
            }
        }
        _ => {
            for _ in 0..dice.below(20) {
                match viewer.read(&writer.feed) {
                    Reading::More => {}
                    Reading::Idle => break,
                    Reading::Reload => {
                        viewer.reload(&board::encode(&writer.canvas));
                        break;
                    }
                }
            }
        }
    }
}

#[test]
fn every_reader_ends_with_the_canvas() {
    for seed in 0..200 {
        let told = std::panic::catch_unwind(|| story(seed));
        assert!(told.is_ok(), "the story of seed {seed} ends badly");
    }
}

#[test]
fn a_viewer_learns_rules_that_changed_before_it_watched() {
    let mut writer = Writer::new(size(16, 16), 2);
    let mut viewer = Viewer::new(&writer.canvas);
    writer.change_rules(&mut Dice(1));
    writer.feed.set_online(3);
    writer.flush();
    assert_eq!(viewer.watch(&writer.feed), Reading::More);
    viewer.assert_in_step(&writer.feed, &writer.canvas, "the viewer");
}

#[test]
fn a_viewer_that_joins_in_the_middle_of_a_delta_gets_the_rest() {
    let mut writer = Writer::new(size(16, 16), 2);
    let mut early = Viewer::new(&writer.canvas);
    early.watch(&writer.feed);
    let mut dice = Dice(7);
    writer.draw(&mut dice, 3);
    let mut amid = Viewer::new(&writer.canvas);
    amid.watch(&writer.feed);
    writer.draw(&mut dice, 3);
    let mut late = Viewer::new(&writer.canvas);
    late.watch(&writer.feed);
    writer.change_rules(&mut dice);
    writer.flush();
    let mut after = Viewer::new(&writer.canvas);
    for viewer in [&mut early, &mut amid, &mut late, &mut after] {
        viewer.catch_up(&writer.feed, &writer.canvas);
        viewer.assert_in_step(&writer.feed, &writer.canvas, "each of them");
    }
}

#[test]
fn everybody_in_the_ring_hears_a_notice_once() {
    let mut writer = Writer::new(size(16, 16), 2);
    let mut viewers = [Viewer::new(&writer.canvas), Viewer::new(&writer.canvas)];
    viewers[0].watch(&writer.feed);
    writer.draw(&mut Dice(7), 3);
    viewers[1].watch(&writer.feed);
    let text = "In a minute.".to_owned();
    writer.feed.push_text(&ServerText::Notice { code: "stopping".to_owned(), text });
    writer.flush();
    for viewer in &mut viewers {
        viewer.catch_up(&writer.feed, &writer.canvas);
        assert_eq!(viewer.notices, 1);
    }
}

#[test]
fn who_is_too_far_behind_is_told_to_reload() {
    let mut writer = Writer::new(size(64, 64), 2);
    let mut dice = Dice(3);
    let mut sleeper = Viewer::new(&writer.canvas);
    sleeper.watch(&writer.feed);
    let mut absent = Viewer::new(&writer.canvas);
    let catch_up = CATCH_UP_MAX_CHANGES as u64;
    let start = writer.canvas.seq();
    while writer.canvas.seq() < start + catch_up {
        writer.draw(&mut dice, 1024);
        writer.flush();
    }
    assert!(writer.feed.reaches(start), "as much as a catch-up holds");
    assert!(!writer.feed.reaches(start - 1), "the feed does not know what came before it");
    assert!(!writer.feed.reaches(writer.canvas.seq() + 1), "nor what is to come");
    writer.draw(&mut dice, 1);
    writer.flush();
    assert!(!writer.feed.reaches(start) && writer.feed.reaches(start + 1), "one more is too many");
    (0..RING_MAX_FRAMES).for_each(|_| writer.feed.beat(writer.now));
    assert_eq!(sleeper.read(&writer.feed), Reading::Reload);
    assert_eq!(absent.watch(&writer.feed), Reading::Reload);
    for viewer in [&mut sleeper, &mut absent] {
        viewer.catch_up(&writer.feed, &writer.canvas);
        assert_eq!(viewer.mirror.cells(), writer.canvas.cells());
    }
    while writer.canvas.seq() < start + HISTORY_MAX_CHANGES as u64 + 5000 {
        writer.draw(&mut dice, 4096);
        writer.flush();
    }
    let now = writer.canvas.seq();
    assert!(writer.feed.reaches(now - catch_up) && !writer.feed.reaches(now - catch_up - 1));
}
