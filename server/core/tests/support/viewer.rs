//! A client: what it knows from the frames it was sent, and from nothing else.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use place_core::feed::{Cursor, Next};
use place_core::wire::text::ServerText;
use place_core::wire::{Delta, board};
use place_core::{Canvas, Feed, Mirror, Rules, Size};

use crate::support::frames;

/// What is left to do after reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// There was nothing to read.
    Idle,
    /// There may be more.
    More,
    /// A new board is needed.
    Reload,
}

/// A viewer of a canvas.
#[derive(Debug)]
pub(crate) struct Viewer {
    pub(crate) mirror: Mirror,
    size: Size,
    colors: usize,
    cursor: Option<Cursor>,
    pub(crate) rules: Rules,
    pub(crate) online: Option<u32>,
    pub(crate) notices: usize,
    /// The longest piece that the feed ever handed out, in bytes.
    pub(crate) longest_read_bytes: usize,
}

impl Viewer {
    /// A viewer with a board in its hands, who was told the rules of the
    /// moment and does not watch yet.
    pub(crate) fn new(canvas: &Canvas) -> Self {
        Self {
            mirror: Mirror::from_board(&board::encode(canvas)).expect("a good board"),
            size: canvas.size(),
            colors: canvas.palette().len(),
            cursor: None,
            rules: canvas.rules(),
            online: None,
            notices: 0,
            longest_read_bytes: 0,
        }
    }

    /// Puts another board in its hands.
    pub(crate) fn reload(&mut self, board: &[u8]) {
        self.mirror = Mirror::from_board(board).expect("a good board");
        self.cursor = None;
    }

    /// Whether it follows the feed.
    pub(crate) fn watches(&self) -> bool {
        self.cursor.is_some()
    }

    /// Stops following: the connection is gone.
    pub(crate) fn drop_connection(&mut self) {
        self.cursor = None;
    }

    /// Sends `watch` with the seq of its board.
    pub(crate) fn watch(&mut self, feed: &Feed) -> Reading {
        let (cursor, bytes) = feed.join(Some(self.mirror.seq()));
        self.cursor = cursor;
        let told = self.take(&bytes);
        assert_eq!(told == Reading::Reload, cursor.is_none(), "a reload ends the watching");
        told
    }

    /// Reads one piece of the feed.
    pub(crate) fn read(&mut self, feed: &Feed) -> Reading {
        let cursor = self.cursor.as_mut().expect("only a watching viewer reads");
        match feed.read(cursor) {
            Next::Nothing => Reading::Idle,
            Next::Frames(bytes) => {
                let seq = cursor.seq();
                assert_eq!(self.take(&bytes), Reading::More);
                assert_eq!(self.mirror.seq(), seq, "the cursor is where the viewer is");
                Reading::More
            }
            Next::Reload(bytes) => {
                self.cursor = None;
                self.take(&bytes)
            }
        }
    }

    /// Reads until there is nothing left, with a new board where one is
    /// needed.
    pub(crate) fn catch_up(&mut self, feed: &Feed, canvas: &Canvas) {
        loop {
            let reading = if self.watches() { self.read(feed) } else { self.watch(feed) };
            match reading {
                Reading::Idle => return,
                Reading::More => {}
                Reading::Reload => self.reload(&board::encode(canvas)),
            }
        }
    }

    /// Understands what came, as any client would.
    fn take(&mut self, bytes: &[u8]) -> Reading {
        self.longest_read_bytes = self.longest_read_bytes.max(bytes.len());
        let mut reading = Reading::More;
        for (opcode, payload) in frames(bytes) {
            if opcode == 2 {
                let delta = Delta::decode(&payload, self.size, self.colors, self.mirror.seq())
                    .expect("a good delta");
                self.mirror.apply(&delta).expect("deltas follow on each other");
            } else if self.hear(&payload) {
                reading = Reading::Reload;
            }
        }
        reading
    }

    /// Understands a text; true if it demands a reload.
    fn hear(&mut self, payload: &[u8]) -> bool {
        match serde_json::from_slice(payload).expect("a good text") {
            ServerText::Beat { seq } => assert_eq!(seq, self.mirror.seq(), "a beat finds no gap"),
            ServerText::Presence { online } => self.online = Some(online),
            ServerText::Rules { mode, cooldown_ms, saved_max, undo_ms } => {
                self.rules = Rules { mode, cooldown_ms, saved_max, undo_ms };
            }
            ServerText::Notice { .. } => self.notices += 1,
            ServerText::Reload { .. } => return true,
            other => panic!("the feed does not say {other:?}"),
        }
        false
    }

    /// Checks that it has missed nothing.
    pub(crate) fn assert_in_step(&self, feed: &Feed, canvas: &Canvas, name: &str) {
        assert_eq!(self.mirror.seq(), canvas.seq(), "{name}: the seq");
        assert!(self.mirror.cells() == canvas.cells(), "{name}: the cells");
        assert_eq!(self.rules, canvas.rules(), "{name}: the rules");
        assert_eq!(self.online, Some(feed.online()), "{name}: the people online");
    }
}
