//! The crowd against messages that the core's own feed and wire make.

use place_core::cooldown::Allowance;
use place_core::feed::{Cursor, Feed, Next, text_frame};
use place_core::history::History;
use place_core::palette::PaletteColor;
use place_core::rules::Refusal;
use place_core::sequencer::{Command, turn};
use place_core::wire::{board, frame};
use place_core::{Canvas, Mode, Palette, Proposal, Rules};

use super::*;

const COLORS: usize = 4;
const RULES: Rules = Rules { mode: Mode::Open, cooldown_ms: 0, saved_max: 1, undo_ms: 0 };

/// A canvas with its feed, and what one viewer is told.
struct Server {
    canvas: Canvas,
    feed: Feed,
    cursor: Option<Cursor>,
}

impl Server {
    fn new() -> Self {
        let gray =
            |tone: usize| PaletteColor { rgb: [tone as u8; 3], name: format!("Gray {tone}") };
        let palette = Palette::new((0..COLORS).map(gray).collect()).unwrap();
        let genesis = Canvas::genesis(Size::new(32, 32).unwrap(), palette, RULES, 1000);
        let canvas = Canvas::begin(&genesis).unwrap();
        let feed = Feed::new(&canvas, History::new(canvas.seq()));
        Self { canvas, feed, cursor: None }
    }

    fn shape(&self) -> Shape {
        Shape { size: self.canvas.size(), colors: COLORS }
    }

    fn mirror(&self) -> Mirror {
        Mirror::from_board(&board::encode(&self.canvas)).unwrap()
    }

    fn place(&mut self, x: u16, color: ColorIndex) {
        let proposal = Proposal { seat: 1, cell: Cell { x, y: 3 }, color };
        let commands = [Command::<(), ()>::Place((), proposal)];
        let batch = turn(&self.canvas, commands, 2000).batch.expect("the rules allow it");
        self.canvas.apply(&batch).unwrap();
        self.feed.record(&batch);
        self.feed.flush(2000);
    }

    /// Everything that is new for the viewer, told to the crowd.
    fn tell(&mut self, crowd: &mut Crowd) {
        if self.cursor.is_none() {
            let (cursor, frames) = self.feed.join(Some(1));
            self.cursor = cursor;
            hear(crowd, &frames);
        }
        let cursor = self.cursor.as_mut().unwrap();
        while let Next::Frames(frames) = self.feed.read(cursor) {
            hear(crowd, &frames);
        }
    }
}

/// Has the only member hear frames; tells what it answers.
fn hear(crowd: &mut Crowd, mut frames: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some((frame, length)) = websocket::take_frame(frames).unwrap() {
        crowd.message(0, frame, length, &mut out).unwrap();
        frames = &frames[length..];
    }
    out
}

fn crowd(server: &Server, mirror: Option<Mirror>) -> Crowd {
    Crowd::new(server.shape(), 0, vec![Member::viewer(mirror)], 1)
}

#[test]
fn a_sampled_viewer_ends_with_the_servers_board() {
    let mut server = Server::new();
    let mut crowd = crowd(&server, Some(server.mirror()));
    server.place(1, 1);
    server.place(2, 2);
    server.tell(&mut crowd);
    assert!(crowd.is_watching());
    server.place(3, 3);
    server.tell(&mut crowd);
    let sample = crowd.members[0].sample.as_ref().unwrap();
    assert_eq!(sample.mirror, server.mirror());
    assert_eq!((crowd.tally.deltas, crowd.tally.cells, crowd.tally.covered), (2, 3, 3));
    assert_eq!(crowd.tally.gaps, 0);
    assert_eq!(crowd.first_seen.seen_ns(4), sample.seen.seen_ns(4), "the beat came before it");
}

#[test]
fn a_lost_delta_is_a_gap() {
    for with_mirror in [true, false] {
        let mut server = Server::new();
        let mut crowd = crowd(&server, with_mirror.then(|| server.mirror()));
        server.tell(&mut crowd);
        server.place(1, 1);
        let cursor = server.cursor.as_mut().unwrap();
        assert!(matches!(server.feed.read(cursor), Next::Frames(_)), "never told");
        server.place(2, 1);
        server.tell(&mut crowd);
        assert_eq!(crowd.tally.gaps, 1, "with a mirror: {with_mirror}");
    }
}

#[test]
fn a_viewer_asks_for_what_follows_its_board() {
    let server = Server::new();
    let welcome = text_frame(&ServerText::Welcome {
        protocol: 1,
        canvas: place_core::wire::text::CanvasInfo {
            id: "a".to_owned(),
            name: "A".to_owned(),
            width: 32,
            height: 32,
            palette: Vec::new(),
            mode: Mode::Open,
            cooldown_ms: 0,
            saved_max: 1,
            undo_ms: 0,
        },
        seat: None,
        you: None,
        lesson: place_core::wire::lesson::Lesson::default(),
        history: "test".to_owned(),
        seq: 1,
        saved: 1,
        next_ms: 0,
        online: 1,
        version: "1".to_owned(),
    });
    let unmask = |bytes: &[u8]| -> Vec<u8> {
        bytes[6..].iter().zip(bytes[2..6].iter().cycle()).map(|(byte, mask)| byte ^ mask).collect()
    };
    let mut sampled = crowd(&server, Some(server.mirror()));
    assert_eq!(unmask(&hear(&mut sampled, &welcome)), br#"{"type":"watch","since":1}"#);
    let mut plain = crowd(&server, None);
    assert_eq!(unmask(&hear(&mut plain, &welcome)), br#"{"type":"watch"}"#);
    let mut placer = Crowd::new(server.shape(), 0, vec![Member::placer()], 1);
    assert!(hear(&mut placer, &welcome).is_empty(), "a placer does not watch");
}

#[test]
fn answers_are_matched_by_token_and_only_once() {
    let server = Server::new();
    let mut crowd = Crowd::new(server.shape(), 0, vec![Member::placer()], 1);
    let first = crowd.next_place(0);
    let second = crowd.next_place(0);
    assert_eq!(Place::decode(&second.encode()), Ok(second));
    let placed = |token| ServerFrame::Placed {
        token,
        seq: 9,
        allowance: Allowance { saved: 1, next_ms: 0 },
    };
    let refused = ServerFrame::Refused {
        token: first.token,
        refusal: Refusal { reason: Reason::Busy, wait_ms: 100 },
        color: Some(0),
        saved: 1,
    };
    let mut say = |message: ServerFrame| {
        let bytes = message.encode(server.shape().size, COLORS);
        hear(&mut crowd, &frame::frame(Opcode::Binary, &bytes));
    };
    say(placed(second.token));
    say(refused);
    say(placed(second.token));
    say(placed(77));
    assert_eq!(crowd.tally.refused[Reason::Busy as usize - 1], 1);
    assert_eq!(crowd.placements[1].seq, 9);
    assert_eq!(crowd.acknowledged_seq(), 9);
    assert_eq!(crowd.tally.gaps, 2, "the second answer, and the one to nothing");
}
